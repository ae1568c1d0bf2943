# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`publish`: the administrator's tool that takes a file the whole way, server running or not.

The persons it names are the ones the journal shows; who runs it holds the home, as with any administration of the machine.
"""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from datacity.engine.cli.console import Console, Outcome, existing_file
from datacity.engine.cli.describe import doubt_line
from datacity.engine.protection.plan import Plan
from datacity.kernel.errors import Conflict, Invalid, Refusal
from datacity.kernel.words import msg
from datacity.programme.people.queries import home_is_empty
from datacity.programme.privacy.rules import Outcome as Opinions
from datacity.programme.releases.rules import ClearanceOutcome, check_reason
from datacity.web import home
from datacity.web.publishing import about, persons
from datacity.web.publishing.way import Way

NO_REASONS = "Avis saisi par la ligne de commande, sans motif détaillé."
"""What an opinion says when only its outcome was given; honest, and public."""


class Command(BaseCommand):
    """Deposit, describe, protect, attack, have it opined on and cleared, release."""

    help = "Take a file the whole way into the open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, what it is, the persons and the words of the decision."""
        parser.add_argument("file", help="the file to publish")
        parser.add_argument("--about", default="", help="ABOUT.toml: what the file is")
        parser.add_argument("--dataset", default="", help="slug of a dataset: make its next version")
        parser.add_argument("--plan", default="", help="PLAN.toml; the proposed plan without it")
        parser.add_argument("--deposit-as", default="", help="name or address of who deposits and describes")
        parser.add_argument("--clear-as", default="", help="name or address of who clears")
        parser.add_argument("--reason", default="", help="why it may leave; published")
        parser.add_argument("--against", default="", help="why it leaves against an unfavourable opinion; published")
        parser.add_argument("--opinion-as", default="", help="name or address of the data protection officer")
        parser.add_argument(
            "--opinion", default="", choices=["", *(each.value for each in Opinions)], help="the opinion"
        )
        parser.add_argument("--opinion-text", default=NO_REASONS, help="the reasons of the opinion")
        parser.add_argument("--conditions", default="", help="the conditions of an opinion with conditions")
        parser.add_argument("--create-people", action="store_true", help="make the persons on a home that has none")
        parser.add_argument("--language", choices=["fr", "en"], default="", help="language of the messages")
        parser.add_argument("--json", default="", help="write the result there, - for standard output")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Go the way; a refusal is said and gives its own exit code."""
        os.umask(0o077)
        console = Console(options["language"] or settings.LANGUAGE_CODE, options["json"])
        way: Way | None = None
        try:
            console.check_json_target()
            options = ask_missing(options)
            way = make_way(options, console)
            console.show(go(way, options, console))
        except Refusal as refusal:
            console.refuse(refusal)
            raise SystemExit(refusal.exit_code) from None


def make_way(options: dict[str, Any], console: Console) -> Way:
    """Give the way of the file. Raises Missing or Invalid for a file that is not there or an ABOUT.toml that is wrong."""
    facts = about.read(existing_file(options["about"])) if options["about"] else about.Facts()
    reading = dict(facts.said.get("reading", {}))
    return Way(existing_file(options["file"]), facts, console.say, console.progress, options=reading)


def go(way: Way, options: dict[str, Any], console: Console) -> Outcome:
    """Take every step. Raises the first refusal met; Conflict saying what waits when the decision cannot be taken yet."""
    at = settings.CLOCK.now()
    plan = Plan.parse(existing_file(options["plan"]).read_text(encoding="utf-8")) if options["plan"] else None
    way.look_first()
    for doubt in way.doubts:
        console.err.write(f"{doubt_line(doubt, console)}\n")
    way.fill_gaps()
    create = may_create(asked=options["create_people"])
    depositor = persons.find(persons.depositor(options["deposit_as"]), create=create, at=at)
    representative = persons.find(persons.representative(options["clear_as"]), create=create, at=at)
    officer = (
        persons.find(persons.officer(options["opinion_as"]), create=create, at=at) if options["opinion_as"] else None
    )
    description = way.describe(options["dataset"], by=depositor, at=at)
    way.answer_axes(description, by=depositor, at=at)
    protection = way.protect(description, plan, by=depositor, at=at)
    if officer is not None:
        conditions = options["conditions"] or NO_REASONS
        way.opine(protection, options["opinion"], options["opinion_text"], conditions=conditions, by=officer, at=at)
    refuse_waiting(way.waits(protection), way.result["dataset"])
    way.clear(protection, options["reason"], against=options["against"], by=representative, at=settings.CLOCK.now())
    way.result["guesses"] = {name: console.words(why) for name, why in sorted(way.facts.guesses.items())}
    return Outcome(way.result, text(way, console))


def refuse_waiting(waits: list[str], slug: str) -> None:
    """Raise Conflict naming what waits; everything done so far stays and goes on in the pages."""
    if waits:
        raise Conflict(
            "publish.waits",
            "{slug} is described and protected; before it can be cleared it waits for: {waits}.",
            hint="Give --opinion-as and --opinion, a [review] in ABOUT.toml, or go on in the pages.",
            slug=slug,
            waits=", ".join(waits),
        )


def may_create(*, asked: bool) -> bool:
    """Tell whether persons may be made: on a demo home, or when asked on a home that has none.

    Raises Conflict when asked on a home that has persons who are not all of this command's making.
    """
    note = home.read(Path(settings.HOME))
    return bool(note and note.demo) or (asked and home_is_empty(settings.CLOCK.now()))


def ask_missing(options: dict[str, Any]) -> dict[str, Any]:
    """Ask on the terminal for persons and reason that were not given. Raises Invalid where there is no terminal, or for a reason of too few words."""
    filled = dict(options)
    questions = (
        ("deposit_as", "Who deposits the file (name)? "),
        ("clear_as", "Who clears it (name)? "),
        ("reason", "Why may it leave (published)? "),
    )
    for name, question in questions:
        if filled[name]:
            continue
        if not sys.stdin.isatty():
            raise Invalid(
                "publish.missing",
                "--{option} is needed where there is no terminal to ask on.",
                field=name,
                option=name.replace("_", "-"),
            )
        filled[name] = input(question).strip()
    if bool(filled["opinion_as"]) != bool(filled["opinion"]):
        raise Invalid("publish.opinion", "--opinion-as and --opinion go together.", field="opinion")
    check_reason(filled["reason"], "", None, ClearanceOutcome.GIVEN)
    return filled


def text(way: Way, console: Console) -> str:
    """Give the result for people: what is public, where, and what was guessed."""
    lines = [console.words(msg("{dataset}, version {version}, is public: {address}"), **way.result)]
    lines += [console.words(msg("Rows: {rows}. Seal over manifest {manifest}."), **way.result)]
    if way.facts.guesses:
        lines.append(console.words(msg("Guessed, since nobody said it:")))
        lines += [f"  {name}: {console.words(why)}" for name, why in sorted(way.facts.guesses.items())]
    return "\n".join(lines)
