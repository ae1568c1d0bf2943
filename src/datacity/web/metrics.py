# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Figures of one home for a monitor, computed when it asks: nothing is kept in this process, no person stands in them.

Any process of the server gives the same answer, because everything is read from the database, the home and the shared counts.
`deploy/alerts.yml` says which of them wake somebody up.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from datacity import __version__
from datacity.engine.proof.public import Use, listed_keys
from datacity.engine.serve import counting
from datacity.kernel.errors import Invalid
from datacity.programme.jobs import queries as jobs
from datacity.programme.journal import queries as journal
from datacity.programme.messages import queries as messages
from datacity.web.backup import keeping

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
NEVER = float("inf")
BACKUP = {
    "age_seconds": "Since the last backup was made; infinite when there is none.",
    "bytes": "Size of the last backup.",
    "seconds": "How long making it took.",
    "sound": "1 when its check found every hash and the journal as they were.",
    "healthy": "1 when it is neither missing, too old, failed nor unsound.",
}
"""What each figure of the last backup says."""


class Figures(Collector):
    """Reads every figure at one moment."""

    def __init__(self, at: datetime, checks: Mapping[str, bool]) -> None:
        """Take the moment and the readiness checks made at it."""
        self._at = at
        self._checks = checks

    def collect(self) -> Iterable[Metric]:
        """Give the families of figures."""
        yield gauge("datacity_info", "The version that answers.", "version", {__version__: 1})
        yield gauge("datacity_check", "What readiness needs: 1 there, 0 not.", "name", {name: int(is_there) for name, is_there in self._checks.items()})  # fmt: skip
        yield from self._work()
        yield from self._time_left()
        disks = {name: shutil.disk_usage(folder) for name, folder in places().items()}
        yield gauge("datacity_disk_free_bytes", "Bytes free on the disk that holds a folder.", "folder", {name: disk.free for name, disk in disks.items()})  # fmt: skip
        yield gauge("datacity_disk_size_bytes", "Bytes of the disk that holds a folder.", "folder", {name: disk.total for name, disk in disks.items()})  # fmt: skip
        for name, figure in keeping.latest(self._at).figures(self._at).items():
            yield GaugeMetricFamily(f"datacity_backup_{name}", BACKUP[name], figure)
        yield requests()

    def _work(self) -> Iterator[Metric]:
        seen = jobs.worker_seen()
        silence = NEVER if seen is None else (self._at - seen).total_seconds()
        yield gauge("datacity_jobs", "Jobs in each state; dead ones wait for a person.", "state", {str(state): count for state, count in jobs.counts().items()})  # fmt: skip
        yield GaugeMetricFamily("datacity_worker_silence_seconds", "Since the worker's last sign of life.", silence)
        yield GaugeMetricFamily("datacity_journal_positions", "Entries that have a position.", journal.size())
        yield GaugeMetricFamily(
            "datacity_journal_late", "Entries without position after 60 s.", journal.late_entries(at=self._at)
        )
        yield GaugeMetricFamily(
            "datacity_journal_lag_seconds",
            "Age of the oldest entry without position.",
            journal.lag_seconds(at=self._at),
        )
        yield GaugeMetricFamily(
            "datacity_mails_undelivered", "Mails that wait or expired.", messages.undelivered_count()
        )

    def _time_left(self) -> Iterator[Metric]:
        yield gauge(
            "datacity_key_expires_timestamp_seconds",
            "End of the newest key of each use; 0 without one.",
            "use",
            key_ends(settings.KEYS),
        )
        if settings.CERTIFICATE:
            yield GaugeMetricFamily(
                "datacity_certificate_expires_timestamp_seconds",
                "End of the proxy's certificate; 0 when it cannot be read.",
                certificate_end(settings.CERTIFICATE),
            )


def gauge(name: str, help_text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    """Give a family of one label."""
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for value, figure in values.items():
        family.add_metric([value], figure)
    return family


def places() -> dict[str, Path]:
    """Give the folders whose disk must not fill up: the home and the publications, when they are there."""
    return {
        name: folder for name, folder in {"home": settings.HOME, "public": settings.STORE}.items() if folder.is_dir()
    }


def key_ends(folder: Path) -> dict[str, float]:
    """Give when the newest key of each use ends, in seconds since 1970; 0 where there is none."""
    try:
        listed = listed_keys(json.loads((folder / "keys.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, Invalid):
        listed = []
    ends = {str(use): 0.0 for use in Use}
    for key in listed:
        if key.use in ends and key.valid_until:
            ends[key.use] = max(ends[key.use], datetime.fromisoformat(key.valid_until).timestamp())
    return ends


def certificate_end(path: Path) -> float:
    """Give when the first certificate of a PEM file ends, in seconds since 1970; 0 when the file cannot be read as one."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.replace(tzinfo=UTC).timestamp()
    except (OSError, ValueError):
        return 0.0


def requests() -> CounterMetricFamily:
    """Give how many requests the server answered, by plane and class of status."""
    family = CounterMetricFamily("datacity_requests", "Requests answered.", labels=["plane", "status"])
    for labels, count in counting.read(settings.HOME / "spool").items():
        family.add_metric(list(labels), count)
    return family


def exposition(*, at: datetime, checks: Mapping[str, bool]) -> bytes:
    """Give all figures as Prometheus reads them, at this moment."""
    registry = CollectorRegistry()
    registry.register(Figures(at, checks))
    return bytes(generate_latest(registry))
