# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Compile a whole question — select, where, group_by, order_by, limit — to one parameterised statement.

Only the names of known columns reach the SQL, quoted; every value is bound.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from datacity.engine.serve.odsql import tree
from datacity.engine.serve.odsql.conditions import condition
from datacity.engine.serve.odsql.facets import refinement
from datacity.engine.serve.odsql.parse import AGGREGATES, parse_group_by, parse_order_by, parse_select, parse_where
from datacity.engine.serve.odsql.schema import RECORD_NUMBER, BoundValue, Column, Kind, Scope, column_sql
from datacity.engine.serve.odsql.values import Value, value
from datacity.engine.serve.refusals import OdsqlError

MAXIMUM_ITEMS = 200
"""Items of one select, group_by or order_by."""
MAXIMUM_CLAUSES = 20
"""Times `where`, `refine` and `exclude` may each be given."""
_MAXIMUM_NAME = 120
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True)
class Question:
    """What a reader asks of a table; each clause as written.

    limit: rows, None for all. Several `where` must all hold. refine, exclude: `field:value`.
    """

    select: str = ""
    where: tuple[str, ...] = ()
    group_by: str = ""
    order_by: str = ""
    limit: int | None = None
    offset: int = 0
    refine: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    zone: ZoneInfo = UTC_ZONE


@dataclass(frozen=True)
class Output:
    """One column of the answer: its key, kind and label."""

    key: str
    kind: Kind
    label: str


@dataclass(frozen=True)
class Statement:
    """SQL with its bound values; outputs: the columns, in order (`c0`, `c1` … in the SQL).

    aggregated: one row per group, or one in all. count_sql: the number of rows without limit; None when aggregated.
    """

    sql: str
    parameters: Mapping[str, BoundValue]
    count_sql: str | None
    count_parameters: Mapping[str, BoundValue]
    outputs: tuple[Output, ...]
    aggregated: bool


def compile_question(question: Question, columns: Sequence[Column], source: str) -> Statement:
    """Compile the question against a table.

    source: SQL of the table, which has the columns and `RECORD_NUMBER`. Raises OdsqlError, ParameterError.
    """
    return _Compiler(question, columns, source).statement()


def compile_condition(question: Question, scope: Scope) -> str:
    """Give the SQL of all `where`, `refine` and `exclude` together; "TRUE" without any."""
    for name, clauses in (("where", question.where), ("refine", question.refine), ("exclude", question.exclude)):
        if len(clauses) > MAXIMUM_CLAUSES:
            raise OdsqlError(
                "serve.odsql",
                "{name} is given {count} times; at most {limit} are read.",
                name=name,
                count=len(clauses),
                limit=MAXIMUM_CLAUSES,
            )
    conditions = [parse_where(clause) for clause in question.where]
    if any(_aggregates(each) for each in conditions):
        raise OdsqlError("serve.odsql", "where filters rows, before any aggregation; it takes none.")
    parts = [condition(each, scope) for each in conditions]
    parts += refinement(question.refine, question.exclude, scope)
    return " AND ".join(parts) or "TRUE"


@dataclass
class _Compiler:
    question: Question
    columns: Sequence[Column]
    source: str
    scope: Scope = field(init=False)
    groups: tuple[tree.Grouping, ...] = field(init=False)
    selections: tuple[tree.Selection, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.scope = Scope({column.name: column for column in self.columns}, self.question.zone)
        self.groups = parse_group_by(self.question.group_by) if self.question.group_by else ()
        self.selections = parse_select(self.question.select) if self.question.select else (tree.Selection(None),)
        for items in (self.groups, self.selections):
            _check_number(items)

    def statement(self) -> Statement:
        where = compile_condition(self.question, self.scope)
        aggregated = bool(self.groups) or any(
            each.expression and _aggregates(each.expression) for each in self.selections
        )
        if not aggregated:
            return self._rows(where)
        return self._grouped(where) if self.groups else self._summary(where)

    def _rows(self, where: str) -> Statement:
        filtered = dict(self.scope.parameters)
        outputs, expressions = self._selected()
        order = self._order(self._row_order)
        order = f" ORDER BY {order}, {RECORD_NUMBER}" if order else ""
        sql = f"SELECT {_listed(expressions)} FROM {self.source} WHERE {where}{order}{self._limit()}"  # noqa: S608 -- names quoted, values bound
        count = f"SELECT count(*) FROM {self.source} WHERE {where}"  # noqa: S608 -- names quoted, values bound
        return Statement(sql, self.scope.parameters, count, filtered, outputs, aggregated=False)

    def _summary(self, where: str) -> Statement:
        for each in self.selections:
            if each.expression is None:
                raise OdsqlError("serve.odsql", "“*” cannot stand beside an aggregation.")
            self._check_grouped(each.expression)
        outputs, expressions = self._selected()
        used = dict(self.scope.parameters)
        self._order(self._group_order)  # one row needs no order, yet a wrong clause is refused
        sql = f"SELECT {_listed(expressions)} FROM {self.source} WHERE {where}{self._limit()}"  # noqa: S608 -- names quoted, values bound
        return Statement(sql, used, None, {}, outputs, aggregated=True)

    def _grouped(self, where: str) -> Statement:
        keys = [self._group_key(each) for each in self.groups]
        inner = ", ".join(f"{each.sql} AS {_group(index)}" for index, each in enumerate(keys))
        outputs, expressions = self._group_outputs(keys)
        order = self._order(self._group_order)
        names = [f"{_group(index)} NULLS LAST" for index in range(len(keys))]
        sql = (
            f"SELECT {_listed(expressions)} FROM (SELECT *, {inner} FROM {self.source} WHERE {where})"  # noqa: S608 -- names quoted, values bound
            f" GROUP BY {', '.join(_group(index) for index in range(len(keys)))}"
            f" ORDER BY {', '.join([order, *names] if order else names)}{self._limit()}"
        )
        return Statement(sql, self.scope.parameters, None, {}, outputs, aggregated=True)

    def _group_key(self, grouping: tree.Grouping) -> Value:
        if _aggregates(grouping.expression):
            raise OdsqlError("serve.odsql", "group_by takes fields and functions of one row, not aggregations.")
        key = value(grouping.expression, self.scope)
        if not key.kind.is_ordered:
            raise OdsqlError("serve.odsql", "group_by does not work on a field of type {kind}.", kind=key.kind.value)
        return key

    def _selected(self) -> tuple[tuple[Output, ...], list[str]]:
        outputs: list[Output] = []
        expressions: list[str] = []
        for each in self.selections:
            if each.expression is None:
                outputs += [Output(column.name, column.kind, column.label or column.name) for column in self.columns]
                expressions += [column_sql(column) for column in self.columns]
                continue
            compiled = value(each.expression, self.scope)
            outputs.append(self._output(each, compiled))
            expressions.append(_finite(compiled))
        return _checked(outputs), expressions

    def _output(self, item: tree.Selection | tree.Grouping, compiled: Value) -> Output:
        if isinstance(item.expression, tree.Field):
            column = self.scope.column(item.expression.name)
            return Output(item.alias or column.name, compiled.kind, item.alias or column.label or column.name)
        key = item.alias or item.text
        return Output(key, compiled.kind, key)

    def _group_outputs(self, keys: Sequence[Value]) -> tuple[tuple[Output, ...], list[str]]:
        outputs: list[Output] = []
        expressions: list[str] = []
        shown: set[int] = set()
        for each in self.selections if self.question.select else ():
            if each.expression is None:
                continue
            index = self._group_index(each.expression)
            if index is not None:
                shown.add(index)
                outputs.append(
                    self._output(
                        tree.Selection(
                            self.groups[index].expression, each.alias or self.groups[index].alias, each.text
                        ),
                        keys[index],
                    )
                )
                expressions.append(_group(index))
                continue
            compiled = self._over_groups(each.expression)
            outputs.append(self._output(each, compiled))
            expressions.append(_finite(compiled))
        for index, grouping in enumerate(self.groups):
            if index not in shown:
                outputs.append(self._output(grouping, keys[index]))
                expressions.append(_group(index))
        return _checked(outputs), expressions

    def _group_index(self, expression: tree.Node) -> int | None:
        for index, grouping in enumerate(self.groups):
            named = isinstance(expression, tree.Field) and expression.name == grouping.alias
            if named or expression == grouping.expression:
                return index
        return None

    def _over_groups(self, expression: tree.Node) -> Value:
        self._check_grouped(expression)
        return value(expression, self.scope)

    def _check_grouped(self, node: tree.Node) -> None:
        """Refuse a field that is neither grouped by nor inside an aggregation, and an aggregation inside another."""
        match node:
            case tree.Call(name=name, arguments=arguments) if name in AGGREGATES:
                if any(_aggregates(each) for each in arguments):
                    raise OdsqlError("serve.odsql", "An aggregation cannot stand inside {name}().", name=name)
            case tree.Field(name=name):
                raise OdsqlError(
                    "serve.odsql", "“{name}” must be in group_by, alone, or inside an aggregation.", name=name[:80]
                )
            case _:
                for child in tree.children(node):
                    self._check_grouped(child)

    def _order(self, compile_one: Callable[[tree.Node], str]) -> str:
        if not self.question.order_by:
            return ""
        orderings = parse_order_by(self.question.order_by)
        _check_number(orderings)
        if any(_is_constant(self._aliased(each.expression)) for each in orderings):
            raise OdsqlError("serve.odsql", "order_by takes fields and what is computed from them, not a constant.")
        return ", ".join(
            f"{compile_one(each.expression)} {'DESC' if each.descending else 'ASC'} NULLS LAST" for each in orderings
        )

    def _aliased(self, node: tree.Node) -> tree.Node:
        if isinstance(node, tree.Field):
            for each in self.selections:
                if each.alias == node.name and each.expression is not None:
                    return each.expression
        return node

    def _row_order(self, node: tree.Node) -> str:
        node = self._aliased(node)
        if _aggregates(node):
            raise OdsqlError("serve.odsql", "order_by takes an aggregation only with group_by.")
        found = value(node, self.scope)
        if not found.kind.is_ordered:
            raise OdsqlError("serve.odsql", "order_by does not work on a field of type {kind}.", kind=found.kind.value)
        return found.sql

    def _group_order(self, node: tree.Node) -> str:
        index = self._group_index(node)
        if index is not None:
            return _group(index)
        node = self._aliased(node)
        index = self._group_index(node)
        return _group(index) if index is not None else self._over_groups(node).sql

    def _limit(self) -> str:
        limit = "" if self.question.limit is None else f" LIMIT {int(self.question.limit)}"
        return limit + (f" OFFSET {int(self.question.offset)}" if self.question.offset else "")


def _aggregates(node: tree.Node) -> bool:
    if isinstance(node, tree.Call) and node.name in AGGREGATES:
        return True
    return any(_aggregates(child) for child in tree.children(node))


def _is_constant(node: tree.Node) -> bool:
    if isinstance(node, tree.Field) or (isinstance(node, tree.Call) and node.name in AGGREGATES):
        return False
    return all(_is_constant(child) for child in tree.children(node))


def _finite(compiled: Value) -> str:
    """Leave a cell empty rather than write an infinity, which no JSON reader takes."""
    if compiled.computed and compiled.kind is Kind.NUMBER:
        return f"CASE WHEN isfinite({compiled.sql}) THEN {compiled.sql} END"
    return compiled.sql


def _group(index: int) -> str:
    return f"__g{index}"


def _listed(expressions: Sequence[str]) -> str:
    return ", ".join(f"{sql} AS c{index}" for index, sql in enumerate(expressions))


def _check_number(items: Sequence[object]) -> None:
    if len(items) > MAXIMUM_ITEMS:
        raise OdsqlError(
            "serve.odsql",
            "A clause lists {count} items; at most {limit} are read.",
            count=len(items),
            limit=MAXIMUM_ITEMS,
        )


def _checked(outputs: Sequence[Output]) -> tuple[Output, ...]:
    seen: set[str] = set()
    for output in outputs:
        if output.key.lower() in seen:
            raise OdsqlError(
                "serve.odsql",
                "The answer would have two fields “{name}”; give one an alias with “as”.",
                name=output.key[:80],
            )
        if len(output.key) > _MAXIMUM_NAME:
            raise OdsqlError("serve.odsql", "Give “{name}” a short alias with “as”.", name=output.key[:80])
        seen.add(output.key.lower())
    return tuple(outputs)
