# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A CSV of 5,000,000 rows and 585 MB the whole way through a running platform: seconds, memory of the job's child, pages meanwhile.

Usage: python benchmarks/size.py [--rows N] [--file CSV] [--keep DIR]; `./dc bench size` runs it as it stands.
`peak MB` is the resident memory of the job's child and all below it, what it shares with its parent included; `server_mb` that of the
web server; `page_ms`, `worst_ms` the front page asked every half second; `told` how often the progress block changed, `silence_s` the
longest time it said the same. A row fails when a child passes the limit of its job.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from house import House, Watch, show
from parking import ABOUT, PLAN, ROWS, write

TITLE = "Sessions de stationnement"
SLUG = "sessions-de-stationnement"
LIMIT_MB = 1_000
WAIT_SECONDS = 3_600
XLSX_MOST = 1_048_575


def figures(folder: Path, *, rows: int = ROWS, file: Path | None = None) -> Iterator[dict[str, Any]]:
    """Give a row for each step of the way."""
    started = time.perf_counter()
    source = file or write(folder / "sessions.csv", rows)
    yield {
        "case": f"make the CSV, {source.stat().st_size / 1e6:.0f} MB",
        "seconds": round(time.perf_counter() - started, 1),
    }
    with House(folder).running() as house:
        os.environ.update(house.environment)
        yield from Journey(house, source).figures()


class Journey:
    """The deeds of the persons, each watched."""

    def __init__(self, house: House, source: Path) -> None:
        """Load Django on the home of the house and make the persons."""
        import django

        django.setup()
        from datacity.web.publishing import persons

        self.house, self.source = house, source
        self.now: Callable[[], Any] = _clock()
        made = {"create": True, "at": self.now()}
        self.steward = persons.find(persons.depositor("Anne Lorme"), **made)
        self.officer = persons.find(persons.officer("Denis Aubry"), **made)
        self.representative = persons.find(persons.representative("Claire Fontanel"), **made)
        self.cookie = _signed_in(self.steward)

    def figures(self) -> Iterator[dict[str, Any]]:
        """Go the whole way."""
        yield self.upload()
        yield self.read()
        yield self.say_anew()
        yield self.look_again()
        yield self.protect()
        yield self.release()
        yield from self.answers()

    def upload(self) -> dict[str, Any]:
        """Hand over the file through the page."""
        fields = {"title": TITLE, "legal_title": "administrative", "legal_reference": "", "organisation": ""}
        with Watch(self.house) as watch:
            self.house.upload("/fr/deposits/new", self.cookie, fields, self.source)
        return {"case": "upload through the page", **watch.figures()}

    def read(self) -> dict[str, Any]:
        """Describe the file and have it read."""
        import tomllib

        from datacity.programme.datasets import actions
        from datacity.programme.deposits.models import Deposit
        from datacity.web.publishing.about import Facts

        facts = Facts(tomllib.loads(ABOUT))
        deposit = Deposit.objects.get(title=TITLE)
        self.axes = facts.said["axes"]
        self.description = actions.describe(deposit, facts.about(), by=self.steward, at=self.now())
        return self.worked("read and describe", self.description, self.block)

    def say_anew(self) -> dict[str, Any]:
        """Save a header and a unit."""
        from datacity.programme.datasets import actions

        decided = {"montant": {"label": "Montant payé", "unit": "€"}}
        with Watch(self.house) as watch:
            made = actions.decide_columns(self.description, decided, by=self.steward, at=self.now())
        if made.state != "read":
            raise SystemExit("saving a unit let the version wait")
        return {"case": "save a header and a unit", **watch.figures()}

    def look_again(self) -> dict[str, Any]:
        """Save another kind of value for one column."""
        from datacity.programme.datasets import actions

        decided = {"duree_min": {"type": "number"}}
        self.description = actions.decide_columns(self.description, decided, by=self.steward, at=self.now())
        return self.worked("save the kind of a column", self.description, self.block)

    def protect(self) -> dict[str, Any]:
        """Answer the axes, plan, protect, attack."""
        from datacity.engine.protection.plan import Plan
        from datacity.programme.datasets import actions

        actions.answer_axes(self.description, self.axes, by=self.steward, at=self.now())
        names = {column["label"]: column["name"] for column in self.description.description["columns"]}
        plan = Plan.parse(PLAN).renamed(names)
        self.protection = actions.plan(self.description, plan, by=self.steward, at=self.now())
        return self.worked(
            "protect, attack, report", self.protection, f"/fr/workshop/protections/{self.protection.pk}/progress"
        )

    def release(self) -> dict[str, Any]:
        """Present, opine, clear, release."""
        from datacity.programme.datasets import actions
        from datacity.programme.people.rules import Proof
        from datacity.programme.privacy import actions as privacy
        from datacity.programme.privacy.queries import opinion_on
        from datacity.programme.releases import actions as releases
        from datacity.programme.releases.models import Release
        from datacity.programme.releases.queries import release_job

        actions.present(self.protection, by=self.steward, at=self.now())
        opinion = opinion_on(self.protection.ref)
        if opinion is not None:
            words = {
                "outcome": "favourable",
                "text": "Le risque mesuré est faible et le plan convient.",
                "conditions": "",
            }
            privacy.give(opinion, **words, by=self.officer, at=self.now())
        said = releases.Words("Données utiles à toutes et tous, risque mesuré.")
        clearance = releases.decide(
            self.protection, "given", said, by=self.representative, at=self.now(), proven=Proof.SHELL
        )
        made = Release.objects.get(clearance=clearance)
        job = release_job(made)
        block = f"/fr/jobs/{job.pk}/progress/" if job else ""
        return self.worked("release: CSV, JSON, Parquet", made, block, by=self.representative)

    def answers(self) -> Iterator[dict[str, Any]]:
        """Ask the API and take the files as a stranger does."""
        base = f"/api/explore/v2.1/catalog/datasets/{SLUG}"
        questions = {
            "API: count of all rows": ("records", {"select": "count(*) as n"}),
            "API: page of a district, newest first": (
                "records",
                {"where": "quartier = 'Les Halles'", "order_by": "debut desc", "limit": "100"},
            ),
            "API: group by over all rows": (
                "records",
                {"select": "count(*) as n, avg(montant) as m", "group_by": "quartier"},
            ),
            "API: two facets": ("facets", {"facet": ["quartier", "regime"]}),
            "API: export of a district as CSV": ("exports/csv", {"where": "quartier = 'Les Halles'"}),
            "API: 100,000 rows as XLSX": ("exports/xlsx", {"limit": "100000"}),
            "page of the dataset": ("", {}),
        }
        for name, (part, query) in questions.items():
            address = f"{base}/{part}?{urlencode(query, doseq=True)}" if part else f"/fr/datasets/{SLUG}/"
            with Watch(self.house) as watch:
                size = self.house.size_of(address)
            yield {"case": name, **watch.figures(), "bytes": size}
        yield self.xlsx_refused(base)
        with Watch(self.house) as watch:
            size = self.house.size_of(f"/files/{SLUG}/1/{SLUG}-v1.csv")
        yield {"case": "download of the whole CSV", **watch.figures(), "bytes": size}

    def xlsx_refused(self, base: str) -> dict[str, Any]:
        """Ask for all rows as XLSX, which a sheet cannot hold; the reason comes instead."""
        with Watch(self.house) as watch:
            status, _, body = self.house.ask(f"{base}/exports/xlsx?lang=fr")
        if self.rows > XLSX_MOST and status != 409:
            raise SystemExit(f"XLSX of {self.rows} rows: {status} {body[:300]!r}")
        return {"case": "API: all rows as XLSX, the reason", **watch.figures(), "bytes": len(body)}

    @property
    def block(self) -> str:
        """The address of the progress of reading."""
        return f"/fr/workshop/datasets/{SLUG}/{self.description.number}/progress"

    @property
    def rows(self) -> int:
        """The rows read."""
        return int(self.description.reading["rows"])

    def worked(self, case: str, row: Any, block: str, *, by: Any = None) -> dict[str, Any]:
        """Wait until the row leaves its state, watching. Raises SystemExit when it failed or its child passed the limit."""
        state = row.state
        end = time.monotonic() + WAIT_SECONDS
        cookie = _signed_in(by) if by else self.cookie
        with Watch(self.house, block=block, cookie=cookie) as watch:
            while row.state == state and time.monotonic() < end and not getattr(row, "failure", None):
                time.sleep(0.2)
                row.refresh_from_db()
        if row.state in {state, "refused", "failed"} or watch.child_mb > LIMIT_MB:
            told = getattr(row, "refusal", "") or getattr(row, "failure", "") or watch.told[-1:]
            raise SystemExit(f"{case}: {row.state}, {watch.child_mb} MB, {told}")
        for at, text in watch.told:
            sys.stderr.write(f"{case} {at:7.1f} s  {text}\n")
        return {"case": case, **watch.figures()}


def _clock() -> Callable[[], Any]:
    from django.conf import settings

    return settings.CLOCK.now  # type: ignore[no-any-return]


def _signed_in(person: Any) -> str:
    """Begin a session and give its cookie."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from datacity.web.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def main() -> None:
    """Read the arguments, go the way, print a JSON line for each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--file", type=Path, help="a CSV made before with the same rows")
    parser.add_argument("--keep", type=Path, help="folder to work in and leave")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="datacity-bench-") as folder:
        for row in figures(options.keep or Path(folder), rows=options.rows, file=options.file):
            show(row)


if __name__ == "__main__":
    main()
