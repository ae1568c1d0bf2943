# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The route of the search."""

from django.urls import path

from datacity.web.search import views

app_name = "search"
urlpatterns = [path("search/", views.search, name="search")]
