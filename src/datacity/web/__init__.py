# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The assembled site: settings, routes, start-up and pages that belong to no single app."""
