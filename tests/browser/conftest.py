# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A real server with a home of its own, a real browser, and axe.

Playwright's loop would forbid Django's database calls in this process, so nothing here touches it: the server is another process,
and what a test needs in its home is made there too (`house.run("from tests.factories.people import person; person(...)")`).
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

LANGUAGES = ("fr", "en")
WIDTHS = (320, 390, 1280)
SCHEMES = ("light", "dark")
START_SECONDS = 240


@dataclass
class House:
    """A running site: its address, its home, and a way to do things in it."""

    address: str
    home: Path
    root: Path
    environment: dict[str, str] = field(repr=False)

    def manage(self, *arguments: str) -> str:
        """Run a Django command in the home and give what it printed."""
        return self._python("-m", "django", *arguments)

    def run(self, code: str) -> str:
        """Run Python in the home, Django set up, and give what it printed."""
        return self._python("-c", f"import django; django.setup()\n{code}")

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


def free_port() -> int:
    """Give a port nobody uses now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@contextmanager
def serving(root: Path, home: Path, *commands: tuple[str, ...], **settings: str) -> Iterator[House]:
    """Run the commands on a home, then serve it until the end; the home is removed."""
    if not (root / "src/datacity/web/static/built/manifest.json").is_file():
        pytest.skip("the front end is not built (./dc up or ./dc test builds it)")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATACITY_")} | {
        "DATACITY_HOME": str(home),
        "DATACITY_PUBLIC_ADDRESS": address,
        "DATACITY_CONTACT_MAIL": "contact@valmire.example",
        "DJANGO_SETTINGS_MODULE": "datacity.web.settings",
        "PYTHONPATH": os.pathsep.join((str(root), str(root / "src"))),
        **settings,
    }
    made = House(address, home, root, environment)
    for command in commands:
        made.manage(*command)
    server = [sys.executable, "-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(port)]
    with (
        (home / "server.log").open("wb") as log,
        subprocess.Popen(
            [*server, "--no-ws", "datacity.web.entry:app"], cwd=root, env=environment, stdout=log, stderr=log
        ) as process,
    ):
        try:
            _wait(address, process, home / "server.log")
            yield made
        finally:
            process.terminate()
            process.wait(timeout=20)
            shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def house(root: Path) -> Iterator[House]:
    """The site on an empty home with no person; one server for all browser tests."""
    home = Path(tempfile.mkdtemp(prefix="datacity-browser-"))
    commands = ("migrate", "--verbosity=0"), ("install_guards",)
    with serving(root, home, *commands, DATACITY_CITY_NAME="Ville de Valmire") as made:
        yield made


@pytest.fixture(scope="session")
def town(root: Path) -> Iterator[House]:
    """The site with the whole demonstration, every job done."""
    home = Path(tempfile.mkdtemp(prefix="datacity-town-"))
    with serving(root, home, ("prepare",), ("worker", "--until-idle")) as made:
        yield made


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/fr/", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("the server did not start:\n" + log.read_text(errors="replace")[-2000:])


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """One chromium for the tests of a module."""
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Any, house: House) -> Iterator[Callable[..., Any]]:
    """Give a function that opens a path in a fresh browser profile.

    open_page("/fr/", width=320, scheme="dark", scripts=False): with `scripts=False` our scripts are blocked by route, as where they
    do not arrive. Wait with `expect(locator)`: `wait_for_function` needs eval, which the policy forbids. What the console says, and every address asked outside the house, is kept in `page.said` and `page.abroad`.
    """
    contexts = []

    def opened(path: str, *, width: int = 1280, scheme: str = "light", scripts: bool = True, **options: Any) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=house.address, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.said, page.abroad = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on(
            "request",
            lambda request: request.url.startswith((house.address, "data:")) or page.abroad.append(request.url),
        )
        if not scripts:
            context.route("**/*.js", lambda route: route.abort())
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe(root: Path) -> Callable[[Any], list[str]]:
    """Give a function that names the accessibility faults axe finds on a page, with the element of each."""
    file = root / "frontend/node_modules/axe-core/axe.min.js"
    if not file.is_file():
        pytest.skip("axe-core is not installed (npm ci in frontend/)")
    source = file.read_text(encoding="utf-8")

    def faults(page: Any) -> list[str]:
        page.evaluate(source)  # injected past the page's policy, which would block an inserted script
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{fault['id']} ({fault['impact']}): {node['html'][:160]}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]

    return faults


def overflow(page: Any) -> int:
    """Give by how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture(scope="session")
def too_wide() -> Callable[[Any], int]:
    """Give the function that measures sideways scrolling of a page, in pixels."""
    return overflow
