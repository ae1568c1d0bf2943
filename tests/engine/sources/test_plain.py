# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is read fast is read as by `read`, or not at all."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacity.engine.sources import plain
from datacity.engine.sources.plain import read_plain
from datacity.engine.sources.reading import read
from datacity.kernel.errors import Invalid

CELLS = st.text(st.sampled_from("ab é0 1-'\u00a0.,"), max_size=4)


def same_as_read(file: Path, folder: Path) -> bool:
    """Read both ways; tell whether the fast one read it, after comparing what it gave."""
    fast = read_plain(file, folder / "fast.parquet")
    if fast is None:
        assert not (folder / "fast.parquet").exists()
        return False
    assert fast == read(file, folder / "slow.parquet")
    assert pq.read_table(folder / "fast.parquet").to_pylist() == pq.read_table(folder / "slow.parquet").to_pylist()
    return True


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_plain_file_is_read_the_same_and_fast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, mark: str):
    monkeypatch.setattr(plain, "_HEAD", 64)
    monkeypatch.setattr(plain, "_PIECE", 50)
    lines = [
        mark.join(("nom", "âge", "zone")),
        *(mark.join((f"p{i}", str(20 + i), "" if i % 3 else "é")) for i in range(31)),
    ]
    (tmp_path / "f.csv").write_bytes((end.join(lines) + end).encode())

    assert same_as_read(tmp_path / "f.csv", tmp_path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12), end=st.sampled_from(["\n", "\r\n"]))
def test_any_file_is_read_the_same_or_left_to_read(tmp_path: Path, rows: list[tuple[str, ...]], end: str):
    text = "one;two;three" + end + "".join(";".join(row) + end for row in rows)
    (tmp_path / "f.csv").write_bytes(text.encode())

    try:
        same_as_read(tmp_path / "f.csv", tmp_path)
    except Invalid:
        pytest.fail("the fast way read what the other refuses")
    (tmp_path / "fast.parquet").unlink(missing_ok=True)


@pytest.mark.parametrize(
    "data",
    [
        b'a;b\n1;"2"\n',
        b"a;b\n1;2\n3;4;5\n",
        b"a;b\n1;2\n3;4\n5\n6;7;8\n",
        b"a;b\n1;2\r\n3;4\n",
        b"a;b\n1;2\r3;4\n",
        b"\xef\xbb\xbfa;b\n1;2\n",
        b"a;b\n1;\xe9\n",
        b"a;b\n\n1;2\n",
        b"a;b\n1;2",
        b"a;b\n1;2\nTotal;3\n",
        b"a;b\n1;\0\n",
        b"",
    ],
)
def test_file_that_is_less_than_plain_is_left_to_read(tmp_path: Path, data: bytes):
    (tmp_path / "f.csv").write_bytes(data)

    assert read_plain(tmp_path / "f.csv", tmp_path / "fast.parquet") is None
    assert [each.name for each in tmp_path.iterdir()] == ["f.csv"]
