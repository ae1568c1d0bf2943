# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A role proposed for every column, from its findings and from what the table is about."""

from collections.abc import Sequence

from datacity.engine.catalogue import lexicon
from datacity.engine.catalogue.description import Answer, Axis, AxisProposal, Column, ColumnType, Confidence, Kind, Role

_DIRECT = {Kind.EMAIL, Kind.PHONE, Kind.NIR, Kind.IBAN, Kind.PERSON_NAME, Kind.ACCOUNT, Kind.DEVICE}
_QUASI = {"birth", "sex", "family", "work", "address"}


def propose_roles(columns: Sequence[Column], axes: Sequence[AxisProposal]) -> dict[str, Role]:
    """Give the role by technical name.

    What names somebody is an identifier in any table. Places, addresses, dates of birth,
    sex, work and family are quasi-identifiers, and persistent identifiers and free text are identifiers, only in a table
    whose rows are about persons: a tree has a number and a place too. Who signed a picture or a record is not its subject.
    """
    personal = any(axis.axis is Axis.PERSONAL and axis.answer is Answer.YES for axis in axes)
    about_persons = personal and any(_is_subject(column) for column in columns)
    return {column.name: _role(column, about_persons=about_persons) for column in columns}


def _role(column: Column, *, about_persons: bool) -> Role:
    kinds = {finding.kind for finding in column.findings}
    groups = {finding.group for finding in column.findings}
    if kinds & _DIRECT or groups & lexicon.DIRECT:
        return Role.IDENTIFIER
    if groups & (lexicon.SPECIAL | {"money"}):
        return Role.SENSITIVE
    if groups & (_QUASI - {"address"}):
        return Role.QUASI_IDENTIFIER
    if not about_persons:
        return Role.INSENSITIVE
    if kinds & {Kind.IDENTIFIER, Kind.FREE_TEXT}:
        return Role.IDENTIFIER
    place = Kind.COORDINATES in kinds or "address" in groups
    return (
        Role.QUASI_IDENTIFIER
        if place or column.type in {ColumnType.DATE, ColumnType.DATETIME} or _is_area(column)
        else Role.INSENSITIVE
    )


def _is_subject(column: Column) -> bool:
    if set(column.name.split("_")) & lexicon.AUTHOR:
        return False
    sure = [finding for finding in column.findings if finding.confidence is not Confidence.POSSIBLE]
    return any(finding.kind in _DIRECT or finding.group in lexicon.PERSONAL for finding in sure)


def _is_area(column: Column) -> bool:
    name = set(column.name.split("_"))
    return bool(
        name
        & {
            "commune",
            "postal",
            "cp",
            "insee",
            "arrondissement",
            "quartier",
            "ville",
            "iris",
            "zip",
            "city",
            "district",
            "departement",
        }
    )
