# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every test gets: a home of its own, Django when it is installed, the shared data when it is there."""

import atexit
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
    if os.environ.get("DATACITY_TEST_POSTGRES"):
        os.environ["DATACITY_DATABASE_URL"] = os.environ["DATACITY_TEST_POSTGRES"]
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
    for name in ("DATACITY_HOME", "DATACITY_DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(name, None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what only PostgreSQL can show where the tests work on SQLite, and the other way round."""
    on_postgresql = bool(os.environ.get("DATACITY_TEST_POSTGRES"))
    if item.get_closest_marker("postgres") and not on_postgresql:
        pytest.skip("needs PostgreSQL (DATACITY_TEST_POSTGRES)")
    if item.get_closest_marker("sqlite") and on_postgresql:
        pytest.skip("about SQLite's own file")


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
    from django.db import DatabaseError

    WORKING_ROLE = "datacity_tests_work"
    """The role with which tests work on PostgreSQL: it owns no table, as in a real home."""

    @pytest.fixture(scope="session")
    def django_db_modify_db_settings_parallel_suffix() -> None:
        """Give each worker process a database of its own: in memory it has one, on PostgreSQL the name says whose it is."""
        from django.conf import settings  # only where Django is

        name = f"test_datacity_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        if os.environ.get("DATACITY_TEST_POSTGRES"):
            settings.DATABASES["default"]["TEST"]["NAME"] = name

    @pytest.fixture(scope="session")
    def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
        """The test database with its append-only guards and, on PostgreSQL, the working role, as a real home has them."""
        from django.db import connection  # only where Django is

        from datacity.frame import grants, guards

        with django_db_blocker.unblock():
            guards.install(connection)
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor, suppress(DatabaseError):
                    cursor.execute(f"CREATE ROLE {WORKING_ROLE}")  # another worker process may have made it
                grants.give(connection, WORKING_ROLE)
                connection.close()
                connection.settings_dict["OPTIONS"]["options"] += f" -c role={WORKING_ROLE}"
        yield
        if connection.vendor == "postgresql":
            with django_db_blocker.unblock():
                connection.close()
                options = connection.settings_dict["OPTIONS"]
                options["options"] = options["options"].removesuffix(f" -c role={WORKING_ROLE}")

    @contextmanager
    def as_owner() -> Iterator[None]:
        """Be the owner of the tables inside the block, on PostgreSQL; what only an owner may is done there."""
        from django.db import connection  # only where Django is

        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET ROLE NONE")  # what waits for the end holds the triggers
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {WORKING_ROLE}")

    @pytest.fixture
    def owner() -> Any:
        """The block in which a test is the owner of the tables."""
        return as_owner

    @pytest.fixture(autouse=True, scope="session")
    def _flush_past_guards() -> Iterator[None]:
        """Let the clean-up after a transactional test empty append-only tables."""
        from django.db import connection  # only where Django is
        from django.test import TransactionTestCase

        from datacity.frame import guards

        teardown = TransactionTestCase._fixture_teardown

        def lifted_teardown(self: TransactionTestCase) -> None:
            with as_owner(), guards.lifted(connection):
                teardown(self)

        TransactionTestCase._fixture_teardown = lifted_teardown
        yield
        TransactionTestCase._fixture_teardown = teardown
