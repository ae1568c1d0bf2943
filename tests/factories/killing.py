# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A home whose server and worker are real processes that can be killed, and what must hold afterwards."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datacity.engine.proof.verifying import verify
from tests.factories import databases
from tests.factories.publishing import ROOT, City

BOUNDARY = "limite-de-valmire"
START_SECONDS = 150


def free_port() -> int:
    """Give a port nobody uses now."""
    with closing(socket.socket()) as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@dataclass
class Mortal(City):
    """A city whose processes are killed."""

    port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)

    @classmethod
    def copy_of(cls, other: City, folder: Path) -> "Mortal":
        """Give a copy of a home, to be hurt in its place."""
        databases.copied(other.home, folder / "home")
        return cls(folder)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes know."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DATACITY_")}
        paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        own = {"DATACITY_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "datacity.web.settings", "PYTHONPATH": paths}
        own |= databases.environment(self.home)
        return {**kept, **own, "DATACITY_PUBLIC_ADDRESS": f"http://127.0.0.1:{self.port}", **self.extra}

    def run(self, code: str) -> str:
        """Run Python in the home, Django set up, and give what it printed."""
        command = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
        done = subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    @contextmanager
    def started(self, *command: str) -> Any:
        """Run a Python program in a group of its own; whatever of it still lives at the end is killed."""
        with (self.folder / "process.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command], env=self.environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )  # fmt: skip
        try:
            yield process
        finally:
            kill(process)

    def worker(self) -> Any:
        """Run the worker."""
        return self.started("-m", "django", "worker")

    @contextmanager
    def server(self) -> Any:
        """Run the server and wait for its first page."""
        command = ("-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(self.port), "--no-ws")
        with self.started(*command, "datacity.web.entry:app") as process:
            wait_for(lambda: self.status("/fr/") == 200, seconds=START_SECONDS)
            yield process

    def status(self, path: str) -> int:
        """Ask for a path; 0 while nobody answers."""
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
                connection.request("GET", path)
                return connection.getresponse().status
        except OSError:
            return 0

    def ask(self, path: str) -> str:
        """Give the text of a page, whatever its status."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def one(self, question: str) -> Any:
        """Ask the database one value, past Django."""
        return databases.rows(self.home, question)[0][0]

    def leases_run_out(self) -> None:
        """Let the time of every lease pass, and let what lies in the vault be old."""
        databases.rows(self.home, "UPDATE jobs_job SET lease_until = '2026-01-01 00:00:00' WHERE state = 'running'")
        databases.rows(self.home, "DELETE FROM jobs_job WHERE name = 'releases.tidy'")
        for path in (self.home / "vault").iterdir():
            os.utime(path, (0, 0))

    def recover(self) -> None:
        """Do what the next start does: work until nothing is left to do."""
        self.leases_run_out()
        done = self.django("worker", "--until-idle")
        assert done.returncode == 0, done.stderr[-2000:]

    def wrong(self) -> dict[str, Any]:
        """Tell what does not hold now; empty when all is well."""
        found: dict[str, Any] = {
            "public": self.public_fault(),
            "half": sorted(path.name for path in (self.home / "vault").iterdir() if path.suffix in (".part", ".new")),
            "journal": self.django("verify_journal").returncode,
            "scratch": [str(path) for path in (self.home / "scratch").rglob("*") if path.is_file()],
            "unknown": sorted(self.in_vault() - self.known()),
            "lost": sorted(self.known() - self.in_vault()),
        }
        return {name: value for name, value in found.items() if value}

    def public_fault(self) -> str:
        """Give what a stranger finds wrong in the public folder: every blob is read and hashed."""
        public = self.home / "public"
        if not (public / "CURRENT").exists():
            return ""
        wrong = verify(public, trust=(self.home / "keys" / "keys.json",)).first_wrong
        return wrong.message if wrong else ""

    def in_vault(self) -> set[str]:
        """Give the names of the vault's files, withdrawn tables apart."""
        return {path.stem for path in (self.home / "vault").glob("*.age") if not path.stem.startswith("withdrawn-")}

    def known(self) -> set[str]:
        """Give the names of vault files that rows stand for."""
        rows = "SELECT vault_name n FROM deposits_deposit UNION SELECT text_file FROM datasets_description UNION SELECT typed_file FROM datasets_description UNION SELECT sample_file FROM datasets_description UNION SELECT table_file FROM datasets_protection"
        return {name for (name,) in databases.rows(self.home, rows) if name}


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a program and everything it started, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(test: Callable[[], object], *, seconds: float = 120) -> None:
    """Wait until the test holds."""
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


class Upload:
    """A file on its way to the deposit page, sent piece by piece over a connection of its own."""

    def __init__(self, city: Mortal, session: str, *, megabytes: int = 30) -> None:
        """Open the connection, send the head of the form and nothing of the file yet."""
        self.connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=60)
        fields = {"title": "Comptages", "legal_title": "administrative", "csrfmiddlewaretoken": "a" * 32}
        parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]  # fmt: skip
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="c.csv"\r\nContent-Type: text/csv\r\n\r\n')  # fmt: skip
        self.head, self.tail = "".join(parts).encode(), f"\r\n--{BOUNDARY}--\r\n".encode()
        self.pieces = [b"Quai;2026-10-01;12\n" * 5_000] * (megabytes * 10)
        self.connection.putrequest("POST", "/fr/deposits/new")
        length = len(self.head) + len(self.tail) + sum(map(len, self.pieces))
        for name, value in (
            ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}"),
            ("Content-Length", str(length)),
            ("Cookie", f"{session}; datacity_csrf={'a' * 32}"),
            ("Origin", f"http://127.0.0.1:{city.port}"),
        ):
            self.connection.putheader(name, value)
        self.connection.endheaders()

    def send(self, share: float) -> None:
        """Send this share of the file (1: all, and the end of the form)."""
        self.connection.send(self.head)
        for piece in self.pieces[: round(len(self.pieces) * share)]:
            self.connection.send(piece)
        if share == 1:
            self.connection.send(self.tail)

    def answer(self) -> int:
        """Give the status of the answer; 0 when the server is gone."""
        try:
            return self.connection.getresponse().status
        except OSError:
            return 0
        finally:
            self.connection.close()
