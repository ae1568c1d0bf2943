# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How Django finds this app."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """The app `releases`."""

    name = "datacity.programme.releases"
    default_auto_field = "django.db.models.BigAutoField"
