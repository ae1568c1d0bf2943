# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of the app."""

from django.urls import URLPattern

app_name = "privacy"
urlpatterns: list[URLPattern] = []
