# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether a backup is of a home that this version knows; asked before anything of it is written, without settings or database."""

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import AppConfig

from datacity import programme
from datacity.web import home


def known_migrations() -> dict[str, set[str]]:
    """Give the migrations of every app of this version, by the label the app has in the database."""
    found = {}
    for app in pkgutil.iter_modules(programme.__path__, f"{programme.__name__}."):
        folder = Path(programme.__path__[0]) / app.name.rpartition(".")[2] / "migrations"
        if folder.is_dir():
            found[_label(f"{app.name}.apps")] = {path.stem for path in folder.glob("[0-9]*.py")}
    return found


def _label(module: str) -> str:
    """Give the label that an app's configuration declares."""
    declared = (each for each in vars(import_module(module)).values() if isinstance(each, type))
    config = next(each for each in declared if issubclass(each, AppConfig) and each is not AppConfig)
    return str(getattr(config, "label", config.name.rpartition(".")[2]))


def unknown(applied: Iterable[Iterable[str]]) -> str:
    """Give the first of these [app, name] pairs that an app of ours does not know, as `app.name`; "" when all are known."""
    known = known_migrations()
    return next((f"{app}.{name}" for app, name in applied if app in known and name not in known[app]), "")


def refuse_newer(about: Mapping[str, Any]) -> None:
    """Raise Conflict, naming both versions, when the home in an archive is newer than this version.

    about: what the archive says of itself.
    """
    product = str(about.get("home_product", "?"))
    if int(about.get("home", 0)) > home.FORM:
        raise home.newer(product)
    if change := unknown(about.get("migrations", ())):
        raise home.newer(product, change=change)
