# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The line of each key of a TOML file, whatever stands around it."""

from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from datacity.kernel.errors import Invalid
from datacity.web.city import documents

TEXT = '''\
title = "a # b"  # a comment
long = """
[not.a.table]
key = "inside"
"""
list = [
  "x", # ]
  { a = 1 },
]
"quoted.key" = 1
a.b.c = 2

[table] # one
"é" = 'literal " quote'

[[many]]
x = 1
[many.below]
y = 2
[[many]]
x = 3
'''
LINES = {
    ("title",): 1, ("long",): 2, ("list",): 6, ("list", 0): 6, ("quoted.key",): 10, ("a", "b", "c"): 11, ("table",): 13, ("table", "é"): 14,
    ("many", 0): 16, ("many", 0, "x"): 17, ("many", 0, "below", "y"): 19, ("many", 1): 20, ("many", 1, "x"): 21, ("nowhere",): 1,
}  # fmt: skip


@pytest.mark.parametrize(("steps", "line"), LINES.items())
def test_each_key_has_its_line(tmp_path: Path, steps, line):
    path = tmp_path / "x.toml"
    path.write_text(TEXT, encoding="utf-8")

    assert documents.read(path).line(steps) == line


names = st.text(min_size=1, max_size=8)
values = st.text(max_size=20) | st.integers(-9, 9) | st.booleans() | st.lists(st.text(max_size=5), max_size=3)
tables = st.dictionaries(names, values | st.dictionaries(names, values, min_size=1, max_size=3), min_size=1, max_size=5)


@given(tables, st.booleans())
def test_any_file_gives_a_line_on_which_the_key_is_written(tmp_path_factory, table, multiline):
    path = tmp_path_factory.mktemp("toml") / "x.toml"
    text = tomli_w.dumps(table, multiline_strings=multiline)
    path.write_text(text, encoding="utf-8", newline="")

    document = documents.read(path)

    lines = text.replace("\r\n", "\n").split("\n")
    for steps, _value in document.leaves():
        if len(steps) < 3 and steps in document.lines:
            last = tomli_w.dumps({steps[-1]: 0}).partition(" = ")[0]
            assert last in lines[document.line(steps) - 1]
    assert {steps for steps, _value in document.leaves() if len(steps) < 3} <= set(document.lines)


def test_windows_line_ends_and_a_mark_of_byte_order_are_read(tmp_path: Path):
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")

    assert documents.read(path).line(("b",)) == 2


@pytest.mark.parametrize(("content", "said"), [(b"a = '\xe9'", "UTF-8"), (b"#" * 1_000_001, "more than 1000000 bytes")])
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, content, said):
    path = tmp_path / "x.toml"
    path.write_bytes(content)

    with pytest.raises(Invalid, match=said):
        documents.read(path)
