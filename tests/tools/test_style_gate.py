# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The style gate names what passes a limit, and lets pass what does not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import style_gate
from module_figures import Module, read_module
from module_graph import cycles

GOOD = (
    '"""A module."""\n\n\ndef double(number: int) -> int:\n    """Return twice the number."""\n    return 2 * number\n'
)


def modules(tmp_path: Path, files: dict[str, str]) -> list[Module]:
    for name, code in files.items():
        path = tmp_path / "src" / "datacity" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    return style_gate.modules(tmp_path / "src" / "datacity")


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("engine/rows.py", GOOD, []),
        ("engine/rows.py", GOOD + "\n" * 500, ["src/datacity/engine/rows.py: 506 lines; at most 500"]),
        (
            "engine/rows.py",
            GOOD.replace(": int)", ")"),
            ["src/datacity/engine/rows.py:4: double leaves number without a type"],
        ),
        (
            "engine/rows.py",
            GOOD.replace(" -> int", ""),
            ["src/datacity/engine/rows.py:4: double leaves return without a type"],
        ),
        (
            "engine/rows.py",
            GOOD.replace("    return", "    # TODO\n    return"),
            ["src/datacity/engine/rows.py:6: a note to do later; open an issue instead"],
        ),
        ("engine/csv_utils.py", GOOD, ["src/datacity/engine/csv_utils.py: the name is vague; say what it holds"]),
        ("frame/sqlite/base.py", '"""A backend."""\n\n\nclass DatabaseWrapper:\n    """Django loads it."""\n', []),
    ],
)
def test_a_passed_limit_is_named(tmp_path: Path, name: str, code: str, expected: list[str]) -> None:
    assert list(style_gate.limits_passed(modules(tmp_path, {name: code}))) == expected


def test_a_long_function_is_named_with_its_line(tmp_path: Path) -> None:
    code = GOOD.replace("    return 2 * number\n", "    number += 1\n" * 59 + "    return number\n")

    found = list(style_gate.limits_passed(modules(tmp_path, {"engine/rows.py": code})))

    assert found == ["src/datacity/engine/rows.py:4: double has 62 lines; at most 60"]


def test_undocumented_things_are_listed_when_they_are_too_many(tmp_path: Path) -> None:
    code = modules(tmp_path, {"engine/rows.py": GOOD + "\n\ndef half(number: int) -> int:\n    return number // 2\n"})

    assert style_gate.undocumented(code) == ["src/datacity/engine/rows.py:9: half has no docstring"]


def test_an_import_cycle_is_found_between_modules_and_packages(tmp_path: Path) -> None:
    code = modules(
        tmp_path,
        {
            "programme/people/models.py": "from datacity.programme.jobs import models\n",
            "programme/jobs/models.py": "from datacity.programme.people.models import Person\n",
            "programme/jobs/later.py": "def f() -> None:\n    import datacity.programme.jobs.models\n",
        },
    )

    assert [line.partition(":")[0] for line in style_gate.cyclic(code)] == [
        "import cycle between modules",
        "import cycle between packages",
    ]


def test_imports_for_types_only_are_no_edge(tmp_path: Path) -> None:
    path = tmp_path / "src" / "a.py"
    path.parent.mkdir()
    path.write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\nimport c\n", encoding="utf-8")

    assert read_module(path, path.parent).imports_among({"a", "b", "c"}) == {"c"}


@given(st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 9)), max_size=10))
def test_every_circle_is_one_and_none_is_left(edges: dict[int, set[int]]) -> None:
    graph = {str(node): {str(target) for target in targets if target != node} for node, targets in edges.items()}

    found = cycles(graph)

    for circle in found:
        assert all(later in graph[earlier] for earlier, later in zip(circle, [*circle[1:], circle[0]], strict=True))
    rest = {node: targets - {each for circle in found for each in circle} for node, targets in graph.items()}
    assert (
        cycles({node: targets for node, targets in rest.items() if not any(node in circle for circle in found)}) == []
    )
