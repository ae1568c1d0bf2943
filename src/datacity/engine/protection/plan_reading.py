# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reading a plan, section by section, and refusing what contradicts itself or comes later."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from datacity.engine.catalogue.description import Role
from datacity.engine.protection.ladders.choice import NAMES, WITH_PARAMETERS
from datacity.engine.protection.parts import (
    DEFAULT_K,
    DEFAULT_SUPPRESSION_LIMIT,
    MAXIMUM_K,
    Aggregate,
    Cells,
    ColumnPlan,
    Function,
    Method,
    Metric,
    Model,
)
from datacity.engine.protection.plan_sections import read_aggregate, read_cells, read_model
from datacity.engine.protection.reading import Section, listed, nearest
from datacity.kernel.errors import Invalid

_TOP = ("plan", "privacy", "columns", "aggregate", "cells", "noise")
_PRIVACY = ("k", "suppression_limit", "metric", "models")
_COLUMN = (
    "role", "method", "level", "hierarchy", "width", "origin", "bounds", "lengths", "keep_first", "keep_last", "weight",
)  # fmt: skip
_USUAL = {
    Role.IDENTIFIER: Method.DROP,
    Role.QUASI_IDENTIFIER: Method.SEARCH,
    Role.SENSITIVE: Method.KEEP,
    Role.INSENSITIVE: Method.KEEP,
}


class Parts(NamedTuple):
    """The fields of a plan, read and checked; `Plan` documents them."""

    k: int
    suppression_limit: float
    metric: Metric
    models: tuple[Model, ...]
    columns: Mapping[str, ColumnPlan]
    aggregate: Aggregate | None
    cells: Cells | None


def read_parts(values: Mapping[str, Any]) -> Parts:
    """Give what these tables hold; `Plan.from_dict` says what is refused."""
    top = Section("", values, known=_TOP)
    version = top.values.get("plan")
    if version != 1 or isinstance(version, bool):
        raise Invalid(
            "protection.plan_version",
            "The plan does not say which form it has, or has another one than 1.",
            hint="Write plan = 1 as its first line.",
            field="plan",
        )
    if top.has("noise"):
        raise Invalid(
            "protection.noise_later",
            "Not in this version: [noise].",
            hint="Remove the section; aggregate with a threshold profile instead.",
            field="noise",
        )
    privacy = Section("privacy", top.values.get("privacy", {}), known=_PRIVACY)
    k = privacy.integer("k", minimum=1, maximum=MAXIMUM_K) or DEFAULT_K
    parts = Parts(
        k=k,
        suppression_limit=_or(privacy.number("suppression_limit", minimum=0, maximum=1), DEFAULT_SUPPRESSION_LIMIT),
        metric=privacy.choice("metric", Metric) or Metric.LOSS_AM,
        models=tuple(read_model(place, each) for place, each in enumerate(privacy.tables("models"))),
        columns=_columns(top.values.get("columns", {})),
        aggregate=read_aggregate(top.values["aggregate"]) if top.has("aggregate") else None,
        cells=read_cells(top.values["cells"], k) if top.has("cells") else None,
    )
    _check_together(parts)
    return parts


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _columns(values: Any) -> dict[str, ColumnPlan]:
    if not isinstance(values, Mapping):
        Section("columns", values, known=())
    return {str(name): _column(str(name), each) for name, each in values.items()}


def _column(name: str, values: Any) -> ColumnPlan:
    place = f"columns.{name}"
    section = Section(place, values, known=_COLUMN)
    role = section.choice("role", Role) or Role.INSENSITIVE
    method = section.choice("method", Method)
    if method is None:
        method = _USUAL[role]
    if method == Method.SEARCH and role != Role.QUASI_IDENTIFIER:
        raise Invalid(
            "protection.search_role",
            "Column {column} is searched, but it is no quasi-identifier.",
            hint='Only what helps to recognise somebody is searched: role = "quasi_identifier", or another method.',
            field=section.path("method"),
            column=name,
        )
    if role == Role.IDENTIFIER and method in {Method.KEEP, Method.GENERALISE}:
        raise Invalid(
            "protection.identifier_kept",
            "Column {column} is an identifier and would stay.",
            hint="Drop or mask it, or give it another role.",
            field=section.path("method"),
            column=name,
        )
    column = ColumnPlan(
        role=role,
        method=method,
        level=_level(section),
        hierarchy=_hierarchy(section, name),
        width=section.number("width", minimum=1e-9, maximum=1e15),
        origin=section.number("origin", minimum=-1e15, maximum=1e15),
        bounds=section.numbers("bounds"),
        lengths=_lengths(section) if section.has("lengths") else None,
        keep_first=section.integer("keep_first", minimum=0, maximum=20),
        keep_last=section.integer("keep_last", minimum=0, maximum=20),
        weight=section.number("weight", minimum=0, maximum=1),
    )
    _check_column(section, name, column)
    return column


def _lengths(section: Section) -> tuple[int, ...]:
    value = section.values["lengths"]
    whole = isinstance(value, list | tuple) and value and all(type(each) is int and 1 <= each <= 200 for each in value)
    if not whole or any(left <= right for left, right in pairwise(value)):
        raise Invalid(
            "protection.key_lengths",
            "In the plan, {key} must be a list of falling whole numbers from 200 to 1.",
            hint="For example [5, 3, 1].",
            field=section.path("lengths"),
            key=section.path("lengths"),
        )
    return tuple(value)


def _level(section: Section) -> int | str | None:
    if isinstance(section.values.get("level"), str):
        return section.text("level")
    return section.integer("level", minimum=0, maximum=100)


def _hierarchy(section: Section, name: str) -> str | None:
    hierarchy = section.text("hierarchy")
    if hierarchy is None or hierarchy in NAMES:
        return hierarchy
    if not hierarchy.lower().endswith(".csv"):
        close = nearest(hierarchy, NAMES)
        raise Invalid(
            "protection.ladder_unknown",
            "Column {column}: there is no ladder {ladder}.",
            hint="Did you mean {nearest}? There are {ladders}; or a hierarchy file (.csv)."
            if close
            else "There are {ladders}; or a hierarchy file (.csv).",
            field=section.path("hierarchy"),
            column=name,
            ladder=hierarchy,
            nearest=close,
            ladders=listed(NAMES),
        )
    if "/" in hierarchy or "\\" in hierarchy or hierarchy.startswith("."):
        raise Invalid(
            "protection.hierarchy_path",
            "Column {column}: the hierarchy is named with a folder.",
            hint="Put the file beside the plan and write its name alone.",
            field=section.path("hierarchy"),
            column=name,
        )
    return hierarchy


def _check_column(section: Section, name: str, column: ColumnPlan) -> None:
    """Refuse keys that the method or the ladder would leave without effect."""
    idle: list[str] = []
    if column.method in {Method.KEEP, Method.DROP, Method.MASK}:
        idle += ["level", "hierarchy", "width", "origin", "bounds", "lengths"]
    if column.method != Method.MASK:
        idle += ["keep_first", "keep_last"]
    if column.method == Method.SEARCH:
        idle.append("level")
    if column.role != Role.QUASI_IDENTIFIER or column.method == Method.DROP:
        idle.append("weight")
    for ladder, parameters in WITH_PARAMETERS.items():
        if column.hierarchy not in {None, ladder}:
            idle += parameters
    if column.method == Method.KEEP and column.level == 0:
        idle.remove("level")
    written = [key for key in idle if section.has(key)]
    if column.width is not None and column.bounds is not None:
        written.append("bounds")
    if written:
        raise Invalid(
            "protection.key_idle",
            "In the plan, {key} has no effect with the method or ladder of column {column}.",
            hint="Remove it, or change the method or the ladder.",
            field=section.path(written[0]),
            key=section.path(written[0]),
            column=name,
        )
    if column.method == Method.GENERALISE and column.level is None:
        raise Invalid(
            "protection.level_missing",
            "Column {column} is generalised, but the plan does not say to which level.",
            hint="Write level = 1, or the name of a level of its ladder.",
            field=section.path("level"),
            column=name,
        )


def _check_together(parts: Parts) -> None:
    """Refuse sections that contradict each other."""
    if parts.cells and not parts.aggregate:
        raise Invalid(
            "protection.cells_without_aggregate",
            "The plan hides cells, but aggregates nothing.",
            hint="Add [aggregate] with by and measures, or remove [cells].",
            field="cells",
        )
    if parts.aggregate and parts.models:
        raise Invalid(
            "protection.model_with_aggregate",
            "The plan asks for a model on rows, but publishes an aggregate.",
            hint="Remove [[privacy.models]], or [aggregate].",
            field="privacy.models",
        )
    for place, model in enumerate(parts.models):
        if model.column is None:
            continue
        column = parts.columns.get(model.column, ColumnPlan())
        if column.role != Role.SENSITIVE or column.method == Method.DROP:
            raise Invalid(
                "protection.model_column",
                "The model {kind} speaks of column {column}, which the plan does not publish as sensitive.",
                hint='Give the column role = "sensitive" and do not drop it.',
                field=f"privacy.models[{place}].column",
                kind=model.kind.value,
                column=model.column,
            )
    personal = [name for name, column in parts.columns.items() if column.role != Role.INSENSITIVE]
    if parts.aggregate and personal and not parts.cells:
        raise Invalid(
            "protection.cells_missing",
            "The plan aggregates data that touch persons or secrets (column {column}) without a threshold.",
            hint='Add [cells] with profile = "person-k" or another profile.',
            field="cells",
            column=personal[0],
        )
    extremes = [
        each
        for each in (parts.aggregate.measures if parts.aggregate else ())
        if each.function in {Function.MIN, Function.MAX}
    ]
    if parts.cells and extremes:
        raise Invalid(
            "protection.extreme_of_one",
            "The measure {measure} would publish the value of a single unit.",
            hint="Under a threshold profile use median, mean, sum or count.",
            field="aggregate.measures",
            measure=extremes[0].name,
        )


def refuse_without_method(columns: Mapping[str, ColumnPlan], aggregate: Aggregate | None) -> None:
    """Raise Invalid `protection.method_missing` for the first quasi-identifier an aggregate counts by whose level is left open."""
    for name in aggregate.by if aggregate else ():
        column = columns.get(name, ColumnPlan())
        if column.method in {None, Method.SEARCH}:
            raise Invalid(
                "protection.method_missing",
                "Column {column} is a quasi-identifier and the plan does not say what to do with it.",
                hint='Write method = "generalise" with a level, keep, mask or drop. Ladders: {ladders}; or a hierarchy file (.csv).',
                field=f"columns.{name}.method",
                column=name,
                ladders=column.hierarchy or listed(NAMES),
            )
