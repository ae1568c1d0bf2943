# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Publish a cleared version, take one back, and finish at the worker's start what a stop interrupted."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from datacity.engine.catalogue import Description as Described
from datacity.engine.proof.public import Use
from datacity.engine.release import ColumnDetails, ReleaseDetails, freeze
from datacity.engine.release import Withdrawal as Why
from datacity.engine.release import tidy as clear_leftovers
from datacity.engine.release import withdraw as take_back
from datacity.engine.sources.duck import connect
from datacity.kernel.actor import SYSTEM
from datacity.kernel.bus import Job, JobContext, Listener, Schedule
from datacity.kernel.errors import Refusal
from datacity.kernel.period import Period
from datacity.kernel.words import Words, msg
from datacity.programme.deposits.queries import vault
from datacity.programme.jobs.actions import enqueue
from datacity.programme.releases import actions
from datacity.programme.releases.actions import RELEASE, WITHDRAW
from datacity.programme.releases.models import Release, Withdrawal
from datacity.programme.releases.queries import keys, public_now, store, unfinished, vault_names

RECONCILE = "releases.reconcile"
TIDY = "releases.tidy"
LEFT_HOURS = 6
"""A vault file that no row names is left this long: the work that put it may still be running."""


def release(context: JobContext, *, release: int) -> None:
    """Freeze and seal the cleared table, put it in the public catalogue, and note it; again is harmless."""
    row = Release.objects.select_related("dataset", "clearance__protection__description__deposit").get(pk=release)
    table = context.scratch / "table.parquet"
    at = settings.CLOCK.now()
    try:
        vault().take_out(row.clearance.protection.table_file, table)
        context.still_mine()
        with publishing():
            published = freeze(
                table,
                _details(row, table),
                row.clearance.statement,
                row.clearance.protection.report,
                keys=keys(),
                store=store(),
                at=at,
                scratch=context.scratch,
                progress=context.progress,
            )
    except Refusal as refusal:
        actions.fail_release(row.pk, refusal, by=SYSTEM, at=at, finish=context.finish)
        return
    actions.finish_release(row.pk, published, by=SYSTEM, at=settings.CLOCK.now(), finish=context.finish)


def withdraw(context: JobContext, *, release: int) -> None:
    """Take the version out of the public catalogue, then move its bytes to the vault; again is harmless."""
    row = Withdrawal.objects.select_related("release__dataset").get(release_id=release)
    why = Why(reason=Words(fr=row.reason), ground=row.ground, by_capacity=row.capacity)
    context.still_mine()
    slug, version = row.release.dataset.slug, row.release.version
    with publishing():
        take_back(slug, version, why, store=store(), keys=keys(), at=row.at, vault=_keep_withdrawn)


def reconcile(context: JobContext) -> None:
    """Queue again what a stop interrupted: versions cleared and not public, withdrawals whose bytes are still there."""
    at = settings.CLOCK.now()
    for row in unfinished():
        if not row.failure:
            enqueue(RELEASE, arguments={"release": row.pk}, at=at, key=f"reconcile-{row.pk}-{at:%Y%m%d%H%M%S}")
    tombstones = public_now().tombstones
    for gone in Withdrawal.objects.select_related("release__dataset"):
        if (gone.release.dataset.slug, gone.release.version) not in tombstones:
            enqueue(
                WITHDRAW,
                arguments={"release": gone.release_id},
                at=at,
                key=f"reconcile-{gone.release_id}-{at:%Y%m%d%H%M%S}",
            )
    context.progress(1, 1)


def tidy(_context: JobContext) -> None:
    """Remove what killed processes left: bytes in the vault that no row names, bytes in the public folder that no snapshot names."""
    with publishing(alone=True) as alone:
        if alone:
            clear_leftovers(store(), keys().trust(Use.SEAL))
    vault().tidy(vault_names(), before=settings.CLOCK.now().timestamp() - 3_600 * LEFT_HOURS)


@contextmanager
def publishing(*, alone: bool = False) -> Iterator[bool]:
    """Hold the public folder with other publishers, or alone to tidy it; gives False when others are at work."""
    with (Path(settings.HOME) / "publishing.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
        except BlockingIOError:
            yield False
            return
        yield True


def _keep_withdrawn(sha256: str, content: BinaryIO) -> None:
    name = f"withdrawn-{sha256}"
    if not vault().holds(name):
        vault().put(name, content)


def _details(row: Release, table: Path) -> ReleaseDetails:
    dataset, protection = row.dataset, row.clearance.protection
    deposit = protection.description.deposit
    return ReleaseDetails(
        slug=dataset.slug,
        title=dataset.title,
        description=dataset.summary,
        producer=dataset.producer,
        legal_title=deposit.legal_title,
        legal_reference=deposit.legal_reference,
        licence=dataset.licence,
        period=Period(dataset.period_start, dataset.period_end),
        unit_of_observation=dataset.unit_of_observation,
        keywords=tuple(dataset.keywords),
        columns=_columns(protection.description.description, table),
        plan_fingerprint=protection.plan_fingerprint,
        policy_fingerprint=row.clearance.policy_fingerprint,
        change_note=Words(fr=row.change_note) if row.change_note else None,
    )


def _columns(description: Mapping[str, Any], table: Path) -> dict[str, ColumnDetails]:
    """Give what is said of each published column; a type only where the protected table still has the described one."""
    with connect() as connection:
        stored = {name: str(kind) for name, kind, *_ in connection.read_parquet(str(table)).description}
    found = {}
    for column in Described.from_dict(description).columns:
        if column.name not in stored:
            continue
        kept_as_text = column.type.value in ("time", "geo_shape") and stored[column.name] == "VARCHAR"
        found[column.name] = ColumnDetails(
            label=Words(fr=column.label) if column.label else None,
            type=column.type.value if kept_as_text else "",
            unit=column.unit or "",
            meaning=Words(fr=column.meaning) if column.meaning else None,
        )
    return found


JOBS = (
    Job(
        RELEASE, release, msg("Release a cleared version"), in_child=True, memory_mb=1000, attempts=5, lease_seconds=120
    ),
    Job(WITHDRAW, withdraw, msg("Withdraw a version"), attempts=10),
    Job(RECONCILE, reconcile, msg("Finish releases and withdrawals that were interrupted")),
    Job(TIDY, tidy, msg("Remove what interrupted work left behind")),
)
LISTENERS: tuple[Listener, ...] = ()
SCHEDULE = (Schedule(RECONCILE, every_seconds=0), Schedule(TIDY, every_seconds=3_600))
