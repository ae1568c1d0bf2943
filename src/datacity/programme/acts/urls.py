# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of acts."""

from django.urls import path

from datacity.programme.acts import views

app_name = "acts"
urlpatterns = [
    path("acts/", views.acts, name="list"),
    path("acts/table/", views.table, name="table"),
    path("acts/points/", views.points, name="points"),
    path("acts/<slug:slug>/", views.act, name="act"),
    path("acts/<slug:slug>/outcome/", views.enter_outcome, name="outcome"),
    path("acts/<slug:slug>/raise/", views.raise_point, name="raise"),
    path("acts/<slug:slug>/points/<int:number>/", views.point, name="point"),
    path("acts/<slug:slug>/points/<int:number>/assign/", views.assign, name="assign"),
    path("acts/<slug:slug>/points/<int:number>/answer/", views.answer, name="answer"),
    path("acts/<slug:slug>/points/<int:number>/refuse/", views.refuse, name="refuse"),
]

IDENTIFIED = {"act": "acts:act"}
