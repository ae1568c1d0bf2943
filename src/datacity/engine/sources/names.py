# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Headers become technical names: lower-case ASCII, `_`, unique; the header stays as label."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from datacity.engine.sources.report import ColumnSource, Doubt, listed, shorten
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

LONGEST_NAME = 60
_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "²": "2", "³": "3"}
)


def technical_name(header: str) -> str:
    """Give the header in lower-case ASCII letters, digits and single `_`, or "" when nothing is left.

    At most `LONGEST_NAME` characters; a leading digit gets `c_` before it.
    """
    plain = unicodedata.normalize("NFKD", header.lower().translate(_LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if name[:1].isdigit():
        name = f"c_{name}"
    return name[:LONGEST_NAME].rstrip("_")


def name_columns(headers: Sequence[str], renames: Mapping[str, str]) -> tuple[list[ColumnSource], list[Doubt]]:
    """Give each column its technical name, and the doubts: empty headers, headers that fall together.

    renames: see `ReadOptions.renames`.
    Raises Invalid when two headers are exactly the same (positions and proposed renames in the values), when a
    rename names no column, and for a NUL character, which no text has.
    """
    if any("\0" in header for header in (*headers, *renames.values())):
        raise nul_character()
    labels = _renamed([header.strip() for header in headers], renames)
    _refuse_duplicates(labels)
    columns: list[ColumnSource] = []
    doubts: list[Doubt] = []
    taken: dict[str, str] = {}
    for position, label in enumerate(labels, start=1):
        wanted = technical_name(label) or f"column_{position}"
        name = _free(wanted, taken)
        doubt = _doubt(label, name, (wanted, position), taken.get(wanted))
        taken[name] = label
        columns.append(ColumnSource(name, label or name))
        doubts += [doubt] if doubt else []
    return columns, doubts


def nul_character() -> Invalid:
    """Give the refusal of a text that holds a NUL character: databases and most programs cannot keep it."""
    return Invalid(
        "sources.nul_character",
        "The file holds a NUL character, which no text has.",
        hint="Take it out where the file was made, and export it again.",
        field="file",
    )


def _renamed(labels: list[str], renames: Mapping[str, str]) -> list[str]:
    result = list(labels)
    for key, new in renames.items():
        position = int(key[1:]) if re.fullmatch(r"#[0-9]{1,6}", key) else 0
        if 0 < position <= len(labels):
            result[position - 1] = new.strip()
        elif labels.count(key) == 1:
            result[labels.index(key)] = new.strip()
        else:
            raise Invalid(
                "sources.rename_unknown",
                "The rename “{key}” names no column, or several.",
                hint="Write the header as it is in the file, or its position as #3.",
                field="renames",
                key=shorten(key),
            )
    return result


def _refuse_duplicates(labels: Sequence[str]) -> None:
    twice = [label for label, count in Counter(labels).items() if count > 1 and label]
    if not twice:
        return
    proposals: dict[str, str] = {}
    parts = []
    for label in twice:
        positions = [place for place, found in enumerate(labels, start=1) if found == label]
        parts.append(f"“{shorten(label)}” (" + ", ".join(map(str, positions)) + ")")
        proposals |= {f"#{place}": _spare(label, number, labels) for number, place in enumerate(positions[1:], start=2)}
    raise Invalid(
        "sources.duplicate_headers",
        "Several columns have exactly the same header: {headers}.",
        hint="Rename them, for instance: {proposal}.",
        field="renames",
        headers=listed(parts),
        proposal=listed([f"{place} → {new}" for place, new in proposals.items()]),
        renames=proposals,
    )


def _spare(label: str, number: int, labels: Sequence[str]) -> str:
    while f"{label} {number}" in labels:
        number += 1
    return f"{label} {number}"


def _free(wanted: str, taken: Mapping[str, str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted[: LONGEST_NAME - 5]}_{number}", number + 1
    return name


def _doubt(label: str, name: str, wanted: tuple[str, int], other: str | None) -> Doubt | None:
    if not label:
        return Doubt(
            "sources.empty_header",
            msg("Column {position} has no header; it is called {name}."),
            {"position": wanted[1], "name": name},
            column=name,
        )
    if name == wanted[0]:
        return None
    return Doubt(
        "sources.similar_headers",
        msg("The headers “{other}” and “{label}” give the same name; the second is called {name}."),
        {"other": other or "", "label": label, "name": name},
        column=name,
    )
