# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bytes by name: what holds publications, a folder or a bucket."""

import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from datacity.kernel.errors import Invalid

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,199}){0,7}")


def check_name(name: str) -> str:
    """Give the name back when a store may use it.

    name: one to eight parts joined by "/"; each part has letters, digits, ".", "_", "-" and starts with none of "." and "-",
    so that no name climbs out of the store, hides in it or means a drive, an option or another encoding.
    Raises Invalid for any other text.
    """
    if not _NAME.fullmatch(name):
        raise Invalid("store.name", "“{name}” is not a name that a store takes.", field="name", name=name)
    return name


class Store(Hashable, Protocol):
    """Named bytes. A name is visible whole or not at all, also when the writer is killed.

    Every method raises Invalid for a name that `check_name` refuses, and Missing where a thing is read that is not there.
    Two stores of the same place are equal: what was read from one is known of the other.
    """

    def put(self, name: str, source: Path | bytes) -> None:
        """Keep the bytes, or the content of the file, under the name; on return they survive a power cut."""
        ...

    def put_if(self, name: str, data: bytes, expected: bytes | None) -> bool:
        """Replace the content only when it is `expected` (None: only when there is none); tell whether it was done."""
        ...

    def get(self, name: str) -> bytes:
        """Give the whole content."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open the content for reading; the caller closes it."""
        ...

    def exists(self, name: str) -> bool:
        """Tell whether there is something under the name."""
        ...

    def size(self, name: str) -> int:
        """Give the length in bytes."""
        ...

    def list(self, prefix: str = "") -> Iterator[str]:
        """Give the names that start with the prefix, in order of their characters."""
        ...

    def delete(self, name: str) -> None:
        """Remove the name; does nothing when it is not there."""
        ...

    def local_path(self, name: str) -> Path | None:
        """Give the path of a file on this machine with the content, None when the store has none."""
        ...
