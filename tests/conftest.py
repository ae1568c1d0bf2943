# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every test gets: a home of its own, Django when it is installed, the shared data when it is there."""

import atexit
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(tempfile.mkdtemp(prefix="datacity-tests-"))
HAS_DJANGO = importlib.util.find_spec("django") is not None
NEEDS_DJANGO = ("frame", "programme", "web", "journeys", "browser", "contracts")


def _take_own_home() -> None:
    """Point the settings at an empty home before anything reads them; the developer's own settings do not count."""
    for name in [name for name in os.environ if name.startswith("DATACITY_") and "_TEST_" not in name]:
        del os.environ[name]
    os.environ["DATACITY_HOME"] = str(HOME)
    atexit.register(shutil.rmtree, HOME, ignore_errors=True)


def _load_django() -> None:
    """Load Django's settings now, after the home is set; pytest-django finds them loaded."""
    from django.conf import settings  # the engine's tests run where Django is not installed

    os.environ["DJANGO_SETTINGS_MODULE"] = "datacity.web.settings"
    _ = settings.DATABASES


_take_own_home()
if HAS_DJANGO:
    _load_django()
else:
    collect_ignore = list(NEEDS_DJANGO)

hypothesis_settings.register_profile("datacity", deadline=None, print_blob=True)
hypothesis_settings.load_profile("datacity")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each worker process make a home of its own: what this process set is not handed on."""
    for name in ("DATACITY_HOME", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared test data beside the checkout; the test is skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of chromium, for playwright's `executable_path`; the test is skipped where there is none."""
    path = os.environ.get("DC_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("chromium is not installed (./dc doctor --install)")
    return path


if HAS_DJANGO:

    def _run_command(name: str) -> None:
        from django.core.management import call_command, get_commands  # only where Django is

        if name in get_commands():
            call_command(name, verbosity=0)

    @pytest.fixture(scope="session")
    def django_db_modify_db_settings_parallel_suffix() -> None:
        """Leave the name of the test database alone: it is in memory, and each worker is a process of its own."""

    @pytest.fixture(scope="session")
    def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
        """The test database with its append-only guards, as a real home has them."""
        with django_db_blocker.unblock():
            _run_command("install_guards")

    @pytest.fixture(autouse=True, scope="session")
    def _flush_past_guards() -> Iterator[None]:
        """Let the clean-up after a transactional test empty append-only tables."""
        from django.db import connection  # only where Django is
        from django.test import TransactionTestCase

        from datacity.frame import guards

        teardown = TransactionTestCase._fixture_teardown

        def lifted_teardown(self: TransactionTestCase) -> None:
            with guards.lifted(connection):
                teardown(self)

        TransactionTestCase._fixture_teardown = lifted_teardown
        yield
        TransactionTestCase._fixture_teardown = teardown
