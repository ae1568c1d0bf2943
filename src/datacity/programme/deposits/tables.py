# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The list of deposits."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter
from datacity.frame.tables import Table
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.rules import LEGAL_TITLE_NAMES, STATE_NAMES, TONES, LegalTitle, State


def state_shown(deposit: Deposit) -> tuple[str, str]:
    """Give the state in words and its tone."""
    return gettext(STATE_NAMES[State(deposit.state)]), TONES[State(deposit.state)]


def _address(deposit: Deposit) -> str:
    return reverse("deposits:deposit", args=[deposit.reference])


def _choices(names: dict[Any, str]) -> list[tuple[str, str]]:
    return [(key.value, gettext(name)) for key, name in names.items()]


class DepositTable(Table):
    """The files handed over, as far as this person sees them."""

    caption = _("Files handed over")
    name = "deposits"
    order = "-received"
    empty = _("No file fits. Files appear here as soon as they are deposited.")
    search = ("title", "filename", "reference")
    search_label = _("Title, file name or reference")
    columns = (
        Column("title", _("Title"), "title", sort="title", link=_address, head=True),
        Column("file", _("File"), "filename", sort="filename"),
        Column("size", _("Size"), "size", Kind.SIZE, sort="size"),
        Column("received", _("Deposited"), "received_at", Kind.MOMENT, sort="received_at"),
        Column("by", _("By"), lambda deposit: str(deposit.deposited_by), sort="deposited_by__name"),
        Column("state", _("State"), state_shown, Kind.TAG, sort="state"),
    )
    filters = (
        ChoiceFilter("state", _("State"), lambda: _choices(STATE_NAMES)),
        ChoiceFilter("title", _("Legal title"), lambda: _choices(LEGAL_TITLE_NAMES), field="legal_title"),
    )


def legal_title_shown(deposit: Deposit) -> str:
    """Give the legal title in words."""
    return gettext(LEGAL_TITLE_NAMES[LegalTitle(deposit.legal_title)])
