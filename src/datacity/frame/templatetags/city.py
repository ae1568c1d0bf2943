# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The tag library `city`: every component of the interface and the filters that write in the reader's language."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from datacity.frame import assets, city, parts, reader, rewording, wording
from datacity.frame.proving import PasskeyInput
from datacity.frame.tables import Table
from datacity.kernel.bus import registry
from datacity.kernel.words import Words

register = template.Library()

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


# --- Filters -----------------------------------------------------------------------------------------------------

register.filter("typo", wording.typo, needs_autoescape=True)
for _name in ("number", "decimal", "percent", "day", "moment", "size", "words", "plain"):
    register.filter(_name, getattr(wording, _name))


@register.filter(is_safe=True)
def own_words(value: Any) -> str:
    """Give a text of the product in the city's own words; for pages of prose, which no catalogue holds."""
    return rewording.reword(str(value), reader.language())


# --- Small parts -------------------------------------------------------------------------------------------------


@register.simple_tag
def asset(name: str) -> str:
    """Give the address of a built file."""
    return assets.url(name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; it says nothing to a screen reader, so words stand beside it."""
    return format_html(
        '<svg class="city-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        assets.url("icons.svg"),
        name,
    )


@register.simple_tag
def tag(text: Any, tone: str = "neutral") -> SafeString:
    """Draw a state as a small label. tone: neutral, info, success, warning, danger."""
    return format_html(
        '<span class="city-tag" data-color="{}">{}</span>',
        parts.Tone(tone),
        wording.typo(wording.plain(text) if isinstance(text, Words) else text),
    )


@register.simple_tag
def crumb(label: Any, url: str = "") -> SafeString:
    """Give one step of the breadcrumb; the last has no address."""
    shown = wording.words(label) if isinstance(label, Words) else wording.typo(label)
    return (
        format_html('<li><a class="ds-link" href="{}">{}</a></li>', url, shown)
        if url
        else format_html('<li><span aria-current="page">{}</span></li>', shown)
    )


@register.simple_tag
def link_button(label: Any, url: str, variant: str = "primary", icon_name: str = "") -> SafeString:
    """Draw a link that looks like a button: the one main deed of a page, when it only leads on."""
    mark = icon(icon_name) if icon_name else ""
    return format_html(
        '<a class="ds-button" data-variant="{}" href="{}">{}{}</a>', variant, url, mark, wording.typo(label)
    )


@register.simple_tag
def submit(label: Any, variant: str = "primary", name: str = "", value: str = "", tone: str = "") -> SafeString:
    """Draw a button that sends the form. variant: primary, secondary, tertiary. tone: "danger" for what cannot be undone."""
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    color = format_html(' data-color="{}"', tone) if tone else ""
    return format_html(
        '<button class="ds-button" type="submit" data-variant="{}"{}{}>{}</button>',
        variant,
        color,
        named,
        wording.typo(label),
    )


# --- Forms -------------------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Draw a form field whole: label, hint, error, input."""
    return bound.as_field_group()


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """Draw the bare input of a field, in our class."""
    widget = bound.field.widget
    css = "" if isinstance(widget, forms.HiddenInput) else "ds-input"
    attrs: dict[str, Any] = {"class": css}
    if isinstance(widget, forms.Textarea) and widget.attrs.get("maxlength"):
        attrs["data-counter"] = f"{bound.auto_id}_counter"
    if isinstance(widget, forms.CheckboxInput) and bound.aria_describedby:
        attrs["aria-describedby"] = bound.aria_describedby
    return bound.as_widget(attrs=attrs)


@register.simple_tag
def form_errors(form: forms.BaseForm) -> SafeString:
    """Draw the box that lists everything to correct, each line a link to its field; nothing without errors."""
    if not (form.is_bound and form.errors):
        return mark_safe("")
    lines = [("", "", message) for message in form.non_field_errors()]
    lines += [
        (_target(form[name]), str(form[name].label), message)
        for name, messages in form.errors.items()
        if name in form.fields
        for message in messages
    ]
    return render_to_string("frame/parts/error_summary.html", {"lines": lines})


def _target(bound: BoundField) -> str:
    """Give the id of the first input of a field."""
    widget = bound.field.widget
    first = isinstance(widget, (*_GROUPS, forms.MultiWidget))
    return f"{bound.auto_id}_0" if first else str(bound.auto_id)


@register.filter
def kind_of(bound: BoundField) -> str:
    """Tell which markup a field needs: hidden, group, parts, checkbox, upload or plain."""
    widget = bound.field.widget
    kinds: tuple[tuple[str, Any], ...] = (
        ("hidden", forms.HiddenInput),
        ("group", _GROUPS),
        ("parts", (forms.MultiWidget, PasskeyInput)),
        ("checkbox", forms.CheckboxInput),
        ("upload", forms.FileInput),
        ("select", forms.Select),
    )
    return next((name for name, kind in kinds if isinstance(widget, kind)), "plain")


@register.filter
def options(bound: BoundField) -> list[dict[str, Any]]:
    """Give the choices of a radio or checkbox group with ids, hints and whether they are chosen."""
    hints = {str(key): hint for key, hint in getattr(bound.field, "hints", {}).items()}
    kind = str(bound.field.widget.input_type)
    found = []
    for choice in bound.subwidgets:
        data = choice.data
        if str(data["value"]) == "" and kind == "radio":
            continue
        found.append(
            {
                "id": data["attrs"]["id"],
                "name": data["name"],
                "value": data["value"],
                "label": data["label"],
                "checked": data["selected"],
                "hint": hints.get(str(data["value"]), ""),
                "type": kind,
            }
        )
    return found


# --- Lists of things ---------------------------------------------------------------------------------------------


@register.inclusion_tag("frame/parts/summary_list.html")
def summary_list(rows: Iterable[Any], grid: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 -- a template passes it by name
    """Show facts as label and value. rows: `parts.Row`s or tuples. grid: in up to three columns, for facts of a thing."""
    return {"rows": parts.read(parts.Row, rows), "grid": grid}


@register.inclusion_tag("frame/parts/task_list.html")
def task_list(tasks: Iterable[Any]) -> dict[str, Any]:
    """Show what is to be done with its state. tasks: `parts.Task`s or tuples."""
    return {"tasks": parts.read(parts.Task, tasks)}


@register.inclusion_tag("frame/parts/steps.html")
def steps(steps: Iterable[Any], label: Any = "") -> dict[str, Any]:
    """Show how far a way has come. steps: `parts.Step`s or tuples (title, state, url, note)."""
    return {"steps": parts.read(parts.Step, steps), "label": label}


@register.inclusion_tag("frame/parts/tabs.html")
def tabs(tabs: Iterable[Any], label: Any = "") -> dict[str, Any]:
    """Show views of a page as links. tabs: `parts.Tab`s or tuples (label, url, current, count)."""
    return {"tabs": parts.read(parts.Tab, tabs), "label": label}


@register.inclusion_tag("frame/parts/history.html")
def history(events: Iterable[Any]) -> dict[str, Any]:
    """Show what happened, in the given order. events: `parts.Event`s or tuples (when, title, who, text, url, tone)."""
    return {"events": parts.read(parts.Event, events)}


@register.inclusion_tag("frame/parts/downloads.html")
def downloads(files: Iterable[Any]) -> dict[str, Any]:
    """Show files to take. files: `parts.Download`s or tuples (name, url, format, bytes, advice, sha256)."""
    return {"files": parts.read(parts.Download, files)}


@register.inclusion_tag("frame/parts/distribution.html")
def distribution(bars: Iterable[Any], label: Any) -> dict[str, Any]:
    """Show a small distribution as bars with their numbers. bars: `parts.Bar`s or tuples (label, count)."""
    found = parts.read(parts.Bar, bars)
    most = max((bar.count for bar in found), default=0) or 1
    return {"bars": [(bar, round(100 * bar.count / most, 1)) for bar in found], "label": label}


@register.inclusion_tag("frame/parts/table.html", takes_context=True)
def table(context: RequestContext, table: Table) -> dict[str, Any]:
    """Show a whole list: search and filters, count, table, pages, downloads."""
    return {"table": table, "csp": context.get("csp")}


@register.inclusion_tag("frame/parts/pages.html")
def pagination(page: Page[Any] | Table, query: str = "page") -> dict[str, Any]:
    """Show the pages of a Table, or of a Django page (addresses `?page=n`)."""
    if isinstance(page, Table):
        return {
            "pages": page.pages,
            "previous": page.previous,
            "next": page.next,
            "many": page.page.paginator.num_pages > 1,
            "id": page.id,
            "label": page.caption,
        }
    numbers = [(number, f"?{query}={number}", number == page.number) for number in page.paginator.page_range]
    before = f"?{query}={page.number - 1}" if page.has_previous() else ""
    after = f"?{query}={page.number + 1}" if page.has_next() else ""
    return {
        "pages": numbers,
        "previous": before,
        "next": after,
        "many": page.paginator.num_pages > 1,
        "id": "",
        "label": "",
    }


@register.simple_tag(takes_context=True)
def panels(context: RequestContext, place: str, thing: Any) -> SafeString:
    """Show what later apps registered for this place, in their order."""
    request = context.get("request")
    found = (panel.render(request, thing) for panel in registry.panels.get(place, ()))
    return mark_safe("\n".join(conditional_escape(part) for part in found if part))  # noqa: S308 -- escaped unless the panel made it safe


# --- Single blocks -----------------------------------------------------------------------------------------------


@register.inclusion_tag("frame/parts/progress.html")
def progress(done: int, total: int, label: Any, note: Any = "", poll: str = "") -> dict[str, Any]:
    """Show how far a job is. poll: address that gives this block again; asked every two seconds until it gives none."""
    return {
        "done": done,
        "total": total,
        "label": label,
        "note": note,
        "poll": poll,
        "share": round(100 * done / total) if total else 0,
    }


@register.inclusion_tag("frame/parts/copy.html")
def copy(text: str, label: Any) -> dict[str, Any]:
    """Show a text to copy, with a button where scripts run. label: what it is, for instance "The API call"."""
    return {"text": text, "label": label}


@register.simple_tag
def hash(value: str) -> SafeString:  # noqa: A001 -- the word of the template language
    """Show a hash so that it wraps on a phone and copies without spaces."""
    pieces = [value[start : start + 8] for start in range(0, len(value), 8)]
    return format_html(
        '<code class="city-hash">{}</code>', format_html_join(mark_safe("<wbr>"), "{}", ((piece,) for piece in pieces))
    )


@register.inclusion_tag("frame/parts/empty.html")
def empty(title: Any, text: Any = "", url: str = "", action: Any = "") -> dict[str, Any]:
    """Show that there is nothing, why, and what one can do."""
    return {"title": title, "text": text, "url": url, "action": action}


@register.simple_block_tag
def alert(content: SafeString, tone: str = "info", title: Any = "") -> SafeString:
    """Draw a notice: bar, icon, title, text. `{% alert "warning" "Late" %}…{% endalert %}`."""
    context = {"tone": parts.Tone(tone), "icon": parts.TONE_ICONS[parts.Tone(tone)], "title": title, "content": content}
    return render_to_string("frame/parts/alert.html", context)


@register.simple_block_tag
def confirmation(content: SafeString, title: Any, reference: str = "") -> SafeString:
    """Draw the panel after something was sent: what is done, its reference, what happens next."""
    return render_to_string(
        "frame/parts/confirmation.html", {"title": title, "reference": reference, "content": content}
    )


@register.simple_block_tag
def details(content: SafeString, summary: Any, open: bool = False) -> SafeString:  # noqa: A002, FBT001, FBT002 -- the word of HTML
    """Draw a part that opens on demand."""
    return render_to_string("frame/parts/details.html", {"summary": summary, "open": open, "content": content})


@register.simple_block_tag
def card(content: SafeString, title: Any, url: str = "", level: int = 3) -> SafeString:
    """Draw a card. level: of its heading, 2 to 4."""
    return render_to_string("frame/parts/card.html", {"title": title, "url": url, "level": level, "content": content})


@register.simple_block_tag
def fieldset(content: SafeString, legend: Any, hint: Any = "") -> SafeString:
    """Draw fields that belong together under one legend."""
    return render_to_string("frame/parts/fieldset.html", {"legend": legend, "hint": hint, "content": content})


@register.simple_block_tag
def kept(content: SafeString) -> SafeString:
    """Keep what the block draws, without the space around: `{% kept as heading %}…{% endkept %}`."""
    return mark_safe(content.strip())  # noqa: S308 -- drawn by the template


@register.simple_tag(takes_context=True)
def other_languages(context: RequestContext) -> list[tuple[str, str, bool]]:
    """Give each language: code, address of this page in it, whether it is the present one."""
    request = context.get("request")
    path = request.get_full_path() if request else str(context.get("path", "/"))
    here = reader.language()
    return [(code, parts.other_address(path, code), code == here) for code in city.offered()]


@register.simple_tag
def htmx_settings() -> str:
    """Give the settings of htmx as JSON: no eval, no style of its own, pages of refusals are shown too."""
    handling = [{"code": "204", "swap": False}, {"code": "[2345]..", "swap": True}]
    return json.dumps(
        {
            "allowEval": False,
            "includeIndicatorStyles": False,
            "selfRequestsOnly": True,
            "historyCacheSize": 0,
            "responseHandling": handling,
        }
    )
