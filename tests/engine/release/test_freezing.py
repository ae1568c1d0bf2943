# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Release: what is frozen, what is refused, what happens twice."""

from datetime import timedelta
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof import keys
from datacity.engine.proof.hashes import digest_file
from datacity.engine.proof.public import Use
from datacity.engine.proof.verifying import verify
from datacity.engine.release import ColumnDetails, State, current, freeze
from datacity.kernel.canonical import canonical_bytes, sha256_hex
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Refusal
from datacity.kernel.words import Words
from tests.factories.sealed import AT, REPORT, City

SMALL = "SELECT i AS number, 'x' AS name FROM range(5) r(i)"


def test_release_is_the_first_version_of_its_dataset(city: City) -> None:
    table = city.table()
    details = city.details(columns={"forme": ColumnDetails(Words("Forme", "Shape"), "geo_shape", "", Words("Tracé"))})

    released = freeze(table, details, city.clear(table), REPORT, keys=city.ring, store=city.store, at=AT)

    manifest = released.manifest
    assert (manifest["slug"], manifest["version"], manifest["rows"], manifest["previous"]) == (
        "comptages",
        1,
        300,
        None,
    )
    assert (manifest["released_at"], manifest["plan_fingerprint"]) == ("2026-05-04T12:00:00Z", "ab" * 32)
    assert manifest["legal_title"] == {"kind": "administrative", "reference": ""}
    assert [column["type"] for column in manifest["columns"]] == [
        "integer", "text", "number", "date", "datetime", "boolean", "geo_point", "geo_shape", "text", "text", "text"]  # fmt: skip
    assert manifest["columns"][7] == {
        "name": "forme",
        "label": {"fr": "Forme", "en": "Shape"},
        "type": "geo_shape",
        "unit": "",
        "meaning": {"fr": "Tracé"},
    }
    assert [each["name"] for each in manifest["files"]] == [
        "comptages-v1.parquet", "comptages-v1.csv", "comptages-v1.json", "comptages-v1.xlsx", "report.json"]  # fmt: skip
    assert city.store.get(released.blob("report")) == canonical_bytes(REPORT)
    assert released.sha256 == sha256_hex(canonical_bytes(dict(manifest)))
    assert city.snapshot.latest("comptages") == released


def test_published_parquet_is_the_cleared_file(city: City) -> None:
    released = city.release()

    assert city.store.get(released.blob("parquet")) == (city.folder / "table1.parquet").read_bytes()
    assert released.manifest["clearance"]["statement"]["table"] == digest_file(city.folder / "table1.parquet").sha256


def test_next_version_names_the_hash_of_the_one_before_and_the_difference(city: City) -> None:
    first = city.release("SELECT i AS id, i * 2 AS twice FROM range(10) r(i)", key=("id",))
    second = city.release(
        "SELECT i AS id, CASE WHEN i = 9 THEN 0 ELSE i * 2 END AS twice, 'n' AS extra FROM range(1, 13) r(i)",
        key=("id",),
    )

    versions = city.snapshot.datasets["comptages"]
    assert (second.version, second.manifest["previous"]) == (2, first.sha256)
    assert [(each.version, each.state) for each in versions] == [(1, State.SUPERSEDED), (2, State.RELEASED)]
    assert versions[1].difference == {
        "to": 1,
        "columns": {"added": ["extra"], "removed": [], "retyped": []},
        "rows": {"before": 10, "after": 12, "added": 3, "removed": 1, "changed": 1},
    }


def test_same_clearance_releases_once(city: City) -> None:
    table = city.table()
    clearance = city.clear(table)
    first = freeze(table, city.details(), clearance, REPORT, keys=city.ring, store=city.store, at=AT)
    names = list(city.store.list())

    again = freeze(
        table, city.details(), clearance, REPORT, keys=city.ring, store=city.store, at=AT + timedelta(hours=1)
    )

    assert (again.sha256, again.version, list(city.store.list())) == (first.sha256, 1, names)
    with pytest.raises(Conflict, match="already released version 1 of comptages, with other details"):
        freeze(table, city.details("other"), clearance, REPORT, keys=city.ring, store=city.store, at=AT)
    assert list(city.store.list()) == names


def test_two_releases_at_once_get_consecutive_versions(city: City) -> None:
    failures: list[BaseException] = []

    def release(number: int) -> None:
        try:
            table = tables[number]
            freeze(table, city.details(), clearances[number], REPORT, keys=city.ring, store=city.store, at=AT)
        except Refusal as refusal:
            failures.append(refusal)

    tables = [city.table(f"SELECT {number} AS number") for number in range(4)]
    clearances = [city.clear(table) for table in tables]
    threads = [Thread(target=release, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    versions = city.snapshot.datasets["comptages"]
    assert failures == []
    assert [each.version for each in versions] == [1, 2, 3, 4]
    assert [each.manifest["previous"] for each in versions] == [None, *(each.sha256 for each in versions[:3])]
    assert verify(city.store.root, trust=city.trust).holds


def _other_table(city: City, table: Path, clearance: dict[str, object]) -> None:
    pq.write_table(pa.table({"number": [1, 2]}), table)


def _changed_reason(city: City, table: Path, clearance: dict[str, object]) -> None:
    clearance["statement"]["reason"] = "another"  # type: ignore[index]


def _own_key(city: City, table: Path, clearance: dict[str, object]) -> None:
    thief = keys.make(city.folder / "thief", at=AT - timedelta(days=1))
    clearance.update(thief.clear({**clearance["statement"]}, at=AT))  # type: ignore[dict-item]


def _signed_with_the_seal_key(city: City, table: Path, clearance: dict[str, object]) -> None:
    clearance.update(city.ring.seal_statement({**clearance["statement"]}, at=AT))  # type: ignore[dict-item]


def _garbled(city: City, table: Path, clearance: dict[str, object]) -> None:
    clearance["signature"] = "no base64!"


@pytest.mark.parametrize(("doctor", "refusal", "said"), [
    (_other_table, Conflict, "for another table"),
    (_changed_reason, Forbidden, "changed after it was signed"),
    (_own_key, Forbidden, "no clearance key of this place"),
    (_signed_with_the_seal_key, Forbidden, "no clearance key of this place"),
    (_garbled, Invalid, "not base64"),
])  # fmt: skip
def test_release_refuses_a_clearance_that_is_not_for_this_table(
    city: City, doctor, refusal: type[Refusal], said: str
) -> None:
    table = city.table(SMALL)
    clearance = city.clear(table)
    doctor(city, table, clearance)

    with pytest.raises(refusal, match=said):
        freeze(table, city.details(), clearance, REPORT, keys=city.ring, store=city.store, at=AT)

    assert list(city.store.list()) == []


@pytest.mark.parametrize(("days", "said"), [(31, "holds from"), (-1, "holds from")])
def test_release_refuses_a_clearance_outside_its_validity(city: City, days: int, said: str) -> None:
    table = city.table(SMALL)
    clearance = city.clear(table)

    with pytest.raises(Conflict, match=said):
        freeze(table, city.details(), clearance, REPORT, keys=city.ring, store=city.store, at=AT + timedelta(days=days))

    assert list(city.store.list()) == []
    assert (
        freeze(
            table, city.details(), clearance, REPORT, keys=city.ring, store=city.store, at=AT + timedelta(days=29)
        ).version
        == 1
    )


def test_release_refuses_another_plan(city: City) -> None:
    table = city.table(SMALL)

    with pytest.raises(Conflict, match="for another plan"):
        freeze(
            table,
            city.details(plan_fingerprint="cd" * 32),
            city.clear(table),
            REPORT,
            keys=city.ring,
            store=city.store,
            at=AT,
        )

    assert list(city.store.list()) == []


@pytest.mark.parametrize(("sql", "said"), [
    ("SELECT 1 AS a WHERE false", "has no row"),
    ("SELECT 'NaN'::DOUBLE AS a", "not a number"),
    ("SELECT 'infinity'::DOUBLE AS a", "infinity"),
    ("SELECT [1, 2] AS a", "has the type list"),
    ("SELECT {'x': 1} AS a", "has the type struct"),
    ("SELECT 'a'::BLOB AS a", "has the type binary"),
    ('SELECT 1 AS "a\t"', "not printable"),
])  # fmt: skip
def test_release_refuses_a_table_it_cannot_freeze(city: City, sql: str, said: str) -> None:
    table = city.table(sql)

    with pytest.raises(Invalid, match=said):
        freeze(table, city.details(), city.clear(table), REPORT, keys=city.ring, store=city.store, at=AT)

    assert list(city.store.list()) == []


def test_release_refuses_what_is_not_parquet_and_what_hides_metadata(city: City) -> None:
    text = city.folder / "text.parquet"
    text.write_text("a;b\n1;2\n")
    hidden = city.folder / "hidden.parquet"
    pq.write_table(pa.table({"a": [1]}).replace_schema_metadata({"names": "Anne, Paul"}), hidden)

    with pytest.raises(Invalid, match="not a Parquet file"):
        freeze(text, city.details(), city.clear(text), REPORT, keys=city.ring, store=city.store, at=AT)
    with pytest.raises(Invalid, match="hidden metadata: names"):
        freeze(hidden, city.details(), city.clear(hidden), REPORT, keys=city.ring, store=city.store, at=AT)
    assert list(city.store.list()) == []


@pytest.mark.parametrize(("columns", "said"), [
    ({"gone": ColumnDetails()}, "no column “gone”"),
    ({"number": ColumnDetails(type="text")}, "says text, but the table holds integer"),
    ({"name": ColumnDetails(type="poem")}, "says poem"),
])  # fmt: skip
def test_release_refuses_details_that_do_not_fit_the_table(
    city: City, columns: dict[str, ColumnDetails], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        city.release(SMALL, columns=columns)
    assert list(city.store.list()) == []


def test_snapshot_of_an_untrusted_key_is_refused(city: City, tmp_path: Path) -> None:
    city.release(SMALL)
    stranger = keys.make(tmp_path / "stranger", at=AT)

    with pytest.raises(Forbidden, match="not trusted here"):
        current(city.store, stranger.trust())
    with pytest.raises(Forbidden, match="not trusted here"):
        current(city.store, [])
    assert city.snapshot.number == 1


def test_successor_of_the_seal_key_is_trusted_by_those_who_trust_the_first(city: City) -> None:
    city.release(SMALL)
    old = city.trust
    city.ring = keys.renew(city.folder / "keys", Use.SEAL, at=AT)

    city.release("SELECT 6 AS number")

    snapshot = current(city.store, old)
    assert (snapshot.number, snapshot.content["sealed_by"]["key"] in {key.id for key in old.keys}) == (2, False)
    assert verify(city.store.root, trust=old).holds


@pytest.mark.parametrize("name", ["snapshot.json", "snapshot.sig", "manifest"])
def test_snapshot_with_a_flipped_byte_is_refused_naming_the_file(city: City, name: str) -> None:
    released = city.release(SMALL)
    sha = city.store.get("CURRENT").decode().strip()
    target = city.store.root / (
        f"manifests/{released.sha256}.json" if name == "manifest" else f"snapshots/{sha}/{name}"
    )
    data = bytearray(target.read_bytes())
    data[20] ^= 1
    target.write_bytes(data)
    moved = city.store.root.rename(city.folder / "elsewhere")

    with pytest.raises(Conflict, match="is not as it was sealed"):
        current(FolderStore(moved), city.trust)


def test_release_tells_its_steps_in_order_and_never_goes_back(city: City) -> None:
    table = city.table()
    told: list[tuple[int, int, str]] = []

    freeze(
        table, city.details(), city.clear(table), REPORT, keys=city.ring, store=city.store, at=AT,
        progress=lambda done, total, note, /, **_values: told.append((done, total, note)),
    )  # fmt: skip

    notes = list(dict.fromkeys(note.partition(":")[0] for _, _, note in told))
    assert notes == ["writing the CSV", "writing the JSON", "writing the XLSX", "sealing"]
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
