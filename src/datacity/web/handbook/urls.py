# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of the documentation; pictures have one address in every language."""

from django.urls import path

from datacity.web.handbook import views

app_name = "handbook"
urlpatterns = [
    path("docs/", views.page, {"name": ""}, name="first"),
    path("docs/<path:name>/", views.page, name="page"),
]
plain_urlpatterns = [path("docs/pictures/<path:name>", views.picture, name="documentation_picture")]
