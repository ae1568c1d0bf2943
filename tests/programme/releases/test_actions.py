# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A named person lets a table leave, or not; what left can be taken back."""

import shutil
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Conflict, Forbidden, Invalid
from datacity.programme.datasets import actions as datasets
from datacity.programme.datasets.queries import proposed_plan
from datacity.programme.journal.models import Entry
from datacity.programme.people.actions import grant_role
from datacity.programme.people.rules import Proof, Role
from datacity.programme.privacy import actions as privacy
from datacity.programme.privacy.models import Opinion
from datacity.programme.releases import actions
from datacity.programme.releases.actions import Words
from datacity.programme.releases.models import Clearance, Release
from datacity.programme.releases.queries import public_now, store
from tests.factories import data
from tests.factories.people import mandate, organisation, person

pytestmark = pytest.mark.django_db(transaction=True)
REASON = Words("Comptages globaux, sans personne identifiable.")


@pytest.fixture(autouse=True)
def _empty_store() -> None:
    shutil.rmtree(settings.STORE, ignore_errors=True)


def test_cleared_table_becomes_the_first_public_version() -> None:
    release = data.release()

    published = public_now().latest("passages-de-velos")
    assert published is not None
    assert (release.state, release.version, release.manifest_sha256) == ("released", 1, published.sha256)
    assert (published.manifest["rows"], published.manifest["clearance"]["statement"]["person"]) == (
        112,
        "Claire Fontanel",
    )
    assert list(
        Entry.objects.filter(verb__in=("clearance.given", "release.released"))
        .order_by("pk")
        .values_list("verb", flat=True)
    ) == [
        "clearance.given",
        "release.released",
    ]


def test_refused_table_leaves_nothing_public() -> None:
    protection = data.protection()

    clearance = actions.decide(protection, "refused", REASON, by=data.representative(), at=data.NOW, proven=Proof.SHELL)

    assert (clearance.outcome, clearance.statement) == ("refused", {})
    assert not Release.objects.exists()
    assert public_now().datasets == {}


def test_depositor_cannot_clear() -> None:
    protection = data.protection()
    depositor = protection.description.deposit.deposited_by
    grant_role(depositor, Role.REPRESENTATIVE, by=SYSTEM, at=data.NOW.replace(year=2020))
    mandate(depositor, organisation(kind="city"))
    depositor.forget_roles()

    with pytest.raises(Conflict) as refusal:
        actions.decide(protection, "given", REASON, by=depositor, at=data.NOW, proven=Proof.SHELL)

    assert [reason.code for reason in refusal.value.reasons] == ["releases.depositor_clears"]
    assert not Clearance.objects.exists()


def test_sensitive_table_waits_for_the_opinion() -> None:
    protection = data.protection(axes=data.POSSIBLE_AXES)

    with pytest.raises(Conflict) as refusal:
        actions.decide(protection, "given", REASON, by=data.representative(), at=data.NOW, proven=Proof.SHELL)

    assert [reason.code for reason in refusal.value.reasons] == ["releases.opinion_missing"]


def test_clearing_against_an_unfavourable_opinion_needs_a_public_reason() -> None:
    protection = data.protection(axes=data.POSSIBLE_AXES)
    officer = person(Role.DATA_PROTECTION_OFFICER)
    privacy.give(
        Opinion.objects.get(),
        outcome="unfavourable",
        text="Les effectifs sont trop petits la nuit.",
        by=officer,
        at=data.NOW,
    )
    representative = data.representative()

    with pytest.raises(Invalid) as refusal:
        actions.decide(protection, "given", REASON, by=representative, at=data.NOW, proven=Proof.SHELL)
    clearance = actions.decide(
        protection,
        "given",
        Words(REASON.reason, "Les nuits sont regroupées depuis cet avis."),
        by=representative,
        at=data.NOW,
        proven=Proof.SHELL,
    )

    assert refusal.value.field == "against_opinion"
    assert clearance.against_opinion == "Les nuits sont regroupées depuis cet avis."


def test_representative_without_a_mandate_clears_nothing() -> None:
    protection = data.protection()

    with pytest.raises(Forbidden) as refusal:
        actions.decide(protection, "given", REASON, by=person(Role.REPRESENTATIVE), at=data.NOW, proven=Proof.SHELL)

    assert refusal.value.code == "releases.no_mandate"
    assert not Clearance.objects.exists()


def test_database_refuses_a_clearance_without_reason_or_capacity() -> None:
    protection = data.protection()
    row = {
        "protection": protection,
        "outcome": "given",
        "person": person(),
        "given_at": data.NOW,
        "expires_at": data.NOW,
    }

    for lacking in ({"capacity": "", "reason": "x"}, {"capacity": "x", "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Clearance.objects.create(**row, **lacking, policy_fingerprint="")
    assert not Clearance.objects.exists()


def test_withdrawn_version_leaves_a_tombstone_and_no_bytes() -> None:
    release = data.release()
    published = public_now().latest("passages-de-velos")
    assert published is not None

    actions.withdraw(
        release,
        ground="personal",
        reason="Un compteur isolé révélait une personne.",
        by=data.representative(),
        at=data.NOW,
        proven=Proof.SHELL,
    )
    data.run_due()

    release.refresh_from_db()
    stone = public_now().tombstones["passages-de-velos", 1]
    assert (release.state, stone["ground"], stone["by_capacity"]) == ("withdrawn", "personal", "directrice des données")
    assert public_now().latest("passages-de-velos") is None
    assert not store().exists(published.blob("csv"))


def test_second_version_supersedes_the_first() -> None:
    first = data.release()
    steward = person(Role.DATA_STEWARD)
    description = datasets.describe_version(
        first.dataset, data.deposit(), change_note="Données corrigées", by=steward, at=data.NOW
    )
    data.run_due()
    description.refresh_from_db()
    datasets.answer_axes(description, data.NO_AXES, by=steward, at=data.NOW)
    planned = datasets.plan(description, proposed_plan(description), by=steward, at=data.NOW)
    data.run_due()
    planned.refresh_from_db()
    datasets.present(planned, by=steward, at=data.NOW)

    actions.decide(
        planned, "given", REASON, by=data.representative(), at=data.NOW + timedelta(days=1), proven=Proof.SHELL
    )
    data.run_due()

    assert [each.failure for each in Release.objects.all()] == [{}, {}]
    states = list(Release.objects.order_by("version").values_list("version", "state"))
    assert states == [(1, "superseded"), (2, "released")]
    assert [each.version for each in public_now().versions("passages-de-velos")] == [1, 2]
