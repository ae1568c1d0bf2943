# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Check a certificate of optimality: that no combination of levels loses less than the one it names.

Everything is counted again from the data; of the certificate only the question (ladders, conditions) and the places to look at are
taken. For each step the checker draws its own conclusion about all finer nodes:

- too many rows are surely removed there, or they cost so much that the loss cannot be below the claimed one;
- or a single tuple, the witness, is in too small a class there, and no row may be removed.

When every node of the lattice is settled so, or was itself checked, the claim holds.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from datacity.engine.proof.checks.optimality_counting import Question, Unreadable, count_node, read_question
from datacity.engine.proof.verification import Check, Verification, failed, passed
from datacity.kernel.words import msg

RELATIVE = 1e-9
KIND = "optimality"


def verify_optimality(value: dict[str, Any], *, data: Sequence[Path]) -> Verification:
    """Check a certificate against the data file it was made from."""
    if len(data) != 1:
        return Verification(KIND, (failed("data", msg("Name the data file the certificate speaks of with --data.")),))
    try:
        question = read_question(value, data[0])
        steps, answer = value["steps"], value["answer"]
        claimed = (_node(question, answer["node"]), float(answer["loss"]), int(answer["suppressed"]))
    except Unreadable as wrong:
        return Verification(KIND, (failed("form", wrong.message, **wrong.values),))
    except (KeyError, TypeError, ValueError, IndexError):
        return Verification(KIND, (failed("form", msg("The certificate does not have the form of one.")),))
    checks = [passed("form", msg("The question is whole: {columns} columns, {nodes} combinations of levels, {rows} rows."),
                     columns=len(question.columns), nodes=question.nodes, rows=question.rows)]  # fmt: skip
    checks += _check_answer(question, claimed)
    if all(check.holds for check in checks):
        checks += _check_steps(question, claimed[1], steps)
    return Verification(KIND, tuple(checks))


def _node(question: Question, levels: Any) -> tuple[int, ...]:
    node = tuple(levels)
    if len(node) != len(question.columns) or any(
        type(level) is not int or not 0 <= level < column.levels
        for level, column in zip(node, question.columns, strict=True)
    ):
        raise Unreadable(msg("The certificate names a combination of levels there is not: {node}."), node=str(levels))
    return node


def _differs(found: float, stated: float) -> bool:
    return abs(found - stated) > RELATIVE * max(1.0, abs(stated))


def _check_answer(question: Question, claimed: tuple[tuple[int, ...], float, int]) -> Iterator[Check]:
    node, loss, suppressed = claimed
    counted = count_node(question, node)
    if counted.suppressed != suppressed:
        yield failed("suppressed", msg("At the optimum {found} rows are removed; the certificate says {stated}."), found=counted.suppressed, stated=suppressed)  # fmt: skip
    elif counted.suppressed > question.limit:
        yield failed("limit", msg("At the optimum {found} rows are removed; {limit} are allowed."), found=counted.suppressed, limit=question.limit)  # fmt: skip
    elif _differs(counted.loss, loss):
        yield failed("loss", msg("At the optimum the loss is {found}; the certificate says {stated}."), found=counted.loss, stated=loss)  # fmt: skip
    else:
        yield passed("answer", msg("At the optimum {found} rows are removed and the loss is {loss}, as stated."), found=suppressed, loss=f"{loss:.6g}")  # fmt: skip


def _check_steps(question: Question, loss: float, steps: Any) -> Iterator[Check]:
    """Replay every step; the first unsound one ends it."""
    target = question.scaled(loss)
    slack = RELATIVE * max(1.0, abs(target))
    settled = question.first_bounds() >= target - slack
    for number, step in enumerate(steps if isinstance(steps, list) else [], start=1):
        try:
            wrong = _replay(question, step, number, settled, target - slack)
        except (KeyError, TypeError, ValueError, Unreadable):
            wrong = failed("step", msg("Step {number} does not have the form of one."), number=number)
        if wrong is not None:
            yield wrong
            return
    left = np.argwhere(~settled)
    if left.size:
        yield failed("open", msg("{count} combinations of levels are left open, the first {node}: any could lose less."), count=len(left), node=str(tuple(left[0].tolist())))  # fmt: skip
        return
    yield passed("steps", msg("{steps} steps settle all {nodes} combinations of levels: none loses less."), steps=len(steps), nodes=question.nodes)  # fmt: skip


def _replay(question: Question, step: Any, number: int, settled: Any, target: float) -> Check | None:
    """Draw the conclusions of one step; give what is wrong with it."""
    if "witness" in step:
        sizes = question.class_sizes(step["witness"])
        if question.limit != 0:
            return failed(
                "step", msg("Step {number} refutes by a single tuple, but rows may be removed."), number=number
            )
        settled |= sizes < question.k
        _settle_by_values(question, step["witness"], settled)
        return None
    node = _node(question, step["node"])
    counted = count_node(question, node)
    if counted.suppressed != step["suppressed"]:
        return failed("step", msg("Step {number}, levels {node}: {found} rows are removed, the certificate says {stated}."),
                      number=number, node=str(node), found=counted.suppressed, stated=step["suppressed"])  # fmt: skip
    below = tuple(slice(0, level + 1) for level in node)
    holds = counted.suppressed <= question.limit
    if holds and question.scaled(counted.loss) < target:
        return failed("step", msg("Step {number}, levels {node}: the loss is {found}, less than the claimed optimum."), number=number, node=str(node), found=counted.loss)  # fmt: skip
    if holds and step["loss"] is not None and _differs(counted.loss, float(step["loss"])):
        return failed("step", msg("Step {number}, levels {node}: the loss is {found}, the certificate says {stated}."),
                      number=number, node=str(node), found=counted.loss, stated=step["loss"])  # fmt: skip
    settled[node] = True
    if counted.sure > question.limit:
        settled[below] = True
    else:
        settled[below] |= question.bounds_below(node, counted) >= target
    return None


def _settle_by_values(question: Question, witness: Any, settled: Any) -> None:
    for model in question.models:
        if model["kind"] == "distinct_l":
            settled |= question.class_values(witness, model["column"]) < int(model["l"])
