# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The five refusals carry what pages, API and command line need."""

import pytest

from datacity.kernel.errors import (
    Conflict,
    Exhausted,
    Forbidden,
    Invalid,
    Missing,
    Refusal,
    require,
    require_state,
)
from datacity.kernel.verdict import YES, Reason, Verdict, no, yes_if


def test_refusal_says_message_reasons_and_hint_in_one_sentence() -> None:
    refusal = Conflict(
        "jury.quorum",
        "{scored} of {required} members have scored.",
        hint="The jury deliberates from {required}.",
        reasons=[Reason("jury.absent", "{count} are absent.", {"count": 4})],
        scored=3,
        required=7,
    )

    assert str(refusal) == "3 of 7 members have scored. The jury deliberates from 7. 4 are absent."


@pytest.mark.parametrize(
    ("kind", "status", "exit_code"),
    [(Invalid, 422, 2), (Forbidden, 403, 3), (Missing, 404, 4), (Conflict, 409, 5), (Exhausted, 429, 6)],
)
def test_each_refusal_has_its_status_and_exit_code(kind: type[Refusal], status: int, exit_code: int) -> None:
    assert (kind.status, kind.exit_code) == (status, exit_code)


def test_required_no_becomes_forbidden_with_the_reasons() -> None:
    verdict = no("x.first", "First.") & no("x.second", "Second.")

    with pytest.raises(Forbidden) as refusal:
        require(verdict)

    assert [reason.code for reason in refusal.value.reasons] == ["x.first", "x.second"]


def test_state_that_forbids_becomes_a_conflict() -> None:
    with pytest.raises(Conflict) as refusal:
        require_state(no("x.closed", "It is closed."))

    assert refusal.value.reasons == (Reason("x.closed", "It is closed."),)


def test_yes_passes_and_either_yes_is_enough() -> None:
    require(YES)
    require_state(yes_if(True, "x", "x"))

    assert (no("x", "x") | YES) == YES
    assert (no("x", "x") | no("y", "y")) == Verdict(False, (Reason("x", "x"), Reason("y", "y")))
