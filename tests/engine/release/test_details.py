# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The file M.toml, field by field."""

from datetime import date
from pathlib import Path

import pytest

from datacity.engine.release import ColumnDetails, ReleaseDetails
from datacity.kernel.errors import Invalid
from datacity.kernel.period import Period
from datacity.kernel.words import Words

WHOLE = """
slug = "comptages-velo"
title = {fr = "Comptages", en = "Counts"}
description = "Passages par heure."
producer = "Ville de Valmire"
legal_title = "contract"
legal_reference = "Convention 12, article 4"
licence = "odbl"
period = {start = 2026-01-01, end = "2026-03-31"}
unit_of_observation = {fr = "une heure sur un compteur"}
keywords = ["vélo", "mobilité"]
key = ["heure"]
change_note = "Première version"
[columns.heure]
label = "Heure"
type = "datetime"
[columns.passages]
unit = "passages"
meaning = {en = "Bicycles that passed"}
"""
LEAST = {"slug": "a", "title": "t", "producer": "p", "legal_title": "charter"}


def test_whole_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "M.toml").write_text(WHOLE, encoding="utf-8")

    assert ReleaseDetails.from_toml(tmp_path / "M.toml") == ReleaseDetails(
        slug="comptages-velo",
        title=Words("Comptages", "Counts"),
        description=Words("Passages par heure."),
        producer="Ville de Valmire",
        legal_title="contract",
        legal_reference="Convention 12, article 4",
        licence="odbl",
        period=Period(date(2026, 1, 1), date(2026, 3, 31)),
        unit_of_observation=Words("une heure sur un compteur"),
        keywords=("vélo", "mobilité"),
        key=("heure",),
        change_note=Words("Première version"),
        columns={
            "heure": ColumnDetails(Words("Heure"), "datetime"),
            "passages": ColumnDetails(unit="passages", meaning=Words("", "Bicycles that passed")),
        },
    )


@pytest.mark.parametrize(("change", "field", "said"), [
    ({"slug": None}, "slug", "slug is missing"),
    ({"title": ""}, "title", "title is missing"),
    ({"producer": " "}, "producer", "who produced"),
    ({"legal_title": "theft"}, "legal_title", "not a legal title"),
    ({"licence": "mine"}, "licence", "not a licence"),
    ({"slug": "Vélo"}, "slug", "not a short name"),
    ({"slug": "../../etc"}, "slug", "not a short name"),
    ({"slug": "a--b"}, "slug", "not a short name"),
    ({"slug": "a" * 81}, "slug", "not a short name"),
    ({"slug": 7}, "slug", "slug should be a text"),
    ({"title": {"de": "x"}}, "title.de", "not a field"),
    ({"title": ["x"]}, "title", "should be a text, or a table"),
    ({"licens": "lov2"}, "licens", "licens is not a field of a manifest"),
    ({"period": {"start": "1/1/2026"}}, "period.start", "a day is written 2026-05-04"),
    ({"period": {"from": "2026-01-01"}}, "period.from", "not a field"),
    ({"period": "2026"}, "period", "should be a table"),
    ({"period": {"start": "2026-02-01", "end": "2026-01-01"}}, "end", "comes before"),
    ({"keywords": "vélo"}, "keywords", "should be a list"),
    ({"keywords": [1]}, "keywords[0]", "should be a text"),
    ({"columns": {"a": {"labels": "x"}}}, "columns.a.labels", "not a field"),
    ({"columns": {"a": "x"}}, "columns.a", "should be a table"),
    ({"description": "x" * 20_001}, "description", "longer than 20000"),
    ({"description": "a\0b"}, "description", "control characters"),
])  # fmt: skip
def test_wrong_field_is_named(change: dict[str, object], field: str, said: str) -> None:
    value = {name: each for name, each in {**LEAST, **change}.items() if each is not None}

    with pytest.raises(Invalid, match=said) as refused:
        ReleaseDetails.from_dict(value)
    assert refused.value.field == field
    assert ReleaseDetails.from_dict(LEAST).slug == "a"


@pytest.mark.parametrize("content", [b"slug = ", b"\xff\xfe", b"slug = 'a'\nslug = 'b'"])
def test_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "M.toml").write_bytes(content)

    with pytest.raises(Invalid, match=r"M\.toml is not a TOML file"):
        ReleaseDetails.from_toml(tmp_path / "M.toml")
