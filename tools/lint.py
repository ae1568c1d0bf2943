# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every check of the code, each named with its time; all run, whatever fails."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import assets
import check_hosts
import homes
import style_gate
import translations
from launch import BIN, PYTHON, ROOT, home_environment

Outcome = tuple[bool, str]
"""Whether a step holds, and what it says."""


@dataclass(frozen=True)
class Step:
    """A check: its name, what it looks at, and the function that runs it."""

    name: str
    sentence: str
    check: Callable[[], Outcome]


def program(*command: str | Path, environment: dict[str, str] | None = None) -> Outcome:
    """Run a checker from the checkout; it holds when it exits with 0."""
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return not done.returncode, (done.stdout + done.stderr).strip()


def lines(found: Sequence[str]) -> Outcome:
    """Return the outcome of a check that lists its problems."""
    return not found, "\n".join(found)


def tool_modules() -> list[str]:
    """Return our own tools, for the type checker."""
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tools").glob("*.py"))]


def types() -> Outcome:
    """Check types, strictly, of the product and of the tools."""
    with tempfile.TemporaryDirectory(prefix="datacity-") as home:
        environment = home_environment({"--home": home})
        good, words = program(BIN / "mypy", "-p", "datacity", environment=environment)
        also_good, more = program(BIN / "mypy", *tool_modules(), environment=environment)
    return good and also_good, f"{words}\n{more}"


def templates() -> Outcome:
    """Check templates: well formed, no inline style or script, named in the usual way."""
    found = [path for path in check_hosts.tracked() if path.suffix == ".html" and "templates" in path.parts]
    if not found:
        return True, "no template"
    return program(BIN / "djlint", "--lint", "--quiet", *found)


def licences() -> Outcome:
    """Check that every file that git keeps says whose it is and under which licence."""
    return program(BIN / "reuse", "lint-file", *check_hosts.tracked())


def migrations() -> Outcome:
    """Check that no model changed without its migration."""
    with tempfile.TemporaryDirectory(prefix="datacity-") as home:
        command = [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"]
        return program(*command, environment=home_environment({"--home": home}))


def front_end() -> Outcome:
    """Check the front end's types."""
    try:
        assets.build()
        assets.npm("run", "check")
    except assets.CannotBuild as reason:
        return False, str(reason)
    return True, ""


def style() -> Outcome:
    """Check the style gate; its figures are printed in any case."""
    found, figures = style_gate.measure()
    return not found, "\n".join([*found, figures])


def docs() -> Outcome:
    """Check the documentation; its steps are named as the words of their names."""
    words = (word for step in STEPS for word in step.name.split())
    return program(PYTHON, ROOT / "tools" / "docs_gate.py", *words)


STEPS = (
    Step("ruff", "rules for Python", lambda: program(BIN / "ruff", "check", "--quiet", ".")),
    Step("format", "layout of Python", lambda: program(BIN / "ruff", "format", "--check", "--quiet", ".")),
    Step("types", "mypy, strict, with Django's stubs", types),
    Step("imports", "the flow is the import order", lambda: program(BIN / "lint-imports", "--no-logo")),
    Step(
        "contracts", "what import-linter cannot see", lambda: program(PYTHON, "-m", "pytest", "-q", "tests/contracts")
    ),
    Step("templates", "djlint", templates),
    Step("style", "style gate", style),
    Step("licences", "licence and owner of every file", licences),
    Step("hosts", "no package host, no machine path", lambda: lines(check_hosts.problems(check_hosts.tracked()))),
    Step("migrations", "none pending", migrations),
    Step("translations", "complete, in French and English", lambda: lines(translations.check())),
    Step("front end", "types of frontend/", front_end),
    Step(
        "reference", "generated pages are current", lambda: program(PYTHON, ROOT / "tools" / "reference.py", "--check")
    ),
    Step("docs", "no broken link, nothing unknown, nothing left out", docs),
)
SPEAK_ANYWAY = {"style"}


def chosen(names: Sequence[str]) -> list[Step]:
    """Return the named steps, all when none is named. Raises SystemExit(2) for an unknown name."""
    unknown = [name for name in names if name not in {step.name for step in STEPS}]
    if unknown:
        allowed = ", ".join(step.name for step in STEPS)
        print(f"dc: there is no step {', '.join(unknown)}; the steps are: {allowed}", file=sys.stderr)
        raise SystemExit(2)
    return [step for step in STEPS if not names or step.name in names]


def run(names: Sequence[str]) -> int:
    """Run the steps; returns 1 when one fails."""
    failed: list[str] = []
    for step in chosen(names):
        started = time.monotonic()
        good, words = step.check()
        print(
            f"{'ok    ' if good else 'FAILED'} {step.name:12} {time.monotonic() - started:5.1f} s  {step.sentence}",
            flush=True,
        )
        if words and (not good or step.name in SPEAK_ANYWAY):
            print("\n".join(f"    {line}" for line in words.splitlines()), flush=True)
        if not good:
            failed.append(step.name)
    print(f"\n{len(failed)} failed: {', '.join(failed)}" if failed else "\nEvery check holds.")
    return 1 if failed else 0


def fix(arguments: Sequence[str]) -> int:
    """Mend what ruff can mend, then lay the code out."""
    if not homes.only(arguments, ()):
        return 2
    good, words = program(BIN / "ruff", "check", "--fix", "--quiet", ".")
    _, more = program(BIN / "ruff", "format", ".")
    print(f"{words}\n{more}".strip())
    return 0 if good else 1
