# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The data plane over small publications."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from datacity.engine.serve.plane import DataPlane, Room
from tests.factories.publications import COUNTS_COLUMNS, COUNTS_SQL, Publisher, Reader


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    (tmp_path / "public").mkdir()
    return Publisher(tmp_path / "public", tmp_path / "spool")


@pytest.fixture
def serve(publisher: Publisher) -> Iterator[Callable[..., Reader]]:
    """Start a data plane over what the publisher publishes."""
    planes: list[DataPlane] = []

    def start(room: Room | None = None) -> Reader:
        plane = DataPlane(
            publisher.store, folder=publisher.folder, spool=publisher.spool, room=room, load=publisher.load
        )
        plane.publications._every = 0
        planes.append(plane)
        return Reader(plane)

    yield start
    for each in planes:
        each.close()


@pytest.fixture
def counts(publisher: Publisher, serve: Callable[..., Reader]) -> Reader:
    """The data plane over one dataset, `comptages`, of 300 rows and every kind of column."""
    publisher.release("comptages", COUNTS_SQL, COUNTS_COLUMNS)
    return serve()
