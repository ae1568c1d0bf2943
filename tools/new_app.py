# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Make an app of the programme: the closed set of files, its catalogue, its tests, its line in the settings."""

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from launch import ROOT

PROGRAMME = ROOT / "src" / "datacity" / "programme"
SETTINGS = ROOT / "src" / "datacity" / "web" / "settings.py"
LOCALE = ROOT / "src" / "datacity" / "web" / "locale" / "fr"
HEADER = "# SPDX-FileCopyrightText: DataCity contributors\n# SPDX-License-Identifier: EUPL-1.2\n"

FILES: Mapping[str, str] = {
    "__init__.py": '"""The app `$name`."""\n',
    "apps.py": (
        '"""The app `$name` for Django."""\n\nfrom django.apps import AppConfig\n\n\n'
        'class ${title}Config(AppConfig):\n    """The app `$name`."""\n\n    name = "datacity.programme.$name"\n'
        '    label = "$name"\n    default_auto_field = "django.db.models.BigAutoField"\n'
    ),
    "policy.py": (
        '"""What people decide about $name."""\n\nfrom datacity.kernel.policy import Parameter\n\n'
        "PARAMETERS: tuple[Parameter, ...] = ()\n"
    ),
    "errors.py": '"""The refusals of $name that are raised in more than one place."""\n',
    "rules.py": (
        '"""States, transitions and eligibility of $name: plain Python on plain values."""\n\n'
        "from datacity.kernel.bus import Verb\n\nVERBS: tuple[Verb, ...] = ()\n"
    ),
    "models.py": '"""The tables of $name."""\n\nfrom datacity.frame.guards import Guard\n\nGUARDS: tuple[Guard, ...] = ()\n',
    "permissions.py": '"""Who may do what with $name, with reasons, and who sees which."""\n',
    "queries.py": '"""Reads of $name that are reused or not trivial."""\n',
    "actions.py": '"""The verbs of $name: check, ask the rule, write, record; one transaction each."""\n',
    "tables.py": '"""Lists of $name."""\n',
    "panels.py": (
        '"""What $name adds to pages of others."""\n\nfrom datacity.kernel.bus import Panel, Provider\n\n'
        "PANELS: tuple[Panel, ...] = ()\nPROVIDERS: tuple[Provider, ...] = ()\n"
    ),
    "forms.py": '"""The shape of what people type about $name; decides nothing."""\n',
    "views.py": '"""The pages of $name: one call to one action or query, then an answer."""\n',
    "tasks.py": (
        '"""What happens in the background for $name."""\n\nfrom datacity.kernel.bus import Job, Listener, Schedule\n\n'
        "JOBS: tuple[Job, ...] = ()\nLISTENERS: tuple[Listener, ...] = ()\nSCHEDULE: tuple[Schedule, ...] = ()\n"
    ),
    "urls.py": (
        '"""The routes of $name."""\n\nfrom django.urls import URLPattern\n\napp_name = "$name"\nurlpatterns: list[URLPattern] = []\n'
    ),
    "migrations/__init__.py": '"""Changes of the tables of $name, in order."""\n',
}

TEST = '''"""The app $name is part of the site."""

from importlib import import_module

from django.apps import apps


def test_${name}_is_installed_under_its_own_label() -> None:
    assert apps.get_app_config("$name").name == "datacity.programme.$name"


def test_${name}_offers_only_names_of_its_own() -> None:
    offered = [*import_module("datacity.programme.$name.rules").VERBS, *import_module("datacity.programme.$name.tasks").JOBS]

    assert len({each.name for each in offered}) == len(offered)
'''

CATALOGUE = """# French of the app $name.
msgid ""
msgstr ""
"Language: fr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""


class CannotMake(Exception):
    """The app cannot be made; the text says why."""


def flow() -> list[str]:
    """Return the apps in flow order, upstream first, as `.importlinter` has them."""
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    section = text.split("[importlinter:contract:programme-flow]")[1].split("[importlinter:")[0]
    return list(reversed(re.findall(r"^\s+\((\w+)\)$", section, re.MULTILINE)))


def check(name: str) -> None:
    """Raise CannotMake for a name that is not in the flow, or whose app exists."""
    if name not in flow():
        known = ", ".join(each for each in flow() if not (PROGRAMME / each).exists())
        raise CannotMake(
            f"“{name}” has no place in the flow. Not made yet: {known}. A new place needs .importlinter and a decision record."
        )
    if (PROGRAMME / name).exists():
        raise CannotMake(f"The app {name} exists: src/datacity/programme/{name}")


def with_app(settings: str, name: str) -> str:
    """Return the text of the settings with the app in its place among the installed ones.

    Raises CannotMake when the tuple PROGRAMME_APPS is not found.
    """
    found = re.search(r"^PROGRAMME_APPS = \(\n(.*?)^\)", settings, re.MULTILINE | re.DOTALL)
    if found is None:
        raise CannotMake("PROGRAMME_APPS was not found in web/settings.py.")
    installed = set(re.findall(r'"(\w+)"', found.group(1))) | {name}
    lines = "".join(f'    "{each}",\n' for each in flow() if each in installed)
    return f"{settings[: found.start(1)]}{lines}{settings[found.end(1) :]}"


def write(path: Path, template: str, name: str) -> None:
    """Write one file from its template, with the licence header where the file can hold it."""
    header = HEADER if path.suffix == ".py" else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = Template(template).substitute(name=name, title=name.capitalize())
    path.write_text(header + text, encoding="utf-8")


def make(name: str) -> None:
    """Make the app. Raises CannotMake before anything is written."""
    check(name)
    settings = with_app(SETTINGS.read_text(encoding="utf-8"), name)
    for file, template in FILES.items():
        write(PROGRAMME / name / file, template, name)
    write(ROOT / "tests" / "programme" / name / f"test_{name}.py", TEST, name)
    write(LOCALE / f"{name}.po", CATALOGUE, name)
    SETTINGS.write_text(settings, encoding="utf-8")


def run(arguments: Sequence[str]) -> int:
    """Make the named app; returns 2 for a wrong call, 5 when it cannot be made."""
    match list(arguments):
        case ["app", name]:
            try:
                make(name)
            except CannotMake as reason:
                print(f"dc: {reason}", file=sys.stderr)
                return 5
            print(f"Made src/datacity/programme/{name} and tests/programme/{name}. Start with rules.py and its tests.")
            return 0
        case _:
            print("usage: ./dc new app NAME", file=sys.stderr)
            return 2
