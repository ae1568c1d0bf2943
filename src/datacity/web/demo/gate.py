# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Take a subject through the gate as far as its story goes, each step by the person who may take it.

Every step looks first whether it was taken already, so that a making that was cut short goes on where it stopped.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from datacity.engine.protection.plan import Plan
from datacity.engine.sources.names import technical_name
from datacity.frame.typography import typo
from datacity.kernel.errors import Conflict
from datacity.kernel.words import Words
from datacity.programme.datasets import actions as datasets
from datacity.programme.datasets import queries as found
from datacity.programme.datasets.models import Dataset, Description, Protection
from datacity.programme.datasets.rules import ProtectionState, Reading
from datacity.programme.deposits import actions as deposits
from datacity.programme.deposits.models import Deposit
from datacity.programme.people.rules import Proof
from datacity.programme.privacy import actions as privacy
from datacity.programme.privacy.queries import opinion_on, review_of
from datacity.programme.releases import actions as releases
from datacity.programme.releases.models import Clearance, Release
from datacity.programme.releases.queries import release_job
from datacity.programme.releases.rules import State
from datacity.web.demo.city import View
from datacity.web.demo.stage import Stage
from datacity.web.demo.subjects.subject import Subject

Told = Callable[[str], None]


@dataclass
class Way:
    """A subject on its way over the stage. told: hears of each step, in English."""

    subject: Subject
    stage: Stage
    told: Told = lambda _note: None

    def go(self) -> Dataset | None:
        """Take every step the story has so far and give the dataset; None while there is only a deposit."""
        self.told(f"{self.subject.title.en}: deposit")
        deposit = self.deposit()
        if self.subject.days.described is None:
            return None
        description = self.describe(deposit, self.subject.days.described)
        if description.state == Reading.READ and self.subject.axes:
            self.told(f"{self.subject.title.en}: protection")
            self.protect_and_decide(description)
        return description.dataset

    def protect_and_decide(self, description: Description) -> None:
        """Answer the axes, protect, present, opine, review and decide, as far as the story goes."""
        self.answer(description)
        if self.subject.days.protected is None:
            return
        protection = self.protect(description)
        if self.subject.days.presented is None:
            return
        presented = self.present(protection)
        self.review(presented)
        self.opine(presented)
        if self.subject.days.decided is not None:
            self.told(f"{self.subject.title.en}: decision")
            self.decide(presented)

    def deposit(self) -> Deposit:
        """Hand over the file; given back when it was handed over before."""
        subject, depositor = self.subject, self.stage.person(self.subject.depositor)
        before = Deposit.objects.filter(
            title=subject.title.within("fr"), filename=subject.filename, deposited_by=depositor
        ).first()
        if before is not None:
            return before
        at = self.at(subject.days.deposited, "09:12")
        organisation = self.stage.organisation(subject.organisation) if subject.organisation else None
        handed = deposits.Handed(
            subject.title.within("fr"), subject.filename, *subject.legal, organisation=organisation
        )
        return deposits.receive(io.BytesIO(subject.content(self.view)), handed, by=depositor, at=at)

    def describe(self, deposit: Deposit, day: int) -> Description:
        """Describe the file, columns included, and have it read."""
        subject, steward = self.subject, self.stage.person("steward")
        row = (
            Description.objects.filter(dataset__slug=subject.slug, number=subject.number)
            .select_related("dataset", "deposit")
            .first()
        )
        if row is None:
            at = self.at(day, "10:05")
            if subject.number > 1:
                dataset = Dataset.objects.get(slug=subject.slug)
                datasets.change_about(dataset, self.about(), by=steward, at=at)
                row = datasets.describe_version(
                    dataset, deposit, change_note=_fr(subject.change_note), by=steward, at=at
                )
            else:
                row = datasets.describe(deposit, self.about(), by=steward, at=at, decisions=self.decisions())
        self.stage.settle(found.job_reading(row))
        row.refresh_from_db()
        return row

    def decisions(self) -> dict[str, dict[str, str | None]]:
        """Give what the steward writes about the columns, by their technical names."""
        return {
            technical_name(label): {"meaning": _fr(each.meaning), "unit": each.unit}
            for label, each in self.subject.meanings.items()
        }

    def answer(self, row: Description) -> None:
        """Answer the four axes."""
        if row.axes:
            return
        axes = {axis: {"answer": answer, "reason": _fr(reason)} for axis, (answer, reason) in self.subject.axes.items()}
        datasets.answer_axes(
            row, axes, by=self.stage.person("steward"), at=self.at(self.subject.days.described or 0, "11:30")
        )
        row.refresh_from_db()

    def protect(self, row: Description) -> Protection:
        """Plan, run and attack. Raises Conflict when the plan could not be run: a fault of the demonstration."""
        protection = found.protections(row).first()
        if protection is None:
            names = {column["label"]: column["name"] for column in row.description["columns"]}
            plan = Plan.parse(self.subject.plan).renamed(names)
            at = self.at(self.subject.days.protected or 0, "14:10")
            protection = datasets.plan(row, plan, by=self.stage.person("steward"), at=at)
        self.stage.settle(found.job_protecting(protection))
        protection.refresh_from_db()
        if protection.state in {ProtectionState.FAILED, ProtectionState.PLANNED}:
            raise Conflict("demo.not_protected", "The demonstration's dataset {slug} could not be protected: {failure}.",
                           slug=self.subject.slug, failure=str(protection.failure))  # fmt: skip
        return protection

    def present(self, protection: Protection) -> Protection:
        """Present the table for opinion and decision."""
        if protection.state != ProtectionState.ATTACKED:
            return protection
        at = self.at(self.subject.days.presented or 0, "15:20")
        return datasets.present(protection, by=self.stage.person("steward"), at=at)

    def review(self, protection: Protection) -> None:
        """Conclude the collective review, when the story has one."""
        wanted, day = self.subject.review, self.subject.days.reviewed
        if wanted is None or day is None or review_of(protection.ref):
            return
        parts = {name: _fr(getattr(wanted, name)) for name in ("groups", "harms", "safeguards", "hearing")}
        at = self.at(day, "10:30")
        privacy.conclude_review(protection.ref, parts, outcome=wanted.outcome, by=self.stage.person("steward"), at=at)

    def opine(self, protection: Protection) -> None:
        """Give the opinion, when it was asked for and the story has one."""
        wanted, day, asked = self.subject.opinion, self.subject.days.opined, opinion_on(protection.ref)
        if wanted is None or day is None or asked is None or asked.outcome:
            return
        at = self.at(day, "16:15")
        words = {"outcome": wanted.outcome, "text": _fr(wanted.text), "conditions": _fr(wanted.conditions)}
        privacy.give(asked, **words, by=self.stage.person("officer"), at=at)

    def decide(self, protection: Protection) -> None:
        """Clear or refuse; a cleared version is released. Raises Conflict when it could not be published."""
        wanted = self.subject.decision
        if wanted is None:
            return
        if not Clearance.objects.filter(protection=protection).exists():
            at = self.at(self.subject.days.decided or 0, "11:05")
            words = releases.Words(_fr(wanted.reason), _fr(wanted.against))
            releases.decide(
                protection, wanted.outcome, words, by=self.stage.person("representative"), at=at, proven=Proof.DEMONSTRATION
            )  # fmt: skip
        release = Release.objects.filter(clearance__protection=protection).select_related("dataset").first()
        if release is None:
            return
        self.stage.settle(release_job(release))
        release.refresh_from_db()
        if release.state == State.RELEASING:
            raise Conflict("demo.not_released", "The demonstration's dataset {slug} could not be released: {failure}.",
                           slug=self.subject.slug, failure=str(release.failure))  # fmt: skip

    def at(self, day: int, hour: str) -> datetime:
        """Go on to a day of the subject and give the moment."""
        return self.stage.on_day(day, hour) if self.subject.days.exact else self.stage.on(day, hour)

    @property
    def view(self) -> View:
        """What the file is made from: the eve of its deposit, at the size of the demonstration."""
        eve = self.stage.moment(self.subject.days.deposited, "09:00").date() - timedelta(days=1)
        scale = 1 if self.subject.years_back else self.stage.scale
        return View(eve, scale, self.subject.years_back, self.subject.number)

    def about(self) -> datasets.About:
        """Give what readers are told."""
        subject, days = self.subject, self.view.days(self.subject.period_days)
        return datasets.About(
            title=subject.title, summary=_words(subject.summary), unit_of_observation=_words(subject.unit), producer=subject.producer, licence=subject.licence,
            contact=subject.contact, territory="Valmire", rhythm=subject.rhythm, period_start=days[0], period_end=days[-1],
            themes=subject.themes, keywords=subject.keywords,
        )  # fmt: skip


def _fr(text: str) -> str:
    """Give a French text with its no-break spaces."""
    return typo(text, "fr")


def _words(words: Words) -> Words:
    return Words(_fr(words.fr), words.en)
