# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Work that is done later: queued in the deed's transaction, leased, tried again, finished once."""
