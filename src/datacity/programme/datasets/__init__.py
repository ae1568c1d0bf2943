# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A deposit described and protected: columns, sensitivity, plan, risk, attack."""
