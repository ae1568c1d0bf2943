# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""ODSQL: the query language of the Explore API, parsed by a grammar and compiled to bound SQL."""
