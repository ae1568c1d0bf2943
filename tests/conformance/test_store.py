# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every Store does, whatever it is made of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from datacity.engine.adapters.folder import FolderStore
from datacity.engine.ports import Store
from datacity.kernel.errors import Invalid, Missing

MAKERS: dict[str, Callable[[Path], Store]] = {"folder": FolderStore}
BAD_NAMES = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "a/../b",
    "a//b",
    "a/",
    "./a",
    "a\\b",
    ".hidden",
    "a/.b",
    "-o",
    "a\0b",
    "a b",
    "é",
    "a\n",
    "x" * 300,
]


@pytest.fixture(params=sorted(MAKERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MAKERS[request.param](tmp_path / "store")


def test_store_gives_back_what_was_put(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"from a file" * 1000)

    store.put("a/one", b"bytes")
    store.put("a/two", tmp_path / "file")

    with store.open("a/two") as data:
        assert (store.get("a/one"), data.read()) == (b"bytes", b"from a file" * 1000)
    assert (store.size("a/one"), store.exists("a/one"), store.exists("a")) == (5, True, False)


def test_store_put_replaces_what_was_there(store: Store) -> None:
    store.put("name", b"long content")

    store.put("name", b"short")

    assert (store.get("name"), list(store.list())) == (b"short", ["name"])


def test_store_lists_names_by_prefix_in_order(store: Store) -> None:
    for name in ("b/2", "b/10", "a", "b/c/d", "bb"):
        store.put(name, b"x")

    assert list(store.list()) == ["a", "b/10", "b/2", "b/c/d", "bb"]
    assert list(store.list("b/")) == ["b/10", "b/2", "b/c/d"]
    assert list(store.list("b")) == ["b/10", "b/2", "b/c/d", "bb"]
    assert list(store.list("b/1")) == ["b/10"]
    assert list(store.list("none/")) == []


def test_store_put_if_replaces_only_the_expected_content(store: Store) -> None:
    steps = [
        store.put_if("CURRENT", b"1", None),
        store.put_if("CURRENT", b"2", None),
        store.put_if("CURRENT", b"2", b"1"),
        store.put_if("CURRENT", b"3", b"1"),
        store.put_if("CURRENT", b"3", b"2"),
    ]

    assert steps == [True, False, True, False, True]
    assert store.get("CURRENT") == b"3"


def test_store_delete_removes_and_is_quiet_the_second_time(store: Store) -> None:
    store.put("a/b", b"x")
    store.put("a/c", b"y")

    store.delete("a/b")
    store.delete("a/b")

    assert list(store.list()) == ["a/c"]


def test_store_says_missing_for_what_is_not_there(store: Store) -> None:
    store.put("there", b"x")

    for read in (store.get, store.size, store.open):
        with pytest.raises(Missing, match="nothing under the name “gone”"):
            read("gone")
    assert store.local_path("gone") is None
    assert store.get("there") == b"x"


def test_store_local_path_holds_the_content_where_there_is_one(store: Store) -> None:
    store.put("a/b", b"content")

    path = store.local_path("a/b")

    assert path is None or path.read_bytes() == b"content"


@pytest.mark.parametrize("name", BAD_NAMES)
def test_store_refuses_a_name_that_could_lead_outside(store: Store, name: str) -> None:
    store.put("good", b"x")

    for deed in (
        lambda: store.put(name, b"x"),
        lambda: store.put_if(name, b"x", None),
        lambda: store.get(name),
        lambda: store.delete(name),
        lambda: store.exists(name),
    ):
        with pytest.raises(Invalid, match="not a name that a store takes"):
            deed()
    assert list(store.list()) == ["good"]
