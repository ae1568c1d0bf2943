# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The whole demonstration, built as a start builds it, looked at from outside its process."""

import json

import pytest

from tests.web.demo.conftest import Built

pytestmark = pytest.mark.slow
RELEASED = {
    "passages-de-velos": [1, 2], "points-de-recharge-pour-vehicules-electriques": [1, 2], "chantiers-et-emprises-sur-la-voie-publique": [1],
    "creneaux-des-equipements-sportifs": [1], "energie-des-logements-par-ilot": [1], "stationnement-des-trottinettes-et-velos-partages": [1],
}  # fmt: skip
NOW = """
from datetime import date
from django.conf import settings
from django.utils import timezone
from datacity.kernel.bus import registry
from datacity.programme.people.models import Person
from datacity.web.demo import story
begun = story.begun()
today = timezone.localdate(begun.start)
answer = {}
for person in Person.objects.filter(joined_at__isnull=False):
    items = [item for provider in registry.providers['now'] for item in provider.give(person, settings.CLOCK.now())]
    due = {'late' if item.when < today else 'today' if item.when == today else 'open' for item in items if item.when}
    answer[person.name] = sorted(due)
"""


def test_first_start_tells_the_accounts_and_their_one_password(built: Built) -> None:
    assert "essai-ville-ouverte" in built.accounts
    assert built.accounts.count("@") == 6


def test_six_datasets_are_public_and_verify(built: Built) -> None:
    public = built.ask(
        "from datacity.programme.releases.queries import public_now\n"
        "now = public_now()\n"
        "answer = [{slug: [each.version for each in versions] for slug, versions in now.datasets.items()}, sorted(map(list, now.tombstones))]"
    )

    assert public == [RELEASED, [["points-de-recharge-pour-vehicules-electriques", 1]]]


def test_everything_waits_fails_and_was_decided_as_told(built: Built) -> None:
    found = built.ask(
        "from datacity.programme.datasets.models import Description\n"
        "from datacity.programme.deposits.models import Deposit\n"
        "from datacity.programme.privacy.models import Opinion\n"
        "from datacity.programme.releases.models import Clearance\n"
        "from datacity.programme.jobs.models import Job\n"
        "answer = {'refused': list(Clearance.objects.filter(outcome='refused').values_list('protection__description__dataset__slug', flat=True)),\n"
        "'against': list(Clearance.objects.exclude(against_opinion='').values_list('protection__description__dataset__slug', flat=True)),\n"
        "'unread': list(Description.objects.filter(state='refused').values_list('dataset__slug', flat=True)),\n"
        "'opinions': Opinion.objects.filter(outcome='').count(),\n"
        "'deposits': sorted(Deposit.objects.exclude(state='checked').values_list('title', 'state')),\n"
        "'jobs': list(Job.objects.exclude(state='done').values_list('name', 'state'))}"
    )

    assert found == {
        "refused": ["signalements-des-habitants"],
        "against": ["creneaux-des-equipements-sportifs"],
        "unread": ["amendes-de-stationnement"],
        "opinions": 2,
        "deposits": [
            ["Amendes de stationnement", "received"],
            ["Capteurs de niveau des bacs", "refused"],
            ["Toilettes publiques", "received"],
        ],
        "jobs": [],
    }


def test_journal_verifies_begins_with_the_demonstration_and_is_in_time_order(built: Built) -> None:
    entries = built.ask(
        "from datacity.programme.journal.models import Entry\nanswer = [[entry.verb, entry.at.isoformat()] for entry in Entry.objects.order_by('pk')]"
    )

    assert "0 faults" in built.django("verify_journal")
    assert (entries[0][0], entries[-1][0]) == ("demonstration.begun", "demonstration.completed")
    assert [at for _verb, at in entries] == sorted(at for _verb, at in entries)


def test_something_is_open_late_and_due_today_for_who_has_work(built: Built) -> None:
    found = built.ask(NOW)

    assert {name: found[name] for name in ("Théodore Malaury", "Claire Fontanel", "Nour Desbrières", "Aurélien Castagnède")} == {
        "Théodore Malaury": ["late", "today"], "Claire Fontanel": ["late", "today"], "Nour Desbrières": ["late", "open", "today"],
        "Aurélien Castagnède": ["late", "open", "today"],
    }  # fmt: skip
    assert found["Mathilde Orvault"] == ["today"]
    assert found["Gaspard Quiberon"] == []


def test_every_cell_that_is_shown_stands_for_eleven_at_least(built: Built) -> None:
    found = built.ask(
        "from datacity.programme.releases.models import Release\n"
        "answer = {}\n"
        "for release in Release.objects.select_related('dataset', 'clearance__protection'):\n"
        "    protection = release.clearance.protection\n"
        "    if protection.plan.get('cells'):\n"
        "        answer[release.dataset.slug] = [protection.plan['cells']['minimum_contributors'], protection.result['hidden_cells'] > 0]"
    )

    assert found == {
        "energie-des-logements-par-ilot": [11, True],
        "stationnement-des-trottinettes-et-velos-partages": [11, True],
    }


def test_starting_again_changes_nothing_and_tells_the_accounts_again(built: Built) -> None:
    count = "from datacity.programme.journal.models import Entry\nfrom datacity.programme.jobs.models import Job\nanswer = [Entry.objects.count(), Job.objects.filter(name__startswith='demo').count()]"
    before = built.ask(count)

    again = built.django("prepare", "--no-demo", "--scale", "5")

    assert (built.ask(count), again) == (before, built.accounts)
    assert json.loads((built.home / "home.json").read_text())["demo"] is True
