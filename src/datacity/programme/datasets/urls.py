# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of the workshop, where a steward turns a deposit into a protected table."""

from django.urls import path

from datacity.programme.datasets.views import datasets, descriptions, plans, protections

app_name = "datasets"
_VERSION = "workshop/datasets/<slug:slug>/<int:number>"
urlpatterns = [
    path("workshop/datasets", datasets.datasets, name="list"),
    path("workshop/deposits/<slug:reference>/describe", datasets.describe, name="describe"),
    path("workshop/deposits/<slug:reference>/version", datasets.describe_version, name="describe_version"),
    path("workshop/datasets/<slug:slug>", datasets.dataset, name="dataset"),
    path("workshop/datasets/<slug:slug>/about", datasets.about, name="about"),
    path("workshop/datasets/<slug:slug>/retire", datasets.retire, name="retire"),
    path(_VERSION, descriptions.description, name="description"),
    path(f"{_VERSION}/progress", descriptions.progress, name="reading_progress"),
    path(f"{_VERSION}/read-again", descriptions.read_again, name="read_again"),
    path(f"{_VERSION}/doubts", descriptions.doubts, name="doubts"),
    path(f"{_VERSION}/columns", descriptions.columns, name="columns"),
    path(f"{_VERSION}/axes", descriptions.axes, name="axes"),
    path(f"{_VERSION}/plan", plans.plan, name="plan"),
    path(f"{_VERSION}/plan/preview", plans.preview, name="preview"),
    path(f"{_VERSION}/plan/text", plans.plan_text, name="plan_text"),
    path("workshop/protections/<int:number>", protections.protection, name="protection"),
    path("workshop/protections/<int:number>/progress", protections.progress, name="protection_progress"),
    path("workshop/protections/<int:number>/plan.toml", protections.plan_file, name="plan_file"),
    path("workshop/protections/<int:number>/present", protections.present, name="present"),
    path("workshop/protections/<int:number>/reject", protections.reject, name="reject"),
]
