# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Receive bytes, and say what became of them."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from datacity.engine.adapters.vault import VaultFile
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.public import moment
from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Invalid, require, require_state
from datacity.programme.deposits import permissions, rules
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.queries import vault
from datacity.programme.journal.actions import record
from datacity.programme.people.models import Organisation, Person


@dataclass(frozen=True)
class Handed:
    """What comes with the bytes: title, shown file name, legal title and the text it rests on, for whom."""

    title: str
    filename: str
    legal_title: str
    legal_reference: str = ""
    organisation: Organisation | None = None


def receive(source: BinaryIO, handed: Handed, *, by: Person, at: datetime) -> Deposit:
    """Keep the bytes encrypted and give the deposit with its signed receipt.

    source: read once, streamed. Raises Forbidden, or Invalid with a field (`title`, `legal_title`,
    `legal_reference`, `file` when empty or larger than the policy allows); nothing is kept then.
    """
    require(permissions.may_deposit(by))
    if not handed.title.strip():
        raise Invalid("deposits.title", "Give the file a title.", field="title")
    rules.check_title(handed.legal_title, handed.legal_reference)
    maximum = policy.in_force(at=at)["deposits.maximum_megabytes"] * 1_000_000
    reference = f"d-{at:%Y%m%d}-{secrets.token_hex(4)}"
    kept = vault().put(f"deposit-{reference}", _Bounded(source, maximum))  # type: ignore[arg-type]  # only `read` is used
    try:
        _refuse_empty(kept)
        return _record_receipt(reference, kept, handed, by=by, at=at)
    except BaseException:
        vault().destroy(kept.name)
        raise


def check(deposit: Deposit, *, by: Actor, at: datetime) -> Deposit:
    """Note that the deposit was read and can be worked with. Raises Forbidden, Conflict."""
    return _move(deposit, "check", "deposit.checked", by=by, at=at)


def refuse(deposit: Deposit, *, reason: str, by: Actor, at: datetime) -> Deposit:
    """Say that the deposit cannot be used, and why. Raises Forbidden, Invalid, Conflict."""
    return _move(deposit, "refuse", "deposit.refused", by=by, at=at, reason=_stated(reason))


def destroy(deposit: Deposit, *, reason: str, by: Actor, at: datetime) -> Deposit:
    """Shred the bytes; hash, date and reason remain. Raises Forbidden, Invalid, Conflict.

    The row is written first: a crash in between leaves bytes that the next call removes.
    """
    moved = _move(deposit, "destroy", "deposit.destroyed", by=by, at=at, reason=_stated(reason))
    vault().destroy(moved.vault_name)
    return moved


def reconcile(*, by: Actor, at: datetime) -> int:
    """Let rows and vault agree: shred what a row calls destroyed, and call destroyed what the vault's list says is; give how many.

    The second is what a restored home needs: its rows are older than its list. Raises Forbidden.
    """
    require(permissions.may_check(by))
    count = 0
    for deposit in Deposit.objects.filter(state=rules.State.DESTROYED):
        if vault().has(deposit.vault_name):
            vault().destroy(deposit.vault_name)
            count += 1
    gone = vault().destroyed()
    for deposit in Deposit.objects.exclude(state=rules.State.DESTROYED).filter(vault_name__in=gone):
        _move(deposit, "destroy", "deposit.destroyed", by=by, at=at, reason=rules.DESTROYED_BEFORE)
        count += 1
    return count


class _Bounded:
    """A reader that refuses what is larger than allowed, before the disk is full."""

    def __init__(self, source: BinaryIO, maximum: int) -> None:
        self._source = source
        self._left = self._maximum = maximum

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise too_large(self._maximum)
        return data


def too_large(maximum: int) -> Invalid:
    """Give the refusal of a file above the limit. maximum: bytes."""
    return Invalid(
        "deposits.too_large",
        "The file is larger than {megabytes} MB, the limit the city set.",
        hint="Split it by year or by district, or ask the programme manager to raise the limit.",
        field="file",
        megabytes=maximum // 1_000_000,
    )


def _refuse_empty(kept: VaultFile) -> None:
    if kept.size == 0:
        raise Invalid(
            "deposits.empty", "The file is empty.", hint="Export it again and deposit the new file.", field="file"
        )


def _record_receipt(reference: str, kept: VaultFile, handed: Handed, *, by: Person, at: datetime) -> Deposit:
    receipt = KeyRing.load(Path(settings.KEYS)).seal_statement(
        {
            "datacity": 1,
            "kind": "receipt",
            "deposit": reference,
            "sha256": kept.sha256,
            "bytes": kept.size,
            "name": rules.shown_name(handed.filename),
            "legal_title": handed.legal_title,
            "at": moment(at),
        },
        at=at,
    )
    with transaction.atomic():
        deposit = Deposit.objects.create(
            reference=reference,
            title=handed.title.strip(),
            filename=rules.shown_name(handed.filename),
            size=kept.size,
            sha256=kept.sha256,
            legal_title=handed.legal_title,
            legal_reference=handed.legal_reference.strip(),
            organisation=handed.organisation,
            deposited_by=by,
            received_at=at,
            state_at=at,
            vault_name=kept.name,
            receipt=receipt,
        )
        record(by, "deposit.received", deposit.ref, at=at, payload={"sha256": kept.sha256, "bytes": kept.size})
    return deposit


def _stated(reason: str) -> str:
    if len(reason.strip()) < 10:
        raise Invalid("deposits.reason", "Give the reason in a few words.", field="reason")
    return reason.strip()


def _move(deposit: Deposit, verb: str, entry: str, *, by: Actor, at: datetime, reason: str = "") -> Deposit:
    require(permissions.may_check(by))
    with transaction.atomic():
        locked = Deposit.objects.select_for_update().get(pk=deposit.pk)
        require_state(rules.next_state(locked.state, verb))
        locked.state = rules.after(locked.state, verb).value
        locked.state_at, locked.state_reason = at, reason
        locked.save(update_fields=("state", "state_at", "state_reason"))
        record(by, entry, locked.ref, at=at, payload={"sha256": locked.sha256})
    return locked
