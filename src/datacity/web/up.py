# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Start the whole platform on one home: prepare it, run the server and the worker, print the address when it answers.

`./dc up` calls it; called as a module it takes the same options, and needs `--home`.
"""

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from datacity.kernel.errors import Conflict, Refusal
from datacity.web import configuration, database, home
from datacity.web.services import Service

HOST = "127.0.0.1"
FIRST_PAGE_SECONDS = 120
SERVER_PROCESSES = 2
SOURCE = Path(__file__).resolve().parent.parent


class Stopped(Exception):
    """The person or the system asked for an end."""


def parser() -> argparse.ArgumentParser:
    """Give the parser of the options."""
    made = argparse.ArgumentParser(
        prog="./dc up", description="Start everything and print the address.", allow_abbrev=False
    )
    made.add_argument("--home", type=Path, required=True, metavar="DIR", help="the home folder")
    made.add_argument("--keys", type=Path, metavar="DIR", help="the folder of the keys (keys in the home)")
    made.add_argument("--database", metavar="URL", help="where people's work is stored (an SQLite file in the home)")
    made.add_argument(
        "--city", type=Path, metavar="DIR", help="the folder of the city's own settings (city in the home)"
    )
    made.add_argument("--port", type=_port, default=8000, metavar="N", help="1 to 65535 (8000)")
    made.add_argument("--no-demo", action="store_true", help="make a real, empty home")
    made.add_argument("--scale", type=_scale, default=1, metavar="N", help="size of the demo, 1 to 10 (1)")
    made.add_argument("--dev", action="store_true", help="reload server, worker and front end on every change")
    made.add_argument("--watch", type=json.loads, help=argparse.SUPPRESS)
    return made


def _between(text: str, lowest: int, highest: int) -> int:
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from {lowest} to {highest}")
    return int(text)


def _port(text: str) -> int:
    return _between(text, 1, 65535)


def _scale(text: str) -> int:
    return _between(text, 1, 10)


def environment_for(options: argparse.Namespace) -> dict[str, str]:
    """Give the environment of every process of this server; what the caller has set stays."""
    made = {
        **os.environ,
        "DATACITY_HOME": str(options.home.expanduser().absolute()),
        "DJANGO_SETTINGS_MODULE": "datacity.web.settings",
        "PYTHONUNBUFFERED": "1",
    }
    made.setdefault("DATACITY_PUBLIC_ADDRESS", f"http://{HOST}:{options.port}")
    if options.keys:
        made["DATACITY_KEYS"] = str(options.keys.expanduser().absolute())
    if options.city:
        made["DATACITY_CITY_FOLDER"] = str(options.city.expanduser().absolute())
    if options.dev:
        made["DATACITY_DEV"] = "yes"
    return made


def require_free(port: int) -> None:
    """Raise Conflict when another program listens on the port."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Conflict(
                "up.port_taken",
                "Port {port} is taken by another program, or this user may not use it.",
                hint="Stop that program, or choose another port: ./dc up --port {other}.",
                port=port,
                other=port + 1 if port < 65535 else 8001,
            ) from error


def prepare(options: argparse.Namespace, environment: Mapping[str, str]) -> str:
    """Prepare the home in a process of its own and give what to tell once the server answers.

    Raises SystemExit with the command's code when it refuses; it has said why.
    """
    command = [sys.executable, "-m", "django", "prepare", "--scale", str(options.scale)]
    if options.no_demo:
        command.append("--no-demo")
    done = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout.strip()


def services(options: argparse.Namespace, environment: Mapping[str, str]) -> list[Service]:
    """Give the processes in the order they start."""
    server = [sys.executable, "-m", "granian", "--interface", "rsgi", "--host", HOST, "--port", str(options.port),
              "--workers", "1" if options.dev else str(SERVER_PROCESSES), "--respawn-failed-workers", "--no-ws",
              "--workers-kill-timeout", "10", "--log-level", "warning"]  # fmt: skip
    worker = [sys.executable, "-m", "django", "worker"]
    if options.dev:
        server += ["--reload", "--reload-paths", str(SOURCE)]
        worker = [sys.executable, "-m", "watchfiles", "--filter", "python", " ".join(worker), str(SOURCE)]
    made = [
        Service("worker", worker, environment, essential=False),
        Service("server", [*server, "datacity.web.entry:app"], environment),
    ]
    if options.dev and options.watch:
        command, folder = options.watch
        made.append(Service("front end", command, environment, folder=Path(folder), essential=False))
    return made


def answers(port: int) -> bool:
    """Tell whether the first page is there, in the language the server leads to."""
    path = "/"
    for _ in range(3):
        with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
            try:
                connection.request("GET", path, headers={"Accept": "text/html"})
                response = connection.getresponse()
            except OSError:
                return False
            path = response.headers.get("Location", "")
            if response.status == 200 or not path.startswith("/"):
                return response.status == 200
    return False


@contextmanager
def running(each: Sequence[Service]) -> Iterator[None]:
    """Run the services; whatever happens inside, all are stopped in the end, the last started first."""
    try:
        for service in each:
            service.start()
        yield
    finally:
        for service in reversed(each):
            service.stop()


def keep_running(each: Sequence[Service], *, until: float | None = None, port: int = 0) -> bool:
    """Start again what ends; without `until` for ever, else until the first page answers.

    until: monotonic seconds; gives False when that moment passes first. Raises Conflict when one keeps ending.
    """
    while True:
        for service in each:
            service.revive()
        if until is not None:
            if answers(port):
                return True
            if time.monotonic() > until:
                return False
        time.sleep(0.1)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def serve(options: argparse.Namespace) -> None:
    """Prepare the home, run the services, tell when they answer, and stay until stopped.

    Raises Invalid for a wrong setting, Conflict when the port or the home is taken, or when the first page does not come.
    """
    environment = environment_for(options)
    folder = Path(environment["DATACITY_HOME"])
    configuration.load(environment)
    require_free(options.port)
    home.make_folders(folder)
    with home.held(folder):
        news = prepare(options, environment)
        each = services(options, database.for_services(environment, folder))
        with running(each):
            if not keep_running(each, until=time.monotonic() + FIRST_PAGE_SECONDS, port=options.port):
                raise Conflict("up.no_first_page", "The first page did not come within {seconds} seconds.",
                               hint="The lines above say why.", seconds=FIRST_PAGE_SECONDS)  # fmt: skip
            print(f"\nDataCity answers at {environment['DATACITY_PUBLIC_ADDRESS']}", flush=True)
            print(f"{news}\nStop it with Ctrl-C.".strip(), flush=True)
            keep_running(each)


def start_again_without_address(address: str) -> NoReturn:
    """Go on in this process with the address in the environment: other users of the machine read the command line."""
    environment = {**os.environ, "DATACITY_DATABASE_URL": address}
    environment.pop("DATACITY_DATABASE_URL_FILE", None)
    words, kept = iter(sys.argv[1:]), []
    for word in words:
        if word == "--database":
            next(words)
        elif not word.startswith("--database="):
            kept.append(word)
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "datacity.web.up", *kept], environment)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until stopped; a refusal is printed on standard error and gives its exit code."""
    options = parser().parse_args(arguments)
    if options.database:
        start_again_without_address(options.database)
    os.umask(0o077)  # what the processes write into the home is its owner's alone
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        serve(options)
    except Stopped:
        print("\nDataCity has stopped.", flush=True)
        return 0
    except Refusal as refusal:
        print(f"dc up: {refusal}", file=sys.stderr)
        return refusal.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
