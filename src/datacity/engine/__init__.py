# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What would be the same on a laptop: reads, describes, protects, freezes, serves and proves."""
