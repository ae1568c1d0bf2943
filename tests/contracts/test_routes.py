# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Pages and code name routes and templates of their own app, of upstream apps and of the frame, never downstream."""

import ast
import re
from pathlib import Path

from django.urls import get_resolver

URL_TAG = re.compile(r"""\{%\s*url\s+['"]([\w:-]+)['"]""")
TEMPLATE_TAG = re.compile(r"""\{%\s*(?:include|extends)\s+['"]([\w./-]+)['"]""")
NAMING = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
RENDERING = {"render", "render_to_string", "get_template"}
BUILT_IN = {"static"}


def literal(call: ast.Call, position: int) -> str:
    argument = call.args[position] if position < len(call.args) else None
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


def named_in_code(tree: ast.Module) -> list[tuple[int, str]]:
    """Line and route of each literal reverse(), redirect() … call."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [
        (call.lineno, literal(call, 0))
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in NAMING
    ]
    return [(line, name) for line, name in names if name and "/" not in name]


def named_in_page(path: Path) -> list[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    return [(text.count("\n", 0, found.start()) + 1, found.group(1)) for found in URL_TAG.finditer(text)]


def all_routes(resolver=None, prefix: str = "") -> set[str]:
    """Every name that reverse() knows, with its namespace."""
    names: set[str] = set()
    for each in (resolver or get_resolver()).url_patterns:
        if hasattr(each, "url_patterns"):
            names |= all_routes(each, f"{prefix}{each.namespace}:" if each.namespace else prefix)
        elif each.name:
            names.add(prefix + each.name)
    return names


def test_routes_named_by_an_app_or_the_frame_are_not_downstream(flow, trees, page_files) -> None:
    named = [(path, *each) for path, tree in trees.items() for each in named_in_code(tree)]
    named += [(path, *each) for path in page_files for each in named_in_page(path)]
    below_web = [each for each in named if "web" not in each[0].parts[each[0].parts.index("datacity") + 1 :][:1]]

    wrong = [
        f"{path}:{line} names {name}"
        for path, line, name in below_web
        if not flow.allows(flow.of(path), name.partition(":")[0])
    ]

    assert wrong == []


def test_every_named_route_exists(trees, page_files) -> None:
    known = all_routes() | BUILT_IN
    named = [(path, *each) for path, tree in trees.items() for each in named_in_code(tree)]
    named += [(path, *each) for path in page_files for each in named_in_page(path)]

    assert [f"{path}:{line} names {name}" for path, line, name in named if name not in known] == []
    assert len(named) > 20


def test_templates_extend_and_include_upstream_ones_only(flow, page_files) -> None:
    wrong = []
    for path in page_files:
        for found in TEMPLATE_TAG.finditer(path.read_text(encoding="utf-8")):
            folder = found.group(1).partition("/")[0]
            if not flow.allows(flow.of(path), folder) and "web" not in path.parts:
                wrong.append(f"{path} uses {found.group(1)}")

    assert wrong == []


def test_every_rendered_template_exists(trees, page_files) -> None:
    names = {str(path).rpartition("/templates/")[2] for path in page_files}
    calls = [(path, node) for path, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    rendered = [
        (path, call.lineno, literal(call, 1 if getattr(call.func, "id", "") == "render" else 0))
        for path, call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in RENDERING
    ]

    assert [each for each in rendered if each[2].endswith(".html") and each[2] not in names] == []
