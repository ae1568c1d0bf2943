# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The beginning of the story, in this process: first entry, people, register, edition; again changes nothing."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from datacity.engine.proof import keys
from datacity.kernel.errors import Conflict
from datacity.programme.editions.models import Edition
from datacity.programme.jobs.models import Job
from datacity.programme.journal.models import Entry
from datacity.programme.journal.queries import payload_of
from datacity.programme.people.models import Mandate, Organisation, Person, RoleGrant
from datacity.programme.people.rules import Role
from datacity.web.demo import BEFORE, council, crowd, story, tasks
from datacity.web.demo.cast import BODIES, CAST
from datacity.web.demo.rules import BEGUN
from datacity.web.demo.stage import stage, working_day
from datacity.web.demo.story import Begun
from tests.factories import people

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


def _rows() -> dict[str, int]:
    return {
        model.__name__: model.objects.count()
        for model in (Entry, Person, Organisation, RoleGrant, Mandate, Edition, Job)
    }


def _play_people_and_edition(begun: Begun) -> None:
    with stage(begun.start, begun.scale, begins=story._last_moment(begun)) as on:
        story._people(on)
        council.sit(on)
        story._edition(on)


@pytest.mark.usefixtures("demo_here")
def test_first_entry_says_that_it_is_a_demonstration() -> None:
    begun = story.begin(start=START, scale=2)

    entry = Entry.objects.get()
    assert (entry.verb, entry.publicity, entry.at) == (BEGUN, "public", START - BEFORE)
    assert payload_of(entry) == {"city": "Valmire", "start": START.isoformat(), "scale": 2}
    assert begun == story.begun() == Begun(START, 2)


@pytest.mark.usefixtures("demo_here")
def test_beginning_again_later_keeps_the_first_start_and_size() -> None:
    story.begin(start=START, scale=2)

    assert story.begin(start=START + timedelta(days=9), scale=7) == Begun(START, 2)
    assert Entry.objects.count() == 1


@pytest.mark.usefixtures("demo_here")
def test_a_home_with_a_journal_does_not_become_a_demonstration() -> None:
    people.organisation()
    before = _rows()

    with pytest.raises(Conflict) as refusal:
        story.begin(start=START, scale=1)

    assert (refusal.value.code, _rows()) == ("demo.not_empty", before)


@pytest.mark.usefixtures("demo_here")
def test_people_of_every_role_and_an_open_edition_are_there_and_playing_again_changes_nothing() -> None:
    begun = story.begin(start=START, scale=1)

    _play_people_and_edition(begun)

    once = _rows()
    assert {grant.role for grant in RoleGrant.objects.all()} == {role.value for role in Role}
    assert (once["Person"], once["Organisation"], once["Edition"]) == (len(CAST), len(BODIES), 1)
    assert not Organisation.objects.filter(fictional=False).exists()
    edition = Edition.objects.get()
    assert (edition.state, len(edition.policy_fingerprint)) == ("open", 64)
    assert edition.starts_on < START.date() < edition.ends_on
    _play_people_and_edition(begun)
    assert _rows() == once


@pytest.mark.usefixtures("demo_here")
def test_a_making_cut_short_after_some_people_goes_on_with_the_others() -> None:
    begun = story.begin(start=START, scale=1)
    _play_people_and_edition(begun)
    last = Person.objects.get(email=CAST[-1].email)
    last.grants.all().delete()

    _play_people_and_edition(begun)

    assert [grant.role for grant in last.grants.all()] == [role.value for role in CAST[-1].roles]


@pytest.mark.usefixtures("demo_here")
def test_entries_are_in_time_order_and_before_the_start() -> None:
    begun = story.begin(start=START, scale=1)
    _play_people_and_edition(begun)

    times = list(Entry.objects.order_by("pk").values_list("at", flat=True))
    assert times == sorted(times)
    assert times[-1] < START


@pytest.mark.usefixtures("demo_here")
def test_larger_demonstration_has_archives_of_every_dataset_and_of_what_waits() -> None:
    small, large = ([chapter.name for chapter in story.chapters(Begun(START, scale))] for scale in (1, 3))

    assert len(large) - len(small) == 1 + 2 * (6 + 8)
    assert set(small) < set(large)


@pytest.mark.usefixtures("demo_here")
def test_larger_demonstration_has_so_many_times_the_people_and_organisations() -> None:
    begun = story.begin(start=START, scale=4)
    _play_people_and_edition(begun)
    before = (Person.objects.count(), Organisation.objects.count())

    for _ in range(2):
        story.play(begun, 0, lambda _note: None)

    assert before == (len(CAST), len(BODIES))
    assert (Person.objects.count(), Organisation.objects.count()) == (4 * len(CAST), 4 * len(BODIES))


def test_nobody_of_the_largest_crowd_has_the_name_of_another() -> None:
    names = [part.email for part in (*CAST, *crowd.parts(10))]

    assert len(set(names)) == len(names) == 10 * len(CAST)
    assert all(name.endswith(".example") for name in names)


@pytest.mark.usefixtures("demo_here")
def test_a_chapter_is_queued_once_and_none_after_the_end() -> None:
    begun = story.begin(start=START, scale=1)

    for number in (0, 0, 1, len(story.chapters(begun))):
        tasks.queue(number, begun)

    assert [job.arguments for job in Job.objects.filter(name=tasks.CHAPTER).order_by("pk")] == [
        {"chapter": 0},
        {"chapter": 1},
    ]
    story.complete(at=START)
    tasks.queue(2, begun)
    assert Job.objects.filter(name=tasks.CHAPTER).count() == 2


def test_stage_goes_by_its_own_clock_and_gives_the_old_one_back() -> None:
    before = settings.CLOCK

    with stage(START, 1, begins=START - BEFORE) as on:
        moments = [on.on(9, "10:00"), on.on(9, "09:00"), on.on(0, "23:00")]
        assert settings.CLOCK.now() == moments[-1] == START

    assert moments == [datetime(2026, 11, 13, 9, 0, tzinfo=UTC), datetime(2026, 11, 13, 9, 0, 7, tzinfo=UTC), START]
    assert settings.CLOCK is before


def test_week_ends_become_the_friday_before() -> None:
    days = [START.date() - timedelta(days=back) for back in range(7)]

    assert {working_day(day).weekday() for day in days} == {0, 1, 2, 3, 4}
    assert working_day(date(2026, 11, 22)) == date(2026, 11, 20)


def test_a_real_home_is_refused_and_nothing_is_made() -> None:
    before, said = _rows(), StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("demo", stdout=said, stderr=said)

    assert (end.value.code, _rows()) == (5, before)
    assert "This home is no demo home" in said.getvalue()


@pytest.mark.usefixtures("demo_here")
def test_keys_younger_than_the_past_are_refused_before_anything_is_made(tmp_path: Path, settings: Any) -> None:
    settings.KEYS = tmp_path / "keys"
    keys.make(settings.KEYS, at=settings.CLOCK.now())
    before, said = _rows(), StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("demo", stdout=said, stderr=said)

    assert (end.value.code, _rows()) == (5, before)
    assert "The keys of this home are not valid" in said.getvalue()
