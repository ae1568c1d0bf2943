# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The tree over a log: a root that fixes every entry, and short proofs about it.

Source: RFC 6962 section 2.1 (hashes, paths, proofs); RFC 9162 sections 2.1.3.2 and 2.1.4.2 (checking them).
Hashes are 32 raw bytes; a leaf hash is `leaf_hash(entry)`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from datacity.kernel.errors import Invalid

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Give the hash of a leaf: SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of a node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Tree:
    """A tree that grows: keeps only the roots of its full subtrees, at most one per power of two.

    size: number of leaves. peaks: those roots, largest first; with `size` they are all that must be stored to go on.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the end."""
        self.peaks.append(leaf)
        filled = self.size
        while filled & 1:
            right = self.peaks.pop()
            self.peaks[-1] = node_hash(self.peaks[-1], right)
            filled >>= 1
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        if not self.peaks:
            return EMPTY_ROOT
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found


def root(leaves: Iterable[bytes]) -> bytes:
    """Give the root over the leaf hashes, in order; SHA-256 of nothing when there are none."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Give the hashes that lead from the leaf to the root.

    index: 0 <= index < number of leaves, else Invalid. Result: at most ceil(log2(n)) hashes, nearest first.
    """
    if not 0 <= index < len(leaves):
        raise Invalid("merkle.index", "There is no leaf {index} among {size}.", index=index, size=len(leaves))
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(index, leaves[:split]), root(leaves[split:])]
    return [*inclusion_proof(index - split, leaves[split:]), root(leaves[:split])]


def verify_inclusion(leaf: bytes, proof: Sequence[bytes], *, index: int, size: int, root: bytes) -> bool:
    """Tell whether the proof leads from the leaf at `index` to the root over `size` leaves."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(older_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Give the hashes that show that the first `older_size` leaves are unchanged in the tree over all leaves.

    older_size: from 0 to the number of leaves, else Invalid. Result: empty for 0 and for the whole tree.
    """
    if not 0 <= older_size <= len(leaves):
        raise Invalid(
            "merkle.size", "A tree of {size} leaves has no older size {older}.", size=len(leaves), older=older_size
        )
    return [] if older_size == 0 else _subproof(older_size, leaves, whole=True)


def verify_consistency(proof: Sequence[bytes], *, older_size: int, older_root: bytes, size: int, root: bytes) -> bool:
    """Tell whether the proof shows that the tree with `root` continues the one with `older_root`."""
    if older_size in (0, size):
        return not proof and (older_root == (EMPTY_ROOT if older_size == 0 else root))
    if not 0 < older_size < size:
        return False
    steps = list(proof)
    if older_size & (older_size - 1) == 0:
        steps.insert(0, older_root)
    if not steps:
        return False
    place, last = older_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == older_root and new == root


def _split(size: int) -> int:
    """Give the largest power of two below size."""
    return 1 << ((size - 1).bit_length() - 1)


def _subproof(older: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if older <= split:
        return [*_subproof(older, leaves[:split], whole=whole), root(leaves[split:])]
    return [*_subproof(older - split, leaves[split:], whole=False), root(leaves[:split])]
