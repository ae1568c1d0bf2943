# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The folder store under attack: links, killed writers, many writers."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from datacity.engine.adapters.folder import FolderStore
from datacity.kernel.errors import Conflict, Forbidden

WRITER = """
import sys
from pathlib import Path
from datacity.engine.adapters.folder import FolderStore
store = FolderStore(Path(sys.argv[1]))
print("ready", flush=True)
turn = 0
while True:
    turn += 1
    store.put("data/file", bytes([turn % 256]) * 3_000_000)
"""


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def test_folder_refuses_to_follow_a_link_out(store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    store.put("good", b"x")
    (store.root / "file").symlink_to(tmp_path / "secret")
    (store.root / "folder").symlink_to(tmp_path)

    for name in ("file", "folder/secret"):
        for deed in (
            lambda name=name: store.get(name),
            lambda name=name: store.put(name, b"y"),
            lambda name=name: store.delete(name),
        ):
            with pytest.raises(Forbidden, match="follows none"):
                deed()

    assert (tmp_path / "secret").read_text() == "secret"
    assert store.get("good") == b"x"


def test_folder_refuses_a_file_where_a_folder_is(store: FolderStore) -> None:
    store.put("a/b", b"x")

    with pytest.raises(Conflict, match="beginning of other names"):
        store.put("a", b"y")

    assert list(store.list()) == ["a/b"]


@pytest.mark.parametrize("wait", [0.0, 0.013, 0.029, 0.051, 0.083])
def test_folder_shows_whole_content_only_when_its_writer_is_killed(store: FolderStore, wait: float) -> None:
    store.put("data/file", b"\0" * 3_000_000)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(store.root)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(wait)
        os.kill(writer.pid, signal.SIGKILL)

    content = store.get("data/file")
    store.put("other", b"x")

    assert (len(content), len(set(content))) == (3_000_000, 1)
    assert list(store.list()) == ["data/file", "other"]
    assert list((store.root / ".tmp").iterdir()) == []


def test_folder_put_if_lets_one_of_many_writers_win(store: FolderStore) -> None:
    won: list[int] = []

    def try_it(number: int) -> None:
        if FolderStore(store.root).put_if("CURRENT", str(number).encode(), None):
            won.append(number)

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [store.get("CURRENT")] == [str(number).encode() for number in won]
