# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The verbs of the journal: record a deed, erase details, unlink a person, give positions, publish the log."""

from datacity.programme.journal.actions.entries import erase, record, unlink
from datacity.programme.journal.actions.publication import publish
from datacity.programme.journal.actions.sequencer import give_positions, only_sequencer

__all__ = ["erase", "give_positions", "only_sequencer", "publish", "record", "unlink"]
