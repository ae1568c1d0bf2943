# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The whole way through the pages, as a depositor and a steward walk it, without a script."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from datacity.programme.datasets.models import Description, Protection
from datacity.programme.deposits.models import Deposit
from datacity.programme.people.rules import Role
from datacity.web.worker.loop import run_due
from tests.factories import data
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

ABOUT = {
    "title_fr": "Passages de vélos", "summary_fr": "Vélos comptés.", "unit_of_observation_fr": "un compteur, un jour",
    "producer": "Direction de la mobilité", "licence": "lov2", "keywords": "vélo, comptage",
    "period_start_day": "1", "period_start_month": "10", "period_start_year": "2026",
    "period_end_day": "28", "period_end_month": "10", "period_end_year": "2026",
}  # fmt: skip
AXES = {f"axis_{axis}": "no" for axis in data.NO_AXES} | {
    f"reason_{axis}": "Comptage global, sans personne." for axis in data.NO_AXES
}


def plan_data(client: Client, address: str) -> dict[str, str]:
    """Give what the plan page's form holds, as a browser would send it back."""
    form = client.get(address).context["form"]
    found = {}
    for bound in form:
        value = bound.value()
        if value not in (None, "", False):
            found[bound.html_name] = "on" if value is True else str(value)
    return found


@pytest.mark.parametrize("language", ["fr", "en"])
def test_file_goes_from_deposit_to_presented_table_by_the_pages(language: str) -> None:
    data.ready_keys()
    agent, steward = sign_in(Client(), person(Role.AGENT)), sign_in(Client(), person(Role.DATA_STEWARD))
    file = SimpleUploadedFile("comptages.csv", data.COUNTS)

    sent = agent.post(
        f"/{language}/deposits/new", {"file": file, "title": "Comptages", "legal_title": "administrative"}
    )
    deposit = Deposit.objects.get()
    pages = [
        agent.get(sent["Location"]),
        agent.get(f"/{language}/deposits"),
        steward.get(f"/{language}/deposits/{deposit.reference}"),
    ]
    described = steward.post(f"/{language}/workshop/deposits/{deposit.reference}/describe", ABOUT)
    pages.append(steward.get(described["Location"]))
    run_due()
    pages.append(steward.get(described["Location"]))
    answered = steward.post(described["Location"] + "/axes", AXES)
    pages += [steward.get(answered["Location"]), steward.get(f"/{language}/workshop/datasets")]
    planned = steward.post(answered["Location"], plan_data(steward, answered["Location"]))
    pages.append(steward.get(planned["Location"]))
    run_due()
    pages.append(steward.get(planned["Location"]))
    presented = steward.post(planned["Location"] + "/present")
    pages.append(steward.get(presented["Location"]))

    assert [page.status_code for page in pages] == [200] * len(pages)
    assert (Description.objects.get().state, Protection.objects.get().state) == ("read", "reviewed")
    assert json.loads(agent.get(f"/{language}/deposits/{deposit.reference}/receipt.json").content)


def test_plan_that_searches_is_protected_and_attacked_by_the_job() -> None:
    data.ready_keys()
    agent, steward = sign_in(Client(), person(Role.AGENT)), sign_in(Client(), person(Role.DATA_STEWARD))
    file = SimpleUploadedFile("comptages.csv", data.COUNTS)
    agent.post("/en/deposits/new", {"file": file, "title": "Comptages", "legal_title": "administrative"})
    described = steward.post(f"/en/workshop/deposits/{Deposit.objects.get().reference}/describe", ABOUT)
    run_due()
    answered = steward.post(described["Location"] + "/axes", AXES)
    wanted = {**plan_data(steward, answered["Location"]), "k": "10", "c1_role": "quasi_identifier", "c1_done": "search"}

    planned = steward.post(answered["Location"], wanted)
    run_due()
    page = steward.get(planned["Location"])

    kept = Protection.objects.get()
    assert kept.plan["columns"]["jour"]["method"] == "search"
    assert (kept.result["levels"]["jour"], kept.result["smallest_class"], page.status_code) == (1, 112, 200)
    assert [attempt["succeeded"] for attempt in kept.attacks["attempts"] if attempt["name"] == "linkage"] == [0]
