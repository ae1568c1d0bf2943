# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of the app. Decisions: the number is the protection's key."""

from django.urls import path

from datacity.programme.releases.views import cases, decisions, opinions, withdrawals
from datacity.programme.releases.views.portal import catalogue, dataset

app_name = "releases"
urlpatterns = [
    # decisions
    path("decisions/waiting/", cases.waiting, name="waiting"),
    path("decisions/register/", decisions.register, name="register"),
    path("decisions/<int:number>/", cases.case, name="case"),
    path("decisions/<int:number>/opinion/", opinions.give_opinion, name="give_opinion"),
    path("decisions/<int:number>/opinion/given/", opinions.opinion_given, name="opinion_given"),
    path("decisions/<int:number>/review/", opinions.conclude_review, name="conclude_review"),
    path("decisions/<int:number>/review/concluded/", opinions.review_concluded, name="review_concluded"),
    path("decisions/<int:number>/review/outcome/", opinions.review_outcome, name="review_outcome"),
    path("decisions/<int:number>/decide/", decisions.decide, name="decide"),
    path("decisions/<int:number>/taken/", decisions.decision_taken, name="decision_taken"),
    path("decisions/<int:number>/decision/", decisions.decision, name="decision"),
    path("decisions/<int:number>/again/", decisions.publish_again, name="publish_again"),
    path("decisions/<int:number>/withdraw/", withdrawals.withdraw, name="withdraw"),
    path("decisions/<int:number>/withdrawal/", withdrawals.withdrawal, name="withdrawal"),
    # the portal
    path("datasets/", catalogue.catalogue, name="catalogue"),
    path("datasets/<slug:slug>/", dataset.dataset, name="dataset"),
    path("datasets/<slug:slug>/report/", dataset.report, name="report"),
    path("datasets/<slug:slug>/v/<int:number>/", dataset.dataset_version, name="dataset_version"),
]
IDENTIFIED = {"dataset": "releases:dataset"}
