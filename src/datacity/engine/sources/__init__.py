# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Read: a file of any accepted format becomes text cells in Parquet, with a reading report."""

from datacity.engine.sources.reading import read
from datacity.engine.sources.report import ColumnSource, Doubt, Format, ReadingReport, ReadOptions

__all__ = ["ColumnSource", "Doubt", "Format", "ReadOptions", "ReadingReport", "read"]
