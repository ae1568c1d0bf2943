# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of the jobs."""

from django.urls import path

from datacity.programme.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.jobs, name="list"),
    path("jobs/<int:number>/", views.job, name="job"),
    path("jobs/<int:number>/progress/", views.progress, name="progress"),
    path("jobs/<int:number>/retry/", views.retry, name="retry"),
    path("jobs/<int:number>/dismiss/", views.dismiss, name="dismiss"),
]
