# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is said of a table when it is released: by the pages, or by a file M.toml."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from datacity.engine.catalogue.licences import DEFAULT, licence
from datacity.kernel.errors import Invalid
from datacity.kernel.period import Period
from datacity.kernel.words import Words, msg

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_TEXT = 20_000
_TEXT_WANTED = msg("{name} should be a text.")
_LIST_WANTED = msg("{name} should be a list of texts.")
_TABLE_WANTED = msg("{name} should be a table.")
_WORDS_WANTED = msg("{name} should be a text, or a table with fr and en.")


class LegalTitle(StrEnum):
    """Why the city may hold the data.

    Source: CRPA L312-1-1 (administrative), CCP L3131-2 (delegated service), contract or permit clause, charter,
    sectoral duty (code des transports L1115-1 and the like), free agreement.
    """

    ADMINISTRATIVE = "administrative"
    DELEGATED_SERVICE = "delegated_service"
    CONTRACT = "contract"
    CHARTER = "charter"
    SECTORAL = "sectoral"
    VOLUNTARY = "voluntary"


@dataclass(frozen=True)
class ColumnDetails:
    """What is said of a column. type: "" takes it from the table; "time" and "geo_shape" must be said, since Parquet keeps them as text."""

    label: Words | None = None
    type: str = ""
    unit: str = ""
    meaning: Words | None = None


@dataclass(frozen=True)
class ReleaseDetails:
    """What the manifest says besides what is measured.

    slug: lower-case letters, digits and single "-", at most 80 characters; it never changes.
    legal_reference: contract, clause, article the title rests on. key: columns that name a row, for differences between versions.
    plan_fingerprint: "" takes the one the clearance names. columns: by name; a column of the table may be left out, an unknown one is refused.
    """

    slug: str
    title: Words
    producer: str
    legal_title: str
    description: Words | None = None
    legal_reference: str = ""
    licence: str = DEFAULT
    period: Period = field(default_factory=lambda: Period(None, None))
    unit_of_observation: Words | None = None
    keywords: tuple[str, ...] = ()
    columns: Mapping[str, ColumnDetails] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    plan_fingerprint: str = ""
    policy_fingerprint: str = ""
    change_note: Words | None = None
    note: Words | None = None

    def __post_init__(self) -> None:
        """Raise Invalid with the field that is wrong."""
        if not _SLUG.fullmatch(self.slug) or len(self.slug) > 80:
            raise Invalid(
                "release.slug",
                "“{slug}” is not a short name: lower-case letters, digits and single hyphens, at most 80.",
                field="slug",
                slug=self.slug[:100],
            )
        if not self.producer.strip():
            raise Invalid("release.producer", "Say who produced the data.", field="producer")
        if self.legal_title not in set(LegalTitle):
            raise Invalid(
                "release.legal_title",
                "“{found}” is not a legal title.",
                hint="Choose one of: {known}.",
                field="legal_title",
                found=self.legal_title,
                known=", ".join(LegalTitle),
            )
        licence(self.licence)

    @classmethod
    def from_toml(cls, path: Path) -> "ReleaseDetails":
        """Read a file M.toml. Raises Invalid naming the field for whatever is missing, unknown or of another form."""
        try:
            value = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Invalid(
                "release.toml", "{name} is not a TOML file: {why}.", name=path.name, why=str(error)
            ) from error
        return cls.from_dict(value)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "ReleaseDetails":
        """Read details from plain values, as in M.toml. Raises Invalid naming the field."""
        _refuse_unknown(value, {each.name for each in fields(cls)}, "")
        for name in ("slug", "title", "producer", "legal_title"):
            if name not in value:
                raise Invalid(
                    "release.field_missing", "{name} is missing.", hint="Add it to the manifest.", field=name, name=name
                )
        columns = _table(value.get("columns", {}), "columns")
        return cls(
            slug=_text(value["slug"], "slug"),
            title=_must_words(value["title"], "title"),
            producer=_text(value["producer"], "producer"),
            legal_title=_text(value["legal_title"], "legal_title"),
            period=_period(value.get("period", {})),
            keywords=_texts(value.get("keywords", ()), "keywords"),
            key=_texts(value.get("key", ()), "key"),
            columns={name: _column(each, f"columns.{name}") for name, each in columns.items()},
            licence=_text(value.get("licence", DEFAULT), "licence"),
            legal_reference=_text(value.get("legal_reference", ""), "legal_reference"),
            plan_fingerprint=_text(value.get("plan_fingerprint", ""), "plan_fingerprint"),
            policy_fingerprint=_text(value.get("policy_fingerprint", ""), "policy_fingerprint"),
            description=_words(value.get("description"), "description"),
            unit_of_observation=_words(value.get("unit_of_observation"), "unit_of_observation"),
            change_note=_words(value.get("change_note"), "change_note"),
            note=_words(value.get("note"), "note"),
        )


def _refuse_unknown(value: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in value:
        if name not in known:
            raise Invalid(
                "release.field_unknown",
                "{name} is not a field of a manifest.",
                hint="Known fields: {known}.",
                field=f"{where}{name}",
                name=f"{where}{name}",
                known=", ".join(sorted(known)),
            )


def _wrong(name: str, message: str) -> Invalid:
    return Invalid("release.field_form", message, field=name, name=name)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _wrong(name, _TEXT_WANTED)
    if len(value) > _MOST_TEXT or any(ord(letter) < 32 and letter not in "\n\t" for letter in value):
        raise Invalid(
            "release.field_text",
            "{name} is longer than {most} characters or has control characters.",
            field=name,
            name=name,
            most=_MOST_TEXT,
        )
    return value.strip()


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong(name, _LIST_WANTED)
    return tuple(_text(each, f"{name}[{place}]") for place, each in enumerate(value))


def _table(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(name, _TABLE_WANTED)
    return value


def _words(value: object, name: str) -> Words | None:
    if value is None or value in ("", {}):
        return None
    if isinstance(value, str):
        return Words(fr=_text(value, name))
    if not isinstance(value, Mapping):
        raise _wrong(name, _WORDS_WANTED)
    _refuse_unknown(value, {"fr", "en"}, f"{name}.")
    return Words(**{language: _text(text, f"{name}.{language}") for language, text in value.items()})


def _must_words(value: object, name: str) -> Words:
    found = _words(value, name)
    if found is None:
        raise Invalid(
            "release.field_missing", "{name} is missing.", hint="Add it to the manifest.", field=name, name=name
        )
    return found


def _period(value: object) -> Period:
    table = _table(value, "period")
    _refuse_unknown(table, {"start", "end"}, "period.")
    days: dict[str, date | None] = {"start": None, "end": None}
    for name, day in table.items():
        try:
            days[name] = day if type(day) is date else date.fromisoformat(_text(day, f"period.{name}"))
        except ValueError as error:
            raise Invalid(
                "release.day",
                "{name} is “{found}”; a day is written 2026-05-04.",
                field=f"period.{name}",
                name=f"period.{name}",
                found=str(day),
            ) from error
    return Period(days["start"], days["end"])


def _column(value: object, name: str) -> ColumnDetails:
    table = _table(value, name)
    _refuse_unknown(table, {"label", "type", "unit", "meaning"}, f"{name}.")
    return ColumnDetails(
        label=_words(table.get("label"), f"{name}.label"),
        type=_text(table.get("type", ""), f"{name}.type"),
        unit=_text(table.get("unit", ""), f"{name}.unit"),
        meaning=_words(table.get("meaning"), f"{name}.meaning"),
    )
