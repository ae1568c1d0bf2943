# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The two journal verbs of a demonstration: its first entry, and the one after which only visitors act."""

from datacity.kernel.bus import Publicity, Verb

BEGUN, COMPLETED = "demonstration.begun", "demonstration.completed"

VERBS = (
    Verb(BEGUN, Publicity.PUBLIC, "Demonstration begun: everything here is made up"),
    Verb(COMPLETED, Publicity.PUBLIC, "Demonstration completed: from here on its visitors act"),
)
