# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one route of the demonstration; on a real home it answers that it does not exist."""

from django.urls import path

from datacity.web.demo import views

app_name = "demo"
urlpatterns = [path("demonstration/see-as", views.see_as, name="see_as")]
