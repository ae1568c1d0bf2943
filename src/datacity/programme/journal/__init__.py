# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one append-only record: who did what to what, when; chained, checkable by anybody."""
