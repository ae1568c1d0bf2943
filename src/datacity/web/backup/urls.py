# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of the backups."""

from django.urls import path

from datacity.web.backup import views

app_name = "backup"
urlpatterns = [
    path("backups/", views.backups, name="backups"),
    path("backups/make/", views.make, name="make"),
    path("backups/check/", views.check, name="check"),
]
