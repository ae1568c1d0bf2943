# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity serve`: the data plane alone, over a folder of releases; neither accounts nor database nor Django."""

import argparse
import socket
import tempfile
from pathlib import Path

from datacity.engine.cli.console import Console, Outcome
from datacity.engine.serve import loglines
from datacity.engine.serve.counting import Counts
from datacity.engine.serve.server import THREADS, Answering, Application, ServeOptions
from datacity.kernel.errors import Conflict, Invalid, Missing
from datacity.kernel.words import msg


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("--store", type=Path, required=True, metavar="DIR")
    parser.add_argument("--trust", action="append", required=True, metavar="KEY")
    parser.add_argument("--port", type=int, default=8080, metavar="N")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument("--threads", type=int, default=THREADS, metavar="N")
    parser.add_argument("--processes", type=int, default=1, metavar="N")
    parser.add_argument("--spool", type=Path, metavar="DIR")
    parser.add_argument("--log-format", choices=loglines.FORMATS, default="text")
    parser.add_argument("--log-requests", action="store_true")


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Serve until stopped. Raises Missing for a store or key that is not there, Invalid for a number out of its bounds."""
    from datacity.engine.proof.public import Trust  # slow to import, and only this verb's run needs it

    _check(arguments)
    Trust.of(arguments.trust)
    spool = arguments.spool or Path(tempfile.gettempdir()) / f"datacity-exports-{arguments.port}"
    options = ServeOptions(
        str(arguments.store.resolve()),
        str(spool.resolve()),
        tuple(arguments.trust),
        arguments.threads,
        arguments.log_requests,
    )
    options.put_into_environment()
    if arguments.log_format == "text":
        console.say(
            msg("The data plane answers at http://{host}:{port}. Stop it with Ctrl-C."),
            host=arguments.host,
            port=arguments.port,
        )
    _listen(arguments)
    return Outcome()


def application() -> Application:
    """Give the application of one process of the server, as `run` set it up."""
    from datacity.engine.adapters.folder import (
        FolderStore,  # each process of the server imports what it runs, the command does not
    )
    from datacity.engine.proof.public import Trust
    from datacity.engine.serve.catalogues import load
    from datacity.engine.serve.plane import DataPlane

    options = ServeOptions.of_environment()
    store, trust = Path(options.store), Trust.of(options.trust)
    bytes_by_name = FolderStore(store)

    def open_plane() -> DataPlane:
        return DataPlane(
            bytes_by_name, folder=store, spool=options.spool_folder, load=lambda: load(bytes_by_name, trust)
        )

    answering = Answering(
        open_plane, options.threads, counts=Counts(options.spool_folder), log_requests=options.log_requests
    )
    return Application(answering, options.spool_folder)


def _check(arguments: argparse.Namespace) -> None:
    if not arguments.store.is_dir():
        raise Missing("serve.no_store", "There is no folder {name}.", field="store", name=str(arguments.store))
    for name, value, most in (
        ("port", arguments.port, 65_535),
        ("threads", arguments.threads, 1_000),
        ("processes", arguments.processes, 64),
    ):
        if not 1 <= value <= most:
            raise Invalid(
                "serve.number",
                "--{name} is {value}; 1 to {most} are allowed.",
                field=name,
                name=name,
                value=value,
                most=most,
            )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((arguments.host, arguments.port))
        except OSError as error:
            raise Conflict(
                "serve.port_taken",
                "Port {port} of {host} cannot be used.",
                hint="Stop what uses it, or choose another with --port.",
                field="port",
                port=arguments.port,
                host=arguments.host,
            ) from error


def _listen(arguments: argparse.Namespace) -> None:
    from granian.constants import Interfaces  # slow to import; nobody needs the server before this point
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "datacity.engine.cli.serve:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.RSGI,
        factory=True,
        workers=arguments.processes,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        backlog=1024,
        log_level=LogLevels.warning,
        log_dictconfig=loglines.configuration(arguments.log_format),
    ).serve()
