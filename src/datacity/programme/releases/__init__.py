# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What leaves: clearance, release, withdrawal, and the pages of the portal."""
