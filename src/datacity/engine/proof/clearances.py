# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The clearance: a named person's signed statement that this very table may leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datacity.engine.proof.public import Trust, Use, moment
from datacity.engine.proof.statements import Statement, read_statement
from datacity.kernel.errors import Conflict, Forbidden, Invalid


@dataclass(frozen=True)
class Cleared:
    """What is cleared: the SHA-256 of the protected Parquet file, and the fingerprints of plan and policy ("" when none)."""

    table_sha256: str
    plan_fingerprint: str
    policy_fingerprint: str = ""


@dataclass(frozen=True)
class Representative:
    """Who clears: the named representative of the controller, in which capacity, and why."""

    person: str
    capacity: str
    reason: str


def clearance_statement(cleared: Cleared, by: Representative, *, at: datetime, valid_until: datetime) -> dict[str, Any]:
    """Give the statement that `KeyRing.clear` signs.

    Raises Invalid when person, capacity or reason is empty, or it would end before it begins.
    """
    for name, text in (("person", by.person), ("capacity", by.capacity), ("reason", by.reason)):
        if not text.strip():
            raise Invalid(
                "clearance.empty",
                "A clearance says who gives it, in which capacity and why; {name} is empty.",
                field=name,
                name=name,
            )
    if valid_until <= at:
        raise Invalid("clearance.ends", "A clearance ends after it begins.", field="valid_until")
    return {
        "datacity": 1, "kind": "clearance", "table": cleared.table_sha256, "plan": cleared.plan_fingerprint,
        "policy": cleared.policy_fingerprint, "person": by.person.strip(), "capacity": by.capacity.strip(), "reason": by.reason.strip(),
        "at": moment(at), "valid_until": moment(valid_until),
    }  # fmt: skip


def check_clearance(signed: Mapping[str, Any], cleared: Cleared, *, at: datetime, trust: Trust) -> Statement:
    """Give the clearance when it lets this table under this plan leave at this moment.

    cleared.plan_fingerprint: "" accepts the plan that the clearance names.
    Raises Invalid for another form, Forbidden for a signature that does not hold or a key nobody trusts for clearances,
    Conflict for another table, another plan, or a moment outside its validity.
    """
    clearance = read_statement(signed, "clearance")
    if not clearance.is_signed:
        raise Forbidden(
            "clearance.signature", "The clearance was changed after it was signed.", hint="Ask for it anew."
        )
    key = trust.find(clearance.signer, use=Use.CLEARANCE)
    if key is None or not key.valid_at(clearance.text("at")):
        raise Forbidden(
            "clearance.key",
            "The clearance is signed with the key {key}, which is no clearance key of this place.",
            hint="Only the clearance key of the keys given here counts.",
            key=clearance.signer.id,
        )
    if clearance.text("table") != cleared.table_sha256:
        raise Conflict(
            "clearance.table",
            "The clearance is for another table: it names {cleared}, this one is {found}.",
            hint="Clear this table, or release the cleared one.",
            cleared=clearance.text("table")[:16],
            found=cleared.table_sha256[:16],
        )
    if cleared.plan_fingerprint and clearance.text("plan") != cleared.plan_fingerprint:
        raise Conflict(
            "clearance.plan",
            "The clearance is for another plan: it names {cleared}, this one is {found}.",
            cleared=clearance.text("plan")[:16],
            found=cleared.plan_fingerprint[:16],
        )
    if not clearance.text("at") <= moment(at) <= clearance.text("valid_until"):
        raise Conflict(
            "clearance.expired",
            "The clearance holds from {start} to {end}; it is {now}.",
            hint="Ask for a new one.",
            start=clearance.text("at"),
            end=clearance.text("valid_until"),
            now=moment(at),
        )
    return clearance
