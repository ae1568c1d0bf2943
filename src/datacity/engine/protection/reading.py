# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A strict reader for the sections of a plan: wrong type, wrong range and unknown key are refused by name."""

import difflib
import math
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeVar

from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

_Choice = TypeVar("_Choice", bound=StrEnum)
_SEE = msg("The plan reference lists every key with an example.")


def nearest(word: str, allowed: Collection[str]) -> str:
    """Give the allowed word that looks most like this one, or "" when none does."""
    found = difflib.get_close_matches(word.lower(), [name.lower() for name in allowed], n=1, cutoff=0.6)
    return next((name for name in allowed if found and name.lower() == found[0]), "")


def listed(words: Collection[str]) -> str:
    """Give the words as one comma-separated text, sorted when they come without an order."""
    return ", ".join(words if isinstance(words, Sequence) else sorted(words))


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


class Section:
    """One table of a plan, read key by key.

    place: dotted path of the table, used in refusals ("privacy", "columns.age"; "" for the file itself).
    Every reader raises Invalid with the key as field: `protection.key_<type>`, `protection.key_range` or `protection.key_choice`.
    """

    def __init__(self, place: str, values: Any, *, known: Sequence[str]) -> None:
        """Keep the table; raise Invalid for what is no table and (`protection.unknown_key`) for a key that is not known."""
        if not isinstance(values, Mapping):
            raise Invalid(
                "protection.key_table", "In the plan, {key} must be a table.", hint=_SEE, field=place, key=place
            )
        self.place = place
        self.values = values
        self.known = tuple(known)
        self._refuse_unknown()

    def _refuse_unknown(self) -> None:
        for key in self.values:
            if key in self.known:
                continue
            close = nearest(str(key), self.known)
            path = self.path(str(key))
            raise Invalid(
                "protection.unknown_key",
                "The plan has a key it cannot have: {key}.",
                hint="Did you mean {nearest}? Allowed here: {allowed}." if close else "Allowed here: {allowed}.",
                field=path,
                key=path,
                nearest=close,
                allowed=listed(self.known),
            )

    def path(self, key: str) -> str:
        """Give the dotted name of a key of this table."""
        return f"{self.place}.{key}" if self.place else key

    def has(self, key: str) -> bool:
        """Tell whether the key is written in the plan."""
        return key in self.values

    def text(self, key: str) -> str | None:
        """Give the non-empty text of the key, None when it is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise Invalid(
                "protection.key_text",
                "In the plan, {key} must be a text.",
                hint=_SEE,
                field=self.path(key),
                key=self.path(key),
            )
        return value

    def integer(self, key: str, *, minimum: int, maximum: int) -> int | None:
        """Give the integer of the key within the bounds (both included), None when it is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise Invalid(
                "protection.key_integer",
                "In the plan, {key} must be a whole number.",
                hint=_SEE,
                field=self.path(key),
                key=self.path(key),
            )
        self._check_range(key, value, minimum, maximum)
        return value

    def number(self, key: str, *, minimum: float, maximum: float) -> float | None:
        """Give the number of the key within the bounds (both included), None when it is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Invalid(
                "protection.key_number",
                "In the plan, {key} must be a number.",
                hint=_SEE,
                field=self.path(key),
                key=self.path(key),
            )
        self._check_range(key, value, minimum, maximum)
        return value

    def _check_range(self, key: str, value: float, minimum: float, maximum: float) -> None:
        if not minimum <= value <= maximum:
            raise Invalid(
                "protection.key_range",
                "In the plan, {key} is {value}; it must lie between {minimum} and {maximum}.",
                field=self.path(key),
                key=self.path(key),
                value=value,
                minimum=minimum,
                maximum=maximum,
            )

    def choice(self, key: str, kind: type[_Choice]) -> _Choice | None:
        """Give the member of a closed set, None when the key is absent."""
        value = self.text(key)
        if value is None:
            return None
        allowed = [member.value for member in kind]
        if value not in allowed:
            raise Invalid(
                "protection.key_choice",
                "In the plan, {key} is {value}; it can be {allowed}.",
                field=self.path(key),
                key=self.path(key),
                value=value,
                allowed=listed(allowed),
            )
        return kind(value)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Give a list of distinct texts, None when the key is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if (
            not isinstance(value, list | tuple)
            or not all(isinstance(item, str) and item for item in value)
            or len(set(value)) < len(value)
        ):
            raise Invalid(
                "protection.key_texts",
                "In the plan, {key} must be a list of different texts.",
                hint=_SEE,
                field=self.path(key),
                key=self.path(key),
            )
        return tuple(value)

    def numbers(self, key: str) -> tuple[float, ...] | None:
        """Give a list of strictly rising finite numbers, None when the key is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if (
            not isinstance(value, list | tuple)
            or not value
            or not all(_is_finite(item) for item in value)
            or any(left >= right for left, right in pairwise(value))
        ):
            raise Invalid(
                "protection.key_numbers",
                "In the plan, {key} must be a list of rising numbers.",
                hint=_SEE,
                field=self.path(key),
                key=self.path(key),
            )
        return tuple(value)

    def tables(self, key: str) -> list[Any]:
        """Give a list of tables, empty when the key is absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list | tuple):
            raise Invalid(
                "protection.key_tables",
                "In the plan, {key} must be a list of tables.",
                hint=_SEE,
                field=self.path(key),
                key=self.path(key),
            )
        return list(value)
