# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A city of one language has no pages in the other, and asks nobody for it; one of two keeps its order."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from datacity.frame.city import offered_or_usual
from tests.factories.city import CITY, write_city

LOOK = """
import django; django.setup()
from datacity.frame.inputs import WordsField
from datacity.kernel.words import Words
from datacity.programme.people.forms import ProfileForm
from datacity.frame import city
from datacity.kernel.bus import registry
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
registry.providers.pop("sitemap", None)  # it asks the database, which is not there
client = Client()
one, other = {languages}
pages = [client.get(f"/{{one}}/about/"), client.get(f"/{{other}}/about/"), client.get("/about/", headers={{"accept-language": other}}), client.get("/sitemap.xml")]
text = pages[0].content.decode()
field = WordsField()
print([page.status_code for page in pages])
print(pages[2]["Location"], f'hreflang="{{other}}"' in text, 'class="city-languages"' in text, f"/{{other}}/" in pages[3].content.decode())
print(list(field.widget.codes), field.to_python(["texte"]) == Words(**{{one: "texte"}}), [code for code, _ in ProfileForm().fields["language"].choices])
print(city.offered_or_usual(other))
"""


def seen(tmp_path: Path, languages: tuple[str, str], code: str = LOOK) -> list[str]:
    """Look at a city of one language from a process of its own: settings are read once."""
    one, _other = languages
    write_city(
        tmp_path / "home" / "city", city_toml=CITY.replace('order = ["fr", "en"]\ndefault = "fr"', f'order = ["{one}"]')
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DATACITY_HOME": str(tmp_path / "home"),
        "DJANGO_SETTINGS_MODULE": "datacity.web.settings",
    }
    command = [sys.executable, "-c", code.format(languages=languages)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


@pytest.mark.parametrize("languages", [("fr", "en"), ("en", "fr")])
def test_a_city_of_one_language_has_no_page_and_no_field_in_the_other(
    tmp_path: Path, languages: tuple[str, str]
) -> None:
    statuses, places, forms, mails = seen(tmp_path, languages)

    one, _other = languages
    assert statuses == "[200, 404, 302, 200]"
    assert places == f"/{one}/about/ False False False"
    assert forms == f"['{one}'] True ['{one}']"
    assert mails == one


def test_the_order_of_the_folder_is_the_order_of_the_pages(tmp_path: Path) -> None:
    write_city(
        tmp_path / "home" / "city",
        city_toml=CITY.replace('order = ["fr", "en"]\ndefault = "fr"', 'order = ["en", "fr"]'),
    )
    code = (
        "from django.conf import settings; import django; django.setup(); from datacity.frame.inputs import WordsField;"
        "print(settings.LANGUAGE_CODE, [code for code, _ in settings.LANGUAGES], list(WordsField().widget.codes))"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DATACITY_HOME": str(tmp_path / "home"),
        "DJANGO_SETTINGS_MODULE": "datacity.web.settings",
    }

    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "en ['en', 'fr'] ['en', 'fr']"


def test_a_language_that_is_offered_stays() -> None:
    assert [offered_or_usual(code) for code in ("fr", "en", "de")] == ["fr", "en", "fr"]


def test_a_wrong_folder_stops_the_start_with_one_line_and_code_two(tmp_path: Path) -> None:
    write_city(tmp_path / "home" / "city", city_toml="form = 1\n\n[nom]\n")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DATACITY_HOME": str(tmp_path / "home"),
    }

    ended = subprocess.run(
        [sys.executable, "-c", "import datacity.web.settings"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("datacity: city.toml, line 3: there is no key nom. The nearest one is")
