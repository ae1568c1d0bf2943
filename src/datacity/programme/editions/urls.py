# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of the app."""

from django.urls import path

from datacity.programme.editions import views

app_name = "editions"
urlpatterns = [
    path("policy/", views.policy, name="policy"),
    path("editions/", views.editions, name="list"),
    path("editions/draft/", views.draft, name="draft"),
    path("editions/<slug:slug>/", views.edition, name="edition"),
    path("editions/<slug:slug>/correct/", views.correct, name="correct"),
    path("editions/<slug:slug>/policy/", views.set_policy, name="set_policy"),
    path("editions/<slug:slug>/act/", views.rest_on, name="rest_on"),
    path("editions/<slug:slug>/open/", views.open_edition, name="open"),
    path("editions/<slug:slug>/close/", views.close, name="close"),
    path("editions/<slug:slug>/archive/", views.archive, name="archive"),
]

IDENTIFIED = {"edition": "editions:edition"}
