# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Run the benchmarks of `benchmarks/`, each in a process of its own, and print one table.

A benchmark is a file with a docstring that says what is compared, and one or both of

    CASES      name → function of a scratch folder; it prepares what it needs and returns the function to be timed
    figures    function of a scratch folder that gives rows: `case`, `seconds`, and what else there is to say

`BESIDE` (case → case of the same benchmark) names what a case stands next to; the table shows its seconds and the ratio: what it
stands next to divided by ours, so 1 means as fast, 0.5 twice as long. A row of `figures` may give `beside` and `ratio` itself.
"""

import ast
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from launch import PYTHON, ROOT, split_options

FOLDER = ROOT / "benchmarks"
_SHOWN = ("case", "seconds", "peak_mb", "beside", "ratio")
_HEAD = f"{'benchmark':12} {'case':52} {'seconds':>9} {'peak MB':>8} {'beside':>9} {'ratio':>6}"


def load(name: str) -> ModuleType:
    """Return the benchmark of this name. Raises FileNotFoundError when there is none."""
    spec = spec_from_file_location(name, FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    sys.path.insert(0, str(FOLDER))
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def measure(name: str, case: str) -> dict[str, Any]:
    """Run one case here and return its seconds and its peak memory, in MB."""
    with tempfile.TemporaryDirectory(prefix="datacity-bench-") as folder:
        timed = load(name).CASES[case](Path(folder))
        started = time.perf_counter()
        timed()
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"case": case, "seconds": seconds, "peak_mb": round(peak / 1024)}


def available() -> list[str]:
    """Return the names of the benchmarks; a file without cases and figures only helps others."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if cases(path.stem) or has_figures(path.stem))


def cases(name: str) -> list[str]:
    """Return the case names of a benchmark, read from its dictionary `CASES` without running it."""
    value = _assigned(name, "CASES")
    return [str(ast.literal_eval(key)) for key in value.keys if key is not None] if isinstance(value, ast.Dict) else []


def beside(name: str) -> dict[str, str]:
    """Return what each case stands next to, read from `BESIDE`."""
    value = _assigned(name, "BESIDE")
    return dict(ast.literal_eval(value)) if value is not None else {}


def has_figures(name: str) -> bool:
    """Tell whether a benchmark gives rows itself."""
    return any(isinstance(node, ast.FunctionDef) and node.name == "figures" for node in _tree(name).body)


def _tree(name: str) -> ast.Module:
    return ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))


def _assigned(name: str, wanted: str) -> ast.expr | None:
    for node in _tree(name).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == wanted:
            return node.value
    return None


def run(arguments: Sequence[str]) -> int:
    """Run the named benchmarks, or all; returns 1 when one fails. `--json FILE` keeps the rows."""
    options, names = split_options(arguments, ("--json",))
    unknown = sorted(set(names) - set(available()))
    if unknown:
        print(f"dc: there is no benchmark {', '.join(unknown)}; there are: {', '.join(available())}", file=sys.stderr)
        return 2
    print(_HEAD)
    rows: list[dict[str, Any]] = []
    for name in names or available():
        for row in _rows(name):
            rows.append({"benchmark": name, **row})
            print(line(rows[-1]), flush=True)
    if options:
        Path(options["--json"]).write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 1 if any("failed" in row for row in rows) else 0


def line(row: dict[str, Any]) -> str:
    """Give a row of the table; what has no column stands at its end."""
    if "failed" in row:
        return f"{row['benchmark']:12} {row['case'][:52]:52} failed: {row['failed']}"
    numbers = [
        _number(row.get(name), form)
        for name, form in (("seconds", "9.3f"), ("peak_mb", "8.0f"), ("beside", "9.3f"), ("ratio", "6.2f"))
    ]
    more = "  ".join(f"{name} {value}" for name, value in row.items() if name not in (*_SHOWN, "benchmark"))
    return f"{row['benchmark']:12} {row['case'][:52]:52} {' '.join(numbers)}  {more}".rstrip()


def _number(value: float | None, form: str) -> str:
    return " " * int(form.partition(".")[0]) if value is None else format(value, form)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    """Run a benchmark and give its rows as they come."""
    seconds: dict[str, float] = {}
    others = beside(name)
    for case in sorted(cases(name), key=lambda each: each in others):
        for row in _process(name, case):
            seconds[case] = row.get("seconds", 0.0)
            if case in others and "failed" not in row:
                other = seconds[others[case]]
                row |= {"beside": other, "ratio": other / seconds[case]}
            yield row
    if has_figures(name):
        yield from _process(name)


def _process(name: str, case: str = "") -> Iterator[dict[str, Any]]:
    """Run one case, or the figures, in a process of its own; its rows are lines of JSON."""
    command = [PYTHON, __file__, name, *([case] if case else [])]
    environment = {**os.environ, "PYTHONPATH": ""}
    with (
        tempfile.TemporaryFile(mode="w+", encoding="utf-8") as faults,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=faults, text=True, env=environment) as process,
    ):
        for text in process.stdout or ():
            if text.startswith("{"):
                yield json.loads(text)
        if process.wait():
            faults.seek(0)
            told = faults.read().strip().splitlines() or [f"ended with {process.returncode}"]
            yield {"case": case or name, "failed": told[-1]}


def _be_a_process(name: str, case: str = "") -> None:
    if case:
        print(json.dumps(measure(name, case)))
        return
    with tempfile.TemporaryDirectory(prefix="datacity-bench-") as folder:
        for row in load(name).figures(Path(folder)):
            print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    _be_a_process(*sys.argv[1:])
