# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The app `people`."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, organisations, mandates, roles, invitations."""

    name = "datacity.programme.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
