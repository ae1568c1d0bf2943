# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A proposed answer on each of the four sensitivity axes, with the evidence in one sentence."""

from collections.abc import Iterable, Sequence

from datacity.engine.catalogue import lexicon
from datacity.engine.catalogue.description import Answer, Axis, AxisProposal, Column, Confidence, Kind
from datacity.engine.catalogue.hints import has_word
from datacity.engine.sources import ReadingReport
from datacity.engine.sources.report import listed
from datacity.kernel.words import msg

_PERSONAL = {Kind.EMAIL, Kind.PHONE, Kind.NIR, Kind.IBAN, Kind.PERSON_NAME, Kind.ACCOUNT, Kind.DEVICE}


def propose_axes(reading: ReadingReport, columns: Sequence[Column]) -> tuple[AxisProposal, ...]:
    """Give one proposal for each axis; the steward answers, these are the first words of the reasoning."""
    return (_personal(columns), _collective(reading, columns), _business(reading, columns), _security(reading, columns))


def _names(columns: Iterable[Column]) -> dict[str, str]:
    return {"columns": listed(list(dict.fromkeys(column.name for column in columns)))}


def _personal(columns: Sequence[Column]) -> AxisProposal:
    groups = lexicon.PERSONAL - {"contact", "work", "money"}
    sure = [
        column
        for column in columns
        if any(
            (f.kind in _PERSONAL or f.group in groups) and f.confidence is not Confidence.POSSIBLE
            for f in column.findings
        )
    ]
    if sure:
        return AxisProposal(
            Axis.PERSONAL,
            Answer.YES,
            msg("These columns name or follow a person, or speak of one: {columns}."),
            _names(sure),
        )
    hints = [
        column
        for column in columns
        if {f.kind for f in column.findings} & (_PERSONAL | {Kind.FREE_TEXT})
        or {f.group for f in column.findings} & lexicon.PERSONAL
    ]
    if hints:
        return AxisProposal(
            Axis.PERSONAL,
            Answer.POSSIBLE,
            msg("People may be named or recognised in these columns: {columns}."),
            _names(hints),
        )
    return AxisProposal(Axis.PERSONAL, Answer.NO, msg("No column was found that names, follows or describes a person."))


def _collective(reading: ReadingReport, columns: Sequence[Column]) -> AxisProposal:
    special = [column for column in columns if {f.group for f in column.findings} & (lexicon.SPECIAL | {"money"})]
    said = [
        column for source, column in zip(reading.columns, columns, strict=True) if has_word(source, lexicon.COLLECTIVE)
    ]
    placed = any(Kind.COORDINATES in {f.kind for f in column.findings} for column in columns)
    if special and placed:
        return AxisProposal(
            Axis.COLLECTIVE,
            Answer.YES,
            msg("A sensitive subject is given by place: a group could be harmed though nobody is named ({columns})."),
            _names(special),
        )
    if special or said:
        return AxisProposal(
            Axis.COLLECTIVE,
            Answer.POSSIBLE,
            msg("These columns speak of groups that could be harmed: {columns}."),
            _names([*special, *said]),
        )
    return AxisProposal(Axis.COLLECTIVE, Answer.NO, msg("No header speaks of a group that could be harmed."))


def _business(reading: ReadingReport, columns: Sequence[Column]) -> AxisProposal:
    numbered = [column for column in columns if {f.kind for f in column.findings} & {Kind.SIREN, Kind.SIRET}]
    said = [
        column for source, column in zip(reading.columns, columns, strict=True) if has_word(source, lexicon.BUSINESS)
    ]
    if numbered or said:
        return AxisProposal(
            Axis.BUSINESS,
            Answer.POSSIBLE,
            msg("These columns name firms or what they earn: {columns}."),
            _names([*numbered, *said]),
        )
    return AxisProposal(Axis.BUSINESS, Answer.NO, msg("No column names a firm or its figures."))


def _security(reading: ReadingReport, columns: Sequence[Column]) -> AxisProposal:
    said = [
        column for source, column in zip(reading.columns, columns, strict=True) if has_word(source, lexicon.SECURITY)
    ]
    if said:
        return AxisProposal(
            Axis.SECURITY,
            Answer.POSSIBLE,
            msg("These columns may help to harm a network, a building or its guards: {columns}."),
            _names(said),
        )
    return AxisProposal(Axis.SECURITY, Answer.NO, msg("No header speaks of protection, networks or access."))
