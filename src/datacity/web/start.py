# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The assembly: collects what the installed apps offer each other and binds the few places where they meet.

Each app of the programme is read for `VERBS` (rules), `PARAMETERS` (policy), `JOBS`, `LISTENERS`, `SCHEDULE`, `TRANSFER`
(tasks), `PANELS` and `PROVIDERS` (panels). A name that is unknown or declared twice stops the start.
"""

import importlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from django.apps import apps
from django.conf import settings
from django.utils import translation

from datacity.kernel import bus, policy, words
from datacity.kernel.bus import Listener, Publicity, Registry
from datacity.kernel.errors import Conflict
from datacity.web import demo
from datacity.web.city import wording

PROGRAMME = "datacity.programme."
SEARCH = "datacity.web.search"
"""What belongs to the site and not to one app: the job of the search, which listens to every public verb."""
BACKUP = "datacity.web.backup"
"""The backups of the home: their jobs, their schedule, and what waits for an administrator."""
DEMO = "datacity.web.demo"
"""What only a demo home has: the verb and the jobs of the demonstration."""
POLICIES = Path(__file__).parent / "policies"


def collect() -> Registry:
    """Fill the registry of this process, bind enqueuer, policy source and translator, and give the registry.

    Raises Conflict or Missing for the first name that is declared twice, unknown, or listened to though silent.
    """
    names = [app.name for app in apps.get_app_configs() if app.name.startswith(PROGRAMME)]
    names += [DEMO] if demo.is_here() else []
    registry = bus.registry
    for part in (
        registry.verbs,
        registry.jobs,
        registry.listeners,
        registry.schedules,
        registry.panels,
        registry.providers,
    ):
        part.clear()
    for name in [*names, SEARCH, BACKUP]:
        _add(registry, name)
    registry.add(listeners=importlib.import_module(f"{SEARCH}.tasks").listeners(registry.verbs.values()))
    registry.check()
    _refuse_silent(registry.listeners.values(), registry)
    _bind_policy(names)
    words.use(_site_words)
    wording.adopt(settings.CITY)
    if PROGRAMME + "jobs" in names:
        from datacity.programme.jobs.actions import enqueue  # models load only after the apps

        bus.bind_enqueue(enqueue)
    return registry


def _add(registry: Registry, name: str) -> None:
    rules, tasks, panels = (_module(name, part) for part in ("rules", "tasks", "panels"))
    registry.add(
        verbs=getattr(rules, "VERBS", ()),
        jobs=getattr(tasks, "JOBS", ()),
        listeners=getattr(tasks, "LISTENERS", ()),
        schedules=getattr(tasks, "SCHEDULE", ()),
        panels=getattr(panels, "PANELS", ()),
        providers=(*getattr(panels, "PROVIDERS", ()), *getattr(tasks, "TRANSFER", ())),
    )


def _module(app: str, part: str) -> ModuleType | None:
    """Give an app's module, or None when the app has no such file; a faulty one stops the start."""
    name = f"{app}.{part}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def _refuse_silent(listeners: Iterable[list[Listener]], registry: Registry) -> None:
    for each in (listener for some in listeners for listener in some):
        if registry.verbs[each.verb].publicity is Publicity.SILENT:
            raise Conflict(
                "bus.silent_verb", "Somebody listens to {name}, which is silent and never heard.", name=each.verb
            )


def _site_words(message: str, language: str) -> str:
    """Give a message of an app in this language from the site's own catalogue."""
    with translation.override(language):
        return translation.gettext(message)


def _bind_policy(names: list[str]) -> None:
    """Declare every app's parameters and the default values, then say who answers for the policy in force."""
    for name in names:
        policy.declare(getattr(_module(name, "policy"), "PARAMETERS", ()))
    for path in sorted(POLICIES.glob("*.toml")):
        policy.declare((), policy.read_file(path))
    policy.declare((), settings.CITY.policy)
    queries = _module(PROGRAMME + "editions", "queries") if PROGRAMME + "editions" in names else None
    if queries is not None:
        policy.bind(queries.policy_in_force)
