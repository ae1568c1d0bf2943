# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of deposits: hand over a file, its receipt, the end of its custody."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datacity.frame.parts import Event, Row
from datacity.frame.request import Request, signed_in
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import require
from datacity.programme.deposits import actions, permissions, queries, rules
from datacity.programme.deposits.actions import Handed
from datacity.programme.deposits.forms import DepositForm, ReasonForm
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.tables import DepositTable, legal_title_shown, state_shown
from datacity.programme.people.queries import signed_in_person

_form_page = require_http_methods(("GET", "HEAD", "POST"))


@signed_in
@require_safe
def deposits(request: Request) -> HttpResponseBase:
    """List the files this person handed over, or all of them for who prepares and controls releases."""
    table = DepositTable(queries.visible_deposits(request.actor), request.GET, path=request.path)
    may_deposit = bool(permissions.may_deposit(request.actor))
    return table.download(request) or render(
        request, "deposits/deposit_list.html", {"table": table, "may_deposit": may_deposit}
    )


@_form_page
@signed_in
def deposit_file(request: Request) -> HttpResponse:
    """Take a file. Raises Forbidden for who hands over none."""
    require(permissions.may_deposit(request.actor))
    form = DepositForm(request.POST or None, request.FILES or None, maximum_bytes=queries.maximum_bytes(request.now))
    if form.is_valid():
        with form.catching():
            made = actions.receive(
                form.cleaned_data["file"],
                _handed(form.cleaned_data),
                by=signed_in_person(request.actor),
                at=request.now,
            )
            return redirect("deposits:sent", made.reference)
    return render(request, "deposits/deposit_form.html", {"form": form}, status=form.status)


def _handed(data: dict[str, Any]) -> Handed:
    return Handed(
        title=data["title"],
        filename=data["file"].name,
        legal_title=data["legal_title"],
        legal_reference=data["legal_reference"],
        organisation=queries.organisation_named(data["organisation"]),
    )


@signed_in
@require_safe
def sent(request: Request, reference: str) -> HttpResponse:
    """Confirm that a file was received: its reference, its fingerprint, what comes next."""
    found = queries.visible_deposit(request.actor, reference)
    return render(request, "deposits/deposit_sent.html", {"deposit": found})


@signed_in
@require_safe
def deposit(request: Request, reference: str) -> HttpResponse:
    """Show a deposit: what it is, its state, its receipt."""
    found = queries.visible_deposit(request.actor, reference)
    state, tone = state_shown(found)
    context = {
        "deposit": found,
        "state": state,
        "tone": tone,
        "facts": _facts(found),
        "events": _events(found),
        "may_refuse": bool(permissions.may_check(request.actor)) and bool(rules.next_state(found.state, "refuse")),
        "may_destroy": bool(permissions.may_check(request.actor)) and bool(rules.next_state(found.state, "destroy")),
    }
    return render(request, "deposits/deposit_detail.html", context)


def _facts(found: Deposit) -> list[Row]:
    rows = [Row(_("Reference"), found.reference), Row(_("File"), found.filename)]
    rows.append(Row(_("Held because"), legal_title_shown(found)))
    if found.legal_reference:
        rows.append(Row(_("On the basis of"), found.legal_reference))
    if found.organisation:
        rows.append(Row(_("Comes from"), found.organisation.name))
    return [*rows, Row(_("Deposited by"), str(found.deposited_by))]


def _events(found: Deposit) -> list[Event]:
    events = [Event(found.received_at, _("Received and locked away"), str(found.deposited_by))]
    if found.state != rules.State.RECEIVED:
        state, tone = state_shown(found)
        events.insert(0, Event(found.state_at, state.capitalize(), text=found.state_reason, tone=tone))
    return events


@signed_in
@require_safe
def receipt(request: Request, reference: str) -> HttpResponse:
    """Show the signed receipt and how anybody checks it."""
    found = queries.visible_deposit(request.actor, reference)
    command = f"datacity verify receipt-{found.reference}.json --data {_quoted(found.filename)}"
    return render(request, "deposits/receipt.html", {"deposit": found, "command": command})


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "'\\''") + "'"


@signed_in
@require_safe
def receipt_file(request: Request, reference: str) -> HttpResponse:
    """Give the signed receipt as the bytes its signature was made for, with the signature."""
    found = queries.visible_deposit(request.actor, reference)
    answer = HttpResponse(canonical_bytes(found.receipt), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="receipt-{found.reference}.json"'
    return answer


@_form_page
@signed_in
def refuse(request: Request, reference: str) -> HttpResponse:
    """Say that a deposit cannot be used, and why."""
    return _ending(request, reference, actions.refuse, "deposits/deposit_refuse.html")


@_form_page
@signed_in
def destroy(request: Request, reference: str) -> HttpResponse:
    """Shred the bytes after asking; fingerprint, date and reason remain."""
    return _ending(request, reference, actions.destroy, "deposits/deposit_destroy.html")


def _ending(request: Request, reference: str, deed: Callable[..., Deposit], template: str) -> HttpResponse:
    require(permissions.may_check(request.actor))
    found = queries.visible_deposit(request.actor, reference)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with form.catching():
            deed(found, reason=form.cleaned_data["reason"], by=signed_in_person(request.actor), at=request.now)
            return redirect("deposits:deposit", found.reference)
    return render(request, template, {"form": form, "deposit": found}, status=form.status)
