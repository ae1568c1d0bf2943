# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The five refusals, written once and seen alike as page, API answer and command line.

Refusal
├── Invalid     the input is wrong                        422   exit 2
├── Forbidden   not you, not this way                     403   exit 3
├── Missing     no such thing, or not visible to you      404   exit 4
├── Conflict    right for you, but the state forbids it   409   exit 5
└── Exhausted   a budget or a rate is spent               429   exit 6
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from datacity.kernel.verdict import Reason, Verdict


class Refusal(Exception):
    """A clear no: a code for programs, a sentence for people and a hint that says what to do next.

    code: dotted, stable, never translated (`sources.empty_file`).
    message, hint: English sentences with `{name}` places; they are the keys of the translation.
    values: what fills the places; never personal data.
    field: the input it is about, when there is one (a form field, a column, a parameter).
    reasons: when several things are wrong at once.
    """

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        field: str | None = None,
        reasons: Sequence[Reason] = (),
        **values: Any,
    ) -> None:
        """Keep the parts; nothing is rendered before the reader's language is known."""
        super().__init__(code)
        self.code = code
        self.message = message
        self.hint = hint
        self.field = field
        self.reasons = tuple(reasons)
        self.values: Mapping[str, Any] = values

    def __str__(self) -> str:
        """Give the English sentence, hint included."""
        parts = [self.message.format_map(self.values), self.hint.format_map(self.values)]
        parts += [reason.text() for reason in self.reasons]
        return " ".join(part for part in parts if part)


class Invalid(Refusal):
    """The input is wrong: says what, where and how to mend it."""

    status = 422
    exit_code = 2


class Forbidden(Refusal):
    """Not this person, or not this way; the reasons are listed."""

    status = 403
    exit_code = 3


class Missing(Refusal):
    """No such thing, or not visible to this person."""

    status = 404
    exit_code = 4


class Conflict(Refusal):
    """Allowed for this person, but the state moved or forbids it."""

    status = 409
    exit_code = 5


class Exhausted(Refusal):
    """A budget or a rate is spent; says what is left and when it comes back."""

    status = 429
    exit_code = 6


def require(verdict: Verdict) -> None:
    """Let a yes pass. Raises Forbidden with the verdict's reasons for a no; first line of every action."""
    if not verdict:
        raise Forbidden("permission.refused", "You may not do this.", reasons=verdict.reasons)


def require_state(verdict: Verdict) -> None:
    """Let a yes pass. Raises Conflict with the verdict's reasons for a no about the state of things."""
    if not verdict:
        raise Conflict("state.refused", "This cannot be done now.", reasons=verdict.reasons)
