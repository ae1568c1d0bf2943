# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Full-text search in two languages: one index form for public snapshots and for the control plane."""

from datacity.engine.search.building import build
from datacity.engine.search.documents import Document
from datacity.engine.search.finding import Found, Hit, Query, find

__all__ = ["Document", "Found", "Hit", "Query", "build", "find"]
