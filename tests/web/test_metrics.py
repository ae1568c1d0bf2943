# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The figures of a home for a monitor, and the alerts that are built on them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from django.test import override_settings
from prometheus_client.parser import text_string_to_metric_families

from datacity import __version__
from datacity.engine.proof import keys
from datacity.engine.serve.counting import Counts
from datacity.frame import guards
from datacity.programme.jobs import queries as jobs
from datacity.programme.jobs.models import Job
from datacity.programme.journal.models import Entry
from datacity.web import metrics
from tests.factories import people

pytestmark = pytest.mark.django_db
T0 = datetime(2027, 3, 1, 12, tzinfo=UTC)
NAME = re.compile(r"\bdatacity_[a-z_]+")


@contextmanager
def home(folder: Path, **settings: Any) -> Iterator[None]:
    with override_settings(HOME=folder, KEYS=folder / "keys", STORE=folder / "public", **settings):
        yield


def figures(at: datetime = T0) -> dict[tuple[str, ...], float]:
    text = metrics.exposition(at=at, checks={"keys": True, "worker": False}).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(each.name, *each.labels.values()): each.value for each in samples}


def certificate(path: Path, *, until: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "data.valmire.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, until - timedelta(days=90), until)
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))


def alerts() -> list[dict[str, Any]]:
    text = (Path(__file__).resolve().parents[2] / "deploy" / "alerts.yml").read_text(encoding="utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def test_an_empty_home_gives_alarming_figures_and_not_a_fault(tmp_path: Path) -> None:
    with home(tmp_path):
        found = figures()

    assert found["datacity_info", __version__] == 1
    assert (found["datacity_check", "keys"], found["datacity_check", "worker"]) == (1, 0)
    assert found[("datacity_worker_silence_seconds",)] == float("inf")
    assert (found["datacity_key_expires_timestamp_seconds", "seal"], found["datacity_jobs", "dead"]) == (0, 0)
    assert not [key for key in found if key[0].startswith("datacity_certificate") or key[-1] == "public"]


def test_figures_say_what_the_home_holds(tmp_path: Path) -> None:
    keys.make(tmp_path / "keys", at=T0, years=2)
    (tmp_path / "public").mkdir()
    certificate(tmp_path / "proxy.pem", until=T0 + timedelta(days=20))
    Counts(tmp_path / "spool").add("data", 503)
    Job.objects.create(name="x", state="dead", run_at=T0, created_at=T0)

    with home(tmp_path, CERTIFICATE=tmp_path / "proxy.pem"):
        found = figures()

    assert found["datacity_key_expires_timestamp_seconds", "clearance"] > (T0 + timedelta(days=729)).timestamp()
    assert found[("datacity_certificate_expires_timestamp_seconds",)] == (T0 + timedelta(days=20)).timestamp()
    assert found["datacity_requests_total", "data", "5xx"] == 1
    assert found["datacity_jobs", "dead"] == 1
    assert 0 < found["datacity_disk_free_bytes", "public"] < found["datacity_disk_size_bytes", "public"]


def test_a_certificate_that_cannot_be_read_is_told_as_ended(tmp_path: Path) -> None:
    (tmp_path / "proxy.pem").write_text("nothing")

    assert metrics.certificate_end(tmp_path / "proxy.pem") == 0
    assert metrics.certificate_end(tmp_path / "absent.pem") == 0


def test_lag_is_the_age_of_the_oldest_entry_without_position(tmp_path: Path, owner: Any) -> None:
    people.person()
    with owner(), guards.lifted(connection):
        Entry.objects.update(recorded_at=T0 - timedelta(seconds=90))
        with home(tmp_path):
            found = figures()

    assert (found[("datacity_journal_lag_seconds",)], found[("datacity_journal_late",)] > 0) == (90, True)


def test_the_workers_sign_of_life_is_told_in_seconds(tmp_path: Path) -> None:
    (tmp_path / jobs.WORKER_SIGN).touch()

    with home(tmp_path):
        found = figures(datetime.now(UTC) + timedelta(seconds=30))

    assert 29 < found[("datacity_worker_silence_seconds",)] < 60


def test_every_figure_of_an_alert_is_given(tmp_path: Path) -> None:
    keys.make(tmp_path / "keys", at=T0)
    (tmp_path / "public").mkdir()
    with home(tmp_path, CERTIFICATE=tmp_path / "proxy.pem"):
        given = {key[0] for key in figures()}

    wanted = {rule["alert"]: set(NAME.findall(rule["expr"])) for rule in alerts()}
    assert {name: names - given for name, names in wanted.items() if names - given} == {}
    assert [name for name, names in wanted.items() if not names] == ["DataCityDown"]


def test_every_alert_says_how_urgent_it_is_and_what_to_do() -> None:
    for rule in alerts():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "action"}
        assert rule["for"]


def test_the_alerts_that_matter_are_there() -> None:
    watched = {name for rule in alerts() for name in NAME.findall(rule["expr"])}

    assert {
        "datacity_journal_lag_seconds", "datacity_jobs", "datacity_key_expires_timestamp_seconds", "datacity_disk_free_bytes",
        "datacity_worker_silence_seconds", "datacity_requests_total", "datacity_certificate_expires_timestamp_seconds",
        "datacity_backup_healthy",
    } <= watched  # fmt: skip


def test_no_person_stands_in_the_figures(tmp_path: Path) -> None:
    someone = people.person()

    with home(tmp_path):
        text = metrics.exposition(at=T0, checks={}).decode()

    assert someone.name not in text
    assert "@" not in text
