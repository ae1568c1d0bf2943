# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Homes that are backed up, deeds done in the middle of it, and homes brought back."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from datacity.web.backup import archive, databases, restoring
from datacity.web.backup.restoring import Restored, Target
from tests.factories import databases as servers
from tests.factories.killing import Mortal

RELEASED = """
from tests.factories import backing, data
from datetime import UTC, datetime
data.NOW = datetime.now(UTC)
data.release()
data.deposit(content=b"a;b\\n1;2\\n")
"""
"""Code that gives an empty home a released version, and a deposit that nobody works with."""


def released(folder: Path) -> Mortal:
    """Give a home with a released version and a deposit, all of its journal in order."""
    city = Mortal(folder)
    city.prepare()
    city.run(RELEASED)
    city.recover()
    return city


def target_of(home: Path, *, keys: Path | None = None) -> Target:
    """Give where a home is restored to, on the database the tests work on."""
    database = databases.PostgreSQL(servers.address_of(home)) if servers.on_postgresql() else None
    return Target(home, keys or home / "keys", database)


def brought_back(path: Path, folder: Path, *, keys: Path, logs: tuple[Path, ...] = ()) -> tuple[Mortal, Restored]:
    """Restore a backup into `folder/home` and put the keys beside it, as an administrator does."""
    folder.mkdir()
    city = Mortal(folder)
    restored = restoring.restore(path, target_of(city.home), logs=logs)
    shutil.copytree(keys, city.home / "keys", dirs_exist_ok=True)
    (city.home / "scratch").mkdir(exist_ok=True)
    return city, restored


def withdraw() -> None:
    """Withdraw the first released version, bytes and all."""
    from datacity.programme.people.models import Person  # the models of the home that is worked on
    from datacity.programme.people.rules import Proof
    from datacity.programme.releases import actions
    from datacity.programme.releases.models import Release
    from datacity.web.worker.loop import run_due

    who = Person.objects.get(name="Claire Fontanel")
    release = Release.objects.order_by("pk")[0]
    reason = "Les comptages d'octobre sont faux de moitié."
    actions.withdraw(release, ground="error", reason=reason, by=who, at=datetime.now(UTC), proven=Proof.SHELL)
    run_due()


def release() -> None:
    """Release a next version."""
    from tests.factories import data

    data.NOW = datetime.now(UTC)
    data.next_release("passages-de-velos", data.COUNTS + b"\nQuai 5;2026-10-01;7")


def destroy() -> None:
    """Destroy the deposit nobody works with."""
    from datacity.programme.deposits import actions
    from datacity.programme.deposits.models import Deposit
    from datacity.programme.people.rules import Role
    from tests.factories.people import person

    deposit = Deposit.objects.order_by("-pk")[0]
    actions.destroy(deposit, reason="Demandé par la direction.", by=person(Role.DATA_STEWARD), at=datetime.now(UTC))


def upload() -> None:
    """Deposit a file."""
    from tests.factories import data

    data.NOW = datetime.now(UTC)
    data.deposit(content=b"c;d\n3;4\n")


DEEDS: dict[str, Callable[[], None]] = {each.__name__: each for each in (withdraw, release, destroy, upload)}


@contextmanager
def meanwhile(deed: str, moment: str) -> Iterator[None]:
    """Do a deed once, just before the first member that begins with `moment` is added; "fixing": just after the database is fixed."""
    left: list[Callable[[], None]] = [DEEDS[deed]]
    add, fixed = archive.Writer._add, databases.SQLite.fixed
    fixed_there = databases.PostgreSQL.fixed
    fixings = 0

    def adding(self: archive.Writer, name: str, *rest: Any) -> None:
        if name.startswith(moment) and left:
            left.pop()()
        add(self, name, *rest)

    def fixing(original: Any) -> Any:
        @contextmanager
        def inner(self: Any) -> Iterator[Any]:
            nonlocal fixings
            fixings += 1
            with original(self) as found:
                if moment == "fixing" and fixings == 2 and left:  # the first one only reads what was migrated
                    left.pop()()
                yield found

        return inner

    archive.Writer._add = adding  # type: ignore[method-assign,assignment]
    databases.SQLite.fixed, databases.PostgreSQL.fixed = fixing(fixed), fixing(fixed_there)  # type: ignore[method-assign]
    try:
        yield
    finally:
        archive.Writer._add = add  # type: ignore[method-assign]
        databases.SQLite.fixed, databases.PostgreSQL.fixed = fixed, fixed_there  # type: ignore[method-assign]
    assert not left, f"the moment {moment} never came"


def back_up_meanwhile(target: str, deed: str, moment: str) -> None:
    """Back the home of this process up while a deed is done in the middle of it."""
    from datacity.web.backup import keeping
    from tests.factories import people

    people._numbers = count(1000)  # beyond those the home was made with
    with meanwhile(deed, moment):
        keeping.make(Path(target), at=datetime.now(UTC))
