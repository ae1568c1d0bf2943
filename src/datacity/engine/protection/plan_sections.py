# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reading the sections of a plan that speak of models, aggregates and cells."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from datacity.engine.protection.parts import (
    MAXIMUM_K,
    Aggregate,
    Cells,
    Function,
    Measure,
    Model,
    ModelKind,
)
from datacity.engine.protection.profiles import profiles
from datacity.engine.protection.reading import Section, listed
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

_MODEL = (
    "kind", "column", "l", "c", "t", "distance", "hierarchy", "delta", "beta", "k", "population", "population_size", "significance",
    "delta_min", "delta_max", "threshold",
)  # fmt: skip
_AGGREGATE = ("by", "measures", "unit_column", "weight_column")
_TOTALS = ("totals", "total", "rollup", "cube", "grouping_sets")
_MEASURE = ("name", "function", "column", "unit")
_CELLS = ("profile", "minimum_contributors", "maximum_share")
_POPULATION = ("population", "population_size", "significance")
_NEEDED = {
    ModelKind.DISTINCT_L: ("column", "l"),
    ModelKind.ENTROPY_L: ("column", "l"),
    ModelKind.RECURSIVE_CL: ("column", "l", "c"),
    ModelKind.T_CLOSENESS: ("column", "t"),
    ModelKind.DELTA_DISCLOSURE: ("column", "delta"),
    ModelKind.ENHANCED_BETA: ("column", "beta"),
    ModelKind.K_MAP: ("k",),
    ModelKind.DELTA_PRESENCE: ("population",),
    ModelKind.AVERAGE_RISK: ("threshold",),
    ModelKind.SAMPLE_UNIQUENESS: ("threshold",),
    ModelKind.POPULATION_UNIQUENESS: ("threshold", "population_size"),
}
_ALLOWED = {
    ModelKind.T_CLOSENESS: ("distance", "hierarchy"),
    ModelKind.K_MAP: _POPULATION,
    ModelKind.DELTA_PRESENCE: ("delta_min", "delta_max"),
}


class _Distance(StrEnum):
    EQUAL = "equal"
    ORDERED = "ordered"
    HIERARCHICAL = "hierarchical"


def read_model(place: int, values: Any) -> Model:
    """Give one model of `[[privacy.models]]`; its parameters are checked."""
    section = Section(f"privacy.models[{place}]", values, known=_MODEL)
    kind = section.choice("kind", ModelKind)
    if kind is None:
        raise _incomplete(section, "kind")
    whole = kind in {ModelKind.DISTINCT_L, ModelKind.RECURSIVE_CL}
    l_value = (
        section.integer("l", minimum=1, maximum=10_000) if whole else section.number("l", minimum=1, maximum=10_000)
    )
    distance = section.choice("distance", _Distance) or _Distance.EQUAL
    model = Model(
        kind=kind,
        column=section.text("column"),
        l=l_value,
        c=section.number("c", minimum=1e-9, maximum=1e9),
        t=section.number("t", minimum=0, maximum=1),
        distance=distance.value if kind == ModelKind.T_CLOSENESS else None,
        hierarchy=section.text("hierarchy"),
        delta=section.number("delta", minimum=1e-9, maximum=1e3),
        beta=section.number("beta", minimum=1e-9, maximum=1e9),
        k=section.integer("k", minimum=1, maximum=MAXIMUM_K),
        population=_file(section, "population"),
        population_size=section.integer("population_size", minimum=1, maximum=10**11),
        significance=section.number("significance", minimum=0, maximum=1),
        delta_min=section.number("delta_min", minimum=0, maximum=1),
        delta_max=section.number("delta_max", minimum=0, maximum=1),
        threshold=section.number("threshold", minimum=0, maximum=1),
    )
    _check_model(section, model)
    return model


def _file(section: Section, key: str) -> str | None:
    name = section.text(key)
    if name is not None and ("/" in name or "\\" in name or name.startswith(".")):
        raise Invalid(
            "protection.population_path",
            "In the plan, {key} names a folder.",
            hint="Put the file beside the plan and write its name alone.",
            field=section.path(key),
            key=section.path(key),
        )
    return name


def _check_model(section: Section, model: Model) -> None:
    """Refuse a parameter that lacks, has no place, or contradicts another."""
    allowed = (*_NEEDED[model.kind], *_ALLOWED.get(model.kind, ()))
    for key in _NEEDED[model.kind]:
        if getattr(model, key) is None:
            raise _incomplete(section, key)
    for key in section.values:
        if key != "kind" and key not in allowed:
            raise Invalid(
                "protection.model_key",
                "In the plan, {key} is no parameter of the model {kind}.",
                hint="It takes {parameters}.",
                field=section.path(key),
                key=section.path(key),
                kind=model.kind.value,
                parameters=listed(allowed),
            )
    if model.kind == ModelKind.K_MAP and bool(model.population) == bool(model.population_size):
        raise _contradiction(
            section, "population", msg("k_map takes a population file or a population_size, one of the two.")
        )
    if model.kind == ModelKind.K_MAP and model.population and model.significance is not None:
        raise _contradiction(section, "significance", msg("significance belongs to population_size."))
    if model.delta_min is not None and model.delta_max is not None and model.delta_min > model.delta_max:
        raise _contradiction(section, "delta_min", msg("delta_min is above delta_max."))
    if model.kind == ModelKind.DELTA_PRESENCE and model.delta_min is None and model.delta_max is None:
        raise _incomplete(section, "delta_max")
    if (model.hierarchy is not None) != (model.distance == _Distance.HIERARCHICAL):
        raise _contradiction(
            section, "hierarchy", msg("The hierarchical distance needs a hierarchy file; the others take none.")
        )


def _contradiction(section: Section, key: str, message: str) -> Invalid:
    return Invalid("protection.model_contradiction", message, field=section.path(key))


def _incomplete(section: Section, key: str) -> Invalid:
    return Invalid(
        "protection.key_missing",
        "The plan needs {key}.",
        hint="Add it.",
        field=section.path(key),
        key=section.path(key),
    )


def read_aggregate(values: Any) -> Aggregate:
    """Give the section `[aggregate]`."""
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


def read_cells(values: Any, k: int) -> Cells:
    """Give the section `[cells]` with the numbers of its profile; k stands in where the profile has none."""
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
