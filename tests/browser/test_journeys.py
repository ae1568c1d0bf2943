# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A file walks through the pages, in French: handed over, described, protected, advised on, decided, read and used by strangers."""

import hashlib
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.factories import journeys
from tests.factories.journeys import Walker

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Someone = Callable[..., Walker]
SENSITIVE = {"axis_personal": "possible", "reason_personal": "De petits effectifs sont possibles la nuit."}


@pytest.fixture
def someone(house: Any, open_page: Any, axe: Any) -> Someone:
    """Give a function that opens a browser for a visitor, or for one of the cast by name."""
    house.run(journeys.CAST)

    def arrive(name: str = "") -> Walker:
        walker = Walker(open_page("/fr/"), axe)
        return walker.sign_in(name) if name else walker

    return arrive


def deposited(someone: Someone, tmp_path: Path, title: str) -> str:
    """Agathe hands over a file; gives the reference of the deposit."""
    file = tmp_path / "comptages.csv"
    file.write_text(journeys.COUNTS, encoding="utf-8")
    agathe = someone("agathe").go("/fr/deposits/new")
    agathe.page.set_input_files('main input[type="file"]', file)
    agathe.fill(title=title, legal_title="administrative").send().look()
    reference = agathe.path.split("/")[3]
    assert hashlib.sha256(file.read_bytes()).hexdigest()[:8] in agathe.text
    assert agathe.faults == {}
    return reference


def presented(someone: Someone, house: Any, reference: str, **axes: str) -> str:
    """Sylvie describes, answers the axes, plans, looks at the preview and presents; gives the protection's number."""
    sylvie = someone("sylvie").go(f"/fr/workshop/deposits/{reference}/describe")
    sylvie.fill(summary_fr="Vélos comptés.", unit_of_observation_fr="un compteur, un jour", producer="Direction de la mobilité", licence="lov2").send()  # fmt: skip
    house.manage("worker", "--until-idle")
    version = sylvie.path.split("?")[0]
    sylvie.go(version).look_in_english().go(f"{version}/axes")
    for axis in ("personal", "collective", "business", "security"):
        sylvie.fill(**{f"axis_{axis}": "no", f"reason_{axis}": "Un comptage global, sans personne."})
    sylvie.fill(**axes).send().go(f"{version}/plan").look_in_english()
    assert "Quai 1" in sylvie.page.locator("#preview").inner_text()
    sylvie.send("Protéger")
    house.manage("worker", "--until-idle")
    sylvie.go(sylvie.path).look_in_english()
    number = sylvie.path.rstrip("/").split("/")[-1]
    sylvie.page.locator(f'form[action$="/{number}/present"] button').click()
    sylvie.page.wait_for_load_state("networkidle")
    assert sylvie.faults == {}
    return number


def advised(someone: Someone, number: str, outcome: str) -> None:
    """Denis gives the opinion."""
    denis = someone("denis").go(f"/fr/decisions/{number}/").look_in_english().go(f"/fr/decisions/{number}/opinion/")
    denis.fill(outcome=outcome, text="Les effectifs de nuit sont petits, mais le plan les regroupe.").send().look()
    assert denis.faults == {}


def decided(someone: Someone, house: Any, number: str, outcome: str, **more: str) -> None:
    """Claire decides, proving who she is."""
    claire = someone("claire").go(f"/fr/decisions/{number}/decide/").look_in_english()
    claire.fill(outcome=outcome, reason=journeys.REASON, **more).prove().send().look()
    house.manage("worker", "--until-idle")
    assert claire.faults == {}


def get(house: Any, path: str) -> bytes:
    """Ask as a program does."""
    with urllib.request.urlopen(house.address + path, timeout=60) as answer:
        content: bytes = answer.read()
    return content


def test_file_is_handed_over_cleared_and_read_by_a_visitor_and_a_program(house: Any, someone: Someone, tmp_path: Path) -> None:  # fmt: skip
    reference = deposited(someone, tmp_path, "Passages de vélos")
    number = presented(someone, house, reference, **SENSITIVE)
    advised(someone, number, "favourable")
    decided(someone, house, number, "given")

    visitor = someone().go("/fr/datasets/").look_in_english().go("/fr/datasets/passages-de-velos/").look_in_english()
    visitor.go("/fr/datasets/passages-de-velos/?view=use")
    manifest = json.loads(get(house, "/files/passages-de-velos/1/manifest.json"))
    file = next(each for each in manifest["files"] if each["format"] == "csv")
    link = visitor.page.locator(f'a[href$="{file["name"]}"]').first.get_attribute("href")
    rows = json.loads(get(house, "/api/explore/v2.1/catalog/datasets/passages-de-velos/records?where=passages%3E400"))

    assert hashlib.sha256(get(house, link)).hexdigest() == file["sha256"]
    assert rows["total_count"] == 28
    assert visitor.go(f"/fr/decisions/{number}/decision/").faults == {}
    assert journeys.REASON.split(",")[0] in visitor.text


def test_clearing_against_the_opinion_asks_for_a_reason_that_everybody_reads(house: Any, someone: Someone, tmp_path: Path) -> None:  # fmt: skip
    number = presented(someone, house, deposited(someone, tmp_path, "Vélos contre l'avis"), **SENSITIVE)
    advised(someone, number, "unfavourable")
    claire = someone("claire").go(f"/fr/decisions/{number}/decide/")
    claire.fill(outcome="given", reason=journeys.REASON).prove()
    claire.page.locator("main form button[type=submit]").first.click()
    claire.page.wait_for_load_state("networkidle")
    assert claire.path.endswith("/decide/"), "cleared without a word on the opinion"

    decided(someone, house, number, "given", against_opinion="Les effectifs de nuit sont regroupés par mois.")

    visitor = someone().go(f"/fr/decisions/{number}/decision/").look_in_english()
    assert "Les effectifs de nuit sont regroupés par mois." in visitor.text
    assert visitor.faults == {}
    assert json.loads(get(house, "/files/velos-contre-l-avis/1/manifest.json"))["rows"] == 112


def test_refused_table_stays_and_its_refusal_is_public(house: Any, someone: Someone, tmp_path: Path) -> None:
    number = presented(someone, house, deposited(someone, tmp_path, "Vélos refusés"), **SENSITIVE)
    advised(someone, number, "unfavourable")

    decided(someone, house, number, "refused")

    visitor = someone().go(f"/fr/decisions/{number}/decision/").look_in_english()
    assert "Rien n" in visitor.text
    assert visitor.page.goto("/fr/datasets/velos-refuses/").status == 404
    assert visitor.faults == {}
