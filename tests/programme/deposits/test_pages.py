# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of deposits: who sees which, what is refused where, and that nothing is left behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from datacity.engine.proof.verifying import verify
from datacity.frame import scratch
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.panels import now
from datacity.programme.deposits.queries import vault
from datacity.programme.people.rules import Role
from tests.factories import data
from tests.factories.people import organisation, person, sign_in

pytestmark = pytest.mark.django_db
FORM = {"title": "Comptages", "legal_title": "administrative"}


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    """The keys of the home; afterwards the language of the tests again."""
    data.ready_keys()
    yield
    translation.activate("fr")


def _file(content: bytes = data.COUNTS, name: str = "comptages.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _kept() -> list[str]:
    """Give what lies in the vault and in the scratch folder of this process."""
    return sorted(
        path.name for folder in (Path(settings.HOME) / "vault", scratch.folder()) for path in folder.rglob("*")
    )


def _agent() -> Client:
    return sign_in(Client(), person(Role.AGENT))


def test_file_is_received_with_its_fingerprint_and_nothing_stays_in_the_scratch_folder() -> None:
    firm = organisation("Transports de Valmire")

    answer = _agent().post("/fr/deposits/new", {**FORM, "file": _file(), "organisation": firm.slug})

    made = Deposit.objects.get()
    assert answer["Location"] == f"/fr/deposits/{made.reference}/sent"
    assert (made.size, made.filename, made.organisation, made.state) == (
        len(data.COUNTS),
        "comptages.csv",
        firm,
        "received",
    )
    assert vault().holds(made.vault_name)
    assert not list(scratch.folder().glob("upload-*"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"legal_title": "because"}, "legal_title"),
        ({"legal_title": "contract"}, "legal_reference"),
        ({"file": b""}, "file"),
    ],
)
def test_wrong_deposit_is_refused_at_its_field_and_nothing_is_kept(changes: dict[str, Any], field: str) -> None:
    before = _kept()

    answer = _agent().post("/fr/deposits/new", {**FORM, "file": _file(changes.pop("file", data.COUNTS)), **changes})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (Deposit.objects.count(), _kept()) == (0, before)


def test_file_above_the_servers_limit_is_refused_with_both_sizes(settings: Any) -> None:
    settings.UPLOAD_MAXIMUM_BYTES = 2_000

    answer = _agent().post("/en/deposits/new", {**FORM, "file": _file(b"a" * 150_000)})

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"] == ["The file has 150\u00a0kB; at most 2.0\u00a0kB are accepted."]
    assert not Deposit.objects.exists()


def test_path_in_the_file_name_is_only_a_name() -> None:
    _agent().post("/fr/deposits/new", {**FORM, "file": _file(name="..\\..\\etc\\passwd.csv")})

    assert Deposit.objects.get().filename == "passwd.csv"


def test_visitor_sends_no_file_and_signs_in_first(client: Client) -> None:
    before = _kept()

    answer = client.post("/fr/deposits/new", {**FORM, "file": _file()})

    assert (answer.status_code, Deposit.objects.count(), _kept()) == (302, 0, before)


def test_depositor_sees_their_deposit_and_another_agent_does_not() -> None:
    agent = person(Role.AGENT)
    made = data.deposit(by=agent)
    addresses = [f"/en/deposits/{made.reference}{part}" for part in ("", "/sent", "/receipt", "/receipt.json")]

    mine = [sign_in(Client(), agent).get(address).status_code for address in addresses]
    theirs = [_agent().get(address).status_code for address in addresses]

    assert (mine, theirs) == ([200] * 4, [404] * 4)


def test_receipt_verifies_with_the_file_and_not_with_another(tmp_path: Path) -> None:
    agent = person(Role.AGENT)
    made = data.deposit(by=agent)
    receipt, file, other = (tmp_path / name for name in ("receipt.json", "comptages.csv", "other.csv"))
    receipt.write_bytes(sign_in(Client(), agent).get(f"/fr/deposits/{made.reference}/receipt.json").content)
    file.write_bytes(data.COUNTS)
    other.write_bytes(data.COUNTS + b"x")

    found = [verify(receipt, data=each).intact for each in (file, other)]

    assert (found, json.loads(receipt.read_text())) == ([True, False], made.receipt)


@pytest.mark.parametrize(("deed", "state", "held"), [("refuse", "refused", True), ("destroy", "destroyed", False)])
def test_steward_ends_custody_with_a_reason(deed: str, state: str, held: bool) -> None:
    made = data.deposit()
    steward = sign_in(Client(), person(Role.DATA_STEWARD))

    answer = steward.post(f"/fr/deposits/{made.reference}/{deed}", {"reason": "Envoyé par erreur."})

    made.refresh_from_db()
    assert (answer.status_code, made.state, made.state_reason) == (302, state, "Envoyé par erreur.")
    assert vault().holds(made.vault_name) is held


@pytest.mark.parametrize("deed", ["refuse", "destroy"])
def test_custody_does_not_end_without_a_reason(deed: str) -> None:
    made = data.deposit()
    steward = sign_in(Client(), person(Role.DATA_STEWARD))

    answer = steward.post(f"/fr/deposits/{made.reference}/{deed}", {"reason": "non"})

    made.refresh_from_db()
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason"])
    assert (made.state, vault().holds(made.vault_name)) == ("received", True)


def test_list_is_searched_and_given_as_a_file() -> None:
    agent = person(Role.AGENT)
    first = data.deposit(by=agent, filename="quais.csv")
    data.deposit(by=agent, filename="ponts.csv")
    client = sign_in(Client(), agent)

    page = client.get("/en/deposits", {"q": "quais"})
    file = client.get("/en/deposits", {"format": "csv", "q": "quais"})

    assert [row.pk for row in page.context["table"].page] == [first.pk]
    assert b"".join(file.streaming_content if file.streaming else [file.content]).count(b"quais.csv") == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_the_database_as_often_for_one_row_as_for_three(rows: int) -> None:
    steward = sign_in(Client(), person(Role.DATA_STEWARD))
    for _ in range(rows):
        data.deposit()
    steward.get("/fr/deposits")

    with CaptureQueriesContext(connection) as asked:
        steward.get("/fr/deposits")

    assert len(asked) <= LIST_QUERIES


LIST_QUERIES = 8


def test_depositor_is_told_what_waits_and_what_was_refused() -> None:
    agent = person(Role.AGENT)
    data.deposit(by=agent)
    refused = data.deposit(by=agent)
    sign_in(Client(), person(Role.DATA_STEWARD)).post(
        f"/fr/deposits/{refused.reference}/refuse", {"reason": "Vide, ou presque."}
    )

    items = now(agent, data.NOW)

    assert [(item.group, item.url.rpartition("/")[2] == refused.reference) for item in items] == [
        ("waiting", False),
        ("now", True),
    ]
    assert now(person(Role.JUROR), data.NOW) == []


@pytest.mark.parametrize(("role", "shown"), [(Role.AGENT, True), (Role.JUROR, False)])
def test_way_to_deposit_a_file_stands_on_the_page_of_who_may(role: Role, shown: bool) -> None:
    page = sign_in(Client(), person(role)).get("/en/now/")

    assert ('href="/en/deposits/new"' in page.text) is shown
