# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the page of a protected table says of each column: what was found in it, what leaves, the risk before and after."""

from dataclasses import dataclass
from typing import Any

from datacity.engine.catalogue import Description, Role
from datacity.engine.protection.parts import ColumnPlan, Method
from datacity.engine.protection.plan import Plan
from datacity.kernel.words import msg, render
from datacity.programme.datasets.models import Protection

BEFORE = {
    Role.IDENTIFIER: msg("High: it names somebody."),
    Role.QUASI_IDENTIFIER: msg("Real: it helps to recognise somebody when it is joined with other columns."),
    Role.SENSITIVE: msg("Real: it says something private about whoever is recognised."),
    Role.INSENSITIVE: msg("None found: it was not seen to point at persons."),
}
GONE = msg("None left: it does not leave.")
SUMMED = msg("Low: only sums and counts leave, and the small ones are hidden.")
MASKED = msg("Lower: only a part of each value leaves.")
COARSER = msg("Lower: values leave less precise.")
ALIKE = msg("Lower: at least {k} rows look alike.")
ALONE = msg("As before: some rows are alone of their kind.")
SAME_IDENTIFIER = msg("As before: it still names somebody.")
SAME_SENSITIVE = msg("As before for whoever is recognised by other columns.")
SAME = msg("None found, as before.")


@dataclass(frozen=True)
class Line:
    """One column in words. found: what detection saw, one sentence each. leaves: whether anything of it is published."""

    label: str
    found: tuple[str, ...]
    done: str
    leaves: bool
    before: str
    after: str


def lines(protection: Protection, language: str) -> list[Line]:
    """Give one line a column, in the order of the table, in the reader's language."""
    plan, k = Plan.from_dict(protection.plan), protection.after.get("k")
    columns = {column.name: column for column in Description.from_dict(protection.description.description).columns}
    found = []
    for row in _rows(protection, language):
        column = columns.get(row["column"])
        after = after_words(plan, row["column"], k)
        evidence = tuple(render(each.evidence, language, each.values) for each in column.findings) if column else ()
        found.append(
            Line(
                label=row["label"],
                found=evidence,
                done=row["done"],
                leaves=after != GONE,
                before=render(BEFORE[plan.column(row["column"]).role], language),
                after=render(after, language, {"k": k}),
            )
        )
    return found


def after_words(plan: Plan, name: str, k: int | None) -> str:
    """Give the sentence about the risk left in a column. k: rows that look alike at least, None when not measured."""
    column, aggregate = plan.column(name), plan.aggregate
    if aggregate and name not in aggregate.by:
        return SUMMED if any(each.column == name for each in aggregate.measures) else GONE
    if column.method is Method.DROP:
        return GONE
    if column.method is Method.MASK:
        return MASKED
    return _of_kept(column, k)


def _of_kept(column: ColumnPlan, k: int | None) -> str:
    if column.role is Role.QUASI_IDENTIFIER:
        return (ALIKE if k > 1 else ALONE) if k is not None else COARSER
    if column.method is Method.GENERALISE:
        return COARSER
    same = {Role.IDENTIFIER: SAME_IDENTIFIER, Role.SENSITIVE: SAME_SENSITIVE}
    return same.get(column.role, SAME)


def _rows(protection: Protection, language: str) -> list[dict[str, Any]]:
    sections = protection.report.get(language, {}).get("sections", ())
    return next((section["rows"] for section in sections if section["key"] == "columns"), [])
