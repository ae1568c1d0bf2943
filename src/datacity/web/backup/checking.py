# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Check a backup as if it were needed: every hash, every name `CURRENT` needs, every key of the vault, database and journal.

The journal is recomputed from its first entry in a process of its own, which sees nothing but the database and the public log of
the backup, and compared with that log.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.adapters.vault import read_destroyed
from datacity.engine.release import holdings
from datacity.kernel.errors import Conflict, Missing
from datacity.web.backup import archive, databases, dumps, versions
from datacity.web.backup.archive import Manifest, Progress

_ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "STORE_URL")


@dataclass(frozen=True)
class Checked:
    """A backup that holds. told: what the check of the journal said, one line. destroyed: how many names its log holds."""

    manifest: Manifest
    told: str
    destroyed: int

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        about, facts = self.manifest.about, self.manifest.facts
        return {
            "made_at": facts["made_at"], "product": about["product"], "database": about["database"], "demo": about["demo"],
            "with_keys": about["with_keys"], "entries": facts["entries"], "files": len(self.manifest.files),
            "bytes": sum(each.size for each in self.manifest.files.values()), "journal": self.told, "destroyed": self.destroyed,
        }  # fmt: skip


def check(path: Path, *, scratch: Path, progress: Progress = lambda *_: None) -> Checked:
    """Read the whole backup and check all of it. scratch: a private folder on a disk with room for the database, twice.

    Raises Conflict when something does not hold, naming it; Invalid or Conflict as `archive.unpack`.
    """
    with TemporaryDirectory(dir=scratch, prefix="check-") as name:
        folder = Path(name)
        manifest = archive.unpack(path, into=folder, wanted=_looked_at, look=versions.refuse_newer, progress=progress)
        require_complete(manifest, folder)
        told = _check_journal(folder, str(manifest.about["database"]))
        return Checked(manifest, told, len(read_destroyed(folder / "vault" / "destroyed.log")))


def _looked_at(name: str) -> bool:
    """Tell whether a member is needed beyond its hash: everything but bytes of publications and of the vault."""
    return not name.startswith(("public/blobs/", "vault/", "keys/")) or name == "vault/destroyed.log"


def require_complete(manifest: Manifest, folder: Path) -> None:
    """Raise Conflict when the archive lacks something that a whole home has, or its database is damaged.

    folder: where everything but blobs and vault was unpacked.
    """
    held, kind = set(manifest.files), str(manifest.about.get("database"))
    names = ["home.json", databases.MEMBER.get(kind, "database"), *_needed(folder)]
    names += [
        f"{name.removesuffix('.age')}.key" for name in held if name.startswith("vault/") and name.endswith(".age")
    ]
    if absent := sorted(set(names) - held):
        raise Conflict(
            "backup.incomplete",
            "The backup lacks {name} and {others} more.",
            hint="Use another backup.",
            name=absent[0],
            others=len(absent) - 1,
        )
    if kind == databases.SQLITE:
        databases.check_sqlite(folder / databases.MEMBER[kind])


def _needed(folder: Path) -> list[str]:
    """Give the members that the unpacked `CURRENT` needs."""
    public = FolderStore(folder / "public")
    try:
        return [f"public/{name}" for name in holdings.holdings(public, holdings.mark(public)).needed]
    except Missing as error:
        return [f"public/{error.values['name']}"]


def _check_journal(folder: Path, kind: str) -> str:
    """Recompute the journal of the unpacked database. Raises Conflict with the first fault."""
    database = folder / databases.MEMBER[kind]
    if kind == databases.POSTGRESQL:
        database = dumps.journal_as_sqlite(
            database, folder / "journal.sqlite3", migrate=lambda to: _django(folder, to, "migrate", "journal", "-v0")
        )
    done = _django(folder, database, "verify_journal")
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["?"]
        fault = said[-1] if said[0].startswith("Traceback") else said[0]
        raise Conflict("backup.journal", "The journal in the backup does not hold: {fault}", fault=fault[:300])
    return done.stdout.strip()


def _django(folder: Path, database: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the site on nothing but the unpacked database and publications."""
    left_out = {f"DATACITY_{name}{ending}" for name in _ADDRESSES for ending in ("", "_FILE")}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    own = {
        "DATACITY_HOME": str(folder),
        "DATACITY_KEYS": str(folder / "no-keys"),
        "DATACITY_DATABASE_URL": f"sqlite://{database}",
        "DATACITY_STORE_URL": f"file://{folder / 'public'}",
        "DJANGO_SETTINGS_MODULE": "datacity.web.settings",
        "DATACITY_LOG_LEVEL": "error",
    }
    return subprocess.run(
        [sys.executable, "-m", "django", *command], env={**kept, **own}, cwd=folder, capture_output=True, text=True, check=False
    )  # fmt: skip
