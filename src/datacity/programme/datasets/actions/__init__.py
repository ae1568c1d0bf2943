# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The verbs of datasets: describe, read, answer the axes, plan, protect, present, set aside, retire."""

from datacity.programme.datasets.actions.describing import (
    About,
    Read,
    answer_axes,
    change_about,
    decide_columns,
    describe,
    describe_version,
    destroy_tables,
    finish_reading,
    read_again,
    refuse_reading,
    retire,
)
from datacity.programme.datasets.actions.protecting import (
    Outcome,
    fail_protection,
    finish_protection,
    plan,
    present,
    reject,
)

__all__ = [
    "About",
    "Outcome",
    "Read",
    "answer_axes",
    "change_about",
    "decide_columns",
    "describe",
    "describe_version",
    "destroy_tables",
    "fail_protection",
    "finish_protection",
    "finish_reading",
    "plan",
    "present",
    "read_again",
    "refuse_reading",
    "reject",
    "retire",
]
