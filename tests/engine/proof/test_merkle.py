# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The tree over a log."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.proof.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from datacity.kernel.errors import Invalid

LEAVES = [
    leaf_hash(bytes.fromhex(each))
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
# roots of the first n of these leaves, as in the certificate-transparency test vectors
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


@pytest.mark.parametrize("size", sorted(ROOTS))
def test_root_is_that_of_the_published_vectors(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_root_is_that_of_the_definition(entries: list[bytes]) -> None:
    leaves = [leaf_hash(entry) for entry in entries]

    assert root(leaves) == by_definition(leaves)


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_tree_goes_on_from_its_size_and_peaks_alone(entries: list[bytes]) -> None:
    half = len(entries) // 2
    first = Tree()
    for entry in entries[:half]:
        first.append(leaf_hash(entry))

    second = Tree(first.size, list(first.peaks))
    for entry in entries[half:]:
        second.append(leaf_hash(entry))

    assert (second.size, second.root) == (len(entries), root([leaf_hash(entry) for entry in entries]))


@given(st.integers(1, 70), st.data())
def test_inclusion_proof_holds_for_its_leaf_place_and_size_only(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda each: each != index)) if size > 1 else 0
    proof, top = inclusion_proof(index, leaves), root(leaves)

    assert verify_inclusion(leaves[index], proof, index=index, size=size, root=top)
    assert not verify_inclusion(leaf_hash(b"forged"), proof, index=index, size=size, root=top)
    assert not verify_inclusion(leaves[index], [*proof, top], index=index, size=size, root=top)
    assert not verify_inclusion(leaves[index], proof, index=index, size=size, root=leaf_hash(b"x"))
    if size > 1:
        assert not verify_inclusion(leaves[other], proof, index=index, size=size, root=top)
        assert not verify_inclusion(leaves[index], proof[:-1], index=index, size=size, root=top)


@given(st.integers(0, 50), st.integers(0, 20))
def test_consistency_proof_holds_for_the_tree_that_continues(older: int, more: int) -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(older + more)]
    proof = consistency_proof(older, leaves)

    assert verify_consistency(
        proof, older_size=older, older_root=root(leaves[:older]), size=len(leaves), root=root(leaves)
    )


@given(st.integers(1, 50), st.integers(1, 20), st.data())
def test_consistency_proof_fails_for_a_rewritten_past(older: int, more: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(older + more)]
    forged = list(leaves)
    forged[data.draw(st.integers(0, older - 1))] = leaf_hash(b"forged")

    proof = consistency_proof(older, forged)

    assert not verify_consistency(
        proof, older_size=older, older_root=root(leaves[:older]), size=len(forged), root=root(forged)
    )


def test_proofs_refuse_a_place_outside_of_the_tree() -> None:
    with pytest.raises(Invalid, match="no leaf 8 among 8"):
        inclusion_proof(8, LEAVES)
    with pytest.raises(Invalid, match="no older size 9"):
        consistency_proof(9, LEAVES)
    assert not verify_inclusion(LEAVES[0], [], index=1, size=1, root=LEAVES[0])
    assert root([]) == EMPTY_ROOT
