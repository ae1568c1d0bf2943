# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The sentences of Python's argparse that a reader of ours may meet, marked for translation."""

from datacity.kernel.words import msg

SENTENCES = (
    msg("usage: "),
    msg("options"),
    msg("positional arguments"),
    msg("show this help message and exit"),
    msg("the following arguments are required: %s"),
    msg("unrecognized arguments: %s"),
    msg("expected one argument"),
    msg("expected at least one argument"),
    msg("argument %(argument_name)s: %(message)s"),
    msg("invalid %(type)s value: %(value)r"),
    msg("invalid choice: %(value)r (choose from %(choices)s)"),
    msg("not allowed with argument %s"),
    msg("ambiguous option: %(option)s could match %(matches)s"),
)
