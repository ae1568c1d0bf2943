# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Persons, organisations, the mandates and roles between them, and how somebody gets an account."""
