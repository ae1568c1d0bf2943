# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A model is written only in its own app's `actions` (and `datasets/ledger.py`): read from the syntax trees."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.apps import apps

ON_MANAGERS = {"create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
ON_ROWS = {"save", "delete"}
PROGRAMME = "datacity.programme."


@dataclass
class Names:
    """What a module's names stand for: model classes by alias, rows by variable."""

    models: dict[str, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)


def app_of(label: str) -> str:
    return label.removeprefix(PROGRAMME).partition(".")[0]


@pytest.fixture(scope="module")
def models() -> dict[str, str]:
    """Dotted names of our models, also those of the packages that re-export them, to their app."""
    found = {}
    for model in apps.get_models():
        if model.__module__.startswith(PROGRAMME):
            app = app_of(model.__module__)
            found[f"{model.__module__}.{model.__name__}"] = app
            found[f"{PROGRAMME}{app}.models.{model.__name__}"] = app
    return found


def imported(tree: ast.Module, models: dict[str, str]) -> Names:
    """Aliases of models, and rows by annotation or by `x = Model(...)`, `Model.objects.get(...)`."""
    names = Names()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                if (full := f"{node.module}.{each.name}") in models:
                    names.models[each.asname or each.name] = models[full]
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None and ast.unparse(node.annotation) in names.models:
            names.rows[node.arg] = names.models[ast.unparse(node.annotation)]
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and (model := root_model(node.value, names))
        ):
            names.rows.update({target.id: model for target in node.targets if isinstance(target, ast.Name)})
    return names


def root_model(node: ast.expr, names: Names) -> str:
    """The app of the model that a chain of attributes and calls starts at; "" when it starts elsewhere."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return names.models.get(node.id, "") if isinstance(node, ast.Name) else ""


def goes_through_manager(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_base_manager", "_default_manager"}:
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def writes(tree: ast.Module, models: dict[str, str]) -> list[tuple[int, str]]:
    """Line and app of each write to one of our models."""
    names = imported(tree, models)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        target = node.func.value
        if node.func.attr in ON_MANAGERS and goes_through_manager(target):
            found.append((node.lineno, root_model(target, names) or "?"))
        elif node.func.attr in ON_ROWS and isinstance(target, ast.Name) and target.id in names.rows:
            found.append((node.lineno, names.rows[target.id]))
    return found


def may_write(path: Path, app: str) -> bool:
    """Whether this file is where rows of `app` are written."""
    parts = path.parts[path.parts.index("programme") + 1 :] if "programme" in path.parts else ()
    if not parts or parts[0] != app:
        return False
    return parts[1] in {"actions", "actions.py"} or parts[:2] == ("datasets", "ledger.py")


def test_models_are_written_only_in_their_own_actions(trees, models) -> None:
    found = [(path, line, app) for path, tree in trees.items() for line, app in writes(tree, models)]
    mine = {path: path.parts[path.parts.index("programme") + 1] for path, _, _ in found if "programme" in path.parts}

    wrong = [
        f"{path}:{line} writes {app}"
        for path, line, app in found
        if not may_write(path, mine.get(path, "") if app == "?" else app)
    ]

    assert wrong == []
    assert len(found) > 20


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from datacity.programme.people.models import Person\nPerson.objects.create(email='a')", [(2, "people")]),
        (
            "from datacity.programme.people.models import Person as P\nP.objects.filter(pk=1).update(name='')",
            [(2, "people")],
        ),
        (
            "from datacity.programme.people.models import Person\ndef f(person: Person) -> None:\n    person.save()",
            [(3, "people")],
        ),
        (
            "from datacity.programme.people.models import Person\nrow = Person.objects.get(pk=1)\nrow.delete()",
            [(3, "people")],
        ),
        ("from datacity.programme.people.models import Person\nPerson.objects.filter(pk=1).first()", []),
        ("store.delete('name')", []),
    ],
)
def test_writes_are_seen_in_every_form(code: str, expected: list[tuple[int, str]], models) -> None:
    assert writes(ast.parse(code), models) == expected
