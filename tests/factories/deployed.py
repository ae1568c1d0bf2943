# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The layout of `deploy/` on this machine: both planes started as their units say, and nginx with our configuration before them."""

import http.client
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.factories.killing import Mortal, free_port, kill, wait_for
from tests.factories.publishing import ROOT

DEPLOY = ROOT / "deploy"
SYSTEMD = DEPLOY / "systemd"
NAME = "data.valmire.example"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin") or ""
VISITOR = "127.0.0.2"
"""An address of this machine that the configuration counts like anybody's."""


@dataclass(frozen=True)
class Answered:
    """What a server answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def lines_of(unit: str, key: str) -> list[str]:
    """Give the values of a key of a unit, in order."""
    text = (SYSTEMD / unit).read_text(encoding="utf-8")
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]


def certificate(folder: Path, *, days: int = 90) -> Path:
    """Make a certificate for the name and its key, `certificate.pem` and `key.pem`; give the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=days))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "certificate.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder


def asked(port: int, path: str, *, method: str = "GET", body: bytes | None = None, tls: Path | None = None, source: str = "127.0.0.1", **headers: str) -> Answered:  # fmt: skip
    """Ask a server on this machine under the name of the installation; over TLS when its certificate is given."""
    sent = {"Host": NAME, **{name.replace("_", "-"): value for name, value in headers.items()}}
    with closing(connection_to(port, tls=tls, source=source)) as connection:
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answered(response.status, found, response.read())


def connection_to(port: int, *, tls: Path | None = None, source: str = "127.0.0.1") -> http.client.HTTPConnection:
    """Give a connection that is open, verified with the certificate when one is given."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.sock = socket.create_connection(("127.0.0.1", port), 60, (source, 0))
    if tls:
        connection.sock = ssl.create_default_context(cafile=tls).wrap_socket(connection.sock, server_hostname=NAME)
    return connection


@dataclass
class Proxy:
    """nginx with the configuration of `deploy/`, on free ports of this machine, before two planes."""

    folder: Path
    control: int
    data: int
    port: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)
    rate: str = ""
    """A rate in the place of every one that is configured, so that only bursts pass."""

    @property
    def certificate(self) -> Path:
        """The certificate it shows."""
        return self.folder / "tls" / "certificate.pem"

    @property
    def log(self) -> Path:
        """Its log of requests."""
        return self.folder / "datacity.log"

    def ask(self, path: str, **options: object) -> Answered:
        """Ask for a path as a visitor does."""
        return asked(self.port, path, **{"tls": self.certificate, "source": VISITOR, **options})  # type: ignore[arg-type]

    def configuration(self) -> str:
        """Give the configuration with the addresses and folders of this trial; nothing else of it changes."""
        text = (DEPLOY / "nginx" / "datacity.conf").read_text(encoding="utf-8")
        for pattern, new in (
            (r"^\s*listen \[::\].*\n", ""),
            (r"listen 443", f"listen 127.0.0.1:{self.port}"),
            (r"listen 80", f"listen 127.0.0.1:{self.plain}"),
            (r"127\.0\.0\.1:8000", f"127.0.0.1:{self.control}"),
            (r"127\.0\.0\.1:8001", f"127.0.0.1:{self.data}"),
            (r"/etc/datacity/(tls|pages)", rf"{self.folder}/\1"),
            (r"/var/log/nginx", str(self.folder)),
        ):
            text, count = re.subn(pattern, new, text, flags=re.MULTILINE)
            assert count, pattern
        return re.sub(r"rate=\w+/[sm]", f"rate={self.rate}", text) if self.rate else text

    def whole_configuration(self) -> str:
        """Give the file nginx is started with."""
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "scgi", "uwsgi"))  # fmt: skip
        user = "user root;\n" if not os.geteuid() else ""
        return (
            f"{user}daemon off;\nworker_processes 2;\npid {self.folder}/nginx.pid;\nerror_log {self.folder}/error.log;\n"
            f"events {{ worker_connections 2048; }}\nhttp {{\naccess_log off;\n{temporary}{self.configuration()}}}\n"
        )

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        """Run it until its port answers; the test is skipped where nginx is not installed."""
        if not NGINX:
            pytest.skip("nginx is not installed: apt-get install nginx-light")
        certificate(self.folder / "tls")
        (self.folder / "pages").mkdir(exist_ok=True)
        shutil.copy(ROOT / "src" / "datacity" / "web" / "unavailable.html", self.folder / "pages")
        file = self.folder / "nginx.conf"
        file.write_text(self.whole_configuration(), encoding="utf-8")
        with (self.folder / "nginx.out").open("wb") as out:
            process = subprocess.Popen([NGINX, "-p", self.folder, "-c", file], stdout=out, stderr=out, start_new_session=True)  # fmt: skip
        try:
            wait_for(lambda: process.poll() is not None or listens(self.port), seconds=30)
            assert process.poll() is None, (self.folder / "nginx.out").read_text() + (
                self.folder / "error.log"
            ).read_text()
            yield self
        finally:
            process.terminate()
            process.wait(30)


def listens(port: int) -> bool:
    """Tell whether somebody listens."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Deployed(Mortal):
    """A home served by two planes, each started by the command of its unit."""

    data: int = field(default_factory=free_port)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def processes(self) -> list[str]:
        """Give the numbers of the processes that run."""
        return [str(each.pid) for each in self.running if each.poll() is None]

    @property
    def environment(self) -> dict[str, str]:
        """What the processes know: as in `deploy/datacity.env`, but for folders and ports."""
        given = {
            "DATACITY_PUBLIC_ADDRESS": f"https://{NAME}",
            "DATACITY_TRUSTED_PROXIES": "127.0.0.1",
            "DATACITY_LOG_FORMAT": "json",
        }
        return {**super().environment, **given, "CREDENTIALS_DIRECTORY": str(self.home / "keys"), **self.extra}

    def command(self, unit: str) -> list[str]:
        """Give the unit's command with this environment's programs, this home's folders and these ports."""
        (line,) = lines_of(unit, "ExecStart")
        for old, new in (
            ("/opt/datacity/bin", str(Path(sys.executable).parent)),
            ("/var/lib/datacity", str(self.home)),
            ("/var/cache/datacity-data", str(self.folder / "cache")),
            ("${CREDENTIALS_DIRECTORY}", str(self.home / "keys")),
            ("--port 8000", f"--port {self.port}"),
            ("--port 8001", f"--port {self.data}"),
        ):
            line = line.replace(old, new)
        return shlex.split(line)

    def start(self, unit: str) -> subprocess.Popen[bytes]:
        """Start a unit's process; its lines go to `UNIT.log`."""
        with (self.folder / f"{unit}.log").open("ab") as log:
            return subprocess.Popen(self.command(unit), env=self.environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True)  # fmt: skip

    @contextmanager
    def unit(self, unit: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a plane until it answers `/healthz`."""
        process = self.start(unit)
        self.running.append(process)
        port = self.data if unit == "datacity-data.service" else self.port
        try:
            wait_for(lambda: listens(port) and asked(port, "/healthz").status == 200)
            yield process
        finally:
            kill(process)


def until(test: object, *, seconds: float = 30) -> bool:
    """Tell whether the test holds before the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if callable(test) and test():
            return True
        time.sleep(0.02)
    return False
