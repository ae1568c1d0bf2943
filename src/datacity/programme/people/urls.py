# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of people."""

from django.urls import path

from datacity.programme.people.views import accounts, organisations, persons

app_name = "people"

urlpatterns = [
    path("invitation/<str:token>", accounts.join, name="join"),
    path("account", accounts.profile, name="profile"),
    path("account/profile", accounts.change_profile, name="change_profile"),
    path("account/password", accounts.change_password, name="change_password"),
    path("account/sessions", accounts.sign_out_everywhere, name="sign_out_everywhere"),
    path("account/export", accounts.export, name="export"),
    path("account/reset", accounts.ask_reset, name="ask_reset"),
    path("account/reset/asked", accounts.reset_asked, name="reset_asked"),
    path("account/reset/<int:number>/<str:key>", accounts.reset, name="reset"),
    path("people", persons.directory, name="directory"),
    path("people/invite", persons.invite, name="invite"),
    path("people/<int:number>", persons.person, name="person"),
    path("people/<int:number>/invite", persons.invite_again, name="invite_again"),
    path("people/<int:number>/role", persons.grant_role, name="grant_role"),
    path("people/<int:number>/mandate", persons.give_mandate, name="give_mandate"),
    path("people/<int:number>/deactivate", persons.deactivate, name="deactivate"),
    path("people/<int:number>/reactivate", persons.reactivate, name="reactivate"),
    path("people/<int:number>/sign-out", persons.sign_out, name="sign_out"),
    path("people/invitations/<int:number>/withdraw", persons.withdraw_invitation, name="withdraw_invitation"),
    path("people/roles/<int:number>/end", persons.end_role, name="end_role"),
    path("people/mandates/<int:number>/end", persons.end_mandate, name="end_mandate"),
    path("organisations", organisations.organisations, name="organisations"),
    path("organisations/register", organisations.register_organisation, name="register_organisation"),
    path("organisations/<slug:slug>", organisations.organisation, name="organisation"),
    path("organisations/<slug:slug>/change", organisations.change_organisation, name="change_organisation"),
    path("organisations/<slug:slug>/leave", organisations.leave_organisation, name="leave_organisation"),
]

IDENTIFIED = {"organisation": "people:organisation"}
