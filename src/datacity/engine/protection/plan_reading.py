# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reading a plan, section by section, and refusing what contradicts itself or comes later."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from datacity.engine.catalogue.description import Role
from datacity.engine.protection.ladders.choice import NAMES, WITH_PARAMETERS
from datacity.engine.protection.parts import (
    DEFAULT_K,
    DEFAULT_SUPPRESSION_LIMIT,
    LATER_MODELS,
    MAXIMUM_K,
    Aggregate,
    Cells,
    ColumnPlan,
    Function,
    Measure,
    Method,
    Metric,
    Model,
    ModelKind,
)
from datacity.engine.protection.profiles import profiles
from datacity.engine.protection.reading import Section, listed, nearest
from datacity.kernel.errors import Invalid

_TOP = ("plan", "privacy", "columns", "aggregate", "cells", "noise")
_PRIVACY = ("k", "suppression_limit", "metric", "models")
_MODEL = ("kind", "column", "l", "c", "t", "distance", "delta", "beta")
_COLUMN = (
    "role", "method", "level", "hierarchy", "width", "origin", "bounds", "lengths", "keep_first", "keep_last",
)  # fmt: skip
_AGGREGATE = ("by", "measures", "unit_column", "weight_column")
_TOTALS = ("totals", "total", "rollup", "cube", "grouping_sets")
_MEASURE = ("name", "function", "column", "unit")
_CELLS = ("profile", "minimum_contributors", "maximum_share")
_NEEDED = {
    ModelKind.DISTINCT_L: ("l",),
    ModelKind.ENTROPY_L: ("l",),
    ModelKind.RECURSIVE_CL: ("l", "c"),
    ModelKind.T_CLOSENESS: ("t",),
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
        models=tuple(_model(place, each) for place, each in enumerate(privacy.tables("models"))),
        columns=_columns(top.values.get("columns", {})),
        aggregate=_aggregate(top.values["aggregate"]) if top.has("aggregate") else None,
        cells=_cells(top.values["cells"], k) if top.has("cells") else None,
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
    if method == Method.SEARCH:
        raise Invalid(
            "protection.search_later",
            'Not in this version: method = "search" (column {column}).',
            hint='State a level: method = "generalise" with level and hierarchy.',
            field=section.path("method"),
            column=name,
        )
    if method is None and role != Role.QUASI_IDENTIFIER:
        method = Method.DROP if role == Role.IDENTIFIER else Method.KEEP
    if role == Role.IDENTIFIER and method in {Method.KEEP, Method.GENERALISE}:
        raise Invalid(
            "protection.identifier_kept",
            "Column {column} is an identifier and would stay.",
            hint="Drop or mask it, or give it another role.",
            field=section.path("method"),
            column=name,
        )
    lengths = section.numbers("lengths") if not section.has("lengths") else _lengths(section)
    column = ColumnPlan(
        role=role,
        method=method,
        level=_level(section),
        hierarchy=_hierarchy(section, name),
        width=section.number("width", minimum=1e-9, maximum=1e15),
        origin=section.number("origin", minimum=-1e15, maximum=1e15),
        bounds=section.numbers("bounds"),
        lengths=lengths,
        keep_first=section.integer("keep_first", minimum=0, maximum=20),
        keep_last=section.integer("keep_last", minimum=0, maximum=20),
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


def _model(place: int, values: Any) -> Model:
    section = Section(f"privacy.models[{place}]", values, known=_MODEL)
    kind_text = section.text("kind")
    later = kind_text in LATER_MODELS or section.values.get("distance") in {"ordered", "hierarchical"}
    if later:
        raise Invalid(
            "protection.model_later",
            "Not in this version: the model {kind}; it comes with the search.",
            hint="Models of this version: {models}.",
            field=section.path("kind"),
            kind=kind_text or "",
            models=listed([kind.value for kind in ModelKind]),
        )
    kind = section.choice("kind", ModelKind)
    column = section.text("column")
    if kind is None or column is None:
        raise _incomplete(section, "kind" if kind is None else "column")
    whole = kind in {ModelKind.DISTINCT_L, ModelKind.RECURSIVE_CL}
    l_value = (
        section.integer("l", minimum=1, maximum=10_000) if whole else section.number("l", minimum=1, maximum=10_000)
    )
    model = Model(
        kind=kind,
        column=column,
        l=l_value,
        c=section.number("c", minimum=1e-9, maximum=1e9),
        t=section.number("t", minimum=0, maximum=1),
        distance=(section.choice("distance", _Distance) or _Distance.EQUAL).value
        if kind == ModelKind.T_CLOSENESS
        else None,
    )
    for key in _NEEDED[kind]:
        if getattr(model, key) is None:
            raise _incomplete(section, key)
    for key in section.values:
        if key not in {"kind", "column", "distance", *_NEEDED[kind]} or (key == "distance" and model.distance is None):
            raise Invalid(
                "protection.model_key",
                "In the plan, {key} is no parameter of the model {kind}.",
                hint="It takes {parameters}.",
                field=section.path(key),
                key=section.path(key),
                kind=kind.value,
                parameters=listed(_NEEDED[kind]),
            )
    return model


class _Distance(StrEnum):
    EQUAL = "equal"


def _incomplete(section: Section, key: str) -> Invalid:
    return Invalid(
        "protection.key_missing",
        "The plan needs {key}.",
        hint="Add it.",
        field=section.path(key),
        key=section.path(key),
    )


def _aggregate(values: Any) -> Aggregate:
    for key in _TOTALS:
        if isinstance(values, Mapping) and key in values:
            raise Invalid(
                "protection.totals_later",
                "Not in this version: totals in an aggregate ({key}); with a total, a hidden cell could be computed.",
                hint="Remove the key. Complementary suppression will bring totals.",
                field=f"aggregate.{key}",
                key=f"aggregate.{key}",
            )
    section = Section("aggregate", values, known=_AGGREGATE)
    by = section.texts("by")
    measures = tuple(_measure(place, each) for place, each in enumerate(section.tables("measures")))
    if not by or not measures:
        raise _incomplete(section, "measures" if by else "by")
    unit, weight = section.text("unit_column"), section.text("weight_column")
    if unit and weight:
        raise Invalid(
            "protection.unit_and_weight",
            "An aggregate counts units by a column or by a weight, not by both.",
            hint="Keep unit_column or weight_column.",
            field="aggregate.weight_column",
        )
    _check_names([*by, *(measure.name for measure in measures)])
    return Aggregate(by, measures, unit, weight)


def _check_names(names: Sequence[str]) -> None:
    taken: set[str] = set()
    for name in names:
        if name.lower() in taken:
            raise Invalid(
                "protection.measure_twice",
                "The aggregate would have two columns called {name}.",
                hint="Give each measure its own name, other than the columns it is counted by.",
                field="aggregate.measures",
                name=name,
            )
        taken |= {name.lower(), f"{name.lower()}_status"}


def _measure(place: int, values: Any) -> Measure:
    section = Section(f"aggregate.measures[{place}]", values, known=_MEASURE)
    name, function, column = section.text("name"), section.choice("function", Function), section.text("column")
    if name is None or function is None:
        raise _incomplete(section, "name" if name is None else "function")
    if column is None and function != Function.COUNT:
        raise _incomplete(section, "column")
    return Measure(name, function, column, section.text("unit"))


def _cells(values: Any, k: int) -> Cells:
    section = Section("cells", values, known=_CELLS)
    name = section.text("profile")
    minimum = section.integer("minimum_contributors", minimum=1, maximum=MAXIMUM_K)
    share = section.number("maximum_share", minimum=0.01, maximum=1)
    known = profiles()
    if name is None and minimum is None:
        raise _incomplete(section, "profile")
    if name is not None and name not in known and minimum is None:
        raise Invalid(
            "protection.profile_unknown",
            "There is no threshold profile {profile}.",
            hint="There are {profiles}; or write minimum_contributors beside it.",
            field="cells.profile",
            profile=name,
            profiles=listed(tuple(known)),
        )
    profile = known.get(name or "")
    if minimum is None and profile is not None:
        minimum = profile.minimum_contributors or k
    return Cells(name, minimum or k, share if share is not None or profile is None else profile.maximum_share)


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
    """Raise Invalid `protection.method_missing` for the first quasi-identifier without method that would be published."""
    for name, column in columns.items():
        published = aggregate is None or name in aggregate.by
        if column.method is None and published:
            raise Invalid(
                "protection.method_missing",
                "Column {column} is a quasi-identifier and the plan does not say what to do with it.",
                hint='Write method = "generalise" with a level, keep, mask or drop. Ladders: {ladders}; or a hierarchy file (.csv).',
                field=f"columns.{name}.method",
                column=name,
                ladders=column.hierarchy or listed(NAMES),
            )
