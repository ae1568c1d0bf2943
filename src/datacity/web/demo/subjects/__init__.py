# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What each file of the demonstration is: its words, its plan, who does what on which day, and what was decided."""
