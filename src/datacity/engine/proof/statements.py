# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Signed statements: a JSON value that names its signer, and the signature over its canonical form.

{"statement": {"datacity": 1, "kind": …, …, "signed_by": {"key": id, "public": 64 hex}}, "signature": base64 of 64 bytes}
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datacity.engine.proof.public import PublicKey
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Invalid


@dataclass(frozen=True)
class Statement:
    """A statement that has the right form; whether its signature holds is asked with `is_signed`."""

    content: Mapping[str, Any]
    signer: PublicKey
    signature: bytes

    @property
    def is_signed(self) -> bool:
        """Tell whether the named signer signed this very content."""
        return self.signer.signed(self.signature, canonical_bytes(self.content))

    def text(self, name: str) -> str:
        """Give a text of the statement, "" when it has none."""
        value = self.content.get(name, "")
        return value if isinstance(value, str) else ""


def read_statement(value: object, kind: str) -> Statement:
    """Read a signed statement of that kind. Raises Invalid when it has another form."""
    content = value.get("statement") if isinstance(value, Mapping) else None
    signature = value.get("signature") if isinstance(value, Mapping) else None
    if (
        not isinstance(content, Mapping)
        or not isinstance(signature, str)
        or content.get("datacity") != 1
        or content.get("kind") != kind
    ):
        raise Invalid("proof.statement", "This is not a signed statement of DataCity ({kind}).", kind=kind)
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(
            "proof.signature_form", "The signature of this statement ({kind}) is not base64.", kind=kind
        ) from error
    return Statement(content, read_signer(content.get("signed_by")), raw)


def read_signer(value: object) -> PublicKey:
    """Read `{"key": id, "public": hex}`. Raises Invalid when it is none or the id is another key's."""
    if not isinstance(value, Mapping):
        raise Invalid("proof.signer", "It does not say who signed it.", field="signed_by")
    return PublicKey.from_dict({"id": value.get("key"), "public": value.get("public")})
