# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How Django finds this app."""

from django.apps import AppConfig


class DepositsConfig(AppConfig):
    """The app `deposits`."""

    name = "datacity.programme.deposits"
    default_auto_field = "django.db.models.BigAutoField"
