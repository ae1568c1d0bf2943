# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The ports made of real things: a folder, SQLite, the system's clock and its source of chance."""
