# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Short secrets that have to lie in a database, kept encrypted to the home's key.

Whoever reads the database, or a backup without the keys, reads nothing of them.
Source: age file format, version 1, in base64; the key is the vault's (`vault.key` in the keys folder).
"""

import base64
import binascii
from pathlib import Path

from pyrage import DecryptError, decrypt, encrypt

from datacity.engine.adapters.vault import home_identity
from datacity.kernel.errors import Conflict


class Locker:
    """Locks and unlocks short texts with the home's key."""

    def __init__(self, key_file: Path) -> None:
        """Take the home's key; it is made (0600) when it does not exist yet."""
        self._identity = home_identity(key_file)

    def lock(self, text: str) -> str:
        """Give the text encrypted, in base64; two calls give two different results."""
        return base64.b64encode(encrypt(text.encode(), [self._identity.to_public()])).decode()

    def unlock(self, locked: str) -> str:
        """Give the text back. Raises Conflict when it was altered or locked with the key of another home."""
        try:
            plain: bytes = decrypt(base64.b64decode(locked, validate=True), [self._identity])
            return plain.decode()
        except (DecryptError, binascii.Error, ValueError) as error:
            raise Conflict(
                "locker.closed",
                "A secret of this home cannot be read: it was altered, or the keys belong to another home.",
                hint="Put the keys of this home back, or reset the second factors of the persons concerned.",
            ) from error
