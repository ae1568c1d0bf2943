# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Change who the site is seen as: on a demo home only, and only among the made-up persons."""

from allauth.account.adapter import get_adapter
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from datacity.frame.request import Request
from datacity.kernel.errors import Missing
from datacity.programme.people.models import Person
from datacity.web import demo
from datacity.web.demo import factor
from datacity.web.demo.cast import CAST

VISITOR = "visitor"


@require_POST
def see_as(request: Request) -> HttpResponse:
    """Sign in as a person of the cast, or out as the visitor, and go back to the page; from the front page to "Now".

    Raises Missing on a home that is no demo, and for anybody who is not of the cast.
    """
    if not demo.is_here():
        raise Missing("demo.not_here", "This page exists on a demonstration only.")
    key = request.POST.get("person", "")
    if key == VISITOR:
        logout(request)
        return redirect(_back(request, reverse("pages:home")))
    person = _person(key)
    factor.give(person, at=request.now)
    get_adapter().login(request, person)
    return redirect(_back(request, reverse("pages:now")))


def _person(key: str) -> Person:
    email = next((part.email for part in CAST if part.key == key), "")
    person = Person.objects.filter(email=email).first() if email else None
    if person is None or not person.is_active:
        raise Missing("demo.nobody", "Nobody of the demonstration can be seen as that.")
    return person


def _back(request: Request, instead: str) -> str:
    """Give the page to return to; `instead` for the front page, pages of an account and addresses that are not ours."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    path = target.partition("?")[0]
    left_out = {reverse("pages:home"), reverse("demo:see_as")}
    return target if ours and path not in left_out and "/account/" not in path else instead
