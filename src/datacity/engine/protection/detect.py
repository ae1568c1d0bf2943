# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Detection under the name of its step; the patterns and words live in the catalogue, whose description carries findings."""

from datacity.engine.catalogue.description import Finding
from datacity.engine.catalogue.detection import detect, is_private, mask

__all__ = ["Finding", "detect", "is_private", "mask"]
