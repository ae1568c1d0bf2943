# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The page of commands: the launcher's tasks, the engine's verbs, the management commands, each as it is called."""

import argparse
import os
import pkgutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from launch import home_environment
from new_app import flow
from tasks import TASKS

DJANGO_S_OWN = {
    "-h",
    "--version",
    "-v",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
    "--skip-checks",
}
PACKAGES = ("datacity.web", *(f"datacity.programme.{app}" for app in flow()))


def usage(prog: str, actions: Iterable[argparse.Action]) -> str:
    """Return how a command is called: what must be given first, then what may be."""
    places: list[str] = []
    options: list[str] = []
    for action in actions:
        if DJANGO_S_OWN.intersection(action.option_strings):
            continue
        name = str(action.metavar or action.dest.upper())
        if action.choices and not action.metavar:
            name = (
                "|".join(str(each) for each in action.choices) if len(list(action.choices)) < 4 else action.dest.upper()
            )
        if not action.option_strings:
            places.append(f"[{name}]" if action.nargs in ("?", "*") else name)
            continue
        text = action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {name}"
        (places if action.required else options).append(text if action.required else f"[{text}]")
    return " ".join([prog, *places, *options])


def verbs() -> Iterator[tuple[str, str, str]]:
    """Yield name, call and sentence of each verb of the engine."""
    from datacity.engine.cli.verbs import VERBS  # the product, only for this page

    for name, sentence in VERBS.items():
        parser = argparse.ArgumentParser()
        import_module(f"datacity.engine.cli.{name}").add_arguments(parser)
        yield name, usage(f"datacity {name}", parser._actions), f"{sentence}."  # noqa: SLF001 -- argparse has no public list of what it takes


@cache
def management() -> tuple[tuple[str, str, str], ...]:
    """Return name, call and help of each management command of ours, from a home that is thrown away."""
    import django  # the product, only for this page
    from django.apps import apps

    if apps.ready:
        return tuple(sorted(_management()))
    with tempfile.TemporaryDirectory(prefix="datacity-") as home:
        made = home_environment({"--home": home})
        os.environ.update({name: made[name] for name in ("DATACITY_HOME", "DJANGO_SETTINGS_MODULE")})
        django.setup()
        return tuple(sorted(_management()))


def _management() -> Iterator[tuple[str, str, str]]:
    for package in PACKAGES:
        folder = f"{package}.management.commands"
        if not (find_spec(package) and find_spec(f"{package}.management")):
            continue
        for module in pkgutil.iter_modules(import_module(folder).__path__):
            command = import_module(f"{folder}.{module.name}").Command()
            parser = command.create_parser("django", module.name)
            yield module.name, usage(f"python -m django {module.name}", parser._actions), str(command.help)  # noqa: SLF001 -- the same


def page(made: str, table: Callable[[Sequence[str], Iterable[Sequence[str]]], str]) -> str:
    """Return the page. made: the sentence that says who writes it; table: makes a Markdown table of a head and rows."""
    tasks = table(
        ("call", "does"), [(f"`./dc {each.name} {each.usage}`".replace(" `", "`"), each.sentence) for each in TASKS]
    )
    engine = table(("call", "does"), [(f"`{call}`", sentence) for _name, call, sentence in verbs()])
    homes = table(("call", "does"), [(f"`{call}`", sentence) for _name, call, sentence in management()])
    codes = table(
        ("code", "means"),
        [("0", "success"), ("1", "a check failed, or a fault of ours"), ("2", "the input is wrong"), ("3", "not you, or not this way"),
         ("4", "no such thing"), ("5", "the state forbids it"), ("6", "a budget or a rate is spent")],
    )  # fmt: skip
    return (
        f"# Commands\n\n{made}\n\n## The launcher\n\n{tasks}\n\n## The engine\n\nEvery command takes `--json FILE` (or `-`) for a machine-readable"
        f" result, errors included, and `--language fr|en`; `datacity COMMAND --help` says what each argument is.\n\n{engine}\n\n## On a home\n\nFor who hosts."
        " They work on the home that `DATACITY_HOME` names, with `DJANGO_SETTINGS_MODULE=datacity.web.settings`; without it, on"
        " `datacity` in the user's data folder. `python` is the one of the environment: `.venv/bin/python` in a checkout. `python -m django NAME --help`"
        f" says what each argument is.\n\n{homes}\n\n## Exit codes\n\n{codes}\n"
    )
