# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Technical names: plain, unique, never empty."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.engine.sources.names import LONGEST_NAME, name_columns, technical_name
from datacity.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Libellé Français", "libelle_francais"),
        ("HAUTEUR (m)", "hauteur_m"),
        ("@id", "id"),
        ("1er numéro", "c_1er_numero"),
        ("Œuvre d'art", "oeuvre_d_art"),
        ("Surface m²", "surface_m2"),
        ("__line", "line"),
        ("🌳", ""),
    ],
)
def test_technical_name_is_plain(header: str, name: str) -> None:
    assert technical_name(header) == name


HEADERS = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=80)


@given(st.lists(HEADERS, min_size=1, max_size=30, unique_by=lambda header: header.strip()))
def test_names_of_any_headers_are_unique_and_safe(headers: list[str]) -> None:
    columns, _ = name_columns(headers, {})

    names = [column.name for column in columns]
    assert len(set(names)) == len(headers)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) and len(name) <= LONGEST_NAME for name in names)


def test_a_nul_character_in_a_header_is_refused() -> None:
    with pytest.raises(Invalid, match="NUL character"):
        name_columns(["a", "b\0"], {})
