# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which verbs there are; each is the module of that name in this package."""

from datacity.kernel.words import msg

VERBS: dict[str, str] = {
    "describe": msg("Read a file and say what it holds; propose a plan"),
    "risk": msg("Measure the risk of re-identification before any change"),
    "protect": msg("Protect a table under a plan"),
    "attack": msg("Try to break a protected table"),
    "keys": msg("Make seal and clearance keys"),
    "clear": msg("Sign that a protected table may leave"),
    "release": msg("Freeze and seal a cleared table"),
    "serve": msg("Serve a folder of releases: API, files"),
    "verify": msg("Check what was downloaded, by itself and off-line"),
}
"""Verb → one line of help, in the order of the way a file goes."""
