# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Find circles in a graph of imports."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

PACKAGE_DEPTH = 3
"""Dotted parts that name a package: `datacity.programme.journal`."""


def package_of(name: str) -> str:
    """Return the package of a module: an app, an engine step, or what stands beside them."""
    return ".".join(name.split(".")[:PACKAGE_DEPTH])


def without(graph: Mapping[str, set[str]], names: set[str]) -> dict[str, set[str]]:
    """Return the graph without these nodes and the edges to them."""
    return {name: targets - names for name, targets in graph.items() if name not in names}


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return circles, none sharing a node with another; empty exactly when the graph has none.

    graph: node -> the nodes it points at. Each circle lists its nodes once, in the order they point.
    """
    found: list[list[str]] = []
    rest = dict(graph)
    while True:
        try:
            TopologicalSorter(rest).prepare()
        except CycleError as error:
            circle = list(dict.fromkeys(reversed(error.args[1])))  # it names the pointed-at first
            found.append(circle)
            rest = without(rest, set(circle))
        else:
            return found
