# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads of clearances and releases, and of what is public now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain
from json import loads
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.public import Use
from datacity.engine.release import EMPTY, Published, Snapshot, current
from datacity.engine.search import Found, Query, find
from datacity.engine.serve import catalogues
from datacity.engine.serve.odsql.statement import Question
from datacity.engine.serve.plane import DataPlane
from datacity.engine.serve.profiles import Profile
from datacity.engine.serve.publications import version_of
from datacity.engine.serve.tables import Page
from datacity.engine.sources.duck import connect
from datacity.frame import scratch
from datacity.frame.parts import Tone
from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Missing
from datacity.kernel.ref import Ref
from datacity.programme.datasets.models import Description, Protection
from datacity.programme.datasets.permissions import may_see
from datacity.programme.datasets.queries import waiting_for_decision
from datacity.programme.datasets.rules import ProtectionState
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.queries import vault
from datacity.programme.jobs.models import Job
from datacity.programme.journal.models import Entry
from datacity.programme.journal.queries import entries_about
from datacity.programme.privacy.models import CollectiveReview, Opinion
from datacity.programme.privacy.queries import opinion_on, review_of
from datacity.programme.privacy.rules import opinion_needed, review_needed
from datacity.programme.releases.models import Clearance, Release
from datacity.programme.releases.rules import OUTCOME_NAMES, STATE_NAMES, Case, ClearanceOutcome, Stage, State, stages

SAMPLE_ROWS = 20
LONG = (
    *("plan", "result", "before", "after", "attacks", "report", "failure"),
    *(f"description__{name}" for name in ("options", "refusal", "reading", "description")),
)
"""The long values of a protection and its description: lists go without them, reading them took most of a page's time."""
NUMBERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL"})
"""DuckDB's types of numbers, without their precision: a table shows them aligned to the right."""
OUTCOME_TONES = {ClearanceOutcome.GIVEN: Tone.SUCCESS, ClearanceOutcome.REFUSED: Tone.DANGER}
STATE_TONES = {
    State.RELEASING: Tone.INFO,
    State.RELEASED: Tone.SUCCESS,
    State.SUPERSEDED: Tone.NEUTRAL,
    State.WITHDRAWN: Tone.DANGER,
}


def store() -> FolderStore:
    """Give the folder of publications of this home."""
    return FolderStore(Path(settings.STORE))


def keys() -> KeyRing:
    """Give the keys of this home."""
    return _keys(Path(settings.KEYS), (Path(settings.KEYS) / "keys.json").stat().st_mtime_ns)


@cache
def _keys(folder: Path, _changed: int) -> KeyRing:
    return KeyRing.load(folder)


def vault_names() -> set[str]:
    """Give the name of every vault file that a row stands for: deposits, tables of descriptions, protected and withdrawn tables."""
    tables = Description.objects.values_list("text_file", "typed_file", "sample_file")
    names = {*chain.from_iterable(tables), *Protection.objects.values_list("table_file", flat=True)}
    names.update(Deposit.objects.values_list("vault_name", flat=True))
    withdrawn = [each for versions in public_now().datasets.values() for each in versions if each.tombstone]
    names.update(f"withdrawn-{file['sha256']}" for each in withdrawn for file in each.manifest["files"])
    return names


def public_now() -> Snapshot:
    """Give the verified snapshot of what is public; an empty one in a home whose keys are not made yet."""
    if not (Path(settings.KEYS) / "keys.json").exists():
        return EMPTY
    return current(store(), keys().trust(Use.SEAL))


def published(slug: str, version: int | None = None) -> Published:
    """Give a version of a dataset, withdrawn ones included; the newest that stands, else the newest, when None.

    Raises Missing when nothing of that slug or number was ever released.
    """
    versions = public_now().datasets.get(slug, ())
    if version is None and versions:
        return public_now().latest(slug) or versions[-1]
    for each in versions:
        if each.version == version:
            return each
    raise Missing("releases.missing", "No dataset {slug} was released here.", slug=slug)


def case_of(protection: Protection, representative: str, *, at: datetime | None = None) -> Case:
    """Give what a clearance looks at. representative: the reference of who would clear."""
    rule = policy.in_force(at=at)["privacy.opinion"]
    return _case(protection, representative, opinion_on(protection.ref), review_of(protection.ref), rule)


def _case(
    protection: Protection, representative: str, opinion: Opinion | None, review: CollectiveReview | None, rule: str
) -> Case:
    description = protection.description
    answers = description.answers()
    return Case(
        representative=representative,
        depositor=f"person:{description.deposit.deposited_by_id}",
        steward=f"person:{protection.planned_by_id}",
        officer=f"person:{opinion.given_by_id}" if opinion and opinion.given_by_id else None,
        opinion_needed=opinion_needed(answers, rule),
        opinion=opinion.outcome or None if opinion else None,
        review_needed=review_needed(answers),
        review=review.outcome if review else None,
    )


@dataclass(frozen=True)
class Waiting:
    """A presented table that nobody decided on yet, its case as nobody's, and for whom it waits."""

    protection: Protection
    case: Case
    stages: tuple[Stage, ...]
    opined_at: datetime | None = None
    review_at: datetime | None = None

    @property
    def ready(self) -> bool:
        """Tell whether only the decision is left."""
        return self.stages == (Stage.DECISION,)


def queue(*, at: datetime) -> list[Waiting]:
    """Give every presented and undecided table, oldest first, in a number of queries that does not grow with them."""
    rows = list(undecided())
    refs = [row.ref for row in rows]
    opinions = {each.subject: each for each in Opinion.objects.filter(subject__in=refs)}
    reviews = {each.subject: each for each in CollectiveReview.objects.filter(subject__in=refs)}
    rule = policy.in_force(at=at)["privacy.opinion"]
    found = [(row, opinions.get(row.ref), reviews.get(row.ref)) for row in rows]
    cases = [(row, _case(row, "", opinion, review, rule), opinion, review) for row, opinion, review in found]
    return [
        Waiting(row, case, stages(case), opinion.given_at if opinion else None, review.concluded_at if review else None)
        for row, case, opinion, review in cases
    ]


def presented(actor: Actor, number: int) -> Protection:
    """Give a presented protection with its dataset and deposit.

    Raises Missing when none of that key was presented, or the actor does not see the preparation of its dataset.
    """
    found = any_presented(number)
    if not may_see(actor, found.description.dataset):
        raise _not_presented(number)
    return found


def any_presented(number: int) -> Protection:
    """Give a presented protection to who asks for the permission on its dataset next. Raises Missing when there is none."""
    found = _presented().filter(pk=number).first()
    if found is None:
        raise _not_presented(number)
    return found


def _not_presented(number: int) -> Missing:
    return Missing(
        "releases.not_presented", "No protected table {number} was presented that you can see.", number=number
    )


def decided(number: int) -> Clearance:
    """Give the decision about a protection by the protection's key: public from the moment it was taken.

    Raises Missing while there is none.
    """
    found = decisions().defer(None).filter(protection_id=number).first()
    if found is None:
        raise Missing("releases.not_decided", "No decision {number} was published.", number=number)
    return found


def decisions() -> QuerySet[Clearance]:
    """Give every clearance and refusal, newest first, with its dataset, person and release; without the long values of `LONG`."""
    return Clearance.objects.select_related(
        "protection__description__dataset__edition",
        "protection__description__deposit__organisation",
        "person",
        "release__withdrawal",
    ).defer(*(f"protection__{name}" for name in LONG))


def opinions_given() -> QuerySet[Opinion]:
    """Give every opinion that was given; public once its table is decided on."""
    return Opinion.objects.exclude(outcome="")


def reviews_concluded() -> QuerySet[CollectiveReview]:
    """Give every collective review; public once its table is decided on."""
    return CollectiveReview.objects.all()


def release_of(clearance: Clearance) -> Release | None:
    """Give the release a decision started; None after a refusal."""
    return getattr(clearance, "release", None)


@dataclass(frozen=True)
class Shown:
    """A header or a cell as text ("" for an empty one), and whether its column holds numbers."""

    text: str
    is_number: bool


@dataclass(frozen=True)
class Sample:
    """The first rows of a protected table."""

    columns: tuple[Shown, ...]
    rows: tuple[tuple[Shown, ...], ...]


def sample(protection: Protection) -> Sample:
    """Give the first 20 rows of the protected table, taken from the vault. Raises Missing or Conflict as the vault does."""
    return _sample(protection.table_file)


@lru_cache(maxsize=16)
def _sample(name: str) -> Sample:
    with vault().opened(name, scratch=scratch.folder()) as path, connect() as connection:
        found = connection.read_parquet(str(path)).limit(SAMPLE_ROWS)
        numbers = [str(kind).split("(")[0] in NUMBERS for kind in found.types]
        columns: Iterable[str] = found.columns
        rows = found.fetchall()
    return Sample(
        tuple(map(Shown, columns, numbers)),
        tuple(tuple(map(Shown, ("" if cell is None else str(cell) for cell in row), numbers)) for row in rows),
    )


def _presented() -> QuerySet[Protection]:
    return Protection.objects.filter(state=ProtectionState.REVIEWED).select_related(
        "description__dataset__edition", "description__deposit__organisation", "planned_by"
    )


def undecided() -> QuerySet[Protection]:
    """Give the protections presented and neither cleared nor refused, oldest first."""
    decided = Clearance.objects.values("protection_id")
    rows = waiting_for_decision().exclude(pk__in=decided).select_related("description__dataset", "description__deposit")
    return rows.defer(*LONG)


def clearance_of(protection: Protection) -> Clearance | None:
    """Give the decision about a protection."""
    return Clearance.objects.filter(protection=protection).select_related("person").first()


def releases_of(slug: str) -> QuerySet[Release]:
    """Give every release of a dataset, newest version first, with its clearance and withdrawal."""
    return (
        Release.objects.filter(dataset__slug=slug)
        .select_related("clearance__person", "withdrawal", "dataset")
        .order_by("-version")
    )


def refusals() -> QuerySet[Clearance]:
    """Give every refusal, newest first."""
    rows = Clearance.objects.filter(outcome="refused")
    return rows.select_related("protection__description__dataset", "person")


def unfinished() -> QuerySet[Release]:
    """Give the releases whose publication is under way."""
    return Release.objects.filter(state=State.RELEASING).select_related("dataset", "clearance__protection")


def history(slug: str) -> list[dict[str, Any]]:
    """Give what happened to a dataset's versions, newest first: released and withdrawn, with who decided and why."""
    events: list[dict[str, Any]] = []
    for release in releases_of(slug):
        if release.released_at:
            events.append(
                {"verb": "released", "at": release.released_at, "release": release, "clearance": release.clearance}
            )
        withdrawal = getattr(release, "withdrawal", None)
        if withdrawal is not None:
            events.append({"verb": "withdrawn", "at": withdrawal.at, "release": release, "withdrawal": withdrawal})
    return sorted(events, key=lambda event: event["at"], reverse=True)


def entry_position(subject: Ref, verbs: Collection[str]) -> int | None:
    """Give the journal position of the last of these deeds about a thing; None while it has none."""
    entry = entries_about(subject).filter(verb__in=verbs).last()
    place = getattr(entry, "place", None)
    return place.position if place else None


def release_job(release: Release) -> Job | None:
    """Give the job that publishes a release, the last one; None when it is no longer kept."""
    return Job.objects.filter(name="releases.release", arguments__release=release.pk).order_by("-pk").first()


# portal: what visitors read, from the sealed snapshot


def plane() -> DataPlane:
    """Give the reader of published tables, one a process and folder of publications."""
    return _plane(Path(settings.STORE), Path(settings.HOME) / "spool" / "portal")


@cache
def _plane(folder: Path, spool: Path) -> DataPlane:
    publications = FolderStore(folder)
    return DataPlane(
        publications,
        folder=folder,
        spool=spool,
        load=lambda: catalogues.load(publications, keys().trust(Use.SEAL)),
    )


def read(version: Published, question: Question) -> Page:
    """Put a question to a published table, as the data API does. Raises OdsqlError, ParameterError, TooBusy, TooLong."""
    return plane().read(version_of(version.manifest, version.sha256, version.signature), question)


def profiles(version: Published) -> tuple[Profile, ...]:
    """Give what each column of a published table holds. Raises TooBusy, TooLong."""
    return plane().profiles(version_of(version.manifest, version.sha256, version.signature))


def search(query: Query) -> Found:
    """Search the public catalogue; nothing is found while nothing is public."""
    index = public_now().search_index
    return find(index, query) if index is not None else Found(0, (), {}, {name: {} for name in query.facets})


def report(version: Published) -> dict[str, Any]:
    """Give the gate's report of a version as it was sealed. Raises Missing when its bytes are gone."""
    return _report(store(), version.blob("report"))


@lru_cache(maxsize=256)
def _report(publications: FolderStore, name: str) -> dict[str, Any]:
    value = loads(publications.get(name))
    return value if isinstance(value, dict) else {}


def journal_positions(subjects: Collection[Ref], verbs: Collection[str]) -> dict[tuple[str, str], int]:
    """Give (reference, verb) -> journal position of the last such deed about each thing, in one query."""
    entries = Entry.objects.filter(subject__in=list(subjects), verb__in=verbs, place__isnull=False)
    rows = entries.order_by("pk").values_list("subject", "verb", "place__position")
    return {(str(subject), verb): position for subject, verb, position in rows}


def withdraw_job(release: Release) -> Job | None:
    """Give the job that takes a release back, the last one; None when it is no longer kept."""
    return Job.objects.filter(name="releases.withdraw", arguments__release=release.pk).order_by("-pk").first()


def outcome_tag(clearance: Clearance) -> tuple[str, str]:
    """Give a decision as words and tone."""
    outcome = ClearanceOutcome(clearance.outcome)
    return _(OUTCOME_NAMES[outcome]), OUTCOME_TONES[outcome]


def state_tag(release: Release) -> tuple[str, str]:
    """Give the state of a version as words and tone."""
    state = State(release.state)
    return _(STATE_NAMES[state]), STATE_TONES[state]
