# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The app `acts` for Django."""

from django.apps import AppConfig


class ActsConfig(AppConfig):
    """The app `acts`."""

    name = "datacity.programme.acts"
    label = "acts"
    default_auto_field = "django.db.models.BigAutoField"
