# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The whole way of one file in one go, for the administrator's command `publish`."""
