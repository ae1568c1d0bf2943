# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Write an entry, erase what must not stay."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from datacity.kernel import bus
from datacity.kernel.actor import Actor
from datacity.kernel.errors import Conflict, require
from datacity.kernel.ref import Ref
from datacity.programme.journal import permissions, rules
from datacity.programme.journal.models import Detail, Entry, Secret


def record(
    actor: Actor,
    verb: str,
    subject: Ref,
    *,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
    edition: str = rules.NO_EDITION,
) -> Entry:
    """Write who did what to what, inside the caller's transaction, and tell the listeners of the verb.

    at: when the deed happened, aware. payload: texts and whole numbers, no personal data in a public verb.
    edition: slug of the edition, which decides the actor's pseudonym; `city` outside any.
    Raises Missing for an unknown verb, Conflict for a silent one, outside a transaction or for an unlinked actor, Invalid for a
    payload of another shape; then nothing is written.
    """
    if not connection.in_atomic_block:
        raise Conflict("journal.no_transaction", "The deed {verb} is recorded outside its transaction.", verb=verb)
    publicity = rules.known_verb(verb, bus.registry.verbs).publicity
    data = rules.payload_bytes(payload)
    nonce = secrets.token_bytes(rules.NONCE_BYTES)
    rules.moment_text(at)
    entry = Entry.objects.create(
        verb=verb, publicity=publicity.value, edition=edition, actor=rules.pseudonym(_secret_of(actor.ref), edition), subject=subject,
        at=at, recorded_at=timezone.now(), payload_digest=rules.payload_digest(nonce, data).hex(),
    )  # fmt: skip
    Detail.objects.create(entry=entry, nonce=nonce, payload=data.decode())
    bus.announce(
        {
            "verb": verb,
            "subject": str(subject),
            "actor": str(actor.ref),
            "payload": dict(payload or {}),
            "at": at,
            "edition": edition,
            "entry": entry.pk,
        }
    )
    return entry


def _secret_of(ref: Ref) -> bytes:
    """Give the secret of this actor, made at the first deed. Raises Conflict when it was erased."""
    row, _ = Secret.objects.get_or_create(ref=ref, defaults={"secret": secrets.token_bytes(rules.SECRET_BYTES)})
    if not row.secret:
        raise Conflict("journal.unlinked", "This account was unlinked from the journal and can no longer act.")
    return bytes(row.secret)


def erase(entry: Entry, *, by: Actor, at: datetime, reason: str) -> None:
    """Empty the details of an entry; its leaf, its place and its digest stay, so every proof still holds.

    reason: the legal ground, shown to everybody. Raises Forbidden for who may not, Conflict when they are empty already.
    """
    require(permissions.may_erase(by))
    with transaction.atomic():
        changed = Detail.objects.filter(pk=entry.pk).exclude(payload="").update(nonce=b"", payload="")
        if not changed:
            raise Conflict("journal.erased_already", "The details of this entry are already erased.")
        record(by, "entry.erased", rules.entry_ref(entry.pk), payload={"reason": reason}, at=at)


def unlink(ref: Ref, *, by: Actor, at: datetime, reason: str) -> None:
    """Empty somebody's secret: nobody can say any more which entries are theirs. The entries stay.

    Raises Forbidden for who may not, Conflict when there is nothing to empty.
    """
    require(permissions.may_erase(by))
    with transaction.atomic():
        if not Secret.objects.filter(ref=ref).exclude(secret=b"").update(secret=b""):
            raise Conflict("journal.nothing_to_unlink", "The journal holds no secret of this person.")
        record(by, "actor.unlinked", ref, payload={"reason": reason}, at=at)
