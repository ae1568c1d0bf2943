# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Full-text search in two languages: one index form for public snapshots and for the control plane."""

from datacity.engine.search.building import build
from datacity.engine.search.documents import Document
from datacity.engine.search.finding import Found, Hit, Query, find
from datacity.engine.search.marking import Piece, excerpt, marked
from datacity.engine.search.revising import Revision, is_of_this_form, revise

__all__ = [
    "Document",
    "Found",
    "Hit",
    "Piece",
    "Query",
    "Revision",
    "build",
    "excerpt",
    "find",
    "is_of_this_form",
    "marked",
    "revise",
]
