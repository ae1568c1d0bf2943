# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Findings that come from the header, the type and the number of different values, not from the text of the cells."""

from collections.abc import Sequence

from datacity.engine.catalogue import lexicon
from datacity.engine.catalogue.description import Column, ColumnType, Confidence, Finding, Kind
from datacity.engine.catalogue.hints import has_word, words
from datacity.engine.sources import ColumnSource
from datacity.kernel.words import msg

FEWEST = 20
"""Filled cells from which "nearly every value differs" means something."""

NEARLY_UNIQUE = 0.98

_PAIRS = (({"lat", "latitude"}, {"lon", "lng", "long", "longitude"}), ({"x"}, {"y"}))


def header_findings(source: ColumnSource, column: Column, columns: Sequence[Column], rows: int) -> list[Finding]:
    """Give the findings on one column: sensitive words, accounts, coordinates, persistent identifiers.

    columns: all columns of the table, typed and counted; rows: of the table.
    """
    found = [_coordinates(source, column, columns), _account(source, column), _identifier(source, column, rows)]
    return [*_words(source), *(finding for finding in found if finding)]


def _words(source: ColumnSource) -> list[Finding]:
    found = []
    for group, among in lexicon.SENSITIVE.items():
        if word := has_word(source, among):
            sure = Confidence.POSSIBLE if group in {"address", "work", "money"} else Confidence.LIKELY
            found.append(
                Finding(
                    Kind.SENSITIVE_WORD,
                    sure,
                    0.0,
                    (),
                    msg("The header holds the word “{word}”."),
                    {"word": word},
                    group,
                )
            )
    return found


def _coordinates(source: ColumnSource, column: Column, columns: Sequence[Column]) -> Finding | None:
    if column.type is ColumnType.GEO_POINT:
        return Finding(
            Kind.COORDINATES, Confidence.CERTAIN, 1.0, (), msg("The cells are points (latitude and longitude).")
        )
    if column.type is ColumnType.GEO_SHAPE:
        return Finding(Kind.COORDINATES, Confidence.CERTAIN, 1.0, (), msg("The cells are geometries (GeoJSON)."))
    if column.type not in {ColumnType.NUMBER, ColumnType.INTEGER}:
        return None
    for pair in _PAIRS:
        for mine, other in (pair, pair[::-1]):
            partner = next(
                (
                    one
                    for one in columns
                    if one.name != column.name and set(words(ColumnSource(one.name, one.label))) & other
                ),
                None,
            )
            if has_word(source, mine) and partner:
                return Finding(
                    Kind.COORDINATES,
                    Confidence.LIKELY,
                    1.0,
                    (),
                    msg("Together with the column {other} this is a place on the map."),
                    {"other": partner.name},
                )
    return None


def _account(source: ColumnSource, column: Column) -> Finding | None:
    word = has_word(source, lexicon.ACCOUNT)
    if not word or column.type in {ColumnType.BOOLEAN, ColumnType.DATE, ColumnType.DATETIME}:
        return None
    return Finding(
        Kind.ACCOUNT,
        Confidence.LIKELY,
        1.0,
        (),
        msg("The header says “{word}”: an account that one person may stand behind."),
        {"word": word},
    )


def _identifier(source: ColumnSource, column: Column, rows: int) -> Finding | None:
    filled = rows - column.nulls
    device, named = has_word(source, lexicon.DEVICE), has_word(source, lexicon.IDENTIFIER)
    whole = column.type is ColumnType.INTEGER or (
        column.type is ColumnType.NUMBER and bool(column.minimum) and str(column.minimum).endswith(".0")
    )
    coded = column.type is ColumnType.TEXT or whole
    if not coded or filled < FEWEST:
        return None
    if device and (named or device in {"imei", "mac", "plaque", "immatriculation", "badge", "cookie"}):
        return Finding(
            Kind.DEVICE,
            Confidence.LIKELY,
            1.0,
            (),
            msg("The header says “{word}”: an identifier that follows one vehicle, device or customer."),
            {"word": device},
        )
    if column.distinct < NEARLY_UNIQUE * filled or not named:
        return None
    return Finding(
        Kind.IDENTIFIER,
        Confidence.LIKELY,
        1.0,
        (),
        msg("The header says “{word}” and {distinct} of {filled} values differ: a persistent identifier."),
        {"word": named, "distinct": column.distinct, "filled": filled},
    )
