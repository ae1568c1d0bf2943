# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Run the benchmarks of `benchmarks/`, each in a process of its own, and print one table of seconds and memory.

A benchmark is a file with a docstring that says what is compared, and `CASES`: name → function of a scratch folder. The
function prepares what it needs and returns the function to be timed.
"""

import ast
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from launch import PYTHON, ROOT

FOLDER = ROOT / "benchmarks"


def load(name: str) -> ModuleType:
    """Return the benchmark of this name. Raises FileNotFoundError when there is none."""
    spec = spec_from_file_location(name, FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(name: str, case: str) -> dict[str, float]:
    """Run one case here and return its seconds and its peak memory above what was there before, in MB."""
    with tempfile.TemporaryDirectory(prefix="datacity-bench-") as folder:
        timed = load(name).CASES[case](Path(folder))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        timed()
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "peak_mb": peak / 1024, "more_mb": (peak - before) / 1024}


def available() -> list[str]:
    """Return the names of the benchmarks."""
    return sorted(path.stem for path in FOLDER.glob("*.py"))


def cases(name: str) -> list[str]:
    """Return the case names of a benchmark, read from its dictionary `CASES` without running it."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "CASES"
            and isinstance(node.value, ast.Dict)
        ):
            return [str(ast.literal_eval(key)) for key in node.value.keys if key is not None]
    return []


def run(arguments: Sequence[str]) -> int:
    """Run the named benchmarks, or all; returns 1 when one fails."""
    unknown = sorted(set(arguments) - set(available()))
    if unknown:
        print(f"dc: there is no benchmark {', '.join(unknown)}; there are: {', '.join(available())}", file=sys.stderr)
        return 2
    failed = 0
    print(f"{'benchmark':12} {'case':34} {'seconds':>8} {'peak MB':>8}")
    for name in arguments or available():
        for case in cases(name):
            done = subprocess.run(
                [PYTHON, __file__, name, case],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "PYTHONPATH": ""},
            )
            if done.returncode:
                failed += 1
                print(f"{name:12} {case:34} failed: {done.stderr.strip().splitlines()[-1]}")
                continue
            figures = json.loads(done.stdout.splitlines()[-1])
            print(f"{name:12} {case:34} {figures['seconds']:8.2f} {figures['peak_mb']:8.0f}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2])))
