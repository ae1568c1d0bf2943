# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What releases add to other pages and to the lists of what waits: decisions here, the portal beside them."""

from datacity.programme.releases.panels import decisions, portal, search

PANELS = (*decisions.PANELS, *portal.PANELS)
PROVIDERS = (*decisions.PROVIDERS, *portal.PROVIDERS, *search.PROVIDERS)
