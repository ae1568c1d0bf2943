# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The reasoned answer of a rule or a permission: yes, or no with reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One reason of a no: a code for programs, an English sentence with places, its values."""

    code: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """Give the English sentence with its places filled."""
        return self.message.format_map(self.values)


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with at least one reason; truthy when yes."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether it is a yes."""
        return self.allowed

    def __and__(self, other: "Verdict") -> "Verdict":
        """Give yes when both are; otherwise a no with the reasons of both."""
        return Verdict(self.allowed and other.allowed, self.reasons + other.reasons)

    def __or__(self, other: "Verdict") -> "Verdict":
        """Give yes when either is; otherwise a no with the reasons of both."""
        return YES if self.allowed or other.allowed else Verdict(False, self.reasons + other.reasons)


YES = Verdict(True)


def no(code: str, message: str, **values: Any) -> Verdict:
    """Give a no with one reason."""
    return Verdict(False, (Reason(code, message, values),))


def yes_if(condition: bool, code: str, message: str, **values: Any) -> Verdict:  # noqa: FBT001 -- reads as a sentence: yes if the condition holds
    """Give yes when the condition holds, otherwise a no with this reason."""
    return YES if condition else no(code, message, **values)
