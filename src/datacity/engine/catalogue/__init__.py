# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Describe: text cells get types, units, roles, findings, quality marks and a licence, over all rows."""

from datacity.engine.catalogue.describing import describe, said_anew, touches_cells
from datacity.engine.catalogue.description import (
    Answer,
    Axis,
    AxisProposal,
    Bar,
    Column,
    ColumnDecision,
    ColumnType,
    Confidence,
    Description,
    Finding,
    Kind,
    QualityMark,
    Role,
)
from datacity.engine.catalogue.values import write_typed

__all__ = [
    "Answer",
    "Axis",
    "AxisProposal",
    "Bar",
    "Column",
    "ColumnDecision",
    "ColumnType",
    "Confidence",
    "Description",
    "Finding",
    "Kind",
    "QualityMark",
    "Role",
    "describe",
    "said_anew",
    "touches_cells",
    "write_typed",
]
