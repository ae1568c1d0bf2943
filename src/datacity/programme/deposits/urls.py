# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of deposits."""

from django.urls import path

from datacity.programme.deposits import views

app_name = "deposits"
urlpatterns = [
    path("deposits", views.deposits, name="list"),
    path("deposits/new", views.deposit_file, name="new"),
    path("deposits/<slug:reference>", views.deposit, name="deposit"),
    path("deposits/<slug:reference>/sent", views.sent, name="sent"),
    path("deposits/<slug:reference>/receipt", views.receipt, name="receipt"),
    path("deposits/<slug:reference>/receipt.json", views.receipt_file, name="receipt_file"),
    path("deposits/<slug:reference>/refuse", views.refuse, name="refuse"),
    path("deposits/<slug:reference>/destroy", views.destroy, name="destroy"),
]
