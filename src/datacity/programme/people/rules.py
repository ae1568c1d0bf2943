# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Roles and their limits, states by dates, journal verbs: plain Python on plain values."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.ref import CITY, Ref
from datacity.kernel.verdict import YES, Verdict, no, yes_if
from datacity.kernel.words import msg


class Role(StrEnum):
    """What somebody may do in a scope; a person may hold several."""

    RESIDENT = "resident"
    AGENT = "agent"
    DATA_STEWARD = "data_steward"
    DIRECTORATE_LEAD = "directorate_lead"
    PROGRAMME_MANAGER = "programme_manager"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    REPRESENTATIVE = "representative"
    COUNCILLOR = "councillor"
    PARTNER_DELEGATE = "partner_delegate"
    APPLICANT = "applicant"
    JUROR = "juror"
    JURY_CHAIR = "jury_chair"
    MENTOR = "mentor"
    MODERATOR = "moderator"
    APPEAL_MEMBER = "appeal_member"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.RESIDENT: msg("resident"),
    Role.AGENT: msg("agent"),
    Role.DATA_STEWARD: msg("data steward"),
    Role.DIRECTORATE_LEAD: msg("directorate lead"),
    Role.PROGRAMME_MANAGER: msg("programme manager"),
    Role.DATA_PROTECTION_OFFICER: msg("data protection officer"),
    Role.REPRESENTATIVE: msg("controller's representative"),
    Role.COUNCILLOR: msg("councillor"),
    Role.PARTNER_DELEGATE: msg("partner delegate"),
    Role.APPLICANT: msg("applicant"),
    Role.JUROR: msg("juror"),
    Role.JURY_CHAIR: msg("jury chair"),
    Role.MENTOR: msg("mentor"),
    Role.MODERATOR: msg("moderator"),
    Role.APPEAL_MEMBER: msg("appeal member"),
    Role.AUDITOR: msg("auditor"),
    Role.ADMINISTRATOR: msg("administrator"),
}
"""English name of each role; `kernel.words.render` or gettext gives the French one."""


PROVEN_ROLES = frozenset({Role.ADMINISTRATOR})
"""Roles that give nothing before their holder has a second factor."""
DECIDING_ROLES = frozenset({Role.ADMINISTRATOR, Role.REPRESENTATIVE})
"""Roles whose deeds ask for a second factor; whoever holds one and has none is reminded."""


class Factor(StrEnum):
    """A second way to prove who one is, besides the password; the values are allauth's."""

    CODE_APP = "totp"
    PASSKEY = "webauthn"
    RECOVERY_CODES = "recovery_codes"


FACTOR_NAMES = {
    Factor.CODE_APP: msg("codes of an app"),
    Factor.PASSKEY: msg("passkey"),
    Factor.RECOVERY_CODES: msg("recovery codes"),
}
SECOND_FACTORS = (Factor.CODE_APP, Factor.PASSKEY)
"""Recovery codes stand in for one of these and never alone."""


class Proof(StrEnum):
    """How somebody proved who they are just before a deed that counts; the journal keeps it with the deed."""

    CODE = "password and code"
    RECOVERY_CODE = "password and recovery code"
    PASSKEY = "passkey"
    SHELL = "shell of who hosts"
    DEMONSTRATION = "demonstration"


CODE_SECONDS = 30
CODE_TOLERANCE = 1
"""Steps of 30 seconds that a telephone's clock may be early or late. Source: RFC 6238, section 5.2."""


def code_steps(at: datetime) -> range:
    """Give the steps whose codes count at this time: the present one and its neighbours."""
    now = int(at.timestamp()) // CODE_SECONDS
    return range(now - CODE_TOLERANCE, now + CODE_TOLERANCE + 1)


class OrganisationKind(StrEnum):
    """What an organisation is to the city."""

    CITY = "city"
    DIRECTORATE = "directorate"
    PARTNER = "partner"
    TEAM = "team"
    OPERATOR = "operator"
    OTHER = "other"


KIND_NAMES = {
    OrganisationKind.CITY: msg("city"),
    OrganisationKind.DIRECTORATE: msg("directorate"),
    OrganisationKind.PARTNER: msg("partner"),
    OrganisationKind.TEAM: msg("team"),
    OrganisationKind.OPERATOR: msg("operator"),
    OrganisationKind.OTHER: msg("other organisation"),
}
"""English name of each kind of organisation."""


class Span(StrEnum):
    """Where a dated thing stands on a day: before, within or after its dates."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    ENDED = "ended"


class PersonState(StrEnum):
    """Invited: no password yet. Active: can sign in. Deactivated: can no longer."""

    INVITED = "invited"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class InvitationState(StrEnum):
    """Open until used, withdrawn or past its time."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Visitor:
    """Somebody without an account: may read what is public, holds no role."""

    @property
    def ref(self) -> Ref:
        """Give the one reference of all visitors."""
        return Ref("visitor", "visitor")

    def has_role(self, _role: str, _scope: Ref = CITY) -> bool:
        """Give no: a visitor holds no role."""
        return False


VISITOR = Visitor()

INCOMPATIBLE = frozenset({frozenset({Role.DATA_PROTECTION_OFFICER, Role.REPRESENTATIVE})})
"""Pairs nobody may hold in scopes that meet. The data protection officer advises and must not decide purposes and means.

Source: Regulation (EU) 2016/679, art. 38(6).
"""


def scopes_meet(one: Ref, other: Ref) -> bool:
    """Tell whether two scopes have something in common: they are the same, or one is the whole city."""
    return one == other or CITY in (one, other)


def check_grant(role: Role, scope: Ref, held: Iterable[tuple[Role, Ref]]) -> Verdict:
    """Give a yes when the role can be added to those the person holds or will hold; each obstacle is a reason."""
    verdict = YES
    for other, where in held:
        if other == role and where == scope:
            verdict &= no("people.already_held", "This person already holds this role in this scope.")
        if frozenset({role, other}) in INCOMPATIBLE and scopes_meet(scope, where):
            verdict &= no(
                "people.incompatible_roles",
                "The data protection officer advises and cannot also decide as the controller's representative.",
            )
    return verdict


def check_span(start: datetime | date, end: datetime | date | None) -> Verdict:
    """Give a yes when the end is open or comes after the start."""
    return yes_if(end is None or start < end, "people.span_order", "The end must come after the start.")


def span(start: datetime | date, end: datetime | date | None, at: datetime | date) -> Span:
    """Tell where a thing with these dates stands. Times: the end is excluded. Days: the end is included."""
    if at < start:
        return Span.UPCOMING
    if end is None:
        return Span.RUNNING
    over = at >= end if isinstance(end, datetime) else at > end
    return Span.ENDED if over else Span.RUNNING


def person_state(*, joined: bool, deactivated: bool) -> PersonState:
    """Tell where a person's account stands."""
    if deactivated:
        return PersonState.DEACTIVATED
    return PersonState.ACTIVE if joined else PersonState.INVITED


def invitation_state(*, used: bool, withdrawn: bool, expires_at: datetime, at: datetime) -> InvitationState:
    """Tell where an invitation stands; its last moment is excluded."""
    if used:
        return InvitationState.USED
    if withdrawn:
        return InvitationState.WITHDRAWN
    return InvitationState.EXPIRED if at >= expires_at else InvitationState.OPEN


def check_last_administrator(others: int) -> Verdict:
    """Give a yes when at least one other active administrator stays; without one nobody could invite any more."""
    return yes_if(
        others > 0, "people.last_administrator", "This is the last administrator; give the role to somebody else first."
    )


VERBS = (
    Verb("person.registered", Publicity.RESTRICTED, "Person registered"),
    Verb("person.invited", Publicity.RESTRICTED, "Person invited"),
    Verb("person.joined", Publicity.RESTRICTED, "Person joined"),
    Verb("person.deactivated", Publicity.RESTRICTED, "Person deactivated"),
    Verb("person.reactivated", Publicity.RESTRICTED, "Person reactivated"),
    Verb("person.reset_asked", Publicity.RESTRICTED, "New password asked for"),
    Verb("person.password_changed", Publicity.RESTRICTED, "Password changed"),
    Verb("person.signed_out_everywhere", Publicity.RESTRICTED, "Signed out everywhere"),
    Verb("person.factor_added", Publicity.RESTRICTED, "Second factor added"),
    Verb("person.factor_removed", Publicity.RESTRICTED, "Second factor removed"),
    Verb("person.factors_reset", Publicity.RESTRICTED, "Second factors reset"),
    Verb("person.recovery_codes_made", Publicity.RESTRICTED, "Recovery codes made"),
    Verb("person.recovery_code_used", Publicity.RESTRICTED, "Recovery code used"),
    Verb("person.signed_in_elsewhere", Publicity.RESTRICTED, "First sign-in through the city's own directory"),
    Verb("invitation.withdrawn", Publicity.RESTRICTED, "Invitation withdrawn"),
    Verb("administrator.link_made", Publicity.RESTRICTED, "Link for the first administrator made"),
    Verb("role.granted", Publicity.RESTRICTED, "Role granted"),
    Verb("role.ended", Publicity.RESTRICTED, "Role ended"),
    Verb("organisation.registered", Publicity.PUBLIC, "Organisation registered"),
    Verb("organisation.changed", Publicity.PUBLIC, "Organisation changed"),
    Verb("organisation.left", Publicity.PUBLIC, "Organisation left"),
    Verb("mandate.given", Publicity.PUBLIC, "Mandate given"),
    Verb("mandate.ended", Publicity.PUBLIC, "Mandate ended"),
)
