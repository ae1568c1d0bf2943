# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A program that releases or withdraws and kills itself at every step on disk, each time in a copy of the same folder.

killed.py FOLDER release|withdraw FIRST STRIDE: for steps FIRST, FIRST + STRIDE, … copies FOLDER/base to FOLDER/<step>, works there in a
forked child that is killed with SIGKILL at that step, and stops at the first step that is past the end. Odd steps are before an effect on
disk (fsync, rename, unlink), even ones after it.
"""

import os
import pathlib
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.proof.keys import KeyRing
from datacity.engine.release import freeze, withdraw
from tests.factories.sealed import AT, REPORT, WHY, City


def reopened(folder: Path) -> City:
    """Give the city of a copied folder."""
    city = City.__new__(City)
    city.folder, city.at, city.made = folder, AT, 0
    city.ring = KeyRing.load(folder / "keys")
    return city


def next_release(city: City) -> None:
    """Release the second version, whose table lies ready."""
    table = city.folder / "table2.parquet"
    freeze(table, city.details(), city.clear(table), REPORT, keys=city.ring, store=city.store, at=AT)


def withdrawal(city: City) -> None:
    """Withdraw the first version into a vault folder."""
    vault = FolderStore(city.folder / "vault")
    withdraw(
        "comptages",
        1,
        WHY,
        store=city.store,
        keys=city.ring,
        at=AT,
        vault=lambda sha, data: vault.put(sha, data.read()),
    )


DEEDS: dict[str, Callable[[City], None]] = {"release": next_release, "withdraw": withdrawal}


def kill_at(step: int) -> None:
    """Count effects on disk from now on and end this process at the given one."""
    count = 0

    def killing(effect: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            for done in (False, True):
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                if not done:
                    result = effect(*arguments, **options)
            return result

        return counted

    os.fsync = killing(os.fsync)
    pathlib.Path.rename = killing(pathlib.Path.rename)  # type: ignore[method-assign]
    pathlib.Path.unlink = killing(pathlib.Path.unlink)  # type: ignore[method-assign]


def main(folder: Path, deed: str, first: int, stride: int) -> None:
    """Kill at every step of the stride."""
    step, killed = first, True
    while killed:
        copy = folder / str(step)
        shutil.copytree(folder / "base", copy)
        child = os.fork()
        if child == 0:
            kill_at(step)
            DEEDS[deed](reopened(copy))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        if not killed and os.waitstatus_to_exitcode(status) != 0:
            sys.exit("the deed failed by itself")
        step += stride


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
