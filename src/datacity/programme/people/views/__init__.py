# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of people: one's own account, the persons, the organisations."""
