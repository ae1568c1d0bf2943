# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A TOML file with the line of each key, so that a refusal can say where to look."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from datacity.kernel.errors import Invalid

Steps = tuple[str | int, ...]
"""The way to a value: keys, and places in lists; `("directorate", 1, "fr")`."""
LARGEST_BYTES = 1_000_000
_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = re.compile(rf"{_KEY}(?:\s*\.\s*{_KEY})*")
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED.pattern})\s*\]")
_ASSIGNED = re.compile(rf"\s*({_DOTTED.pattern})\s*=")
_TRIPLE = re.compile(r'"""|\'\'\'')
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'""")
_WHERE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


@dataclass(frozen=True)
class Document:
    """A file that was read: its name, what it says, and where each key stands."""

    name: str
    values: dict[str, Any]
    lines: dict[Steps, int]
    length: int = 1

    def line(self, steps: Steps) -> int:
        """Give the line of a key, or of the nearest key around it; 1 for the file itself."""
        for end in range(len(steps), 0, -1):
            if steps[:end] in self.lines:
                return self.lines[steps[:end]]
        return 1

    def refuse(self, steps: Steps, found: Any, allowed: str) -> NoReturn:
        """Raise Invalid for a value, saying file, line, key, what was found and what is allowed."""
        raise Invalid(
            "city.value",
            "{file}, line {line}: {key} is {found}; allowed: {allowed}.",
            field=shown(steps),
            file=self.name,
            line=self.line(steps),
            key=shown(steps),
            found=_short(found),
            allowed=allowed,
        )

    def leaves(self) -> Iterator[tuple[Steps, Any]]:
        """Give every value that is no table, with the way to it; an empty table is a value."""
        yield from _leaves((), self.values)


def read(path: Path) -> Document:
    """Read a TOML file. Raises Invalid when it cannot be read, is no UTF-8, or is no TOML, naming the line."""
    try:
        content = path.read_bytes()
        if len(content) > LARGEST_BYTES:
            raise Invalid("city.large", "{file} has more than {limit} bytes.", file=path.name, limit=LARGEST_BYTES)
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("city.unreadable", "{file} cannot be read as text in UTF-8.", file=path.name) from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        length = text.count("\n") + 1
        at = _WHERE.search(str(error))
        raise Invalid(
            "city.toml",
            "{file}, line {line}: this is no TOML: {why}.",
            hint="Compare the line with the example in the guide.",
            file=path.name,
            line=at.group(1) if at and at.group(1) else length,
            why=_WHERE.sub("", str(error)).strip(),
        ) from error
    return Document(path.name, values, dict(_positions(text)), text.count("\n") + 1)


def shown(steps: Steps) -> str:
    """Give the way to a value as one writes it: "directorate[2].fr", places counted from 1."""
    text = ""
    for step in steps:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _short(found: Any) -> str:
    text = f"“{found}”" if isinstance(found, str) else repr(found)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _leaves(steps: Steps, value: Any) -> Iterator[tuple[Steps, Any]]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves((*steps, key), below)
    elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        for place, below in enumerate(value):
            yield from _leaves((*steps, place), below)
    elif steps:
        yield steps, value


def _positions(text: str) -> Iterator[tuple[Steps, int]]:
    """Give the line of each header and key of a text that is TOML. Keys inside inline tables have the line of the whole."""
    inside: Steps = ()
    counts: dict[Steps, int] = {}
    rest = ""
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if rest or depth:
            rest, depth = _after(line, rest, depth)
        elif header := _HEADER.match(line):
            inside = _resolved(_parts(header.group(2)), counts)
            if header.group(1) == "[[":
                counts[inside] = counts.get(inside, -1) + 1
                inside = (*inside, counts[inside])
            yield inside, number
        elif assigned := _ASSIGNED.match(line):
            yield (*inside, *_parts(assigned.group(1))), number
            rest, depth = _after(line[assigned.end() :], "", 0)


def _resolved(parts: Steps, counts: dict[Steps, int]) -> Steps:
    """Put the place of the present element behind each list that a header goes through, but for the last step."""
    found: Steps = ()
    for part in parts[:-1]:
        found = (*found, part)
        if found in counts:
            found = (*found, counts[found])
    return (*found, parts[-1])


def _after(line: str, rest: str, depth: int) -> tuple[str, int]:
    """Tell what is still open after a line: the quotes of a long text, the brackets of a list or table."""
    while line:
        if rest:
            _inside, closed, line = line.partition(rest)
            if not closed:
                return rest, depth
            rest = ""
        elif (triple := _TRIPLE.match(line)) is not None:
            rest, line = triple.group(), line[3:]
        elif (string := _STRING.match(line)) is not None:
            line = line[string.end() :]
        elif line[0] == "#":
            break
        else:
            depth += (line[0] in "[{") - (line[0] in "]}")
            line = line[1:]
    return rest, depth


def _parts(dotted: str) -> Steps:
    return tuple(tomllib.loads(f"x = {part}")["x"] if part[0] in "\"'" else part for part in re.findall(_KEY, dotted))
