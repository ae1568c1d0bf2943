# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The verbs of people. Each checks the permission, asks the rule, writes and journals, in one transaction."""

from datacity.programme.people.actions.accounts import (
    accept_invitation,
    ask_password_reset,
    change_password,
    change_profile,
    clear_sessions,
    invite,
    invite_again,
    make_first_link,
    register_person,
    reset_password,
    sign_out_everywhere,
    withdraw_invitation,
)
from datacity.programme.people.actions.organisations import (
    change_organisation,
    end_mandate,
    give_mandate,
    leave_organisation,
    register_organisation,
)
from datacity.programme.people.actions.roles import deactivate, end_role, grant_role, reactivate

__all__ = (
    "accept_invitation",
    "ask_password_reset",
    "change_organisation",
    "change_password",
    "change_profile",
    "clear_sessions",
    "deactivate",
    "end_mandate",
    "end_role",
    "give_mandate",
    "grant_role",
    "invite",
    "invite_again",
    "leave_organisation",
    "make_first_link",
    "reactivate",
    "register_organisation",
    "register_person",
    "reset_password",
    "sign_out_everywhere",
    "withdraw_invitation",
)
