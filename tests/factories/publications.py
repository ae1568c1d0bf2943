# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Small publications to ask, and a reader of the data plane over them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.serve.exchange import FileBody, Request, Response
from datacity.engine.serve.plane import DataPlane
from datacity.engine.serve.publications import Catalogue, Tombstone, Version, version_of
from datacity.kernel.canonical import canonical_bytes, sha256_hex

BASE = "/api/explore/v2.1/catalog/datasets"

COUNTS_SQL = """
SELECT i AS passages, 'Rue de la République ' || (i % 7) AS voie, CASE WHEN i % 4 = 0 THEN NULL ELSE i * 0.5::DOUBLE END AS vitesse,
       DATE '2024-01-01' + (i % 60)::INTEGER AS jour, TIMESTAMP '2024-06-30 22:30:00' + to_hours(i) AS releve,
       i % 2 = 0 AS actif, {'lon': 2.0::DOUBLE + i, 'lat': 48.5::DOUBLE} AS point,
       '{"type":"Point","coordinates":[2.0,48.5]}' AS forme, lpad((i % 20)::VARCHAR, 2, '0') AS arrondissement
FROM range(1, 301) r(i)
"""
COUNTS_COLUMNS = {
    "passages": "integer",
    "voie": "text",
    "vitesse": "number",
    "jour": "date",
    "releve": "datetime",
    "actif": "boolean",
    "point": "geo_point",
    "forme": "geo_shape",
    "arrondissement": "text",
}


@dataclass
class Publisher:
    """Publishes tables made by SQL into a folder, as a release leaves them, and serves them."""

    folder: Path
    spool: Path
    versions: dict[str, tuple[Version, ...]] = field(default_factory=dict)
    tombstones: dict[tuple[str, int], Tombstone] = field(default_factory=dict)

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.folder)

    def release(self, slug: str, sql: str, columns: Mapping[str, str], **details: Any) -> Version:
        """Freeze the rows of the SQL as the next version of the dataset."""
        number = len(self.versions.get(slug, ())) + 1
        made = self.folder.parent / f"{slug}-{number}.parquet"
        duckdb.execute(f"COPY ({sql}) TO '{made}' (FORMAT parquet)")
        rows = duckdb.execute(f"SELECT count(*) FROM '{made}'").fetchone()
        content = made.read_bytes()
        sha = sha256_hex(content)
        self.store.put(f"blobs/{sha}", content)
        manifest = {
            "datacity": 1,
            "kind": "release",
            "slug": slug,
            "version": number,
            "title": {"fr": f"Jeu {slug}", "en": f"Dataset {slug}"},
            "description": {"fr": "Une table d'essai."},
            "producer": "Direction de la Voirie, Valmire",
            "licence": "lov2",
            "columns": [
                {"name": name, "label": name.capitalize(), "type": kind, "unit": "", "meaning": ""}
                for name, kind in columns.items()
            ],
            "rows": rows[0] if rows else 0,
            "files": [{"name": f"{slug}.parquet", "format": "parquet", "bytes": len(content), "sha256": sha}],
            "released_at": f"2026-0{number}-01T10:00:00Z",
            **details,
        }
        version = version_of(manifest, sha256_hex(canonical_bytes(manifest)), b"\x01" * 64)
        self.versions[slug] = (*self.versions.get(slug, ()), version)
        self.changed()
        return version

    def withdraw(self, slug: str, number: int, reason: str) -> None:
        """Take a version out, leaving its tombstone."""
        self.versions[slug] = tuple(each for each in self.versions[slug] if each.number != number)
        if not self.versions[slug]:
            del self.versions[slug]
        content = {"reason": {"fr": reason}, "ground": "RGPD art. 17", "at": "2026-05-04T10:00:00Z"}
        self.tombstones[slug, number] = Tombstone(slug, number, content)
        self.changed()

    def changed(self) -> None:
        """Name the new snapshot, as a release does last."""
        held = {slug: [each.number for each in versions] for slug, versions in self.versions.items()}
        self.store.put("CURRENT", sha256_hex(canonical_bytes([held, len(self.tombstones)])).encode())

    def load(self) -> Catalogue:
        """Give the catalogue as a verified snapshot would."""
        return Catalogue(self.store.get("CURRENT").decode(), dict(self.versions), dict(self.tombstones))


@dataclass
class Reader:
    """Asks the data plane without a server."""

    plane: DataPlane

    def get(self, path: str, query: Mapping[str, Any] | str = "", **headers: str) -> Response:
        """Ask with GET; a header `if_none_match="x"` is sent as If-None-Match."""
        text = query if isinstance(query, str) else urlencode(query, doseq=True)
        return self.plane.answer(
            Request("GET", path, text, {name.replace("_", "-"): value for name, value in headers.items()})
        )

    def json(self, path: str, query: Mapping[str, Any] | str = "") -> Any:
        """Ask for JSON below the datasets, and give it parsed."""
        return json.loads(content(self.get(BASE + path, query)))

    def records(self, slug: str, **query: Any) -> list[dict[str, Any]]:
        """Give the records that answer a question."""
        return list(self.json(f"/{slug}/records", query)["results"])


def content(response: Response) -> bytes:
    """Give the bytes of a response."""
    return response.body.read() if isinstance(response.body, FileBody) else response.body
