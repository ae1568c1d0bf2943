# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Custody of bytes: who handed over what, under which title, and what became of it."""
