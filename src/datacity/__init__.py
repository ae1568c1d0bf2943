# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""DataCity: a city innovates with partners and data, and anyone can check what was promised."""

__version__ = "0.1.0"
