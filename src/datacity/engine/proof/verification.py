# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a verification found, check by check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from datacity.engine.proof.public import PublicKey, Trust, Use
from datacity.kernel.words import msg, render

SIGNER, CLEARANCE_SIGNER = "signer", "clearance_signer"
_SIGNERS = (SIGNER, CLEARANCE_SIGNER)


@dataclass(frozen=True)
class Check:
    """One check. code: stable, for programs. message: English sentence with places. holds: None for a remark that counts neither way."""

    code: str
    message: str
    holds: bool | None
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """Give it as a JSON value."""
        return {
            "check": self.code,
            "holds": self.holds,
            "message": render(self.message, language, self.values),
            "values": dict(self.values),
        }


@dataclass(frozen=True)
class Verification:
    """All checks of a thing, in the order they were made. kind: what the thing is ("release", "clearance", "receipt", "journal" …)."""

    kind: str
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Tell whether everything holds, the signer included."""
        return all(check.holds is not False for check in self.checks)

    @property
    def intact(self) -> bool:
        """Tell whether everything but the signers holds."""
        return all(check.holds is not False for check in self.checks if check.code not in _SIGNERS)

    @property
    def first_wrong(self) -> Check | None:
        """The first check that does not hold; an unknown signer comes last, since anything else is graver."""
        wrong = [check for check in self.checks if check.holds is False]
        return min(wrong, key=lambda check: check.code in _SIGNERS, default=None)

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """Give it as a JSON value."""
        wrong = self.first_wrong
        return {
            "kind": self.kind,
            "holds": self.holds,
            "intact": self.intact,
            "first_wrong": wrong.code if wrong else None,
            "checks": [check.as_dict(language) for check in self.checks],
        }


def passed(code: str, message: str, **values: Any) -> Check:
    """Give a check that holds."""
    return Check(code, message, True, values)


def failed(code: str, message: str, **values: Any) -> Check:
    """Give a check that does not hold."""
    return Check(code, message, False, values)


def remark(code: str, message: str, **values: Any) -> Check:
    """Give a remark."""
    return Check(code, message, None, values)


def check_signer(signer: PublicKey, trust: Trust, *, use: Use, at: str) -> Check:
    """Check that the signer is trusted for this use and was valid at that moment; without any trust that stays open and does not hold."""
    if not trust:
        return failed(SIGNER, msg("The signer {key} was not checked: say with --trust whom you trust."), key=signer.id)
    key = trust.find(signer, use=use)
    if key is None:
        return failed(SIGNER, msg("The signer {key} is none of the trusted keys."), key=signer.id)
    if not key.valid_at(at):
        return failed(SIGNER, msg("The key {key} was not valid on {at}."), key=signer.id, at=at)
    return passed(SIGNER, msg("The signer is the trusted key {key}."), key=signer.id)
