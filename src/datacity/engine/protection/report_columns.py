# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What was done to each column, in words."""

from dataclasses import dataclass
from typing import Any

from datacity.engine.catalogue.description import Description, Role
from datacity.engine.protection.ladders.titles import LEVEL_TITLES
from datacity.engine.protection.parts import ColumnPlan, Method
from datacity.engine.protection.plan import Plan
from datacity.kernel.words import msg, render

ROLE_NAMES = {
    Role.IDENTIFIER: msg("names somebody"),
    Role.QUASI_IDENTIFIER: msg("helps to recognise somebody"),
    Role.SENSITIVE: msg("sensitive"),
    Role.INSENSITIVE: msg("insensitive"),
}


@dataclass(frozen=True)
class Speaker:
    """Says messages in one language, with numbers as this language writes them."""

    language: str

    def say(self, message: str, **values: Any) -> str:
        """Give the sentence with its places filled."""
        return render(message, self.language, {name: self.shown(value) for name, value in values.items()})

    def shown(self, value: Any) -> str:
        """Give a number with separators of thousands, one decimal for a fraction; anything else as text."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
        return text.replace(",", "\u202f").replace(".", ",") if self.language == "fr" else text


def label_of(description: Description, name: str) -> str:
    """Give the header of a column as it was in the file, or its technical name when there is none."""
    return next((column.label for column in description.columns if column.name == name and column.label), name)


def column_rows(speaker: Speaker, description: Description, plan: Plan) -> list[dict[str, str]]:
    """Give one mapping a column, in the order of the table: column, label, role, done."""
    names = [column.name for column in description.columns] or list(plan.columns)
    return [
        {
            "column": name,
            "label": label_of(description, name),
            "role": speaker.say(ROLE_NAMES[plan.column(name).role]),
            "done": _done_to(speaker, plan, name),
        }
        for name in names
    ]


def _done_to(speaker: Speaker, plan: Plan, name: str) -> str:
    column, aggregate = plan.column(name), plan.aggregate
    if aggregate and name not in aggregate.by:
        used = [each.name for each in aggregate.measures if each.column == name]
        return (
            speaker.say(msg("used for {measures}"), measures=", ".join(used)) if used else speaker.say(msg("left out"))
        )
    if column.method == Method.DROP:
        return speaker.say(msg("left out"))
    if column.method == Method.MASK:
        first, last = column.keep_first or 0, column.keep_last or 0
        return speaker.say(msg("masked: first {first} and last {last} characters stay"), first=first, last=last)
    if column.method == Method.GENERALISE and column.hierarchy is None:
        return speaker.say(msg("less precise: level {level}"), level=_level(speaker, column))
    if column.method == Method.GENERALISE:
        return speaker.say(
            msg("less precise: ladder {ladder}, level {level}"), ladder=column.hierarchy, level=_level(speaker, column)
        )
    return speaker.say(msg("kept as it is"))


def _level(speaker: Speaker, column: ColumnPlan) -> str:
    return speaker.say(LEVEL_TITLES.get(str(column.level), str(column.level)))
