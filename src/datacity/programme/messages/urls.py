# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of the outbox."""

from django.urls import path

from datacity.programme.messages import views

app_name = "messages"
urlpatterns = [path("outbox/", views.outbox, name="outbox")]
