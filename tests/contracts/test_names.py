# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every name that one part uses of another exists: verbs, jobs, providers, recorded and enqueued names."""

import ast

from datacity.kernel import bus
from datacity.web import start

KINDS = {"now", "calendar", "search", "measure", "transfer", "register", "open", "latest", "sitemap"}


def literals(trees, function: str, position: int) -> list[tuple[str, str]]:
    """File and literal argument of each call of a function of this name."""
    return [
        (f"{path}:{node.lineno}", node.args[position].value)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == function
        and len(node.args) > position
        and isinstance(node.args[position], ast.Constant)
        and isinstance(node.args[position].value, str)
    ]


def test_everything_listened_to_and_scheduled_exists() -> None:
    registry = start.collect()

    assert [verb for verb in registry.listeners if verb not in registry.verbs] == []
    assert [
        each.job for some in registry.listeners.values() for each in some if each.job and each.job not in registry.jobs
    ] == []
    assert [each.job for each in registry.schedules if each.job not in registry.jobs] == []
    assert registry.verbs


def test_every_provider_is_of_a_known_kind() -> None:
    assert set(start.collect().providers) <= KINDS


def test_every_recorded_verb_is_declared(trees) -> None:
    recorded = literals(trees, "record", 1)

    assert [each for each in recorded if each[1] not in bus.registry.verbs] == []
    assert recorded


def test_every_enqueued_job_is_declared(trees) -> None:
    enqueued = literals(trees, "enqueue", 0)

    assert [each for each in enqueued if each[1] not in bus.registry.jobs] == []


def test_a_verb_and_a_job_are_named_by_their_app_or_noun() -> None:
    registry = start.collect()

    assert [name for name in [*registry.verbs, *registry.jobs] if name.count(".") != 1] == []
