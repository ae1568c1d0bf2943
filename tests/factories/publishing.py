# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The command `publish` on a home of its own, what it said, what it left, and what strangers then get."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import tomli_w
from django.conf import settings
from django.core.management import call_command

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.serve import catalogues
from datacity.engine.serve.exchange import FileBody, Request
from datacity.engine.serve.plane import DataPlane
from datacity.programme.datasets.models import Dataset
from datacity.programme.deposits.models import Deposit
from datacity.programme.journal.models import Entry
from datacity.programme.people.models import Person
from tests.factories import databases

ROOT = Path(__file__).resolve().parents[2]
PERSONS = (
    "--create-people",
    "--deposit-as=Anne Lorme",
    "--clear-as=Claire Fontanel",
    "--opinion-as=Denis Aubry",
    "--opinion=favourable",
    "--opinion-text=Le risque mesuré est faible et le plan convient.",
    "--reason=Données utiles à toutes et tous, risque mesuré.",
)
REVIEW = {
    "groups": "Les habitants des petites zones.",
    "harms": "Être montrés du doigt pour leur quartier.",
    "safeguards": "Les petites zones sont regroupées.",
    "hearing": "Le conseil de quartier a été entendu.",
    "outcome": "with_safeguards",
}


@dataclass(frozen=True)
class Told:
    """What the command answered: exit code, messages, what it printed, its JSON."""

    code: int
    messages: str
    printed: str
    data: dict[str, Any] = field(repr=False)

    @property
    def refusal(self) -> str:
        """The code of the refusal, "" when there was none."""
        return str(self.data.get("error", {}).get("code", ""))


def publish(file: Path, *options: str, about: Mapping[str, Any] | None = None) -> Told:
    """Run the command as an administrator does, all persons given. about: what ABOUT.toml says."""
    result = Path(settings.HOME).parent / "result.json"
    result.unlink(missing_ok=True)
    if about is not None:
        said = Path(settings.HOME).parent / "ABOUT.toml"
        said.write_text(tomli_w.dumps(about), encoding="utf-8")
        options = (*options, f"--about={said}")
    messages, printed, code = io.StringIO(), io.StringIO(), 0
    with redirect_stderr(messages), redirect_stdout(printed):
        try:
            call_command("publish", str(file), *PERSONS, f"--json={result}", "--language=en", *options)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Told(code, messages.getvalue(), printed.getvalue(), json.loads(result.read_text(encoding="utf-8")))


def left_behind() -> dict[str, Any]:
    """Tell everything a publication makes and a refusal must not."""
    home = Path(settings.HOME)
    folders = {name: home / name for name in ("vault", "scratch", "public", "spool")}
    files = {
        name: sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        for name, folder in folders.items()
    }
    rows = {model.__name__: model.objects.count() for model in (Deposit, Dataset, Person, Entry)}
    return {name: found for name, found in {**files, **rows}.items() if found}


@dataclass
class City:
    """A home worked on by real processes only, as an administrator's machine is."""

    folder: Path

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.folder / "home"

    def django(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the site in the home."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DATACITY_")}
        paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        own = {"DATACITY_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "datacity.web.settings", "PYTHONPATH": paths}
        own |= databases.environment(self.home)
        command = [sys.executable, "-m", "django", *arguments]
        return subprocess.run(
            command, env={**kept, **own}, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def prepare(self) -> "City":
        """Make the home, empty and with keys."""
        made = self.django("prepare", "--no-demo")
        assert made.returncode == 0, made.stderr
        return self

    def publish(self, file: Path, *options: str, about: Mapping[str, Any] | None = None) -> Told:
        """Publish a file. about: what ABOUT.toml says."""
        result = self.folder / f"{file.name}.result.json"
        if about is not None:
            (self.folder / "ABOUT.toml").write_text(tomli_w.dumps(about), encoding="utf-8")
            options = (*options, f"--about={self.folder / 'ABOUT.toml'}")
        done = self.django("publish", str(file), *PERSONS, f"--json={result}", "--language=en", *options)
        data = json.loads(result.read_text(encoding="utf-8")) if result.exists() else {}
        return Told(done.returncode, done.stderr, done.stdout, data)

    def stranger(self) -> "Stranger":
        """Give somebody who asks what is public."""
        return Stranger.at(self.home / "public", self.folder / "spool", (self.home / "keys" / "keys.json",))


@dataclass
class Stranger:
    """Somebody with no account, who asks the data plane of the home."""

    plane: DataPlane

    @classmethod
    def arrive(cls) -> "Stranger":
        """Give a stranger in front of this home's publications."""
        home = Path(settings.HOME)
        return cls.at(Path(settings.STORE), home / "spool" / "api", (home / "keys" / "keys.json",))

    @classmethod
    def at(cls, public: Path, spool: Path, trust: Sequence[Path]) -> "Stranger":
        """Give a stranger who trusts these keys, in front of a folder of publications."""
        store = FolderStore(public)
        return cls(DataPlane(store, folder=public, spool=spool, load=lambda: catalogues.load(store, trust)))

    def ask(self, path: str, **query: Any) -> bytes:
        """Give the bytes at an address, which must answer 200."""
        response = self.plane.answer(Request("GET", path, urlencode(query), {}))
        content = response.body.read() if isinstance(response.body, FileBody) else response.body
        assert response.status == 200, content
        return content

    def rows(self, slug: str, **query: Any) -> dict[str, Any]:
        """Give the answer of `records`."""
        found: dict[str, Any] = json.loads(self.ask(f"/api/explore/v2.1/catalog/datasets/{slug}/records", **query))
        return found

    def download(self, slug: str, version: int, folder: Path) -> dict[str, Path]:
        """Save manifest, seal, public key and every file of a version; give format → path."""
        folder.mkdir()
        here = f"/files/{slug}/{version}"
        manifest = self.ask(f"{here}/manifest.json")
        named = {each["format"]: each["name"] for each in json.loads(manifest)["files"]}
        for name in ("manifest.json", "manifest.sig", *named.values()):
            (folder / name).write_bytes(self.ask(f"{here}/{name}"))
        (folder / "seal.pem").write_bytes(self.ask("/.well-known/seal.pem"))
        return {form: folder / name for form, name in named.items()}
