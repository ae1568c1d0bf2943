# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How Django finds this app."""

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """The app `datasets`."""

    name = "datacity.programme.datasets"
    default_auto_field = "django.db.models.BigAutoField"
