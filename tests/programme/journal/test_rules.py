# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What an entry is made of: payloads, pseudonyms, leaf and chain."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Invalid
from datacity.programme.journal import rules

numbers = st.integers(-rules.LARGEST_INTEGER, rules.LARGEST_INTEGER)
values = st.recursive(
    st.text() | numbers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_a_payload_of_texts_and_whole_numbers_has_its_canonical_bytes(payload: dict[str, Any]) -> None:
    try:
        data = rules.payload_bytes(payload)
    except Invalid as refusal:
        assert refusal.code in {"journal.payload_deep", "canonical.value"}  # noqa: PT017 -- lone surrogates and very deep values
    else:
        assert data == canonical_bytes(payload)


@pytest.mark.parametrize(
    ("payload", "code", "place"),
    [
        ({"a": 1.5}, "journal.payload_kind", "payload.a"),
        ({"a": [1, {"b": None}]}, "journal.payload_kind", "payload.a[1].b"),
        ({"a": True}, "journal.payload_kind", "payload.a"),
        ({"a": {1: "x"}}, "journal.payload_key", "payload.a"),
        ({"a": 2**53}, "journal.payload_number", "payload.a"),
        ({"a": [[[[[[[["deep"]]]]]]]]}, "journal.payload_deep", "payload.a[0][0][0][0][0][0][0]"),
    ],
)
def test_another_payload_is_refused_with_its_place(payload: dict[Any, Any], code: str, place: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.payload_bytes(payload)

    assert (caught.value.code, caught.value.values["place"]) == (code, place)


def test_a_payload_that_is_too_long_is_refused() -> None:
    with pytest.raises(Invalid, match=r"journal\.payload_long|65536"):
        rules.payload_bytes({"text": "x" * 65_536})


def test_the_leaf_hash_is_the_sha256_of_a_zero_byte_and_the_canonical_leaf() -> None:
    leaf = rules.Leaf(
        entry=7, verb="thing.shown", publicity="public", edition="city", actor="a" * 64, subject="thing:1",
        at="2027-03-01T09:30:00.000000Z", recorded_at="2027-03-01T09:30:01.000000Z", payload_digest="b" * 64,
    )  # fmt: skip
    written = (
        '{"actor":"' + "a" * 64 + '","at":"2027-03-01T09:30:00.000000Z","datacity":1,"edition":"city","entry":7,'
        '"payload_digest":"' + "b" * 64 + '","publicity":"public","recorded_at":"2027-03-01T09:30:01.000000Z",'
        '"subject":"thing:1","verb":"thing.shown"}'
    )

    assert leaf.hash() == hashlib.sha256(b"\x00" + written.encode()).digest()


def test_a_chain_hash_covers_the_one_before_and_the_leaf() -> None:
    assert rules.chained(b"a" * 32, b"b" * 32) == hashlib.sha256(b"a" * 32 + b"b" * 32).digest()
    assert rules.CHAIN_START == b"\x00" * 32


def test_a_pseudonym_is_the_hmac_of_the_edition_under_the_secret() -> None:
    assert rules.pseudonym(b"s" * 32, "2027") == hmac.new(b"s" * 32, b"2027", "sha256").hexdigest()
    assert rules.pseudonym(b"s" * 32, "2028") != rules.pseudonym(b"s" * 32, "2027")


def test_a_moment_is_written_in_utc_with_microseconds() -> None:
    paris = timezone(timedelta(hours=2))

    assert rules.moment_text(datetime(2027, 7, 1, 11, 30, 0, 5, tzinfo=paris)) == "2027-07-01T09:30:00.000005Z"


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(Invalid, match="no time zone"):
        rules.moment_text(datetime(2027, 7, 1, tzinfo=UTC).replace(tzinfo=None))
