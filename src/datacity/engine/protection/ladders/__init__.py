# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ladders: how a value is said less precisely, one level at a time, from the value itself (0) to `*` (the top).

Two values that are equal at one level are equal at every level above: a ladder never splits what it has joined.
"""
