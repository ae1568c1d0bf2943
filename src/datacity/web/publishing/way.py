# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The steps of the gate, one after the other, each by the person who may take it.

The jobs are worked here until the result is there, or waited for when a worker has taken them.
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from datacity.engine.protection.plan import Plan
from datacity.engine.sources import Doubt, ReadOptions
from datacity.engine.sources import read as read_file
from datacity.frame import scratch
from datacity.frame.city import here
from datacity.kernel.errors import Conflict, Invalid, Refusal
from datacity.kernel.words import msg, render
from datacity.programme.datasets import actions as datasets
from datacity.programme.datasets.models import Dataset, Description, Protection
from datacity.programme.datasets.queries import described, job_protecting, job_reading, proposed_plan
from datacity.programme.datasets.rules import ProtectionState, Reading
from datacity.programme.deposits import actions as deposits
from datacity.programme.deposits.models import Deposit
from datacity.programme.jobs.models import Job
from datacity.programme.jobs.rules import note_of
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Proof
from datacity.programme.privacy import actions as privacy
from datacity.programme.privacy.models import Opinion
from datacity.programme.releases import actions as releases
from datacity.programme.releases.models import Release
from datacity.programme.releases.queries import case_of, release_job
from datacity.programme.releases.rules import State
from datacity.web.publishing.about import Facts, title_from
from datacity.web.worker.loop import place_all, run_due

Say = Callable[..., None]
WAIT_SECONDS = 3_600


def _unseen(done: int, total: int, note: str = "", /, **values: int) -> None:
    """Show nothing."""


@dataclass
class Way:
    """One file on its way: what is known of it, who acts, and what came of each step so far.

    show: hears how far a long step is: done, total, note and the values of its places.
    """

    file: Path
    facts: Facts
    say: Say
    show: Callable[..., None] = _unseen
    options: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()

    def look_first(self) -> None:
        """Read the whole file into the scratch folder, so that one that cannot be read leaves nothing behind.

        Raises what reading raises.
        """
        self.say(msg("Reading {name}."), name=self.file.name)
        with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
            reading = read_file(
                self.file,
                Path(folder) / "text.parquet",
                options=ReadOptions(**self.options),
                progress=self.show,
            )
        self.result["reading"] = {
            "format": reading.format.value,
            "encoding": reading.encoding,
            "rows": reading.rows,
            "columns": len(reading.columns),
            "doubts": [doubt.as_dict() for doubt in reading.doubts],
        }
        self.doubts = reading.doubts

    def fill_gaps(self) -> None:
        """Guess what nobody said, and mark each guess."""
        title = title_from(self.file.name)
        self.facts.guess("title", title, msg("taken from the file name"))
        self.facts.guess(
            "summary",
            {"fr": f"{title} : description à compléter.", "en": f"{title}: to be described."},
            msg("nobody described the file"),
        )
        self.facts.guess(
            "unit_of_observation",
            {"fr": "une ligne du fichier", "en": "one line of the file"},
            msg("nobody said what a row is"),
        )
        self.facts.guess("producer", here().names.title.fr, msg("nobody named the producer"))
        self.facts.guess("legal_title", "administrative", msg("nobody stated the legal title"))
        self.facts.guess("licence", "lov2", msg("the usual licence"))

    def describe(self, slug: str, *, by: Person, at: datetime) -> Description:
        """Deposit the file and have it read and described.

        slug: an existing dataset for a new version, "" for a new dataset. Raises the refusals of the actions, or the one
        that reading met.
        """
        about = self.facts.about()
        self.say(msg("Depositing."))
        handed = deposits.Handed(
            about.title.within("fr"),
            self.file.name,
            self.facts.said["legal_title"],
            self.facts.said.get("legal_reference", ""),
        )
        with self.file.open("rb") as source:
            deposit = deposits.receive(source, handed, by=by, at=at)
        try:
            description = self._described(deposit, slug, by=by, at=at)
        except Refusal:
            deposits.destroy(deposit, reason="Publication refused before the file was read.", by=by, at=at)
            raise
        self.say(msg("Describing."))
        self._wait(description, Reading.WAITING, lambda: job_reading(description))
        if description.state == Reading.REFUSED:
            raise kept(description.refusal)
        self.result |= {"deposit": deposit.reference, "dataset": description.dataset.slug, "number": description.number}
        return description

    def answer_axes(self, description: Description, *, by: Person, at: datetime) -> None:
        """Answer the four axes as said, or as the file suggests, marked as a guess."""
        answers: dict[str, dict[str, str]] = {}
        for proposal in described(description).axes:
            given = self.facts.said.get("axes", {}).get(proposal.axis.value)
            if given is None:
                self.facts.guesses[f"axes.{proposal.axis.value}"] = msg("proposed from what the file shows")
                given = {"answer": proposal.answer.value, "reason": render(proposal.reason, "fr", proposal.values)}
            answers[proposal.axis.value] = {
                "answer": str(given.get("answer", "")),
                "reason": str(given.get("reason", "")),
            }
        datasets.answer_axes(description, answers, by=by, at=at)
        self.result["axes"] = {axis: given["answer"] for axis, given in answers.items()}

    def protect(self, description: Description, plan: Plan | None, *, by: Person, at: datetime) -> Protection:
        """Run the plan (the proposed one when None), measure, attack and present the result.

        Raises the refusals of the actions, or the one that protecting met.
        """
        if plan is None:
            self.facts.guesses["plan"] = msg("proposed from what the file shows")
        self.say(msg("Protecting and attacking."))
        protection = datasets.plan(description, plan or proposed_plan(description), by=by, at=at)
        self._wait(protection, ProtectionState.PLANNED, lambda: job_protecting(protection))
        if protection.state == ProtectionState.FAILED:
            raise kept(protection.failure)
        self.result |= {
            "plan": protection.plan,
            "protection": protection.result,
            "attacks": protection.attacks,
            "after": protection.after,
        }
        review = self.facts.said.get("review")
        presented = datasets.present(protection, by=by, at=at)
        if review:
            privacy.conclude_review(presented.ref, review, outcome=str(review.get("outcome", "")), by=by, at=at)
        return presented

    def opine(
        self, protection: Protection, outcome: str, text: str, *, conditions: str, by: Person, at: datetime
    ) -> None:
        """Give the opinion that was asked for; nothing happens when none is needed."""
        opinion = Opinion.objects.filter(subject=protection.ref, outcome="").first()
        if opinion is not None:
            privacy.give(opinion, outcome=outcome, text=text, conditions=conditions, by=by, at=at)
            self.result["opinion"] = outcome

    def waits(self, protection: Protection) -> list[str]:
        """Give what is still missing before a clearance: `opinion`, `review`."""
        case = case_of(protection, "")
        missing = [
            ("opinion", case.opinion_needed and case.opinion is None),
            ("review", case.review_needed and case.review is None),
        ]
        return [name for name, lacks in missing if lacks]

    def clear(self, protection: Protection, reason: str, *, against: str, by: Person, at: datetime) -> Release:
        """Clear the table and wait until its version is public; the journal says that the shell stood for the person's proof.

        Raises the refusals of the actions, or Conflict when publishing met one.
        """
        self.say(msg("Clearing and releasing."))
        clearance = releases.decide(
            protection, "given", releases.Words(reason, against), by=by, at=at, proven=Proof.SHELL
        )
        release = Release.objects.select_related("dataset").get(clearance=clearance)
        self._wait(release, State.RELEASING, lambda: release_job(release), until=lambda: bool(release.failure))
        if release.failure:
            raise Conflict(release.failure["code"], "{why}", why=release.failure["message"])
        place_all()
        self.result |= {
            "version": release.version,
            "manifest": release.manifest_sha256,
            "rows": protection.result.get("rows_out"),
        }
        self.result["address"] = f"{settings.PUBLIC_ADDRESS}/fr/datasets/{release.dataset.slug}/"
        return release

    def _wait(
        self,
        row: models.Model,
        state: str,
        job: Callable[[], Job | None],
        *,
        until: Callable[[], bool] = lambda: False,
    ) -> None:
        """Work the jobs, or wait for the worker that took them, until the row left the state.

        job: gives the job that is waited for. Raises Conflict after an hour.
        """
        end = time.monotonic() + WAIT_SECONDS
        while True:
            run_due(self._heard)
            row.refresh_from_db()
            if getattr(row, "state") != state or until():  # noqa: B009 -- rows of three models, all with a state
                self.show(1, 1)
                return
            if time.monotonic() > end:
                raise Conflict("publish.late", "The work is still not done after an hour; see the jobs page.")
            if elsewhere := job():
                self._heard(elsewhere.done, elsewhere.total, *note_of(elsewhere.note))
            time.sleep(0.3)

    def _heard(self, done: int, total: int, note: str, values: Mapping[str, int]) -> None:
        self.show(min(done, max(total - 1, 0)), max(total, 1), note, **values)

    def _described(self, deposit: Deposit, slug: str, *, by: Person, at: datetime) -> Description:
        if not slug:
            return datasets.describe(deposit, self.facts.about(), by=by, at=at, options=self.options)
        dataset = Dataset.objects.filter(slug=slug).first()
        if dataset is None:
            raise Invalid(
                "publish.no_dataset",
                "There is no dataset {slug}.",
                hint="Leave --dataset out to make one.",
                field="dataset",
                slug=slug,
            )
        note = self.facts.said.get("change_note") or ""
        if not note:
            note = "Nouvelle version déposée par la ligne de commande."
            self.facts.guesses["change_note"] = msg("nobody said what changed")
        return datasets.describe_version(dataset, deposit, change_note=note, by=by, at=at, options=self.options)


def kept(refusal: dict[str, Any]) -> Invalid:
    """Give back the refusal that a job met and kept."""
    return Invalid(refusal["code"], refusal["message"], hint=refusal.get("hint", ""), **refusal.get("values", {}))
