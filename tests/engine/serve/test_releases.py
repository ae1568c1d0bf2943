# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The data plane over true releases: keys, clearance, freeze, withdrawal, tampering."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof.clearances import Cleared, Representative, clearance_statement
from datacity.engine.proof.hashes import digest_file
from datacity.engine.proof.keys import KeyRing, make
from datacity.engine.proof.public import PublicKey, Trust, Use
from datacity.engine.release import ColumnDetails, ReleaseDetails, Withdrawal, freeze, withdraw
from datacity.engine.serve.catalogues import load
from datacity.engine.serve.plane import DataPlane
from datacity.kernel.words import Words
from tests.factories.publications import COUNTS_COLUMNS, COUNTS_SQL, Reader, content

AT = datetime(2026, 5, 4, 10, tzinfo=UTC)


@dataclass
class City:
    """Keys and a store, and the data plane that trusts those keys."""

    folder: Path
    keys: KeyRing
    reader: Reader

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.folder / "public")

    def release(self, sql: str = COUNTS_SQL) -> None:
        table = self.folder / "table.parquet"
        duckdb.execute(f"COPY ({sql}) TO '{table}' (FORMAT parquet)")
        cleared = Cleared(digest_file(table).sha256, "a" * 64)
        by = Representative("Ariane Test", "maire", "Le risque mesuré est faible.")
        clearance = self.keys.clear(clearance_statement(cleared, by, at=AT, valid_until=AT + timedelta(days=30)))
        details = ReleaseDetails(
            slug="comptages",
            title=Words(fr="Comptages", en="Counts"),
            producer="Direction de la Voirie, Valmire",
            legal_title="administrative",
            columns={
                "forme": ColumnDetails(type="geo_shape"),
                "passages": ColumnDetails(label=Words(fr="Passages comptés"), unit="vélo"),
            },
        )
        freeze(table, details, clearance, {"sentences": []}, keys=self.keys, store=self.store, at=AT)


def plane(folder: Path, trust: Trust) -> DataPlane:
    store = FolderStore(folder / "public")
    found = DataPlane(store, folder=folder / "public", spool=folder / "spool", load=lambda: load(store, trust))
    found.publications._every = 0
    return found


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    (tmp_path / "public").mkdir()
    keys = make(tmp_path / "keys", at=AT)
    found = plane(tmp_path, keys.trust(Use.SEAL))
    yield City(tmp_path, keys, Reader(found))
    found.close()


def test_a_release_answers_as_duckdb_does(city: City) -> None:
    city.release()
    reader = city.reader

    assert reader.json("/comptages/records")["total_count"] == 300
    assert reader.records("comptages", select="sum(passages) as s, avg(vitesse) as a") == [
        dict(
            zip(
                ("s", "a"),
                duckdb.sql(f"SELECT sum(passages), avg(vitesse) FROM ({COUNTS_SQL})").fetchone() or (),
                strict=True,
            )
        )
    ]
    for where in ("passages > 100", "voie = 'Rue de la République 3'", "year(releve) = 2024 and month(jour) = 2"):
        found = duckdb.sql(f"SELECT count(*) FROM ({COUNTS_SQL}) WHERE {where}").fetchone() or ()
        assert reader.json("/comptages/records", {"where": where, "limit": 0})["total_count"] == found[0]
    assert [(each["name"], each["type"]) for each in reader.json("/comptages")["fields"]][:2] == [
        ("passages", "int"),
        ("voie", "text"),
    ]
    assert reader.json("/comptages")["fields"][0]["label"] == "Passages comptés"


def test_every_frozen_file_is_sent_under_its_hash(city: City) -> None:
    city.release()

    manifest = json.loads(content(city.reader.get("/files/comptages/1/manifest.json")))

    assert {each["format"] for each in manifest["files"]} == {"parquet", "csv", "json", "xlsx", "report"}
    for each in manifest["files"]:
        response = city.reader.get(f"/files/comptages/1/{each['name']}")
        assert (response.status, response.header("etag"), len(content(response))) == (
            200,
            f'"{each["sha256"]}"',
            each["bytes"],
        )


def test_a_stranger_verifies_the_manifest_with_the_published_key(city: City) -> None:
    city.release()
    reader = city.reader

    key = PublicKey.from_pem(content(reader.get("/.well-known/seal.pem")).decode())
    signed = key.signed(
        content(reader.get("/files/comptages/1/manifest.sig")), content(reader.get("/files/comptages/1/manifest.json"))
    )

    assert signed
    assert key.id in {each["id"] for each in json.loads(content(reader.get("/.well-known/datacity.json")))["keys"]}


def test_what_is_sealed_by_a_stranger_is_not_served(city: City, tmp_path: Path) -> None:
    city.release()
    other = plane(tmp_path, make(tmp_path / "other", at=AT).trust(Use.SEAL))

    response = Reader(other).get("/files/comptages/1/manifest.json")
    other.close()

    assert response.status == 503
    assert "do not verify" in content(response).decode()


def test_a_broken_snapshot_leaves_the_last_good_one(city: City) -> None:
    city.release()
    before = city.reader.json("/comptages/records")

    city.store.put("CURRENT", b"0" * 64 + b"\n")

    assert city.reader.json("/comptages/records") == before


def test_a_new_version_is_read_and_the_old_one_stays(city: City) -> None:
    city.release()
    city.release(f"SELECT * FROM ({COUNTS_SQL}) WHERE passages < 10")

    assert city.reader.json("/comptages/records")["total_count"] == 9
    assert city.reader.json("/comptages/records", {"version": 1})["total_count"] == 300
    assert city.reader.json("/comptages")["metas"]["datacity"]["versions"] == [1, 2]


def test_a_withdrawn_version_is_gone_and_the_one_before_is_read_again(city: City) -> None:
    city.release()
    city.release(f"SELECT * FROM ({COUNTS_SQL}) WHERE passages < 10")
    why = Withdrawal(Words(fr="Une rue était reconnaissable."), "RGPD art. 17", "maire")

    withdraw("comptages", 2, why, store=city.store, keys=city.keys, at=AT, vault=lambda *_: None)

    gone = city.reader.get("/files/comptages/2/manifest.json", accept="application/json")
    assert (gone.status, json.loads(content(gone))["ground"]) == (410, "RGPD art. 17")
    assert city.reader.json("/comptages/records")["total_count"] == 300


def test_every_column_kind_of_a_release_is_known(city: City) -> None:
    city.release()

    assert {column.kind.value for column in city.reader.plane.table("comptages").columns} <= set(
        COUNTS_COLUMNS.values()
    )
