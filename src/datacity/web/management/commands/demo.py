# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`demo`: make the demonstration on a demo home, or go on with it; called at every start of one.

Standard output tells who can be tried; progress goes to standard error.
"""

import os
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from datacity.engine.proof.public import Use, moment
from datacity.kernel.errors import Conflict, Refusal
from datacity.programme.releases.queries import keys
from datacity.web import demo, start
from datacity.web.demo import story, tasks
from datacity.web.demo.cast import CAST, PASSWORD
from datacity.web.worker.loop import place_all


class Command(BaseCommand):
    """Play the opening, queue the chapters, print the accounts; again, it only prints."""

    help = "Make the demonstration of this demo home: a fictional city with people, an edition and datasets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size."""
        parser.add_argument(
            "--scale", type=int, default=1, help="size at the first start: rows and datasets, 1 to 10 (1)"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Make or go on; a refusal is printed and gives its own exit code."""
        os.umask(0o077)
        try:
            self.make(options["scale"])
        except Refusal as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(refusal.exit_code) from None
        self.stdout.write(accounts())

    def make(self, scale: int) -> None:
        """Play the opening and queue the first chapter. Raises Conflict on a home that is no demo home."""
        if not demo.is_here():
            raise Conflict(
                "demo.real_home", "This home is no demo home, and never becomes one.", hint="Start one with another --home, without --no-demo."
            )  # fmt: skip
        start.collect()  # the home became a demo after this process began
        if story.begun() is None:
            require_keys_of_its_past(at=settings.CLOCK.now() - demo.BEFORE)
        begun = story.begin(start=settings.CLOCK.now(), scale=max(1, min(scale, 10)))
        story.opening(begun, lambda note: self.stderr.write(f"demonstration: {note}"))
        tasks.queue(0, begun)
        place_all()


def require_keys_of_its_past(*, at: datetime) -> None:
    """Raise Conflict when the keys are not valid at the moment the demonstration begins."""
    for use in Use:
        try:
            keys().key(use, at=at)
        except Conflict as error:
            raise Conflict(
                "demo.young_keys",
                "The keys of this home are not valid at the past moment in which the demonstration begins: {moment}.",
                hint="Start without --keys on a new home: the start then makes keys that are old enough.",
                moment=moment(at),
            ) from error


def accounts() -> str:
    """Give the accounts that can be signed in to, with the one password."""
    lines = [f"Demonstration. One password for all accounts: {PASSWORD}"]
    lines += [f"  {part.email:44} {part.name}: {part.does.en}" for part in CAST if part.password]
    lines += ["Where a code of an app is asked, the strip at the top of the page shows it: on a demonstration only."]
    return "\n".join([*lines, "Without signing in: “See as …” at the top of every page."])
