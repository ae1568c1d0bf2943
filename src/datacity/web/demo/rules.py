# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one journal verb of a demonstration: its first entry."""

from datacity.kernel.bus import Publicity, Verb

BEGUN = "demonstration.begun"

VERBS = (Verb(BEGUN, Publicity.PUBLIC, "Demonstration begun: everything here is made up"),)
