# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A page of the documentation between its navigation and its table of contents, and the pictures in it."""

from mimetypes import guess_type

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from datacity.frame import reader
from datacity.frame.request import Request
from datacity.frame.search import Kind
from datacity.kernel.errors import Missing
from datacity.web.handbook import book
from datacity.web.handbook.markdown import Page
from datacity.web.pages import places, prose

LANGUAGE = "en"
"""The language the documentation is written in."""


@require_safe
def page(request: Request, name: str) -> HttpResponse:
    """Show a page; whoever reads in another language is told so, and led to what exists in theirs. Raises Missing."""
    whole = book.whole()
    found = whole.page(name)
    chapters = whole.chapters()
    here = next((each for each in chapters if each.page.name == found.folder), None)
    context = {
        "page": found,
        "written_in": LANGUAGE,
        "html": SafeString(found.html),  # cleaned by nh3 when the page was made
        "contents": [each for each in found.sections if each.level == 2],
        "chapters": [
            (_entry(each.page, found), [_entry(page, found) for page in each.pages] if each is here else [])
            for each in chapters
        ],
        "listed": here.pages if here and found.name == book.LISTED_BY_ITSELF else (),
        "chapter": here.page if here and here.page is not found else None,
        "foreign": reader.language() != LANGUAGE,
        "own_pages": [each for each in (places.TAKE_PART, *places.FOOTER) if _is_prose(each)],
        "kind": Kind.DOCUMENTATION.value,
    }
    return render(request, "handbook/page.html", context)


@require_safe
def picture(request: Request, name: str) -> FileResponse:  # noqa: ARG001 -- a view takes its request
    """Send a picture of the documentation. Raises Missing."""
    if name not in book.whole().pictures:
        raise Missing("handbook.no_picture", "The documentation has no such picture.")
    kind = guess_type(name)[0] or "application/octet-stream"
    response = FileResponse((book.folder() / "pictures" / name).open("rb"), content_type=kind)
    patch_cache_control(response, public=True, max_age=3600)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _entry(page: Page, here: Page) -> places.Entry:
    """Give a page as a line of the navigation."""
    url = reverse("handbook:page", args=[page.name])
    return places.Entry(page.title, url, "page" if page is here else "true" if page.name == here.folder else "")


def _is_prose(place: places.Place) -> bool:
    """Tell whether a place is a page of text, which each language has."""
    return place.routes[0].removeprefix("pages:") in prose.NAMES
