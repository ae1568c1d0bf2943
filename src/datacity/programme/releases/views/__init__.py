# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of releases, a module for each noun: the work on a decision here, the portal beside it."""
