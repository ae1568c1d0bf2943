# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The documentation is whole and true: no broken link, nothing named that does not exist, nothing left out.

Every task of `./dc`, verb of `datacity`, management command, setting and policy parameter is described where it is declared and
stands in a reference page. Whatever a page names of these exists: a how-to cannot outlive what it describes.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import reference_commands
from launch import ROOT
from new_app import flow
from tasks import TASKS

DOCS = ROOT / "docs"
SHORTEST = 12
"""Letters of a description that can mean something."""
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
OF_DJANGO = frozenset(
    {"check", "dbshell", "diffsettings", "makemigrations", "migrate", "NAME", "showmigrations", "sqlmigrate"}
)
"""What `python -m django` knows without us; NAME stands for any."""
RECORDS = "decisions"
"""What a record of a decision names may be gone: it is never rewritten."""
NAMED_LIKE = frozenset({"md", "py", "toml", "html", "po", "sqlite3"})
"""Endings of files: `people.md` is no parameter."""


@dataclass(frozen=True)
class Known:
    """What exists: name → its description. parameters: of the policy. others: further names with a dot (verbs, jobs)."""

    tasks: Mapping[str, str]
    verbs: Mapping[str, str]
    commands: Mapping[str, str]
    settings: Mapping[str, str]
    parameters: Mapping[str, str]
    steps: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    @property
    def described(self) -> Iterator[tuple[str, str, str]]:
        """Yield kind, the name as a reference page has it, and the description of everything."""
        for kind, prefix, names in (
            ("task", "./dc ", self.tasks),
            ("verb", "datacity ", self.verbs),
            ("command", "python -m django ", self.commands),
            ("setting", "", self.settings),
            ("policy parameter", "", self.parameters),
        ):
            for name, text in names.items():
                yield kind, prefix + name, text


@dataclass(frozen=True)
class Text:
    """A page as it is written: its path below docs, and what stands in it as code."""

    file: str
    text: str

    @cached_property
    def code(self) -> list[str]:
        """Every piece of code: each line of a block, and what stands between back-ticks."""
        blocks = [line.strip() for block in FENCE.findall(self.text) for line in block.splitlines()[1:-1]]
        return [*blocks, *CODE.findall(FENCE.sub("", self.text))]


def known(steps: frozenset[str]) -> Known:
    """Return what exists in this checkout. steps: of `./dc lint`."""
    from datacity.web import configuration  # the product, only for this check

    commands = {name: help_text for name, _call, help_text in reference_commands.management()}
    from datacity.kernel import bus  # filled by setting Django up, just now

    settings = {each.variable: each.description for each in configuration.TABLE}
    registry = bus.registry
    return Known(
        {each.name: each.sentence for each in TASKS},
        {name: sentence for name, _call, sentence in reference_commands.verbs()},
        commands,
        settings,
        {each.name: f"{each.description} {each.source}" for each in parameters()},
        steps,
        frozenset({*registry.verbs, *registry.jobs}),
    )


def parameters() -> Iterator[Any]:
    """Yield every parameter of the policy."""
    for app in flow():
        if find_spec(f"datacity.programme.{app}") and find_spec(f"datacity.programme.{app}.policy"):
            yield from import_module(f"datacity.programme.{app}.policy").PARAMETERS


def texts(folder: Path = DOCS) -> list[Text]:
    """Return every page."""
    return [
        Text(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.md"))
    ]


def left_out(there: Known, pages: Sequence[Text]) -> list[str]:
    """Return what exists and is not described where it is declared, or stands in no reference page."""
    reference = "\n".join(page.text for page in pages if page.file.startswith("reference/"))
    found = [
        f"the {kind} {name} has no description" for kind, name, text in there.described if len(text.strip()) < SHORTEST
    ]
    for kind, name, _text in there.described:
        if not re.search(rf"`{re.escape(name)}[ `]", reference):
            found.append(f"the {kind} {name} stands in no reference page: run ./dc docs")
    return found


def unknown(there: Known, pages: Sequence[Text]) -> list[str]:
    """Return what pages name and does not exist."""
    return [
        f"docs/{page.file}: {fault}"
        for page in pages
        if not page.file.startswith(f"{RECORDS}/")
        for code in page.code
        for fault in _faults(there, code)
    ]


def _faults(there: Known, code: str) -> Iterator[str]:
    """Yield what one piece of code names and does not exist."""
    for name in re.findall(r"\./dc +([a-z][\w-]*)", code):
        if name not in there.tasks:
            yield f"there is no task ./dc {name}"
    for names in re.findall(r"\./dc lint((?: +[a-z][\w-]*)+)", code):
        yield from (
            f"there is no step ./dc lint {name}" for name in names.split() if name not in there.steps | {"front", "end"}
        )
    for name in re.findall(r"^(?:\S*/bin/)?datacity +([a-z][\w-]*)", code):
        if name not in there.verbs:
            yield f"there is no command datacity {name}"
    for name in re.findall(r"-m django +([A-Za-z]\w*)", code):
        if name not in there.commands and name not in OF_DJANGO:
            yield f"there is no management command {name}"
    for name in re.findall(r"\bDATACITY_[A-Z_]*[A-Z]\b", code):
        if name.removesuffix("_FILE") not in there.settings and name not in _outside():
            yield f"there is no setting {name}"
    if re.fullmatch(r"[a-z]+\.[a-z_]+", code) and code.partition(".")[0] in {
        each.partition(".")[0] for each in there.parameters
    }:
        app, _dot, name = code.partition(".")
        if (
            code not in there.parameters
            and code not in there.others
            and name not in NAMED_LIKE
            and not find_spec(f"datacity.programme.{app}.{name}")
        ):
            yield f"there is no policy parameter {code}"


def _outside() -> frozenset[str]:
    from datacity.web import configuration  # the product, only for this check

    return frozenset(configuration.OUTSIDE)


def broken() -> list[str]:
    """Return broken links of the pages, and of the readme of the checkout."""
    from datacity.web.handbook import book  # the product, only for this check

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    gone = [
        f"README.md: {target} is not there"
        for target in re.findall(r"\]\(([^)#\s]+)", readme)
        if "://" not in target and not (ROOT / target).exists()
    ]
    return [*(f"docs/{fault}" for fault in book.bind(DOCS).faults()), *gone]


def problems(steps: frozenset[str]) -> list[str]:
    """Return everything that is wrong. steps: of `./dc lint`."""
    there, pages = known(steps), texts()
    return [*broken(), *left_out(there, pages), *unknown(there, pages)]


if __name__ == "__main__":
    found = problems(frozenset(sys.argv[1:]))
    print("\n".join(found))
    sys.exit(1 if found else 0)
