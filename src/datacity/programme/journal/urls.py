# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of the journal."""

from django.urls import path

from datacity.programme.journal import views

app_name = "journal"
urlpatterns = [
    path("journal/", views.entries, name="list"),
    path("journal/<int:position>/", views.entry, name="entry"),
    path("journal/<int:position>/leaf.json", views.leaf, name="leaf"),
    path("journal/<int:position>/proof.json", views.proof, name="proof"),
]
