# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity describe`: the result for people and for machines, refusals with their exit code."""

import json
from pathlib import Path

import pytest

from datacity.engine.catalogue import Description
from datacity.engine.cli import main
from datacity.engine.protection.plan import Plan
from datacity.engine.sources import ReadingReport

CITY = "site;jour;velos;courriel\nPont;2024-01-02;12;lina@valmire.example\nQuai;2024-01-03;7;omar@valmire.example\n"


def test_describe_gives_report_description_and_plan(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(CITY, encoding="utf-8")

    code = main(
        ["describe", str(tmp_path / "x.csv"), "--json", str(tmp_path / "d.json"), "--plan", str(tmp_path / "p.toml")]
    )

    found = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    description = Description.from_dict(found["description"])
    assert code == 0
    assert ReadingReport.from_dict(found["reading"]).rows == 2
    assert [(column.name, column.type.value) for column in description.columns] == [
        ("site", "text"),
        ("jour", "date"),
        ("velos", "integer"),
        ("courriel", "text"),
    ]
    assert Plan.parse((tmp_path / "p.toml").read_text(encoding="utf-8")).as_dict() == found["plan"]
    assert found["plan"]["columns"]["courriel"]["method"] == "drop"


def test_describe_shows_no_personal_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text(CITY, encoding="utf-8")

    main(["describe", str(tmp_path / "x.csv"), "--json", "-", "--language", "en"])

    shown = capsys.readouterr().out
    assert "lina" not in shown
    assert "e-mail address" in shown


def test_describe_of_what_is_no_table_ends_with_the_code_of_invalid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.csv").write_bytes(b"%PDF-1.7")

    code = main(["describe", str(tmp_path / "x.csv"), "--language", "en"])

    assert code == 2
    assert "looks like PDF" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
