# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How allauth works here: no open sign-up, mail through the outbox, our pages and words."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closes sign-up: an account begins with an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Give no: nobody makes an account alone."""
        return False
