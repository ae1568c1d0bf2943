# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What detection sees, and what it must leave alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.catalogue import Confidence, Kind
from datacity.engine.catalogue.keys import luhn_holds, nir_key_holds
from datacity.engine.protection.detect import Finding, detect, mask
from datacity.engine.sources import read


def found(folder: Path, header: str, cells: list[str]) -> tuple[Finding, ...]:
    """Detect in one column beside a number."""
    lines = [f'"{header}";autre', *('"' + cell.replace('"', '""') + '";1' for cell in cells)]
    (folder / "x.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = read(folder / "x.csv", folder / "text.parquet")
    return detect(folder / "text.parquet", report)[report.columns[0].name]


def kinds(findings: tuple[Finding, ...]) -> list[tuple[Kind, Confidence]]:
    """Give kind and confidence of each finding."""
    return [(finding.kind, finding.confidence) for finding in findings]


def nir(body: str) -> str:
    """Give a number of 13 characters with its key."""
    digits = body.replace("2A", "19").replace("2B", "18")
    return f"{body}{97 - int(digits) % 97:02}"


def test_email_is_found_and_masked(tmp_path: Path) -> None:
    findings = found(tmp_path, "x", ["lina.o@valmire.example", "voir omar@valmire.example", "rien", "rien du tout"])

    assert kinds(findings) == [(Kind.EMAIL, Confidence.CERTAIN)]
    assert (findings[0].share, findings[0].examples) == (0.5, ("l•••.•@•••••••.•••••••", "o•••@•••••••.•••••••"))
    assert findings[0].text() == "50 % of the cells hold an e-mail address."


@pytest.mark.parametrize(
    "cell", ["01 99 00 12 34", "01.99.00.12.34", "+33 1 99 00 12 34", "appeler le 01-99-00-12-34.", "0199001234"]
)
def test_telephone_is_found_in_its_french_forms(tmp_path: Path, cell: str) -> None:
    assert [finding.kind for finding in found(tmp_path, "x", [cell, "autre"])] == [Kind.PHONE]


@pytest.mark.parametrize(
    "cell",
    [
        "48.970665047412545,2.077731765931404",
        "632479.4116000012",
        "FR*V75*E9001*01*1",
        "2024-01-02 03:04:05",
        "00000148",
        "0199001234567",
        "12/3456/7890",
    ],
)
def test_number_that_is_no_telephone_is_left_alone(tmp_path: Path, cell: str) -> None:
    assert Kind.PHONE not in {finding.kind for finding in found(tmp_path, "x", [cell, "autre mot"])}


@pytest.mark.parametrize("body", ["1850575008084", "2690599352003", "185052A008084", "278102B033123"])
def test_social_security_number_with_a_right_key_is_certain(tmp_path: Path, body: str) -> None:
    assert kinds(found(tmp_path, "x", [nir(body), nir(body)])) == [(Kind.NIR, Confidence.CERTAIN)]


def test_social_security_number_without_key_is_likely_when_all_cells_are(tmp_path: Path) -> None:
    cells = [f"18505{area:02}008{number:03}" for area, number in zip(range(10, 40), range(100, 130), strict=True)]

    assert (Kind.NIR, Confidence.LIKELY) in kinds(found(tmp_path, "x", cells))


def test_wrong_keys_are_no_social_security_numbers(tmp_path: Path) -> None:
    wrong = [nir("1850575008084")[:-2] + "00", "mot"]

    assert Kind.NIR not in {finding.kind for finding in found(tmp_path, "x", wrong)}


@pytest.mark.parametrize(
    ("header", "cells", "kind"),
    [("siren", ["732 829 320", "552100554"], Kind.SIREN), ("SIRET", ["73282932000074", "55210055400013"], Kind.SIRET)],
)
def test_company_numbers_are_found_by_header_and_key(tmp_path: Path, header: str, cells: list[str], kind: Kind) -> None:
    assert kinds(found(tmp_path, header, cells)) == [(kind, Confidence.CERTAIN)]


def test_bank_account_is_found_by_its_key(tmp_path: Path) -> None:
    assert kinds(found(tmp_path, "x", ["FR14 2004 1010 0505 0001 3M02 606", "sans"])) == [
        (Kind.IBAN, Confidence.CERTAIN)
    ]
    assert found(tmp_path, "x", ["FR15 2004 1010 0505 0001 3M02 606", "sans"]) == ()


def test_first_name_and_name_are_found_beside_an_author(tmp_path: Path) -> None:
    findings = found(
        tmp_path, "Photographe 1", ["Claire Aubrac / Ville de Valmire", "Thomas Delmire / Ville de Valmire"]
    )

    assert kinds(findings) == [(Kind.PERSON_NAME, Confidence.LIKELY)]


def test_account_and_device_are_found_by_the_header(tmp_path: Path) -> None:
    assert kinds(found(tmp_path, "@user", ["abcd", "efgh"])) == [(Kind.ACCOUNT, Confidence.LIKELY)]
    assert kinds(found(tmp_path, "vehicle_id", [f"v{number}" for number in range(30)])) == [
        (Kind.DEVICE, Confidence.LIKELY)
    ]


def test_persistent_identifiers_are_found(tmp_path: Path) -> None:
    uuids = [f"1b4e28ba-2fa1-11d2-883f-0016d3cca4{number:02x}" for number in range(30)]

    assert kinds(found(tmp_path, "x", uuids)) == [(Kind.IDENTIFIER, Confidence.CERTAIN)]
    assert kinds(found(tmp_path, "x", ["3C:22:FB:12:34:56"] * 3)) == [(Kind.DEVICE, Confidence.CERTAIN)]


def test_long_varied_sentences_are_free_text(tmp_path: Path) -> None:
    cells = [
        f"Le riverain du numéro {number} se plaint du bruit des travaux et demande à être rappelé."
        for number in range(10)
    ]

    assert Kind.FREE_TEXT in {finding.kind for finding in found(tmp_path, "note", cells)}


@pytest.mark.parametrize(
    ("header", "group"),
    [
        ("Prénom", "name"),
        ("date_naissance", "birth"),
        ("Téléphone", "contact"),
        ("état de santé", "health"),
        ("religion", "belief"),
        ("syndicat", "opinion"),
        ("Adresse", "address"),
        ("income", "money"),
    ],
)
def test_sensitive_word_in_the_header_is_found(tmp_path: Path, header: str, group: str) -> None:
    assert group in {finding.group for finding in found(tmp_path, header, ["x", "y"])}


@pytest.mark.parametrize(
    "header", ["domanialite", "Tarification", "genre", "nombre de places", "nom_station", "courant"]
)
def test_harmless_header_is_left_alone(tmp_path: Path, header: str) -> None:
    assert found(tmp_path, header, ["Jardin", "Alignement"]) == ()


def test_contact_that_is_the_same_everywhere_counts_less(tmp_path: Path) -> None:
    assert kinds(found(tmp_path, "contact", ["accueil@valmire.example"] * 30)) == [(Kind.EMAIL, Confidence.POSSIBLE)]


def test_real_stations_hold_no_telephone_and_no_person(shared: Path, tmp_path: Path) -> None:
    report = read(shared / "data" / "paris" / "emplacement-des-gares-idf.csv", tmp_path / "text.parquet")

    seen = {
        name: [finding.kind.value for finding in findings]
        for name, findings in detect(tmp_path / "text.parquet", report).items()
        if findings
    }

    assert seen == {
        "geo_point": ["coordinates"],
        "geo_shape": ["coordinates"],
        "gares_id": ["identifier"],
        "x": ["coordinates"],
        "y": ["coordinates"],
    }


def test_real_trees_show_the_photographers(shared: Path, tmp_path: Path) -> None:
    report = read(shared / "data" / "paris" / "arbresremarquablesparis.csv", tmp_path / "text.parquet")

    findings = detect(tmp_path / "text.parquet", report)

    assert kinds(findings["copyright_1"]) == [(Kind.PERSON_NAME, Confidence.LIKELY)]
    assert findings["domanialite"] == ()


@given(st.integers(10**7, 10**8 - 1))
def test_luhn_key_admits_exactly_one_last_digit(number: int) -> None:
    assert sum(luhn_holds(f"{number}{last}") for last in range(10)) == 1


@given(st.from_regex(r"\A[12][0-9]{2}(0[1-9]|1[0-2])(2[AB]|[0-9]{2})[0-9]{6}\Z"))
def test_social_security_key_holds_for_its_number_only(body: str) -> None:
    right = nir(body)
    wrong = f"{body}{(int(right[13:]) % 97) + 1:02}"

    assert (nir_key_holds(right), nir_key_holds(wrong), nir_key_holds(body)) == (True, False, None)


@given(st.text())
def test_mask_shows_at_most_one_letter(text: str) -> None:
    assert sum(letter.isalnum() for letter in mask(text)) <= 1
