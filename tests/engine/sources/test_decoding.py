# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pass over the bytes: encoding, line ends and places, wherever blocks are cut."""

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.sources import ReadOptions, decoding
from datacity.engine.sources.decoding import scan
from datacity.kernel.errors import Invalid


@pytest.fixture(autouse=True)
def _tiny_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "BLOCK", 3)


def _written(content: bytes) -> Path:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(content)
    return Path(file.name)


@given(st.lists(st.sampled_from(["a", "é", "€", "🌳", "\n", "\r\n", "\r"]), max_size=30).map("".join))
def test_utf8_is_recognised_and_its_line_ends_counted_wherever_blocks_end(text: str) -> None:
    path = _written(text.encode())

    found = scan(path, ReadOptions())

    path.unlink()
    pairs = text.count("\r\n")
    assert found.encoding == "utf-8"
    assert found.ends == {"CRLF": pairs, "LF": text.count("\n") - pairs, "CR": text.count("\r") - pairs}
    assert (found.sha256, found.bytes) == (hashlib.sha256(text.encode()).hexdigest(), len(text.encode()))


@given(st.lists(st.sampled_from(["ab", "é", "\n", "\r\n"]), max_size=20).map("".join))
def test_first_byte_that_is_not_utf8_is_placed_by_line_and_byte(text: str) -> None:
    path = _written(text.encode() + b"\xe9;\n")

    found = scan(path, ReadOptions())

    path.unlink()
    lines = text.replace("\r\n", "\n").split("\n")
    assert found.encoding == "cp1252"
    assert found.bad_utf8
    assert (found.bad_utf8.line, found.bad_utf8.byte) == (len(lines), len(lines[-1].encode()) + 1)


@given(st.lists(st.sampled_from(["abc", "\n", "\r\n", "\r"]), max_size=20).map("".join))
def test_nul_byte_is_placed_by_line_and_byte(text: str) -> None:
    path = _written(text.encode() + b"x\x00")

    with pytest.raises(Invalid) as caught:
        scan(path, ReadOptions())

    path.unlink()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert (caught.value.values["line"], caught.value.values["byte"]) == (len(lines), len(lines[-1]) + 2)


@pytest.mark.parametrize(
    ("content", "turn"),
    [
        (b"a;b\r\n1;2\r\n3;4\n5;6\n", 3),
        (b"a;b\n1;2\r\n", 2),
        (b"a;b\n1;2\n", None),
        (b"a;b\n" + b"1;2\n" * 400 + b"1;2\r\n", 402),
    ],
)
def test_line_whose_end_differs_from_those_before_is_found(tmp_path: Path, content: bytes, turn: int | None) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(content)

    found = scan(file, ReadOptions())

    assert found.turn == turn
