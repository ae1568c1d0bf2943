# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A journal export or the published log: every leaf, every chain link, and the root that the checkpoint seals.

One entry a line, by position from 0. leaf_hash = SHA-256(0x00 ‖ canonical leaf); payload_digest = SHA-256(nonce ‖ canonical payload);
chain hash = SHA-256(chain hash before ‖ leaf_hash), 32 zero bytes before the first. Restricted entries show their hashes alone.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from datacity.engine.proof.checks.reading import parse_json
from datacity.engine.proof.checks.statements import statement_checks
from datacity.engine.proof.merkle import Tree, leaf_hash, verify_inclusion
from datacity.engine.proof.public import Trust
from datacity.engine.proof.statements import read_statement
from datacity.engine.proof.verification import Check, Verification, failed, passed, remark
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Refusal
from datacity.kernel.words import msg

_LINE = 16 << 20


def verify_journal(export: Path, *, trust: Trust) -> Verification:
    """Verify an export: its first line holds the checkpoint, each other line an entry."""
    with export.open("rb") as lines:
        head = parse_json(lines.readline(_LINE))
        checkpoint = head.get("checkpoint") if isinstance(head, dict) else None
        return _verify(checkpoint, _lines(lines), trust)


def verify_log(folder: Path, *, trust: Trust) -> Verification:
    """Verify a published log: `checkpoint.json` and `entries/*.jsonl`; entries after the checkpoint are not looked at."""
    return _verify(parse_json((folder / "checkpoint.json").read_bytes()), _segments(folder / "entries"), trust)


def verify_inclusion_file(value: Any, *, trust: Trust) -> Verification:
    """Verify a proof that an entry is a leaf of a sealed tree: leaf_hash, position, path, checkpoint."""
    try:
        checkpoint = read_statement(value["checkpoint"], "checkpoint")
        leaf, path, root = (
            bytes.fromhex(value["leaf_hash"]),
            [bytes.fromhex(each) for each in value["path"]],
            bytes.fromhex(checkpoint.content["root"]),
        )
        there = verify_inclusion(leaf, path, index=value["position"], size=checkpoint.content["size"], root=root)
        own = "leaf" not in value or leaf_hash(canonical_bytes(value["leaf"])) == leaf
    except (Refusal, KeyError, TypeError, ValueError):
        return Verification("inclusion", (failed("form", msg("This is not a proof of inclusion.")),))
    checks = statement_checks(checkpoint, trust)
    values = {"position": value["position"], "size": checkpoint.content["size"]}
    if there and own:
        checks.append(passed("inclusion", msg("Entry {position} is in the log of {size} entries."), **values))
    else:
        checks.append(
            failed(
                "inclusion",
                msg("The path does not lead from entry {position} to the sealed root of {size} entries."),
                **values,
            )
        )
    return Verification("inclusion", tuple(checks))


def _verify(checkpoint: Any, lines: Iterable[bytes], trust: Trust) -> Verification:
    try:
        statement = read_statement(checkpoint, "checkpoint")
        size, root, chain = (
            statement.content["size"],
            bytes.fromhex(statement.content["root"]),
            bytes.fromhex(statement.content["chain"]),
        )
    except (Refusal, KeyError, TypeError, ValueError):
        return Verification("journal", (failed("form", msg("The journal has no checkpoint that can be read.")),))
    checks = [
        passed("form", msg("This is a journal of {size} entries."), size=size),
        *statement_checks(statement, trust),
    ]
    walk = _Walk()
    for line in lines:
        if walk.tree.size == size:
            break
        wrong = walk.step(line)
        if wrong is not None:
            return Verification("journal", (*checks, wrong))
    checks.append(walk.end(size, root, chain))
    if walk.erased:
        checks.append(
            remark("erased", msg("{count} entries no longer show their details, which were erased."), count=walk.erased)
        )
    return Verification("journal", tuple(checks))


class _Walk:
    """Goes through the entries, keeping tree and chain."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.chain = bytes(32)
        self.erased = 0

    def step(self, line: bytes) -> Check | None:
        """Take one line; give what is wrong with it."""
        position, entry = self.tree.size, parse_json(line)
        try:
            wrong = self._wrong(entry, position)
            self.tree.append(bytes.fromhex(entry["leaf_hash"]))
        except (KeyError, TypeError, ValueError, Refusal):
            return failed("entry", msg("Entry {position} cannot be read."), position=position)
        return failed("entry", wrong, position=position) if wrong else None

    def _wrong(self, entry: Any, position: int) -> str:
        if entry["position"] != position:
            return msg("Where entry {position} should stand, another stands.")
        leaf = bytes.fromhex(entry["leaf_hash"])
        if "leaf" in entry and leaf_hash(canonical_bytes(entry["leaf"])) != leaf:
            return msg("Entry {position} was changed: its hash is another.")
        if "payload" in entry:
            digest = hashlib.sha256(bytes.fromhex(entry["nonce"]) + canonical_bytes(entry["payload"])).hexdigest()
            if digest != entry["leaf"]["payload_digest"]:
                return msg("The details of entry {position} were changed.")
        elif "leaf" in entry:
            self.erased += 1
        self.chain = hashlib.sha256(self.chain + leaf).digest()
        return "" if bytes.fromhex(entry["chain_hash"]) == self.chain else msg("The chain breaks at entry {position}.")

    def end(self, size: int, root: bytes, chain: bytes) -> Check:
        """Compare what was seen with what the checkpoint seals."""
        if self.tree.size != size:
            return failed(
                "size", msg("The checkpoint counts {size} entries, there are {found}."), size=size, found=self.tree.size
            )
        if self.tree.root != root:
            return failed("root", msg("The entries do not give the sealed root."))
        if size and self.chain != chain:
            return failed("chain", msg("The entries do not give the sealed chain hash."))
        return passed("root", msg("All {size} entries give the sealed root."), size=size)


def _lines(file: Any) -> Iterator[bytes]:
    while line := file.readline(_LINE):
        yield line


def _segments(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as lines:
            yield from _lines(lines)
