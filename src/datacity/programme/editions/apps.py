# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How Django finds this app."""

from django.apps import AppConfig


class EditionsConfig(AppConfig):
    """The app `editions`."""

    name = "datacity.programme.editions"
    default_auto_field = "django.db.models.BigAutoField"
