# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The worked example of the guide is a folder that is read, and what it says of a mistake is what the product says."""

import re
from pathlib import Path

import pytest

from datacity.kernel.errors import Invalid
from datacity.web.city import folder
from datacity.web.city.site import parameters
from tests.factories.city import LOGO

APPS = ("people", "editions", "privacy")


@pytest.fixture
def guide(root: Path) -> str:
    return (root / "docs/how-to/make-it-your-city.md").read_text(encoding="utf-8")


@pytest.fixture
def example(guide: str, tmp_path: Path) -> Path:
    """The folder of the guide: each block of TOML names its file in the first line."""
    for name, text in re.findall(r"```toml\n# ([a-z]+\.toml)\n(.*?)```", guide, re.DOTALL):
        (tmp_path / name).write_text(f"# {name}\n{text}", encoding="utf-8")
    (tmp_path / "logo.svg").write_text(LOGO, encoding="utf-8")
    return tmp_path


def test_the_example_of_the_guide_is_read_whole(example: Path) -> None:
    city = folder.read(example, parameters(APPS))

    files = {"city.toml", "directorates.toml", "districts.toml", "words.toml", "policy.toml", "logo.svg"}
    assert {path.name for path in example.iterdir()} == files
    assert (city.names.of.fr, city.brand, len(city.directorates), len(city.districts)) == (
        "d’Aigrelune",
        "#f5d90a",
        2,
        2,
    )
    assert (city.nouns["fr"]["challenge"].elides, city.policy["privacy.opinion"]) == (True, "always")


def test_own_forms_of_the_guide_are_read(guide: str, example: Path) -> None:
    own = re.search(r"^    \[name\.french\]\n(?:    .*\n)+", guide, re.MULTILINE)[0]
    (example / "city.toml").write_text(
        f'form = 1\n[name]\nfr = "Aigrelune"\n[brand]\nlogo = "logo.svg"\n{own}', encoding="utf-8"
    )

    names = folder.read(example, parameters(APPS)).names

    assert (names.whole.fr, names.title.fr) == ("la métropole d’Aigrelune", "Métropole d’Aigrelune")


def test_the_mistake_of_the_guide_is_refused_in_its_words(guide: str, example: Path) -> None:
    policy = example / "policy.toml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("months = 6", "months = 99"), encoding="utf-8")

    with pytest.raises(Invalid) as refused:
        folder.read(example, parameters(APPS))

    assert f"    datacity: {refused.value}\n" in guide
