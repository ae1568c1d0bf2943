# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The plan file: read, written, refused."""

import contextlib
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.catalogue import Role
from datacity.engine.protection.parts import (
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
from datacity.engine.protection.plan import Plan
from datacity.kernel.errors import Invalid, Refusal

WHOLE = """
plan = 1

[privacy]
k = 11
suppression_limit = 0.02
metric = "entropy"

[[privacy.models]]
kind = "recursive_cl"
column = "illness"
l = 3
c = 2.5

[columns.mail]
role = "identifier"

[columns.number]
role = "identifier"
method = "mask"
keep_first = 2

[columns.birth]
role = "quasi_identifier"
method = "generalise"
level = "year"

[columns.income]
role = "quasi_identifier"
method = "generalise"
hierarchy = "interval"
bounds = [0, 1000, 2500.5]
level = 1

[columns.illness]
role = "sensitive"
"""


def test_plan_reads_every_key_and_fills_in_the_defaults():
    plan = Plan.parse(WHOLE)

    assert plan == Plan(
        k=11,
        suppression_limit=0.02,
        metric=Metric.ENTROPY,
        models=(Model(ModelKind.RECURSIVE_CL, "illness", l=3, c=2.5),),
        columns={
            "mail": ColumnPlan(Role.IDENTIFIER, Method.DROP),
            "number": ColumnPlan(Role.IDENTIFIER, Method.MASK, keep_first=2),
            "birth": ColumnPlan(Role.QUASI_IDENTIFIER, Method.GENERALISE, level="year"),
            "income": ColumnPlan(
                Role.QUASI_IDENTIFIER, Method.GENERALISE, level=1, hierarchy="interval", bounds=(0, 1000, 2500.5)
            ),
            "illness": ColumnPlan(Role.SENSITIVE, Method.KEEP),
        },
    )


def test_plan_of_nothing_has_the_stated_defaults():
    assert Plan.parse("plan = 1") == Plan(k=5, suppression_limit=0.05, metric=Metric.LOSS_AM)


def test_plan_written_as_toml_is_read_back_equal_with_the_same_fingerprint():
    plan = Plan.parse(WHOLE)

    again = Plan.parse(plan.to_toml())

    assert (again, again.fingerprint) == (plan, plan.fingerprint)


def test_fingerprint_does_not_depend_on_spelling_but_on_every_number():
    plain = Plan.parse('plan = 1\n[columns.a]\nrole = "identifier"')
    spelled = Plan.parse(
        'plan = 1\n[privacy]\nsuppression_limit = 0.05\nk = 5\n[columns.a]\nmethod = "drop"\nrole = "identifier"'
    )
    other = Plan.parse('plan = 1\n[privacy]\nk = 6\n[columns.a]\nrole = "identifier"')

    assert plain.fingerprint == spelled.fingerprint != other.fingerprint


def test_aggregate_takes_the_numbers_of_its_profile_and_keeps_its_name():
    plan = Plan.parse(
        'plan = 1\n[aggregate]\nby = ["zone"]\nunit_column = "firm"\nmeasures = [{name = "kwh", function = "sum", column = "v", unit = "kWh"}]\n'
        '[cells]\nprofile = "enterprise-3-85"'
    )

    assert plan.aggregate == Aggregate(("zone",), (Measure("kwh", Function.SUM, "v", "kWh"),), "firm")
    assert plan.cells == Cells("enterprise-3-85", 3, 0.85)


def test_numbers_written_beside_a_profile_win_and_person_k_follows_k():
    head = 'plan = 1\n[privacy]\nk = 7\n[aggregate]\nby = ["zone"]\nmeasures = [{name = "n", function = "count"}]\n[cells]\n'

    assert Plan.parse(head + 'profile = "household-11"\nminimum_contributors = 20').cells == Cells("household-11", 20)
    assert Plan.parse(head + 'profile = "person-k"').cells == Cells("person-k", 7)


REFUSED = [
    ("k = 1", "protection.unknown_key", "k"),
    ("plan = 2", "protection.plan_version", "plan"),
    ("[privacy]\nkk = 5", "protection.unknown_key", "privacy.kk"),
    ("[privacy]\nk = 0", "protection.key_range", "privacy.k"),
    ("[privacy]\nk = true", "protection.key_integer", "privacy.k"),
    ("[privacy]\nsuppression_limit = 1.5", "protection.key_range", "privacy.suppression_limit"),
    ("[privacy]\nsuppression_limit = nan", "protection.key_range", "privacy.suppression_limit"),
    ('[privacy]\nmetric = "loss"', "protection.key_choice", "privacy.metric"),
    ("[noise]\nepsilon = 1", "protection.noise_later", "noise"),
    ("columns = 3", "protection.key_table", "columns"),
    ('[columns.a]\nmethod = "search"', "protection.search_role", "columns.a.method"),
    (
        '[columns.a]\nmethod = "search"\nrole = "quasi_identifier"\nlevel = 1',
        "protection.key_idle",
        "columns.a.level",
    ),
    ("[columns.a]\nweight = 1", "protection.key_idle", "columns.a.weight"),
    ('[columns.a]\nrole = "secret"', "protection.key_choice", "columns.a.role"),
    ('[columns.a]\nrole = "identifier"\nmethod = "keep"', "protection.identifier_kept", "columns.a.method"),
    ('[columns.a]\nmethod = "generalise"', "protection.level_missing", "columns.a.level"),
    (
        '[columns.a]\nmethod = "generalise"\nlevel = 1\nhierarchy = "dates"',
        "protection.ladder_unknown",
        "columns.a.hierarchy",
    ),
    (
        '[columns.a]\nmethod = "generalise"\nlevel = 1\nhierarchy = "../x.csv"',
        "protection.hierarchy_path",
        "columns.a.hierarchy",
    ),
    ("[columns.a]\nlevel = 1", "protection.key_idle", "columns.a.level"),
    ('[columns.a]\nmethod = "generalise"\nlevel = 1\nbounds = [3, 2]', "protection.key_numbers", "columns.a.bounds"),
    ('[columns.a]\nmethod = "generalise"\nlevel = 1\nlengths = [1, 2]', "protection.key_lengths", "columns.a.lengths"),
    ('[[privacy.models]]\nkind = "k_map"\ncolumn = "a"', "protection.key_missing", "privacy.models[0].k"),
    ('[[privacy.models]]\nkind = "k_map"\nk = 3', "protection.model_contradiction", "privacy.models[0].population"),
    (
        '[[privacy.models]]\nkind = "t_closeness"\nt = 0.2\ncolumn = "a"\ndistance = "hierarchical"',
        "protection.model_contradiction",
        "privacy.models[0].hierarchy",
    ),
    (
        '[[privacy.models]]\nkind = "delta_presence"\npopulation = "../p.csv"',
        "protection.population_path",
        "privacy.models[0].population",
    ),
    ('[[privacy.models]]\nkind = "distinct_l"\ncolumn = "a"', "protection.key_missing", "privacy.models[0].l"),
    (
        '[[privacy.models]]\nkind = "distinct_l"\nl = 2\ncolumn = "a"',
        "protection.model_column",
        "privacy.models[0].column",
    ),
    ('[aggregate]\nby = ["a"]\ntotals = true', "protection.totals_later", "aggregate.totals"),
    ('[aggregate]\nby = ["a"]', "protection.key_missing", "aggregate.measures"),
    ('[cells]\nprofile = "household-11"', "protection.cells_without_aggregate", "cells"),
    (
        '[aggregate]\nby = ["a"]\nmeasures = [{name = "A", function = "count"}]',
        "protection.measure_twice",
        "aggregate.measures",
    ),
    (
        '[aggregate]\nby = ["a"]\nmeasures = [{name = "n", function = "count"}]\n[cells]\nprofile = "household"',
        "protection.profile_unknown",
        "cells.profile",
    ),
    (
        '[columns.b]\nrole = "sensitive"\n[aggregate]\nby = ["a"]\nmeasures = [{name = "n", function = "count"}]',
        "protection.cells_missing",
        "cells",
    ),
    (
        '[aggregate]\nby = ["a"]\nmeasures = [{name = "n", function = "max", column = "v"}]\n[cells]\nprofile = "energy-10"',
        "protection.extreme_of_one",
        "aggregate.measures",
    ),
]


@pytest.mark.parametrize(("body", "code", "field"), REFUSED, ids=[f"{code}:{field}" for _, code, field in REFUSED])
def test_plan_is_refused_naming_the_key_when(body, code, field):
    text = body if body.startswith("plan") else f"plan = 1\n{body}"

    with pytest.raises(Invalid) as refusal:
        Plan.parse(text)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert str(refusal.value)


def test_unknown_key_is_told_with_the_nearest_allowed_one():
    with pytest.raises(Invalid) as refusal:
        Plan.parse("plan = 1\n[privacy]\nsupression_limit = 0.1")

    assert refusal.value.values["nearest"] == "suppression_limit"


def test_plan_that_is_not_toml_is_refused_with_its_line():
    with pytest.raises(Invalid) as refusal:
        Plan.parse("plan = 1\n[privacy\n")

    assert refusal.value.code == "protection.plan_syntax"
    assert "line 2" in refusal.value.values["why"]


def test_quasi_identifier_without_method_is_searched():
    plan = Plan.parse('plan = 1\n[columns.age]\nrole = "quasi_identifier"\nhierarchy = "age.csv"')

    assert plan.columns["age"] == ColumnPlan(Role.QUASI_IDENTIFIER, Method.SEARCH, hierarchy="age.csv")
    assert plan.settled({"age": 2}).columns["age"] == ColumnPlan(
        Role.QUASI_IDENTIFIER, Method.GENERALISE, level=2, hierarchy="age.csv"
    )


def test_aggregate_counted_by_a_column_without_level_is_read_for_measuring_and_refused_for_protecting():
    plan = Plan.parse(
        'plan = 1\n[columns.age]\nrole = "quasi_identifier"\nhierarchy = "age.csv"\n[aggregate]\nby = ["age"]\n'
        'measures = [{name = "n", function = "count"}]\n[cells]\nprofile = "person-k"'
    )

    assert plan.quasi_identifiers == ("age",)
    with pytest.raises(Invalid) as refusal:
        plan.require_ready()
    assert (refusal.value.code, refusal.value.field, refusal.value.values["ladders"]) == (
        "protection.method_missing",
        "columns.age.method",
        "age.csv",
    )


def test_plan_called_by_headers_is_renamed_everywhere():
    plan = Plan.parse(
        'plan = 1\n[columns."Née le"]\nmethod = "generalise"\nlevel = "year"\n[aggregate]\nby = ["Née le"]\nunit_column = "Foyer"\n'
        'measures = [{name = "n", function = "mean", column = "Âge"}]'
    )

    renamed = plan.renamed({"Née le": "nee_le", "Foyer": "foyer", "Âge": "age"})

    assert list(renamed.columns) == ["nee_le"]
    assert renamed.aggregate == Aggregate(("nee_le",), (Measure("n", Function.MEAN, "age"),), "foyer")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_every_plan_of_the_known_optima_is_read(shared: Path, tmp_path: Path):
    sys.path.insert(0, str(shared / "oracle"))
    try:
        import plan as oracle
    finally:
        sys.path.pop(0)
    entries = json.loads((shared / "oracle" / "arx_oracle.json").read_text(encoding="utf-8"))["entries"]
    wanted = [each for each in entries if each["status"] == "ok" and each["dataset"] in {"adult", "fars10k", "credit9"}]

    plans = [Plan.parse(oracle.write_plan(each, tmp_path)[1].read_text(encoding="utf-8")) for each in wanted]

    assert [len(plan.quasi_identifiers) for plan in plans] == [len(each["levels"]) for each in wanted]
    assert {len(plan.models) for plan in plans} == {0, 1}


def test_every_plan_shown_in_the_reference_is_read(root: Path):
    shown = re.findall(
        r"```toml\n(.*?)```", (root / "docs" / "reference" / "plan.md").read_text(encoding="utf-8"), re.DOTALL
    )

    plans = [Plan.parse(text if text.startswith("plan") else f"plan = 1\n{text}") for text in shown]

    assert [sorted(plan.columns) for plan in plans] == [["birth", "email", "income"], ["household"]]


COLUMN = st.one_of(
    st.just({"role": "identifier"}),
    st.just({"role": "sensitive"}),
    st.builds(lambda first: {"role": "identifier", "method": "mask", "keep_first": first}, st.integers(0, 20)),
    st.builds(
        lambda level, width: {"role": "quasi_identifier", "method": "generalise", "level": level, "width": width},
        st.integers(0, 7),
        st.floats(0.001, 1e6),
    ),
)


@given(k=st.integers(1, 1000), limit=st.floats(0, 1), columns=st.dictionaries(st.text(min_size=1), COLUMN, max_size=5))
def test_any_plan_survives_its_way_through_toml(k, limit, columns):
    plan = Plan.from_dict({"plan": 1, "privacy": {"k": k, "suppression_limit": limit}, "columns": columns})

    assert Plan.parse(plan.to_toml()) == plan


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "plan",
                        "privacy",
                        "columns",
                        "aggregate",
                        "cells",
                        "k",
                        "role",
                        "method",
                        "by",
                        "measures",
                        "models",
                        "x",
                    ]
                ),
                inner,
            )
        ),
        max_leaves=20,
    )
)
def test_nothing_but_a_refusal_comes_out_of_a_wrong_plan(values):
    whole = {"plan": 1, **values} if isinstance(values, dict) else {"plan": 1, "columns": values}

    with contextlib.suppress(Refusal):
        plan = Plan.from_dict(whole)
        assert Plan.from_dict(plan.as_dict()) == plan
