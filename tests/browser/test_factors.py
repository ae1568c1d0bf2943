# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Second factors in a real browser: an app from its square to the next sign-in, and a passkey with chromium's own device."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories import people
from tests.factories.journeys import Walker
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FACTORS = "/fr/account/factors"
MADE = """
from tests.factories.people import person
person(name="{name}", email="{mail}", password="{password}")
"""


@pytest.fixture
def somebody(house: Any) -> Any:
    """Give a function that makes a person with a password and no second factor, and gives the address."""

    def make(name: str) -> str:
        mail = f"{name.lower()}@valmire.example"
        house.run(MADE.format(name=name, mail=mail, password=PASSWORD))
        return mail

    return make


@pytest.fixture
def walker(open_page: Any, axe: Any, house: Any) -> Walker:
    """Somebody in front of a browser, at the name of this machine: passkeys need a name."""
    made = Walker(open_page("/fr/"), axe)
    made.page.goto(house.address.replace("127.0.0.1", "localhost") + "/fr/")
    return made


def go(walker: Walker, path: str) -> Walker:
    """Open a path at the host of the page, and look."""
    return walker.go(walker.page.url.split("/fr/")[0] + path)


def sign_in(walker: Walker, mail: str) -> None:
    """Give address and password."""
    go(walker, "/fr/account/sign-in")
    walker.fill(login=mail, password=PASSWORD).send("Se connecter")


def leave(walker: Walker) -> None:
    """Sign out."""
    go(walker, "/fr/account/sign-out")
    walker.send("Se déconnecter")


@pytest.fixture
def device(walker: Walker) -> Iterator[Any]:
    """Chromium's own device for passkeys: it keeps them and says that it checked its person."""
    session = walker.page.context.new_cdp_session(walker.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield session
    session.detach()


def test_app_is_set_up_from_its_text_and_asked_for_at_the_next_sign_in(
    walker: Walker, somebody: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mail = somebody("Ana")
    sign_in(walker, mail)
    go(walker, FACTORS).look_in_english()
    walker.follow("Mettre en place une application")
    walker.fill(password=PASSWORD).send("Continuer").look()
    walker.page.get_by_role("button", name="Montrer le carré").click()
    walker.page.locator("img.city-square").wait_for()
    walker.look_in_english()
    secret = "".join(walker.page.locator("main code").inner_text().split())
    picture = walker.page.locator("img.city-square")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)

    monkeypatch.setattr(people, "SECRET", secret)
    walker.fill(code=people.fresh_code()).send("Vérifier le code").look()
    walker.look_in_english()
    codes = re.findall(r"\b\d{4} \d{4}\b", walker.text)
    with walker.page.expect_download() as taken:
        walker.page.get_by_text("Enregistrer en fichier texte").click()
    taken.value.save_as(tmp_path / "codes.txt")
    leave(walker)

    sign_in(walker, mail)
    walker.look_in_english()
    walker.fill(code=people.fresh_code()).send()

    assert len(codes) == 10
    assert (tmp_path / "codes.txt").read_text().count("\n") >= 11
    assert walker.path == "/fr/now/"
    assert walker.faults == {}


def test_passkey_is_made_used_to_sign_in_and_removed(walker: Walker, device: Any, somebody: Any) -> None:
    mail = somebody("Bea")
    sign_in(walker, mail)
    go(walker, f"{FACTORS}/passkey")
    walker.fill(password=PASSWORD).send("Continuer").look()
    walker.look_in_english()
    walker.fill(name="clé bleue")
    walker.page.get_by_role("button", name="Créer la clé d’accès").click()
    walker.page.wait_for_url("**/account/factors/codes")
    go(walker, FACTORS)
    assert "clé bleue" in walker.text
    leave(walker)

    go(walker, "/fr/account/sign-in")
    walker.page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    walker.page.wait_for_url("**/now/")
    leave(walker)
    sign_in(walker, mail)
    second = walker.path
    walker.look()
    walker.page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    walker.page.wait_for_url("**/now/")

    go(walker, FACTORS).follow("Retirer")
    walker.look_in_english()
    walker.page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    walker.page.wait_for_url(lambda url: "/confirm" not in url)
    walker.look_in_english()
    walker.send("Le retirer")

    assert second == "/fr/account/second-step"
    assert "Vous n’en avez pas encore." in walker.text
    assert walker.faults == {}


def test_page_says_plainly_when_scripts_do_not_arrive_or_the_address_is_a_number(
    walker: Walker, open_page: Any, somebody: Any, house: Any, axe: Any
) -> None:
    mail = somebody("Cora")
    bare = Walker(open_page("/fr/", scripts=False), axe)
    number = Walker(open_page("/fr/"), axe)
    seen = {}
    for name, each in (("no scripts", bare), ("number", number)):
        sign_in(each, mail)
        go(each, f"{FACTORS}/passkey")
        each.fill(password=PASSWORD).send("Continuer").look()
        seen[name] = each.text
        assert each.page.get_by_role("button", name="Créer la clé d’accès").count() == 0

    assert "les scripts sont coupés ou ne sont pas arrivés" in seen["no scripts"]
    assert "il faut https et un nom, pas un numéro" in seen["number"]
    assert "Utiliser une application qui affiche des codes" in seen["no scripts"]
    assert (bare.faults, number.faults) == ({}, {})
