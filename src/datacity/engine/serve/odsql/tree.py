# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The parsed form of an ODSQL clause: small frozen nodes, equal when they say the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True)
class Literal:
    """A number, a text or a truth value as written."""

    value: int | float | str | bool


@dataclass(frozen=True)
class DateLiteral:
    """`date'…'`: the moment it names. aware: an offset was written; timed: a time of day was written."""

    moment: datetime
    timed: bool


@dataclass(frozen=True)
class Field:
    """A field of the table, by its technical name as written."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function; rows: `count(*)`; distinct: `count(distinct …)`. The name is lower case."""

    name: str
    arguments: tuple["Node", ...] = ()
    rows: bool = False
    distinct: bool = False


@dataclass(frozen=True)
class Arithmetic:
    """Two values joined by one of `+ - * /`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Negative:
    """A value with a minus before it."""

    operand: "Node"


@dataclass(frozen=True)
class Comparison:
    """Two values compared by one of `= < > <= >=`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Logical:
    """Two or more conditions joined by `and` or by `or`."""

    operator: str
    operands: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """The opposite of a condition; true where the condition is unknown (an empty cell)."""

    operand: "Node"


@dataclass(frozen=True)
class Among:
    """`value in (a, b, …)`."""

    operand: "Node"
    values: tuple["Node", ...]


@dataclass(frozen=True)
class Range:
    """`[low..high]`; a bracket turned outwards leaves its bound out."""

    low: "Node"
    high: "Node"
    low_included: bool
    high_included: bool


@dataclass(frozen=True)
class Within:
    """`value in [low..high]`."""

    operand: "Node"
    range: Range


@dataclass(frozen=True)
class Like:
    """`value like 'words'`, or with `%` a pattern."""

    operand: "Node"
    pattern: "Node"


@dataclass(frozen=True)
class IsNull:
    """`value is null`."""

    operand: "Node"


@dataclass(frozen=True)
class IsTruth:
    """`condition is true` or `is false`."""

    operand: "Node"
    truth: bool


Node: TypeAlias = (
    Literal
    | DateLiteral
    | Field
    | Call
    | Arithmetic
    | Negative
    | Comparison
    | Logical
    | Not
    | Among
    | Range
    | Within
    | Like
    | IsNull
    | IsTruth
)


@dataclass(frozen=True)
class Selection:
    """One item of `select`; expression None stands for `*`. text: as written, the key when no alias is given."""

    expression: Node | None
    alias: str | None = None
    text: str = field(default="", compare=False)


@dataclass(frozen=True)
class Grouping:
    """One item of `group_by`."""

    expression: Node
    alias: str | None = None
    text: str = field(default="", compare=False)


@dataclass(frozen=True)
class Ordering:
    """One item of `order_by`."""

    expression: Node
    descending: bool = False


def children(node: Node) -> Iterator[Node]:
    """Give the nodes right below this one."""
    match node:
        case Call(arguments=several) | Logical(operands=several):
            yield from several
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            yield from (left, right)
        case Negative(operand=one) | Not(operand=one) | IsNull(operand=one) | IsTruth(operand=one):
            yield one
        case Among(operand=one, values=several):
            yield one
            yield from several
        case Within(operand=one, range=limits):
            yield from (one, limits)
        case Range(low=low, high=high):
            yield from (low, high)
        case Like(operand=one, pattern=pattern):
            yield from (one, pattern)
        case _:
            return


def measure(node: Node) -> tuple[int, int]:
    """Give (nodes, depth) of a tree, without recursion so that no tree is too deep to be measured."""
    nodes = depth = 0
    waiting = [(node, 1)]
    while waiting:
        current, level = waiting.pop()
        nodes += 1
        depth = max(depth, level)
        waiting.extend((child, level + 1) for child in children(current))
    return nodes, depth
