# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Pages that belong to no single app: home, about, accessibility, personal data, display, style guide, sitemap, faults."""
