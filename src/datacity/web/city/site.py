# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which city this site belongs to: the folder of the settings, else `city` in the home, else the built-in one."""

from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from datacity.frame.city import City
from datacity.kernel.errors import Invalid
from datacity.kernel.policy import Parameter
from datacity.web.city import folder, names
from datacity.web.configuration import Configuration

HOME_FOLDER = "city"
"""The name of the city's folder inside a home."""
DEMONSTRATION = Path(__file__).parent.parent / "demo" / "valmire"
"""The folder of the fictional city of the demonstration; it is read like any other."""


def city_of(configuration: Configuration, apps: Iterable[str], *, demo: bool) -> City:
    """Give the city, the settings CITY_NAME, CITY_COLOUR and LANGUAGE put over what its folder says.

    apps: of the programme; they declare the policy parameters. Raises Invalid as `folder.read` does.
    """
    chosen = folder_of(configuration, demo=demo)
    found = folder.read(chosen, parameters(apps)) if chosen else City(names.UNNAMED)
    if configuration.city_name:
        found = replace(found, names=names.forms(configuration.city_name))
    if configuration.city_colour:
        found = replace(found, colour=configuration.city_colour)
    usual = configuration.language or found.usual
    if usual not in found.languages:
        raise Invalid(
            "city.language",
            "The setting DATACITY_LANGUAGE is “{found}”; the folder of the city offers: {offered}.",
            hint="Unset DATACITY_LANGUAGE, or write both languages into the folder.",
            field="DATACITY_LANGUAGE",
            found=usual,
            offered=", ".join(found.languages),
        )
    return replace(found, usual=usual)


def folder_of(configuration: Configuration, *, demo: bool) -> Path | None:
    """Give the folder that is read; None when the city has none."""
    at_home: Path = configuration.home / HOME_FOLDER
    if configuration.city_folder:
        return Path(configuration.city_folder)
    return at_home if at_home.is_dir() else DEMONSTRATION if demo else None


def parameters(apps: Iterable[str]) -> list[Parameter]:
    """Give the policy parameters of the apps; their modules are plain Python, so this works before Django is ready."""
    modules = [f"datacity.programme.{app}.policy" for app in apps]
    return [each for name in modules if find_spec(name) for each in import_module(name).PARAMETERS]
