# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Tables and plans named on the command line: any readable file becomes a typed table, columns are found by header or name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from datacity.engine.catalogue import Description, describe, write_typed
from datacity.engine.cli.console import Console
from datacity.engine.protection.plan import Plan
from datacity.engine.sources import ReadingReport, ReadOptions, read
from datacity.engine.sources.plain import read_plain
from datacity.kernel.errors import Invalid
from datacity.kernel.progress import Steps, scaled
from datacity.kernel.words import msg

_READING = msg("reading every line: {done} of {total} MB")
_LOOKING = msg("looking at the columns: {percent} %")


@dataclass(frozen=True)
class Table:
    """A table of the command line: its typed Parquet and its description."""

    path: Path
    description: Description


@contextmanager
def typed_table(file: Path, console: Console) -> Iterator[Table]:
    """Give the file read, described and typed, in a folder that is gone afterwards. Raises what reading and describing raise."""
    with TemporaryDirectory(prefix="datacity-") as folder:
        text, typed = Path(folder, "text.parquet"), Path(folder, "typed.parquet")
        _, description = described(file, text, console)
        write_typed(text, description, typed)
        text.unlink()
        yield Table(typed, description)


def described(
    file: Path, text: Path, console: Console, *, options: ReadOptions | None = None
) -> tuple[ReadingReport, Description]:
    """Write the cells of a file as text to `text`; give how it was read and its description. Raises what both raise."""
    steps = Steps(console.progress, {_READING: 60, _LOOKING: 40})
    tell = scaled(steps.begin(_READING), 1_000_000)
    reading = (read_plain(file, text) if options is None else None) or read(file, text, options=options, progress=tell)
    description = describe(text, reading, progress=steps.begin(_LOOKING))
    console.progress(1, 1)
    return reading, description


def read_plan(file: Path) -> Plan:
    """Give the plan of a file. Raises Invalid for a text that is not UTF-8 and what `Plan.parse` raises."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            "protection.plan_text", "The plan {name} is not UTF-8 text.", hint="Save it as UTF-8.", name=file.name
        ) from error
    return Plan.parse(text)


def technical_names(plan: Plan, description: Description) -> dict[str, str]:
    """Give header → technical name for the columns that the plan calls by their header."""
    names = {column.name for column in description.columns}
    called = {*plan.columns, *(model.column for model in plan.models if model.column)}
    if plan.aggregate:
        called |= {*plan.aggregate.by, *(each.column for each in plan.aggregate.measures if each.column)}
        called |= {each for each in (plan.aggregate.unit_column, plan.aggregate.weight_column) if each}
    labels = {column.label: column.name for column in description.columns}
    return {name: labels[name] for name in called if name not in names and name in labels}


@contextmanager
def protected_table(file: Path, console: Console) -> Iterator[Path]:
    """Give a published table: a Parquet file as it is, anything else read and typed."""
    with file.open("rb") as stream:
        is_parquet = stream.read(4) == b"PAR1"
    if is_parquet:
        yield file
        return
    with typed_table(file, console) as table:
        yield table.path
