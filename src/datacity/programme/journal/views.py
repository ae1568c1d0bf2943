# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The journal's pages: the list, one entry with its proof, and the bytes with which anybody checks it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from datacity.engine.adapters.folder import FolderStore
from datacity.frame.request import Request
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import require
from datacity.kernel.words import LANGUAGES, Words
from datacity.programme.journal import permissions, queries
from datacity.programme.journal.models import Position
from datacity.programme.journal.tables import AllEntries, Entries, verb_title


def _store() -> FolderStore:
    return FolderStore(settings.STORE)


@require_safe
def entries(request: Request) -> HttpResponseBase:
    """Show the list: search, verb, days, paging, export."""
    every = bool(permissions.may_read_restricted(request.actor))
    rows = queries.placed(permissions.visible_to(request.actor))
    table = (AllEntries if every else Entries)(rows, request.GET, path=request.path)
    if file := table.download(request):
        return file
    context = {"table": table, "every": every, "size": queries.size(), "checkpoint": queries.published(_store())}
    return render(request, "journal/entry_list.html", context)


@dataclass(frozen=True)
class _Fact:
    """One line of what an entry says: its name, and its value as text in one language or two."""

    name: str
    value: str | Words


def _facts(payload: dict[str, Any] | None) -> list[_Fact]:
    """Give the payload line by line; nested values other than texts in two languages as JSON."""
    return [_Fact(name, _shown(value)) for name, value in sorted((payload or {}).items())]


def _shown(value: Any) -> str | Words:
    if isinstance(value, str):
        return value
    if (
        isinstance(value, dict)
        and value
        and set(value) <= set(LANGUAGES)
        and all(isinstance(each, str) and each.strip() for each in value.values())
    ):
        return Words.of(value)
    return canonical_bytes(value).decode()


@require_safe
def entry(request: Request, position: int) -> HttpResponse:
    """Show one entry, or of a restricted one its hashes alone, and how to check it."""
    place = queries.place_of(position)
    readable = bool(permissions.may_read(request.actor, place.entry))
    payload = queries.payload_of(place.entry) if readable else None
    context: dict[str, Any] = {
        "place": place,
        "readable": readable,
        "inclusion": queries.inclusion(place, _store()),
        "size": queries.size(),
    }
    if readable:
        context |= {
            "title": verb_title(place.entry.verb),
            "facts": _facts(payload),
            "erased": payload is None,
            "person": _person(request, place),
            "command": f"(printf '\\0'; cat leaf-{position}.json) | sha256sum",
        }
    return render(request, "journal/entry_detail.html", context)


def _person(request: Request, place: Position) -> str:
    """Give who stands behind the pseudonym, for who may read restricted entries; "" for all others."""
    if not permissions.may_read_restricted(request.actor):
        return ""
    return str(queries.actors_of([place.entry]).get(place.entry.actor, ""))


@require_safe
def leaf(request: Request, position: int) -> HttpResponse:
    """Give the bytes that the leaf hash covers. Raises Forbidden for a restricted entry."""
    place = queries.place_of(position)
    require(permissions.may_read(request.actor, place.entry))
    return _file(canonical_bytes(place.entry.leaf().as_dict()), f"leaf-{position}.json")


@require_safe
def proof(_request: Request, position: int) -> HttpResponse:
    """Give the proof that the entry is in the sealed tree; anybody may have it, of restricted entries too."""
    found = queries.sealed_inclusion(queries.place_of(position), _store())
    return _file(canonical_bytes(found.as_dict()), f"proof-{position}.json")


def _file(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
