# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Mails: written with the deed, delivered once, erased afterwards."""

import email
import stat
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import pytest
from django.core import mail
from django.db import transaction
from django.template import engines
from django.test import Client

from datacity.kernel.errors import Invalid
from datacity.kernel.ref import Ref
from datacity.programme.jobs.models import Job
from datacity.programme.messages import actions, rules
from datacity.programme.messages.models import Message
from datacity.programme.people.models import Person
from datacity.programme.people.queries import Letter
from datacity.programme.people.rules import Role
from datacity.web.worker.loop import run_due
from tests.factories import people
from tests.factories.deeds import AT, Standing

pytestmark = pytest.mark.django_db
LETTER = Letter(
    to="anna@valmire.example",
    language="fr",
    subject="Bienvenue & à bientôt",
    text="Bonjour,\nvoici le lien : https://x.example/?a=1&b=2",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A home of its own, where no mail server is set."""
    settings.HOME = settings.KEYS = tmp_path
    settings.CLOCK = Standing()
    settings.EMAIL_HOST = ""
    return tmp_path


def _post() -> Message:
    return actions.post(LETTER, recipient=Ref("person", "1"), kind="person.invited", at=AT)


def _files(home: Path) -> list[Path]:
    return sorted((home / "outbox").glob("*"))


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)  # type: ignore[return-value]  # this policy gives it


def test_a_mail_is_written_as_a_file_for_its_owner_alone_when_no_server_is_set(home: Path) -> None:
    message = _post()

    run_due()

    (path,) = _files(home)
    read = _read(path)
    assert (path.name, stat.S_IMODE(path.stat().st_mode)) == (f"{message.pk:08d}.eml", 0o600)
    assert (read["To"], read["Subject"], read.get_content().strip()) == (LETTER.to, LETTER.subject, LETTER.text)


def test_a_delivered_mail_keeps_neither_text_nor_address() -> None:
    message = _post()

    run_due()

    message.refresh_from_db()
    assert (message.state, message.subject, message.body, message.address) == ("delivered", "", "", "")


def test_a_mail_goes_to_the_server_when_one_is_set(home: Path, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.valmire.example"
    _post()

    run_due()

    assert [(sent.to, sent.subject) for sent in mail.outbox] == [([LETTER.to], LETTER.subject)]
    assert _files(home) == []


def test_a_mail_waits_and_is_tried_again_when_the_server_fails(settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "mail.valmire.example", "tests.programme.messages.test_outbox.Broken"
    message = _post()

    run_due()

    message.refresh_from_db()
    job = Job.objects.get(name="messages.deliver")
    assert (message.state, message.body, job.state, job.attempts) == ("waiting", LETTER.text + "\n", "queued", 1)


class Broken:
    """A mail server that refuses."""

    def __init__(self, **_options: Any) -> None: ...

    def __enter__(self) -> Self:
        raise ConnectionRefusedError

    def __exit__(self, *_error: object) -> None: ...


def test_delivering_twice_sends_once(home: Path) -> None:
    _post()
    run_due()
    (path,) = _files(home)
    path.unlink()
    Job.objects.update(state="queued")

    run_due()

    assert _files(home) == []


@pytest.mark.django_db(transaction=True)
def test_no_mail_leaves_when_the_deed_is_rolled_back(home: Path) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 -- the whole transaction fails
        _post()
        raise RuntimeError
    run_due()

    assert (Message.objects.count(), _files(home)) == (0, [])


@pytest.mark.parametrize(("language", "subject"), [("fr", "Oui"), ("en", "Yes")])
def test_a_template_is_rendered_in_the_persons_language(
    language: str, subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        '{% load i18n %}{% autoescape off %}{% translate "Yes" %}\n\n{{ person.name }} & {{ thing }}{% endautoescape %}'
    )
    template = engines["django"].from_string(source)
    monkeypatch.setattr(actions, "render_to_string", lambda _name, values: template.render(values))
    person: Person = people.person(language=language, name="Anna")

    message = actions.write(person, "any.txt", {"thing": "<lamp>"}, kind="test", at=AT)

    assert (message.subject, message.body, message.language, message.address) == (
        subject,
        "Anna & <lamp>\n",
        language,
        person.email,
    )


def test_a_subject_cannot_add_headers() -> None:
    assert rules.text("One\r\nBcc: all@valmire.example", "Body").subject == "One Bcc: all@valmire.example"


@pytest.mark.parametrize(("subject", "body"), [("", "Body"), ("Subject", " \n")])
def test_a_mail_without_subject_or_text_is_refused(subject: str, body: str) -> None:
    with pytest.raises(Invalid, match="a subject and a text"):
        actions.post(
            Letter(to="a@valmire.example", language="fr", subject=subject, text=body),
            recipient=Ref("person", "1"),
            kind="x",
            at=AT,
        )

    assert Message.objects.count() == 0


def test_the_text_of_a_mail_that_waited_two_weeks_is_erased() -> None:
    old, young = _post(), _post()
    Message.objects.filter(pk=old.pk).update(written_at=AT - timedelta(days=15))

    assert actions.expire(at=AT) == 1

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, old.body, old.address, young.state) == ("expired", "", "", "waiting")


def test_an_invitation_is_mailed_with_its_one_time_link(home: Path) -> None:
    invitation = people.invitation(at=AT)

    run_due()

    (path,) = _files(home)
    assert _read(path)["To"] == invitation.person.email
    assert "/invitation/" in _read(path).get_content()


def test_an_administrator_sees_which_mails_wait_and_none_of_their_texts(settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "mail.valmire.example", "tests.programme.messages.test_outbox.Broken"
    _post()
    run_due()
    administrator = people.sign_in(Client(), people.person(Role.ADMINISTRATOR))

    page = administrator.get("/en/outbox/")

    assert page.status_code == 200
    assert "Person invited" in page.text
    assert not any(hidden in page.text for hidden in ("Bienvenue", "x.example", LETTER.to))


def test_others_do_not_see_the_outbox(client: Client) -> None:
    steward = people.sign_in(Client(), people.person(Role.DATA_STEWARD))

    assert (steward.get("/en/outbox/").status_code, client.get("/en/outbox/").status_code) == (403, 302)
