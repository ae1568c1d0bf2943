# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How Django finds this app."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The app `privacy`."""

    name = "datacity.programme.privacy"
    default_auto_field = "django.db.models.BigAutoField"
