# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of people."""

from django.urls import path

from datacity.programme.people.views import accounts, factors, organisations, persons

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
    path("account/factors", factors.factors, name="factors"),
    path("account/factors/app", factors.add_code_app, name="add_code_app"),
    path("account/factors/app/picture.svg", factors.code_app_picture, name="code_app_picture"),
    path("account/factors/passkey", factors.add_passkey, name="add_passkey"),
    path("account/factors/passkey/challenge", factors.passkey_options, name="passkey_options"),
    path("account/factors/<int:number>/rename", factors.rename_factor, name="rename_factor"),
    path("account/factors/<int:number>/remove", factors.remove_factor, name="remove_factor"),
    path("account/factors/codes", factors.recovery_codes, name="recovery_codes"),
    path("account/factors/codes/file", factors.recovery_file, name="recovery_file"),
    path("account/factors/codes/new", factors.new_codes, name="new_codes"),
    path("people", persons.directory, name="directory"),
    path("people/invite", persons.invite, name="invite"),
    path("people/<int:number>", persons.person, name="person"),
    path("people/<int:number>/invite", persons.invite_again, name="invite_again"),
    path("people/<int:number>/role", persons.grant_role, name="grant_role"),
    path("people/<int:number>/mandate", persons.give_mandate, name="give_mandate"),
    path("people/<int:number>/deactivate", persons.deactivate, name="deactivate"),
    path("people/<int:number>/reactivate", persons.reactivate, name="reactivate"),
    path("people/<int:number>/factors", persons.reset_factors, name="reset_factors"),
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
