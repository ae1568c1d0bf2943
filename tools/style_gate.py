# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The style gate: seven limits that hold for the whole product, and the figures we watch.

Limits: no import cycle between modules or packages; a file has at most 500 lines, a function at most 60; every
argument and return is typed; at least 95 % of what is public has a docstring; no vague module name; no note to do
later. Files are only parsed, nothing is imported or run.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from launch import ROOT
from module_figures import Function, Module, read_module
from module_graph import cycles, package_of

CODE = ROOT / "src" / "datacity"
MAXIMUM_FILE_LINES = 500
MAXIMUM_FUNCTION_LINES = 60
MINIMUM_DOCUMENTED = 0.95
VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "handler",
    "process",
    "base",
    "data2",
    "core",
}


@dataclass(frozen=True)
class Figure:
    """One watched figure: its name, its value now, what we aim at."""

    name: str
    value: str
    aim: str


def modules(folder: Path = CODE) -> list[Module]:
    """Return the parsed modules of the product, migrations left out."""
    paths = [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]
    return [read_module(path, folder.parent) for path in paths]


def limits_passed(code: Sequence[Module]) -> Iterator[str]:
    """Yield a line for each limit that a module or a function passes."""
    for module in code:
        if module.lines > MAXIMUM_FILE_LINES:
            yield f"{module.path}: {module.lines} lines; at most {MAXIMUM_FILE_LINES}"
        words = set(module.name.rpartition(".")[2].lower().split("_"))
        if words & VAGUE and not module.is_database_backend:  # Django loads a backend by the name `base`
            yield f"{module.path}: the name is vague; say what it holds"
        yield from (f"{module.path}:{line}: a note to do later; open an issue instead" for line in module.todos)
        for function in module.functions:
            if function.lines > MAXIMUM_FUNCTION_LINES:
                yield f"{module.path}:{function.line}: {function.name} has {function.lines} lines; at most {MAXIMUM_FUNCTION_LINES}"
            if function.untyped:
                yield f"{module.path}:{function.line}: {function.name} leaves {', '.join(function.untyped)} without a type"


def undocumented(code: Sequence[Module]) -> list[str]:
    """Return the public modules, classes and functions without a docstring, when they are more than allowed."""
    total = sum(module.public for module in code)
    found = [f"{module.path}:{line}: {name} has no docstring" for module in code for line, name in module.undocumented]
    return found if total and 1 - len(found) / total < MINIMUM_DOCUMENTED else []


def cyclic(code: Sequence[Module]) -> Iterator[str]:
    """Yield a line for each import cycle, between modules and between packages."""
    names = {module.name for module in code}
    graph = {module.name: module.imports_among(names) for module in code}
    packages: dict[str, set[str]] = {}
    for name, targets in graph.items():
        mine = package_of(name)
        packages.setdefault(mine, set()).update(package_of(target) for target in targets if package_of(target) != mine)
    for kind, edges in (("modules", graph), ("packages", packages)):
        yield from (f"import cycle between {kind}: {', '.join(sorted(group))}" for group in cycles(edges))


def quantile(values: Sequence[int], share: float) -> int:
    """Return the smallest value with at least this share of the values at or below it; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)] if ordered else 0


def spread(values: Sequence[int]) -> str:
    """Return median, ninth decile and maximum in words."""
    return f"{quantile(values, 0.5)} / {quantile(values, 0.9)} / {max(values, default=0)}"


def figures(code: Sequence[Module], tests: Sequence[Module]) -> list[Figure]:
    """Return the watched figures with their aims."""
    functions: list[Function] = [function for module in code for function in module.functions]
    checks = [function for module in tests for function in module.functions if function.name.startswith("test_")]
    sloc = sum(module.sloc for module in code) or 1
    raising = [function for function in functions if function.public and function.docstring and function.raises]
    naming = sum("aises" in function.docstring for function in raising)
    return [
        Figure("files (lines of code)", f"{len(code)} ({sloc:,})", ""),
        Figure("lines per file: median / p90 / max", spread([m.lines for m in code if m.sloc]), "120 / 300 / 500"),
        Figure("lines per function: median / p90 / max", spread([f.lines for f in functions]), "8 / 25 / 60"),
        Figure(
            "branches per function: p90 / max", spread([f.branches for f in functions]).split(" / ", 1)[1], "5 / 12"
        ),
        Figure("arguments per function: p90", str(quantile([f.arguments for f in functions], 0.9)), "3"),
        Figure("docstrings naming what they raise", f"{naming} of {len(raising)}", "all"),
        Figure("comment lines per 100", f"{100 * sum(m.comments for m in code) / sloc:.1f}", "3-6"),
        Figure("checks silenced per 1000", f"{1000 * sum(m.silenced for m in code) / sloc:.1f}", "1"),
        Figure(
            "broad excepts per 1000", f"{1000 * sum(m.broad_excepts for m in code) / sloc:.1f}", "0 but the outer edge"
        ),
        Figure("imports inside functions per 1000", f"{1000 * sum(m.lazy for m in code) / sloc:.1f}", "0.5"),
        Figure("test code / code", f"{sum(m.sloc for m in tests) / sloc:.2f}", "1.2-2"),
        Figure("tests", str(len(checks)), ""),
        Figure("lines per test: median / p90 / max", spread([f.lines for f in checks]), "12 / 25"),
        Figure("asserts per test", f"{sum(m.asserts for m in tests) / (len(checks) or 1):.1f}", "1.5"),
        Figure("property tests", str(sum(m.properties for m in tests)), "1 per engine rule"),
    ]


def measure() -> tuple[list[str], str]:
    """Return the limits passed, as lines, and the table of watched figures."""
    code = modules()
    tests = [read_module(path, ROOT) for path in sorted((ROOT / "tests").rglob("*.py"))]
    found = [*limits_passed(code), *undocumented(code), *cyclic(code)]
    table = [
        f"{each.name:40} {each.value:>18}   {'aim ' + each.aim if each.aim else ''}".rstrip()
        for each in figures(code, tests)
    ]
    return found, "\n".join(table)


def main() -> int:
    """Print the limits passed and the figures; returns 1 when a limit is passed."""
    found, table = measure()
    print("\n".join([*found, table]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
