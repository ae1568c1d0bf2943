# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""From a deposit to a described dataset, and what the steward decides about its columns and sensitivity."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from datacity.engine.catalogue import ColumnDecision, said_anew, touches_cells
from datacity.engine.catalogue import Description as Described
from datacity.engine.catalogue.licences import licence as known_licence
from datacity.engine.sources import ReadingReport
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, Invalid, Refusal, require, require_state
from datacity.kernel.period import Period
from datacity.kernel.verdict import yes_if
from datacity.kernel.words import Words
from datacity.programme.datasets import permissions, rules
from datacity.programme.datasets.models import Dataset, Description
from datacity.programme.datasets.rules import Reading, State
from datacity.programme.deposits import actions as deposits
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.queries import vault
from datacity.programme.deposits.rules import State as DepositState
from datacity.programme.editions.queries import edition_open
from datacity.programme.jobs.actions import enqueue
from datacity.programme.journal.actions import record
from datacity.programme.people.models import Person
from datacity.programme.privacy.rules import AXES

READ = "datasets.read"
LOOK = "datasets.look"


@dataclass(frozen=True)
class About:
    """What a reader must know of every version; title, summary and unit in one language at least."""

    title: Words
    summary: Words
    unit_of_observation: Words
    producer: str
    licence: str = "lov2"
    contact: str = ""
    territory: str = ""
    rhythm: str = ""
    period_start: date | None = None
    period_end: date | None = None
    themes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise Invalid with the field that is wrong."""
        if not self.producer.strip():
            raise Invalid("datasets.producer", "Say who makes the data.", field="producer")
        known_licence(self.licence)
        Period(self.period_start, self.period_end)

    def fields(self) -> dict[str, Any]:
        """Give the columns of a dataset row."""
        return {**self.__dict__, "themes": list(self.themes), "keywords": list(self.keywords)}


@dataclass(frozen=True)
class Read:
    """What reading a file gave: the two reports as JSON values, and the vault names of the three tables."""

    reading: Mapping[str, Any]
    description: Mapping[str, Any]
    text_file: str
    typed_file: str
    sample_file: str
    options: Mapping[str, Any] = field(default_factory=dict)


def describe(
    deposit: Deposit,
    about: About,
    *,
    by: Person,
    at: datetime,
    slug: str = "",
    options: Mapping[str, Any] | None = None,
    decisions: Mapping[str, Mapping[str, Any]] | None = None,
) -> Description:
    """Make a dataset of a deposit and start reading its file.

    slug: the address; made from the French or English title when "". options: how to read, as `ReadOptions` fields.
    decisions: what is known of columns before reading, as `decide_columns` takes it; columns the file lacks do not count.
    Raises Forbidden; Invalid with a field; Conflict when the address is taken or the deposit cannot be used.
    """
    require(permissions.may_describe(by))
    about.check()
    known = {name: ColumnDecision.from_dict(each).as_dict() for name, each in (decisions or {}).items()}
    address = rules.slug_of(slug or about.title.within("fr"))
    with transaction.atomic():
        if Dataset.objects.filter(slug=address).exists():
            raise Conflict(
                "datasets.slug_taken",
                "A dataset with the address {slug} exists.",
                hint="Deposit the file as a new version of it, or choose another title.",
                field="title",
                slug=address,
            )
        dataset = Dataset.objects.create(
            slug=address,
            edition=edition_open(at),
            steward=by,
            described_at=at,
            decisions=known,
            **about.fields(),
        )
        record(by, "dataset.described", dataset.ref, at=at, payload={"deposit": deposit.reference})
        return _start(dataset, deposit, change_note="", options=options, by=by, at=at)


def describe_version(
    dataset: Dataset,
    deposit: Deposit,
    *,
    change_note: str,
    by: Person,
    at: datetime,
    options: Mapping[str, Any] | None = None,
) -> Description:
    """Start reading a deposit as the next version of a dataset; the steward's decisions on columns are kept.

    Raises Forbidden; Invalid without a change note (field `change_note`); Conflict when the deposit cannot be used.
    """
    require(permissions.may_describe(by))
    if len(change_note.strip()) < rules.MINIMUM_REASON:
        raise Invalid(
            "datasets.change_note", "Say in a few words what changed since the last version.", field="change_note"
        )
    with transaction.atomic():
        return _start(dataset, deposit, change_note=change_note.strip(), options=options, by=by, at=at)


def read_again(description: Description, options: Mapping[str, Any], *, by: Person, at: datetime) -> Description:
    """Read the file again in another way: sheet, encoding, delimiter, header row, renames. Raises Forbidden."""
    require(permissions.may_describe(by))
    with transaction.atomic():
        locked = (
            Description.objects.select_for_update(of=("self",))
            .select_related("dataset", "deposit")
            .get(pk=description.pk)
        )
        locked.options = dict(options)
        return _wait_for(READ, locked, by=by, at=at)


def _wait_for(job: str, locked: Description, *, by: Person, at: datetime) -> Description:
    """Let the version wait for this job."""
    locked.state, locked.refusal = Reading.WAITING.value, {}
    locked.save(update_fields=("options", "state", "refusal"))
    enqueue(job, arguments={"description": locked.pk}, at=at, by=by)
    return locked


def finish_reading(number: int, read: Read, *, by: Actor, at: datetime, finish: Callable[[], None]) -> Description:
    """Keep what reading gave, in one commit with the end of the job.

    number: the description's key. finish: ends the job; raises when its lease was lost, and nothing is kept.
    """
    with transaction.atomic():
        locked = Description.objects.select_for_update(of=("self",)).select_related("dataset", "deposit").get(pk=number)
        locked.reading, locked.description = dict(read.reading), dict(read.description)
        locked.text_file, locked.typed_file, locked.sample_file = read.text_file, read.typed_file, read.sample_file
        locked.state, locked.refusal, locked.read_at = Reading.READ.value, {}, at
        locked.save()
        record(by, "dataset.read", locked.dataset.ref, at=at, payload={"rows": int(read.reading["rows"])})
        if locked.deposit.state == DepositState.RECEIVED:
            deposits.check(locked.deposit, by=by, at=at)
        finish()
    return locked


def refuse_reading(
    number: int, refusal: Refusal, *, by: Actor, at: datetime, finish: Callable[[], None]
) -> Description:
    """Keep why the file cannot be read, in one commit with the end of the job; the steward may read it another way."""
    with transaction.atomic():
        locked = Description.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=number)
        locked.state, locked.refusal = Reading.REFUSED.value, kept_refusal(refusal)
        locked.save(update_fields=("state", "refusal"))
        record(by, "dataset.reading_refused", locked.dataset.ref, at=at, payload={"code": refusal.code})
        finish()
    return locked


def destroy_tables(deposit: Deposit, *, by: Actor, at: datetime) -> int:
    """Shred the tables read from a destroyed deposit; give of how many versions. Again is harmless.

    Protected tables stay: they hold what may leave, and a decision may rest on them. Raises Forbidden; Conflict while
    the deposit is still there.
    """
    require(permissions.may_describe(by))
    gone = deposit.state == DepositState.DESTROYED
    require_state(yes_if(gone, "datasets.deposit_there", "The deposit is still kept; its tables stay with it."))
    found = list(Description.objects.filter(deposit=deposit).exclude(typed_file="").select_related("dataset"))
    for name in (name for each in found for name in (each.text_file, each.typed_file, each.sample_file)):
        vault().destroy(name)
    with transaction.atomic():
        for each in found:
            each.text_file = each.typed_file = each.sample_file = ""
            each.save(update_fields=("text_file", "typed_file", "sample_file"))
            record(by, "dataset.tables_destroyed", each.dataset.ref, at=at, payload={"deposit": deposit.reference})
    return len(found)


def change_about(dataset: Dataset, about: About, *, by: Person, at: datetime) -> Dataset:
    """Change what readers are told; versions already released keep their words. Raises Forbidden, Invalid."""
    require(permissions.may_describe(by))
    about.check()
    with transaction.atomic():
        Dataset.objects.filter(pk=dataset.pk).update(**about.fields())
        record(by, "dataset.described", dataset.ref, at=at)
    dataset.refresh_from_db()
    return dataset


def decide_columns(
    description: Description, decisions: Mapping[str, Mapping[str, Any]], *, by: Person, at: datetime
) -> Description:
    """Keep what the steward fixes about columns: label, type, unit, meaning, role, words for "no value".

    What touches no cell holds at once. For the rest the columns are looked at again, in the table that was read already; the
    description waits meanwhile. decisions: column -> `ColumnDecision` fields; kept on the dataset, so that new versions follow them.
    Raises Forbidden; Invalid for an unknown column, type or role.
    """
    require(permissions.may_describe(by))
    known = {column["name"] for column in description.description.get("columns", ())}
    for name, decision in decisions.items():
        if name not in known:
            raise Invalid("datasets.column", "The file has no column {name}.", field=name, name=name)
        ColumnDecision.from_dict(decision)
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=description.dataset_id)
        before = {name: ColumnDecision.from_dict(dataset.decisions.get(name, {})) for name in decisions}
        dataset.decisions = {**dataset.decisions, **{name: dict(each) for name, each in decisions.items()}}
        dataset.save(update_fields=("decisions",))
        locked = (
            Description.objects.select_for_update(of=("self",))
            .select_related("dataset", "deposit")
            .get(pk=description.pk)
        )
        looked = any(touches_cells(old, ColumnDecision.from_dict(decisions[name])) for name, old in before.items())
        if locked.state == Reading.READ and not looked:
            return _say_anew(locked, dataset, by=by, at=at)
        kept = locked.state == Reading.READ and locked.text_file
        return _wait_for(LOOK if kept else READ, locked, by=by, at=at)


def _say_anew(locked: Description, dataset: Dataset, *, by: Person, at: datetime) -> Description:
    decided = {name: ColumnDecision.from_dict(each) for name, each in dataset.decisions.items()}
    reading = ReadingReport.from_dict(locked.reading)
    locked.description = said_anew(Described.from_dict(locked.description), reading, decided).as_dict()
    locked.save(update_fields=("description",))
    record(by, "dataset.described", dataset.ref, at=at)
    return locked


def answer_axes(
    description: Description, axes: Mapping[str, Mapping[str, str]], *, by: Person, at: datetime
) -> Description:
    """Answer the four sensitivity axes, each with a reason.

    axes: axis -> {answer, reason}. Raises Forbidden; Invalid with field `axis_<name>` or `reason_<name>`;
    Conflict when a protection was presented already, since the opinion rests on these answers.
    """
    require(permissions.may_describe(by))
    rules.check_axes(axes)
    with transaction.atomic():
        locked = Description.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=description.pk)
        presented = locked.protections.filter(state=rules.ProtectionState.REVIEWED).exists()
        require_state(
            yes_if(
                not presented,
                "datasets.axes_frozen",
                "A protection was presented on these answers; set it aside first.",
            )
        )
        locked.axes = {axis: {"answer": axes[axis]["answer"], "reason": axes[axis]["reason"].strip()} for axis in AXES}
        locked.axes_by = by
        locked.save(update_fields=("axes", "axes_by"))
        record(by, "dataset.axes_answered", locked.dataset.ref, at=at, payload=locked.answers())
    return locked


def retire(dataset: Dataset, *, by: Person, at: datetime) -> Dataset:
    """Say that the dataset gets no new versions; what was released stays. Raises Forbidden, Conflict."""
    require(permissions.may_describe(by))
    with transaction.atomic():
        locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
        require_state(yes_if(locked.state != State.RETIRED, "datasets.retired", "This dataset is retired already."))
        locked.state = State.RETIRED.value
        locked.save(update_fields=("state",))
        record(by, "dataset.retired", locked.ref, at=at)
    return locked


def kept_refusal(refusal: Refusal) -> dict[str, Any]:
    """Give a refusal as JSON values, to be rendered later in the reader's language."""
    return {
        "code": refusal.code,
        "message": refusal.message,
        "hint": refusal.hint,
        "values": {name: _kept(value) for name, value in refusal.values.items()},
    }


def _kept(value: Any) -> Any:
    """Give a value as JSON holds it: names of sheets and new names of columns stay lists and mappings."""
    if isinstance(value, Mapping):
        return {str(key): str(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return value if isinstance(value, int | float) else str(value)


def _start(
    dataset: Dataset, deposit: Deposit, *, change_note: str, options: Mapping[str, Any] | None, by: Person, at: datetime
) -> Description:
    usable = deposit.state in (DepositState.RECEIVED, DepositState.CHECKED)
    require_state(
        yes_if(usable, "datasets.deposit_gone", "The deposit is {state}; deposit the file again.", state=deposit.state)
    )
    require_state(yes_if(dataset.state != State.RETIRED, "datasets.retired", "This dataset is retired already."))
    last = Description.objects.filter(dataset=dataset).order_by("-number").values_list("number", flat=True).first() or 0
    description = Description.objects.create(
        dataset=dataset,
        deposit=deposit,
        number=last + 1,
        change_note=change_note,
        options=dict(options or {}),
        made_at=at,
    )
    enqueue(READ, arguments={"description": description.pk}, at=at, by=by)
    return description
