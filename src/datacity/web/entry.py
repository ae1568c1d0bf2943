# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The site in one server: a prefix decides between data plane, files of the interface, and Django.

`granian --interface rsgi datacity.web.entry:app`. The public API and the files need nothing of Django; when the control plane
is broken they go on, and pages say so in plain words.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof.public import Trust
from datacity.engine.serve.catalogues import load
from datacity.engine.serve.counting import Counts
from datacity.engine.serve.plane import PREFIXES, DataPlane
from datacity.engine.serve.requests import Scope, read_request, request_number, send
from datacity.engine.serve.server import Answering
from datacity.web import statics
from datacity.web.control_plane import ControlPlane, ControlPlaneDown, unavailable
from datacity.web.gateway import Gateway, Peer
from datacity.web.places import read_places

_log = logging.getLogger(__name__)


class Site:
    """The dispatcher, an RSGI application."""

    def __init__(
        self, open_plane: Callable[[], DataPlane], control: ControlPlane, *, spool: Path, static: Path = statics.FOLDER
    ) -> None:
        """Take both planes; neither is opened yet. spool: folder of large bodies and of the counts."""
        self._counts = Counts(spool)
        self._data = Answering(open_plane, counts=self._counts)
        self._control = control
        self._gateway = Gateway(spool / "pages")
        self._static = static

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Open both planes aside, so that the first readers do not wait; a control plane that fails is tried again later."""
        self._data.warm()
        self._gateway.warm(self._control.application)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let everything go."""
        self.close()

    def close(self) -> None:
        """Let threads and the data plane go."""
        self._data.close()
        self._gateway.close()

    async def __rsgi__(self, scope: Scope, protocol: Peer) -> None:
        """Answer one request."""
        if scope.path.startswith(PREFIXES):
            await self._data(scope, protocol)
        elif not (scope.path.startswith(statics.PREFIX) and self._sent_static(scope, protocol)):
            await self._page(scope, protocol)

    def _sent_static(self, scope: Scope, protocol: Peer) -> bool:
        found = statics.answer(read_request(scope), self._static)
        if found is not None:
            self._counts.add("static", found.status)
            send(protocol, found)
        return found is not None

    async def _page(self, scope: Scope, protocol: Peer) -> None:
        request = read_request(scope)
        number = request_number(request)
        if self._gateway.is_full():
            self._counts.add("pages", 503)
            send(protocol, unavailable(request), number=number)
            return
        try:
            response = await self._gateway.run(self._control.application, scope, protocol, number)
            broken = response.status == 500 and await asyncio.to_thread(self._control.is_broken)
        except ControlPlaneDown:
            broken = True
        except Exception:  # noqa: BLE001 -- the outer edge: whatever failed is recorded, and the reader is told in plain words
            _log.exception("A page failed outside Django")
            broken = True
        self._counts.add("pages", 503 if broken else response.status)
        if broken:
            send(protocol, unavailable(request), number=number)
        else:
            send(protocol, response, number="" if response.header("x-request-id") else number)


def trusted(sources: tuple[str, ...]) -> Trust:
    """Give the keys believed now; a file that is not there yet (before the first keys are made) adds none."""
    return Trust.of(each for each in sources if not each.endswith((".json", ".pem")) or Path(each).is_file())


def make_site() -> Site:
    """Give the site of this installation, as the environment describes it."""
    places = read_places()

    def open_plane() -> DataPlane:
        places.store.mkdir(parents=True, exist_ok=True)
        store = FolderStore(places.store)
        return DataPlane(
            store, folder=places.store, spool=places.spool / "exports", load=lambda: load(store, trusted(places.trust))
        )

    return Site(open_plane, ControlPlane(), spool=places.spool)


app = make_site()
