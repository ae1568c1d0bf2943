# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Read one Python file into the figures that the style gate looks at."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LATER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
SILENCED = re.compile(r"noqa|type:\s*ignore|nosec|pragma: no cover")
Definition = ast.FunctionDef | ast.AsyncFunctionDef
BRANCH = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.comprehension, ast.match_case)


@dataclass(frozen=True)
class Function:
    """A function or method. untyped: its arguments without a type, `return` when that lacks."""

    name: str
    line: int
    lines: int
    branches: int
    arguments: int
    untyped: tuple[str, ...]
    public: bool
    docstring: str
    raises: bool


@dataclass
class Module:
    """A parsed file. lines: physical; sloc: with code; todos: line numbers; imports: dotted names at load time."""

    name: str
    path: Path
    lines: int
    sloc: int
    comments: int
    todos: list[int]
    silenced: int
    functions: list[Function]
    undocumented: list[tuple[int, str]]
    public: int
    broad_excepts: int = 0
    lazy: int = 0
    asserts: int = 0
    properties: int = 0
    imports: set[str] = field(default_factory=set)
    is_database_backend: bool = False

    def imports_among(self, names: set[str]) -> set[str]:
        """Return the modules of `names` that this one loads, itself left out."""
        found: set[str] = set()
        for target in self.imports:
            known = target
            while known and known not in names:
                known = known.rpartition(".")[0]
            if known and known != self.name:
                found.add(known)
        return found


def branches_of(function: Definition) -> int:
    """Return the decision points plus one; functions inside are counted on their own."""
    points = 1
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        points += isinstance(node, BRANCH)
        points += len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0
        waiting.extend(ast.iter_child_nodes(node))
    return points


def raises_itself(function: Definition) -> bool:
    """Tell whether the function's own body raises something new."""
    return any(isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(function))


def read_function(node: Definition, prefix: str, *, public: bool, is_method: bool) -> Function:
    """Return the figures of one definition."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in node.decorator_list)
    if is_method and arguments and not static:
        arguments = arguments[1:]
    arguments += [each for each in (node.args.vararg, node.args.kwarg) if each]
    untyped = [each.arg for each in arguments if each.annotation is None]
    if node.returns is None and node.name != "__init__":
        untyped.append("return")
    return Function(
        name=prefix + node.name,
        line=node.lineno,
        lines=(node.end_lineno or node.lineno) - node.lineno + 1,
        branches=branches_of(node),
        arguments=len(arguments),
        untyped=tuple(untyped),
        public=public and not node.name.startswith("_"),
        docstring=ast.get_docstring(node) or "",
        raises=raises_itself(node),
    )


def functions_of(
    body: list[ast.stmt], prefix: str = "", *, public: bool = True, in_class: bool = False
) -> Iterator[Function]:
    """Yield every function below `body`; those inside another are never public."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not any(getattr(each, "id", "") == "overload" for each in node.decorator_list):
                yield read_function(node, prefix, public=public, is_method=in_class)
            yield from functions_of(node.body, f"{prefix}{node.name}.", public=False)
        elif isinstance(node, ast.ClassDef):
            visible = public and not node.name.startswith("_")
            yield from functions_of(node.body, f"{prefix}{node.name}.", public=visible, in_class=True)
        else:
            for part in ("body", "orelse", "finalbody"):
                inner = getattr(node, part, None)
                if isinstance(inner, list):
                    yield from functions_of(inner, prefix, public=public, in_class=in_class)


def docstring_lines(tree: ast.Module) -> set[int]:
    """Return the line numbers that docstrings take."""
    taken: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(
            node
        ):
            first = node.body[0]
            taken.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return taken


def absolute(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    """Return the dotted name that `from … import` starts at."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    keep = len(parts) - node.level + is_package
    return ".".join([*parts[: max(keep, 0)], *([node.module] if node.module else [])])


def imports_of(tree: ast.Module, module: str, *, is_package: bool) -> tuple[set[str], int]:
    """Return the names loaded with the module, and how many imports stand inside functions."""
    eager: set[str] = set()
    lazy = 0
    waiting: list[tuple[ast.AST, bool]] = [(node, True) for node in tree.body]
    while waiting:
        node, loading = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend((each, loading) for each in node.orelse)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            origin = absolute(node, module, is_package=is_package) if isinstance(node, ast.ImportFrom) else ""
            if loading:
                eager.update(f"{origin}.{each.name}".lstrip(".") for each in node.names)
            lazy += not loading
        else:
            inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            waiting.extend((each, loading and not inside) for each in ast.iter_child_nodes(node))
    return eager, lazy


def is_broad(node: ast.AST) -> bool:
    """Tell whether an `except` catches everything and does not raise again."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    wide = node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
    return wide and not any(isinstance(each, ast.Raise) for each in ast.walk(node))


def comments_of(text: str) -> list[tuple[int, str, bool]]:
    """Return each comment: line number, text, whether it stands alone on its line."""
    lines = text.splitlines()
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [
        (token.start[0], token.string, lines[token.start[0] - 1].lstrip().startswith("#"))
        for token in tokens
        if token.type == tokenize.COMMENT
    ]


def public_things(tree: ast.Module, module: str, functions: list[Function]) -> list[tuple[int, str, bool]]:
    """Return what is public: line, name, whether it has a docstring. An empty file is not counted."""
    things = [(1, module, bool(ast.get_docstring(tree)))] if tree.body else []
    things += [
        (node.lineno, node.name, bool(ast.get_docstring(node)))
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    return things + [(each.line, each.name, bool(each.docstring)) for each in functions if each.public]


def read_module(path: Path, source: Path) -> Module:
    """Return the figures of one file; `source` is the folder that dotted names start from."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, str(path))
    is_package = path.name == "__init__.py"
    parts = path.relative_to(source).with_suffix("").parts
    name = ".".join(parts[:-1] if is_package else parts)
    lines = text.splitlines()
    comments = comments_of(text)
    idle = {line for line, _, alone in comments if alone} | docstring_lines(tree)
    functions = list(functions_of(tree.body))
    things = public_things(tree, name, functions)
    nodes = list(ast.walk(tree))
    imports, lazy = imports_of(tree, name, is_package=is_package)
    return Module(
        name=name,
        path=path.relative_to(source.parent) if path.is_relative_to(source.parent) else path,
        lines=len(lines),
        sloc=sum(1 for number, line in enumerate(lines, 1) if line.strip() and number not in idle),
        comments=sum(alone for _, _, alone in comments),
        todos=[line for line, words, _ in comments if LATER.search(words)],
        silenced=sum(bool(SILENCED.search(words)) for _, words, _ in comments),
        functions=functions,
        undocumented=[(line, thing) for line, thing, documented in things if not documented],
        public=len(things),
        broad_excepts=sum(is_broad(node) for node in nodes),
        lazy=lazy,
        asserts=sum(
            isinstance(node, ast.Assert) or getattr(getattr(node, "func", None), "attr", "") == "raises"
            for node in nodes
        ),
        properties=sum(
            any(ast.unparse(each).split("(")[0].endswith("given") for each in node.decorator_list)
            for node in nodes
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ),
        imports=imports,
        is_database_backend=any(
            isinstance(node, ast.ClassDef) and node.name == "DatabaseWrapper" for node in tree.body
        ),
    )
