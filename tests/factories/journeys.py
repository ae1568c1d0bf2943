# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""People who walk a file through the pages in French, each in a browser profile of their own, looking at every page with axe."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as TooLate

from tests.factories.people import PASSWORD, fresh_code

CAST = f"""
from tests.factories import data
from tests.factories.people import mandate, organisation, person
from datacity.programme.people.models import Person
from datacity.programme.people.rules import Role
data.ready_keys()
if not Person.objects.filter(email="agathe@valmire.example").exists():
    for name, role in (("agathe", Role.AGENT), ("sylvie", Role.DATA_STEWARD), ("denis", Role.DATA_PROTECTION_OFFICER), ("claire", Role.REPRESENTATIVE)):
        who = person(role, name=name.title(), email=f"{{name}}@valmire.example", password="{PASSWORD}")
    mandate(who, organisation(kind="city"), capacity="directrice des données")
"""
"""Makes four persons of different roles in the home, once."""
COUNTS = "Compteur;Jour;Passages\n" + "".join(
    f"Quai {place};2026-10-{day:02d};{place * 100 + day}\n" for place in range(1, 5) for day in range(1, 29)
)
REASON = "Des comptages globaux, où personne n'est reconnaissable."


@dataclass
class Walker:
    """Somebody in front of a browser. faults: what axe or the width measured wrong, by page."""

    page: Any
    axe: Callable[[Any], list[str]]
    widths: tuple[int, ...] = (390, 1280)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def open(self, path: str) -> Any:
        """Open a path, again when the page left reloads itself meanwhile (a page that waits for a job does), and give the answer."""
        for _ in range(4):
            with suppress(BrowserError):
                if answer := self.page.goto(path):
                    return answer
            self.page.wait_for_load_state()
        return self.page.goto(path)

    def go(self, path: str) -> "Walker":
        """Open a path and look at it."""
        answer = self.open(path)
        assert answer.status == 200, (path, answer.status)
        return self.look()

    def look(self) -> "Walker":
        """Look at the page in both languages and at every width."""
        here = self.page.url
        for width in self.widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            if found := self.axe(self.page):
                self.faults[f"{here} {width}"] = found
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                self.faults[f"{here} {width} too wide"] = [str(wide)]
        return self

    def look_in_english(self) -> "Walker":
        """Look at the same page in English, and come back."""
        here = self.page.url
        self.go(here.replace("/fr/", "/en/", 1))
        self.open(here)
        return self

    def sign_in(self, name: str) -> "Walker":
        """Sign in as one of the cast."""
        self.open("/fr/account/sign-in")
        self.fill(login=f"{name}@valmire.example", password=PASSWORD).send()
        return self.fill(code=fresh_code()).send() if "/second-step" in self.page.url else self

    def prove(self) -> "Walker":
        """Fill in password and a code that was not given before."""
        return self.fill(password=PASSWORD, code=fresh_code())

    def fill(self, **values: str) -> "Walker":
        """Fill inputs of the main form by name; a radio or a choice by its value."""
        for name, value in values.items():
            radio = self.page.locator(f'main input[type=radio][name="{name}"][value="{value}"]')
            if radio.count():
                radio.check(force=True)
            else:
                self.page.locator(f'main [name="{name}"]').first.fill(value)
        return self

    def send(self, label: str = "") -> "Walker":
        """Press the first button of the main form, or the one with these words, and wait for the page after it."""
        buttons = self.page.locator("main form button[type=submit]")
        button = buttons.filter(has_text=label).first if label else buttons.first
        before = self.page.url
        button.click()
        with suppress(TooLate):
            self.page.wait_for_url(lambda url: url != before, timeout=60_000)
        errors = self.page.locator(".city-error, [data-error], .ds-validation-message").all_inner_texts()
        assert self.page.url != before, (before, errors, self.page.locator("main").inner_text()[:1500])
        return self

    def follow(self, label: str) -> "Walker":
        """Follow the link with these words."""
        self.page.locator("main a", has_text=label).first.click()
        self.page.wait_for_load_state("networkidle")
        return self.look()

    @property
    def text(self) -> str:
        """What the page says."""
        return str(self.page.locator("main").inner_text()).replace("\u00a0", " ").replace("\u202f", " ")

    @property
    def path(self) -> str:
        """Where the page is."""
        return "/" + self.page.url.split("/", 3)[3]
