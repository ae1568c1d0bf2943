# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Risk figures, on real tables and on small ones worked out by hand."""

import pytest

from datacity.engine.protection.plan import Plan
from datacity.engine.protection.risk import RiskReport, measure_risk
from datacity.kernel.errors import Invalid
from tests.engine.protection.conftest import plan_of

NINE = ["LIMIT_BAL", "SEX", "EDUCATION", "MARRIAGE", "AGE", "PAY_0", "PAY_2", "PAY_3", "default-payment-next-month"]
PUBLISHED = [
    ("adult", 30162, 15512, 0.64658, 0.7781),
    ("fars10k", 10093, 7710, 0.85614, 0.9664),
    ("credit9", 30000, 18891, 0.75607, 0.8996),
]


def quasi(*names: str) -> Plan:
    return plan_of("".join(f'[columns."{name}"]\nrole = "quasi_identifier"\n' for name in names))


@pytest.mark.parametrize(("name", "rows", "uniques", "marketer", "high"), PUBLISHED)
def test_risk_of_real_tables_equals_that_of_an_independent_tool(survey, *, name, rows, uniques, marketer, high):
    typed, _, columns = survey(name)

    report = measure_risk(typed, quasi(*(NINE if name == "credit9" else columns)))

    figures = (
        report.rows,
        report.uniques,
        report.prosecutor_max,
        round(report.marketer, 5),
        round(report.prosecutor_high, 4),
    )
    assert figures == (rows, uniques, 1.0, marketer, high)


def test_risk_of_a_small_table_is_what_the_definitions_say(table):
    typed = table(["zone VARCHAR", "other BIGINT"], [("a", 1), ("a", 2), ("b", 3), (None, 4), (None, 5), (None, 6)])

    report = measure_risk(typed, quasi("zone"))

    assert report == RiskReport(
        "rows", ("zone",), rows=6, suppressed=0, classes=3, k=1, uniques=1, prosecutor_max=1.0, prosecutor_high=1.0,
        marketer=0.5, sizes=((1, 1, 1), (2, 2, 2), (3, 4, 3)),
    )  # fmt: skip
    assert RiskReport.from_dict(report.as_dict()) == report


def test_rows_shown_as_removed_are_counted_apart_and_never_as_one_class(table):
    typed = table(["zone VARCHAR", "age VARCHAR"], [("a", "1"), ("a", "1"), ("*", "*"), ("*", "*"), ("*", "1")])

    report = measure_risk(typed, quasi("zone", "age"))

    assert (report.rows, report.suppressed, report.classes, report.k) == (3, 2, 2, 1)


def test_table_generalised_to_the_top_is_one_class(table):
    report = measure_risk(table(["zone VARCHAR"], [("*",)] * 7), quasi("zone"))

    assert (report.rows, report.suppressed, report.k) == (7, 0, 7)


def test_table_without_quasi_identifier_has_no_risk_of_this_kind(table):
    report = measure_risk(table(["zone VARCHAR"], [("a",), ("b",)]), Plan())

    assert (report.rows, report.k, report.prosecutor_max, report.marketer) == (2, None, None, None)


def test_table_of_another_plan_is_refused(table):
    with pytest.raises(Invalid, match="none of the columns"):
        measure_risk(table(["zone VARCHAR"], [("a",)]), quasi("age"))
