# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Raw files as a city has them, made from a seed: one module a subject, one function that gives the bytes."""
