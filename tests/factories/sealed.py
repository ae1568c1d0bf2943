# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A city that really releases: keys, tables made by SQL, clearances, a folder of publications."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof import keys
from datacity.engine.proof.clearances import Cleared, Representative, clearance_statement
from datacity.engine.proof.hashes import digest_file
from datacity.engine.proof.keys import KeyRing
from datacity.engine.proof.public import Trust, Use
from datacity.engine.release import Published, ReleaseDetails, Snapshot, Withdrawal, current, freeze, withdraw
from datacity.kernel.words import Words

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
PLAN = "ab" * 32
REPORT = {"singling_out": {"uniques": 0}, "k": 5}
WHY = Withdrawal(
    Words("Une erreur d'arrondi révèle un commerce.", "A rounding error reveals a shop."),
    "CRPA L311-6",
    "Représentante de la ville",
)

EVERY_TYPE = """
SELECT i AS passages, 'Rue; "de" la' || chr(10) || 'République ' || (i % 7) AS voie,
       CASE WHEN i % 4 = 0 THEN NULL ELSE i * 0.5::DOUBLE END AS vitesse, DATE '2024-01-01' + (i % 60)::INTEGER AS jour,
       TIMESTAMP '2024-06-30 22:30:00' + to_hours(i) AS releve, i % 2 = 0 AS actif, {'lon': 2.0::DOUBLE + i, 'lat': 48.5::DOUBLE} AS point,
       '{"type":"Point","coordinates":[2.0,48.5]}' AS forme, lpad((i % 20)::VARCHAR, 2, '0') AS arrondissement,
       CASE WHEN i % 3 = 0 THEN NULL ELSE '' END AS vide, '=1+' || i AS formule
FROM range(1, 301) r(i)
"""


@dataclass
class City:
    """Valmire's way from a table to the public folder."""

    folder: Path
    at: datetime = AT
    ring: KeyRing = field(init=False)
    made: int = 0

    def __post_init__(self) -> None:
        self.ring = keys.make(self.folder / "keys", at=AT - timedelta(days=1))

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.folder / "public")

    @property
    def trust(self) -> Trust:
        return self.ring.trust(Use.SEAL)

    @property
    def snapshot(self) -> Snapshot:
        return current(self.store, self.trust)

    def table(self, sql: str = EVERY_TYPE) -> Path:
        """Write a table as the protection leaves it."""
        self.made += 1
        path = self.folder / f"table{self.made}.parquet"
        duckdb.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        return path

    def details(self, slug: str = "comptages", **changes: Any) -> ReleaseDetails:
        given: dict[str, Any] = {
            "title": Words("Comptages de vélos", "Bike counts"),
            "description": Words("Passages par heure et par rue.", "Passages an hour and street."),
            "producer": "Direction de la voirie de Valmire",
            "legal_title": "administrative",
            "keywords": ("mobilité",),
        }
        return ReleaseDetails(slug=slug, **{**given, **changes})

    def clear(self, table: Path, *, days: int = 30, **changes: Any) -> dict[str, Any]:
        """Sign that the table may leave."""
        statement = clearance_statement(
            Cleared(digest_file(table).sha256, PLAN),
            Representative("Anne Martel", "Adjointe au maire", "Risque mesuré, plus petit groupe de cinq."),
            at=self.at,
            valid_until=self.at + timedelta(days=days),
        )
        return self.ring.clear({**statement, **changes}, at=self.at)

    def release(self, sql: str = EVERY_TYPE, slug: str = "comptages", **changes: Any) -> Published:
        """Release the rows of the SQL as the next version."""
        table = self.table(sql)
        return freeze(
            table,
            self.details(slug, **changes),
            self.clear(table),
            REPORT,
            keys=self.ring,
            store=self.store,
            at=self.at,
        )

    def withdraw(self, slug: str = "comptages", version: int = 1) -> tuple[Published, dict[str, bytes]]:
        """Take a version back; give it, and what the vault got."""
        vault: dict[str, bytes] = {}
        found = withdraw(
            slug,
            version,
            WHY,
            store=self.store,
            keys=self.ring,
            at=self.at,
            vault=lambda sha, data: vault.__setitem__(sha, data.read()),
        )
        return found, vault

    def download(self, published: Published, *formats: str) -> Path:
        """Put manifest, seal and files of a version into a folder, as a reader saves them."""
        folder = self.folder / f"download-{published.slug}-{published.version}"
        folder.mkdir(exist_ok=True)
        (folder / "manifest.json").write_bytes(self.store.get(f"manifests/{published.sha256}.json"))
        (folder / "manifest.sig").write_bytes(self.store.get(f"manifests/{published.sha256}.sig"))
        for form, name in self.names(published):
            if form in formats:
                (folder / name).write_bytes(self.store.get(published.blob(form)))
        return folder

    def names(self, published: Published) -> Iterator[tuple[str, str]]:
        """Give (format, name) of each file of a version."""
        return ((each["format"], each["name"]) for each in published.manifest["files"])
