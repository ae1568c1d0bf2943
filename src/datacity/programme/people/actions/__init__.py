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
from datacity.programme.people.actions.elsewhere import come_from_elsewhere
from datacity.programme.people.actions.factors import (
    add_code_app,
    add_passkey,
    make_codes,
    remove_factor,
    rename_passkey,
    reset_factors,
    spend_code,
)
from datacity.programme.people.actions.organisations import (
    change_organisation,
    end_mandate,
    give_mandate,
    leave_organisation,
    register_organisation,
)
from datacity.programme.people.actions.proving import (
    check_code,
    check_passkey,
    enrol_passkey,
    passkey_owner,
    prove_again,
    prove_for_account,
)
from datacity.programme.people.actions.roles import deactivate, end_role, grant_role, reactivate

__all__ = (
    "accept_invitation",
    "add_code_app",
    "add_passkey",
    "ask_password_reset",
    "change_organisation",
    "change_password",
    "change_profile",
    "check_code",
    "check_passkey",
    "clear_sessions",
    "come_from_elsewhere",
    "deactivate",
    "end_mandate",
    "end_role",
    "enrol_passkey",
    "give_mandate",
    "grant_role",
    "invite",
    "invite_again",
    "leave_organisation",
    "make_codes",
    "make_first_link",
    "passkey_owner",
    "prove_again",
    "prove_for_account",
    "reactivate",
    "register_organisation",
    "register_person",
    "remove_factor",
    "rename_passkey",
    "reset_factors",
    "reset_password",
    "sign_out_everywhere",
    "spend_code",
    "withdraw_invitation",
)
