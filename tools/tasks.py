# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The tasks of `./dc`: one line each in `TASKS`, the work in the module named there."""

import difflib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Task:
    """A task: its name, how to call it, what it does, and the function `module:function` that does it.

    The function takes the arguments after the name and returns the exit code.
    """

    name: str
    usage: str
    sentence: str
    where: str

    def run(self, arguments: Sequence[str]) -> int:
        """Run the task; its module is imported only now."""
        module, _, function = self.where.partition(":")
        return int(getattr(import_module(module), function)(list(arguments)))


TASKS = (
    Task("up", "[--home DIR] [--keys DIR] [--database URL] [--city DIR] [--port N] [--no-demo] [--scale N] [--dev]",
         "Start everything and print the address.", "homes:up"),
    Task("test", "[--all] [--soak] [--changed] [pytest arguments]", "Run the tests.", "testing:run"),
    Task("lint", "[STEP ...]", "Run every check of the code; each step is named with its time.", "lint:run"),
    Task("fix", "", "Mend what a machine can mend: imports, quotes, layout of code.", "lint:fix"),
    Task("bench", "[NAME ...] [--json FILE]", "Measure speed and memory; prints a table.", "bench:run"),
    Task("shell", "[--home DIR] [--write] [-c CODE]", "Open Python with the models loaded; it only reads unless --write.", "homes:shell"),
    Task("publish", "FILE [--home DIR] [options of the command]", "Take a file the whole way: deposit to release.", "homes:publish"),
    Task("backup", "FILE [--with-keys] [--check] [--home DIR] [--keys DIR] [--json FILE]",
         "Put the whole home into one archive, while it runs; --check reads one again.", "homes:backup"),
    Task("restore", "FILE [--home DIR] [--keys DIR] [--destroyed LOG] [--json FILE]",
         "Bring a backup back, into an empty home.", "homes:restore"),
    Task("move-database", "URL [--home DIR] [--keys DIR] [--database-owner URL]",
         "Move a stopped home's work from SQLite to PostgreSQL; the journal is verified there.", "homes:move_database"),
    Task("doctor", "[--install]", "Say what this machine has and lacks; --install adds Debian packages.", "machine:doctor"),
    Task("bare", "[--test] [--install] [--root DIR] [--port N] [--no-up]",
         "Try ./dc up on a bare Debian 12 made for it, as root; --test runs ./dc test there too.", "bare_machine:run"),
    Task("new", "app NAME", "Make an app: the closed set of files with its tests.", "new_app:run"),
    Task("where", "WORD", "Say which folder a word of the glossary lives in, in English or French.", "words:where"),
    Task("listeners", "", "Say who answers to which journal verb, and what runs on a schedule.", "homes:listeners"),
    Task("permissions", "[options of the command]", "Write tests/permissions.toml anew for review.", "homes:permissions"),
    Task("shot", "[--looks] URL [URL ...]", "Take pictures of pages: 1280 and 390 px, French and English; --looks: 320 too, dark, high contrast, paper.", "shots:run"),
    Task("docs", "[--check]", "Write the reference pages that the code knows.", "reference:run"),
    Task("lock", "[--upgrade]", "Make the lock files anew: everything, a server, the engine alone.", "lock:run"),
    Task("reset", "[--home DIR]", "Delete a demo home, after asking.", "homes:reset"),
    Task("help", "", "Print this list.", "tasks:show_help"),
)  # fmt: skip


def show_help(_arguments: Sequence[str] = ()) -> int:
    """Print a line for each task."""
    print("usage: ./dc TASK [arguments]\n")
    for task in TASKS:
        print(f"  {task.name:12} {task.sentence}")
    print("\n./dc TASK --help says how a task is called.")
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run the named task; refuse an unknown one with the nearest name."""
    name, *rest = arguments or ["help"]
    if name in {"-h", "--help"}:
        name = "help"
    task = next((each for each in TASKS if each.name == name), None)
    if task is None:
        near = difflib.get_close_matches(name, [each.name for each in TASKS], n=1)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        print(f"dc: there is no task `{name}`.{hint} `./dc help` lists all.", file=sys.stderr)
        return 2
    if rest[:1] in (["-h"], ["--help"]):
        print(f"usage: ./dc {task.name} {task.usage}\n\n{task.sentence}")
        return 0
    return task.run(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
