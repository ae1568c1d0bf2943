# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of roles and dates."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.kernel.bus import Publicity
from datacity.kernel.ref import CITY, Ref
from datacity.programme.people import rules
from datacity.programme.people.rules import InvitationState, PersonState, Role, Span

EDITION = Ref("edition", "2027")
OTHER_EDITION = Ref("edition", "2028")
EARLIEST, LATEST = (
    datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    datetime(2035, 1, 1, tzinfo=UTC).replace(tzinfo=None),
)
T0 = datetime(2027, 3, 1, 12, tzinfo=UTC)
times = st.datetimes(min_value=EARLIEST, max_value=LATEST, timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("scope", "held_scope", "allowed"),
    [
        (CITY, CITY, False),
        (EDITION, EDITION, False),
        (EDITION, CITY, False),
        (CITY, EDITION, False),
        (EDITION, OTHER_EDITION, True),
    ],
)
def test_officer_and_representative_exclude_each_other_where_their_scopes_meet(
    scope: Ref, held_scope: Ref, allowed: bool
) -> None:
    one = rules.check_grant(Role.REPRESENTATIVE, scope, [(Role.DATA_PROTECTION_OFFICER, held_scope)])
    other = rules.check_grant(Role.DATA_PROTECTION_OFFICER, scope, [(Role.REPRESENTATIVE, held_scope)])

    assert (bool(one), bool(other)) == (allowed, allowed)
    assert [reason.code for reason in one.reasons] == ([] if allowed else ["people.incompatible_roles"])


def test_grant_of_a_held_role_is_refused_in_the_same_scope_only() -> None:
    held = [(Role.AGENT, EDITION)]

    assert [reason.code for reason in rules.check_grant(Role.AGENT, EDITION, held).reasons] == ["people.already_held"]
    assert rules.check_grant(Role.AGENT, OTHER_EDITION, held)


@given(
    st.lists(st.tuples(st.sampled_from(Role), st.sampled_from([CITY, EDITION, OTHER_EDITION])), max_size=6),
    st.sampled_from(Role),
)
def test_grant_verdict_does_not_depend_on_the_order_of_what_is_held(held: list[tuple[Role, Ref]], role: Role) -> None:
    assert bool(rules.check_grant(role, EDITION, held)) == bool(rules.check_grant(role, EDITION, held[::-1]))


@given(times, st.one_of(st.none(), times), times)
def test_span_goes_from_upcoming_to_ended_and_never_back(start: datetime, end: datetime | None, at: datetime) -> None:
    order = [Span.UPCOMING, Span.RUNNING, Span.ENDED]
    end = None if end is None else max(start, end)

    now, later = rules.span(start, end, at), rules.span(start, end, at + timedelta(days=1))

    assert order.index(now) <= order.index(later)
    assert (now is Span.UPCOMING) == (at < start)


def test_span_counts_the_last_day_but_not_the_last_moment() -> None:
    assert rules.span(date(2027, 1, 1), date(2027, 1, 31), date(2027, 1, 31)) is Span.RUNNING
    assert rules.span(date(2027, 1, 1), date(2027, 1, 31), date(2027, 2, 1)) is Span.ENDED
    assert rules.span(T0, T0 + timedelta(hours=1), T0 + timedelta(hours=1)) is Span.ENDED


def test_span_order_refuses_an_end_that_does_not_come_after_the_start() -> None:
    assert [
        rules.check_span(T0, end).allowed for end in (None, T0 + timedelta(seconds=1), T0, T0 - timedelta(days=1))
    ] == [True, True, False, False]


def test_person_state_follows_joining_and_closing() -> None:
    states = {
        (joined, closed): rules.person_state(joined=joined, deactivated=closed)
        for joined in (False, True)
        for closed in (False, True)
    }

    assert states == {
        (False, False): PersonState.INVITED, (False, True): PersonState.DEACTIVATED,
        (True, False): PersonState.ACTIVE, (True, True): PersonState.DEACTIVATED,
    }  # fmt: skip


def test_invitation_state_is_open_until_its_last_moment() -> None:
    at = [
        rules.invitation_state(used=False, withdrawn=False, expires_at=T0, at=T0 + timedelta(seconds=step))
        for step in (-1, 0)
    ]

    assert at == [InvitationState.OPEN, InvitationState.EXPIRED]
    assert (
        rules.invitation_state(used=True, withdrawn=False, expires_at=T0, at=T0 + timedelta(days=9))
        is InvitationState.USED
    )
    assert rules.invitation_state(used=False, withdrawn=True, expires_at=T0, at=T0) is InvitationState.WITHDRAWN


def test_every_role_and_kind_has_a_name() -> None:
    assert set(rules.ROLE_NAMES) == set(Role)
    assert set(rules.KIND_NAMES) == set(rules.OrganisationKind)


def test_visitor_holds_no_role_at_all() -> None:
    assert not any(rules.VISITOR.has_role(role, scope) for role in Role for scope in (CITY, EDITION))
    assert rules.VISITOR.ref == Ref("visitor", "visitor")


def test_verbs_about_persons_are_never_public() -> None:
    public = {verb.name for verb in rules.VERBS if verb.publicity is Publicity.PUBLIC}

    assert public == {
        "organisation.registered",
        "organisation.changed",
        "organisation.left",
        "mandate.given",
        "mandate.ended",
    }
