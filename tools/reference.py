# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Write the reference pages that the code knows: words, settings, policy parameters, commands."""

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec

import reference_commands
import words
from launch import ROOT
from new_app import flow

FOLDER = ROOT / "docs" / "reference"
MADE = "This page is written by `./dc docs`; change the code instead."


def cell(text: str) -> str:
    """Return a text that fits into one cell of a table."""
    return " ".join(text.replace("|", "\\|").split())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell(each) for each in line)} |" for line in lines)


def words_page() -> str:
    """Return the glossary."""
    rows = [
        (
            word.english,
            word.french,
            f"`{word.folder.removeprefix('src/datacity/')}`{'' if word.is_made else ' (not made yet)'}",
            word.meaning,
        )
        for word in words.glossary()
    ]
    return (
        f"# Words\n\nOne noun, one meaning, one folder. {MADE}\n\n{table(('word', 'French', 'folder', 'is'), rows)}\n"
    )


def settings_page() -> str:
    """Return the table of deployment settings."""
    from datacity.web import configuration  # the product, only for this page

    rows = [
        (f"`{each.variable}`", each.kind, f"`{each.default}`" if each.default else "", each.allowed, each.description)
        for each in configuration.TABLE
    ]
    secret = ", ".join(f"`{each.variable}`" for each in configuration.TABLE if each.secret)
    return (
        "# Settings\n\nA setting is for who hosts; it is read from the environment when a process starts. A wrong value stops the start, and says"
        f" its name, what was found and what is allowed. {MADE}\n\n{table(('variable', 'kind', 'default', 'allowed', 'what it does'), rows)}\n\n"
        f"Secrets may come from a file named by `<NAME>_FILE`: {secret}. They are never printed.\n"
    )


def policy_page() -> str:
    """Return the table of policy parameters, app by app in flow order."""
    rows: list[tuple[str, ...]] = []
    for app in flow():
        name = f"datacity.programme.{app}.policy"
        if find_spec(f"datacity.programme.{app}") and find_spec(name):
            rows += [
                (f"`{each.name}`", f"`{each.default}`", each.unit, each.allowed(), each.description, each.source)
                for each in import_module(name).PARAMETERS
            ]
    head = ("parameter", "default", "unit", "allowed", "what it decides", "source")
    return (
        "# Policy parameters\n\nA parameter is for who answers politically. An edition takes a copy when it opens; every decision and release keeps"
        f" the fingerprint of the policy in force. {MADE}\n\n{table(head, rows)}\n"
    )


def city_page() -> str:
    """Return every key of a city's folder, file by file."""
    from datacity.frame.nouns import NOUNS  # the product, only for this page
    from datacity.web.city import keys

    parts = []
    for file in keys.FILES[:-1]:
        rows = [
            (f"`{each.path}`", each.allowed, each.default, each.description) for each in keys.TABLE if each.file == file
        ]
        parts.append(f"## {file}\n\n{table(('key', 'allowed', 'without it', 'what it does'), rows)}")
    nouns = table(
        ("NOUN", "French", "gender", "English"),
        [(f"`{name}`", term.fr, term.gender, term.en) for name, term in NOUNS.items()],
    )
    return (
        "# A city's folder\n\nWhat a city says of its own: the folder named by `./dc up --city DIR` or `DATACITY_CITY_FOLDER`, else `city` in the home. Only"
        f" `{keys.CITY}` is required. An unknown file (but `README.md`) or key, or a wrong value, stops the start and says file, line and key. {MADE}\n\nHow to write one:"
        " [make it your city](../how-to/make-it-your-city.md). `[]` stands for each element of a list, `NOUN` for a noun of the last table.\n\n"
        + "\n\n".join(parts)
        + f"\n\n## {keys.POLICY}\n\nEvery [policy parameter](policy.md), as `[app]` and `name = value`: the value that holds until an edition decides otherwise."
        f"\n\n## {keys.AREAS}\n\nThe outlines of the districts: a GeoJSON FeatureCollection (RFC 7946) of at most 2 MB; each feature is a Polygon or MultiPolygon"
        " in longitude and latitude and carries the code of a district in its property `code`.\n\n## Nouns that can be called otherwise\n\n"
        f"{nouns}\n"
    )


def commands_page() -> str:
    """Return every command: tasks, verbs, management commands."""
    return reference_commands.page(MADE, table)


PAGES = {
    "city-folder.md": city_page,
    "words.md": words_page,
    "settings.md": settings_page,
    "policy.md": policy_page,
    "commands.md": commands_page,
}


def run(arguments: Sequence[str]) -> int:
    """Write the pages; with `--check` write nothing and return 1 when one is out of date."""
    if set(arguments) - {"--check"}:
        print("usage: ./dc docs [--check]", file=sys.stderr)
        return 2
    stale: list[str] = []
    for name, make in PAGES.items():
        path = FOLDER / name
        text = make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(f"docs/reference/{name}")
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    if "--check" in arguments and stale:
        print(f"Out of date: {', '.join(stale)}. Run ./dc docs.")
        return 1
    print(f"Written: {', '.join(stale)}" if stale else "Every page is current.")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
