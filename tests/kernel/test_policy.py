# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Parameters that people decide are declared, bounded and fingerprinted."""

from pathlib import Path

import pytest

from datacity.kernel.errors import Invalid, Missing
from datacity.kernel.policy import Parameter, Policy, read_file

K = Parameter("protection.k", int, 11, "persons", "statistical secrecy", "How many look alike.", minimum=2, maximum=100)
RULE = Parameter(
    "privacy.opinion", str, "always", "", "GDPR", "When an opinion is needed.", choices=("always", "never")
)


def test_policy_gives_defaults_and_changes() -> None:
    policy = Policy((K, RULE), {"protection.k": 5})

    assert policy.as_dict() == {"protection.k": 5, "privacy.opinion": "always"}


def test_same_values_have_the_same_fingerprint_whatever_was_stated() -> None:
    assert Policy((K, RULE), {}).fingerprint == Policy((RULE, K), {"protection.k": 11}).fingerprint
    assert Policy((K,), {}).fingerprint != Policy((K,), {"protection.k": 12}).fingerprint


@pytest.mark.parametrize("value", [1, 101, "5", 5.5, True, None])
def test_value_out_of_bounds_or_kind_is_refused_by_name(value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        Policy((K,), {"protection.k": value})

    assert refusal.value.field == "protection.k"
    assert "a whole number from 2 to 100" in str(refusal.value)


def test_value_outside_the_choices_is_refused_with_the_choices() -> None:
    with pytest.raises(Invalid) as refusal:
        Policy((RULE,), {"privacy.opinion": "sometimes"})

    assert "always, never" in str(refusal.value)


def test_unknown_name_is_refused_when_set_and_when_asked() -> None:
    with pytest.raises(Invalid):
        Policy((K,), {"protection.l": 3})
    with pytest.raises(Missing):
        Policy((K,), {})["protection.l"]


def test_policy_file_gives_dotted_names(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    path.write_text('[protection]\nk = 7\n[privacy]\nopinion = "never"\n', encoding="utf-8")

    assert read_file(path) == {"protection.k": 7, "privacy.opinion": "never"}


def test_policy_file_that_is_no_toml_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    path.write_text("[protection\n", encoding="utf-8")

    with pytest.raises(Invalid) as refusal:
        read_file(path)

    assert "city.toml" in str(refusal.value)
