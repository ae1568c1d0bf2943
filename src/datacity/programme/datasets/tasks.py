# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The long work: read a deposited file, protect and attack a table. Plain text lives only in the job's scratch folder."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from datacity.engine.catalogue import ColumnDecision, describe, write_typed
from datacity.engine.catalogue import Description as Described
from datacity.engine.proof.hashes import digest_file
from datacity.engine.protection.attacks import attack
from datacity.engine.protection.gate import protect as run_plan
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.reports import bilingual
from datacity.engine.protection.risk import measure_risk
from datacity.engine.sources import ReadingReport, ReadOptions
from datacity.engine.sources import read as read_file
from datacity.engine.sources.duck import connect
from datacity.kernel import policy
from datacity.kernel.actor import SYSTEM
from datacity.kernel.bus import Job, JobContext, Listener, Schedule
from datacity.kernel.errors import Refusal
from datacity.kernel.progress import Steps, scaled
from datacity.kernel.words import msg
from datacity.programme.datasets import actions
from datacity.programme.datasets.actions.describing import LOOK, READ
from datacity.programme.datasets.actions.protecting import PROTECT
from datacity.programme.datasets.models import Description, Protection
from datacity.programme.datasets.queries import earlier_tables
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.queries import vault
from datacity.programme.journal.queries import entry_by_number

SHRED = "datasets.shred"
_TAKING = msg("taking the file out of the vault")
_READING = msg("reading every line: {done} of {total} MB")
_LOOKING = msg("looking at the columns: {percent} %")
_TYPING = msg("writing the typed table: {percent} %")
_LOCKING = msg("locking the tables in the vault")
_BEFORE = msg("measuring the risk before")
_PROTECTING = msg("protecting: {percent} %")
_AFTER = msg("measuring the risk after")
_ATTACKING = msg("attacking the result: {done} of {total}")
_REPORTING = msg("writing the report")
SAMPLE_ROWS = 2_000
"""Rows kept aside for live previews."""


def read(context: JobContext, *, description: int) -> None:
    """Read the deposited file, type its columns, look for what is sensitive, and keep the three tables in the vault."""
    row = Description.objects.select_related("dataset", "deposit").get(pk=description)
    try:
        found = _read(context, row)
    except Refusal as refusal:
        actions.refuse_reading(row.pk, refusal, by=SYSTEM, at=settings.CLOCK.now(), finish=context.finish)
        return
    actions.finish_reading(row.pk, found, by=SYSTEM, at=settings.CLOCK.now(), finish=context.finish)


def look(context: JobContext, *, description: int) -> None:
    """Look at the columns of a read table again under what the steward decided; the file itself is not read again."""
    row = Description.objects.select_related("dataset").get(pk=description)
    try:
        found = _look(context, row)
    except Refusal as refusal:
        actions.refuse_reading(row.pk, refusal, by=SYSTEM, at=settings.CLOCK.now(), finish=context.finish)
        return
    actions.finish_reading(row.pk, found, by=SYSTEM, at=settings.CLOCK.now(), finish=context.finish)


def protect(context: JobContext, *, protection: int) -> None:
    """Run the plan, measure the risk before and after, attack the result, word the report, keep the table."""
    row = Protection.objects.select_related("description__dataset").get(pk=protection)
    try:
        outcome = _protect(context, row)
    except Refusal as refusal:
        actions.fail_protection(row.pk, refusal, by=SYSTEM, at=settings.CLOCK.now(), finish=context.finish)
        return
    actions.finish_protection(row.pk, outcome, by=SYSTEM, at=settings.CLOCK.now(), finish=context.finish)


def shred(context: JobContext, *, entry: int) -> None:
    """Shred the tables read from the deposit whose destruction this journal entry tells."""
    reference = entry_by_number(entry).subject.id
    context.progress(0, 1, msg("shredding what was read"))
    actions.destroy_tables(Deposit.objects.get(reference=reference), by=SYSTEM, at=settings.CLOCK.now())


def _read(context: JobContext, row: Description) -> actions.Read:
    source, text = context.scratch / "source", context.scratch / "text.parquet"
    steps = Steps(context.progress, {_TAKING: 2, _READING: 40, _LOOKING: 45, _TYPING: 10, _LOCKING: 3})
    steps.begin(_TAKING)
    vault().take_out(row.deposit.vault_name, source)
    tell = scaled(steps.begin(_READING, source.stat().st_size // 1_000_000), 1_000_000)
    reading = read_file(source, text, options=_options(row.options), progress=tell)
    source.unlink()
    found = _described(context, row, reading, steps)
    return replace(found, text_file=_keep("text", text))


def _look(context: JobContext, row: Description) -> actions.Read:
    steps = Steps(context.progress, {_TAKING: 2, _LOOKING: 80, _TYPING: 15, _LOCKING: 3})
    steps.begin(_TAKING)
    vault().take_out(row.text_file, context.scratch / "text.parquet")
    found = _described(context, row, ReadingReport.from_dict(row.reading), steps)
    return replace(found, text_file=row.text_file)


def _described(context: JobContext, row: Description, reading: ReadingReport, steps: Steps) -> actions.Read:
    """Describe and type the table `text.parquet` of the scratch folder; the name of its vault file is still to be filled in."""
    text, typed, sample = (context.scratch / f"{name}.parquet" for name in ("text", "typed", "sample"))
    decisions = {name: ColumnDecision.from_dict(each) for name, each in row.dataset.decisions.items()}
    names = {column.name for column in reading.columns}
    decided = {name: each for name, each in decisions.items() if name in names}
    found = describe(text, reading, decisions=decided, progress=steps.begin(_LOOKING))
    write_typed(text, found, typed, progress=steps.begin(_TYPING))
    _write_sample(typed, sample)
    steps.begin(_LOCKING)
    return actions.Read(reading.as_dict(), found.as_dict(), "", _keep("typed", typed), _keep("sample", sample))


def _protect(context: JobContext, row: Protection) -> actions.Outcome:
    plan = Plan.from_dict(row.plan)
    raw, protected = context.scratch / "typed.parquet", context.scratch / "protected.parquet"
    steps = Steps(
        context.progress, {_TAKING: 5, _BEFORE: 10, _PROTECTING: 45, _AFTER: 5, _ATTACKING: 30, _REPORTING: 5}
    )
    steps.begin(_TAKING)
    vault().take_out(row.description.typed_file, raw)
    previous = _previous(context.scratch, row)
    steps.begin(_BEFORE)
    before = measure_risk(raw, plan)
    result = run_plan(raw, plan, protected, progress=steps.begin(_PROTECTING))
    steps.begin(_AFTER)
    after = measure_risk(protected, plan)
    plan = plan.settled(result.levels)
    attacks = attack(raw, protected, plan, previous=previous, progress=steps.begin(_ATTACKING))
    steps.begin(_REPORTING)
    found = Described.from_dict(row.description.description)
    report = bilingual(found, plan, before, after, attacks, result)
    return actions.Outcome(
        result.as_dict(),
        before.as_dict(),
        after.as_dict(),
        attacks.as_dict(),
        report,
        _keep("protected", protected),
        digest_file(protected).sha256,
    )


def _previous(folder: Path, row: Protection) -> list[Path]:
    paths = []
    for place, name in enumerate(earlier_tables(row)):
        path = folder / f"previous-{place}.parquet"
        vault().take_out(name, path)
        paths.append(path)
    return paths


def _options(kept: Mapping[str, Any]) -> ReadOptions:
    in_force = policy.in_force()
    return ReadOptions(
        **kept,
        maximum_bytes=in_force["deposits.maximum_megabytes"] * 1_000_000,
        maximum_columns=in_force["deposits.maximum_columns"],
    )


def _write_sample(typed: Path, sample: Path) -> None:
    with connect() as connection:
        connection.read_parquet(str(typed)).limit(SAMPLE_ROWS).write_parquet(str(sample))


def _keep(kind: str, path: Path) -> str:
    return vault().put_file(f"{kind}-{secrets.token_hex(8)}", path).name


_CHILD: dict[str, Any] = {"in_child": True, "memory_mb": 1000, "attempts": 3, "lease_seconds": 120}
JOBS = (
    Job(READ, read, msg("Read a deposited file"), **_CHILD),
    Job(LOOK, look, msg("Look at the columns of a read file again"), **_CHILD),
    Job(PROTECT, protect, msg("Protect and attack a table"), **_CHILD),
    Job(SHRED, shred, msg("Shred what was read of a destroyed deposit")),
)
LISTENERS = (Listener("deposit.destroyed", job=SHRED),)
SCHEDULE: tuple[Schedule, ...] = ()
