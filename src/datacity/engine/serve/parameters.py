# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The parameters of a request: only those that mean something here, each once unless it may repeat.

Limits are those of the Explore API v2.1: without group_by 100 rows a page and 10 000 in all, with it 20 000.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from datacity.engine.serve.odsql.statement import UTC_ZONE, Question
from datacity.engine.serve.refusals import ParameterError

PAGE_ROWS = 100
"""Most rows of a page without group_by."""
DEFAULT_ROWS = 10
"""Rows of a page when `limit` is not given."""
WINDOW_ROWS = 10_000
"""`offset + limit` stays below this without group_by; exports have no such bound."""
GROUP_ROWS = 20_000
"""Most groups of an answer, and bound of `offset + limit` with group_by."""
_MAXIMUM_QUERY = 32_000
_MAXIMUM_FIELDS = 200
_REPEATED = frozenset({"where", "refine", "exclude", "facet"})
_LANGUAGES = frozenset({"fr", "en", "nl", "it", "de", "es", "ca", "eu", "sv", "pt", "ar"})
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}

QUESTION = ("select", "where", "order_by", "group_by", "limit", "offset", "refine", "exclude", "lang", "timezone")
"""Parameters that ask something of a table."""


@dataclass(frozen=True)
class Parameters:
    """The parameters of one request, checked by name; values still as written."""

    values: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, query: str, allowed: Iterable[str]) -> "Parameters":
        """Read a query string. Raises ParameterError for an unknown or repeated parameter and for one too long to read."""
        names = frozenset(allowed)
        if len(query) > _MAXIMUM_QUERY:
            raise ParameterError(
                "serve.parameter",
                "The query has {length} characters; at most {limit} are read.",
                field="query",
                length=len(query),
                limit=_MAXIMUM_QUERY,
            )
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MAXIMUM_FIELDS, errors="strict")
        except ValueError as error:
            raise ParameterError(
                "serve.parameter",
                "The query is not text in UTF-8, or has more than {limit} parameters.",
                field="query",
                limit=_MAXIMUM_FIELDS,
            ) from error
        values: dict[str, tuple[str, ...]] = {}
        for name, value in pairs:
            if name not in names:
                raise ParameterError(
                    "serve.parameter",
                    "There is no parameter “{name}” here; there are {allowed}.",
                    field=name[:80],
                    allowed=", ".join(sorted(names)),
                )
            if name in values and name not in _REPEATED:
                raise ParameterError("serve.parameter", "The parameter {name} is given twice.", field=name)
            values[name] = (*values.get(name, ()), value)
        return cls({name: each for name, each in values.items() if each != ("",)})

    def canonical(self) -> str:
        """Give one text for all spellings of the same request."""
        return repr(sorted((name, sorted(each)) for name, each in self.values.items()))

    def one(self, name: str, default: str = "") -> str:
        """Give the value of a parameter that stands once."""
        return self.values.get(name, (default,))[0]

    def all(self, name: str) -> tuple[str, ...]:
        """Give the values of a parameter that may repeat."""
        return self.values.get(name, ())

    def whole(self, name: str, default: int) -> int:
        """Give a whole number. Raises ParameterError when it is not one."""
        text = self.one(name)
        if not text:
            return default
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            raise ParameterError(
                "serve.parameter",
                "The parameter {name} is “{value}”; a whole number is expected.",
                field=name,
                value=text[:40],
            )
        return int(text)

    def truth(self, name: str, *, default: bool) -> bool:
        """Give a truth value. Raises ParameterError for other words than true and false."""
        text = self.one(name)
        if not text:
            return default
        if text.lower() not in _TRUTHS:
            raise ParameterError(
                "serve.parameter",
                "The parameter {name} is “{value}”; expected true or false.",
                field=name,
                value=text[:40],
            )
        return _TRUTHS[text.lower()]

    def choice(self, name: str, options: Sequence[str]) -> str:
        """Give one of the options, the first by default. Raises ParameterError for another value."""
        text = self.one(name, options[0])
        if text not in options:
            raise ParameterError(
                "serve.parameter",
                "The parameter {name} is “{value}”; expected one of {options}.",
                field=name,
                value=text[:40],
                options=" ".join(options),
            )
        return text

    @property
    def language(self) -> str:
        """Give fr or en: the language of titles and labels, French unless English is asked for."""
        text = self.one("lang", "fr")
        if text not in _LANGUAGES:
            raise ParameterError(
                "serve.parameter",
                "The parameter {name} is “{value}”; expected fr or en.",
                field="lang",
                value=text[:40],
            )
        return "en" if text == "en" else "fr"

    @property
    def zone(self) -> ZoneInfo:
        """Give the time zone of dates in question and answer, UTC by default."""
        text = self.one("timezone", "UTC")
        if text in ("UTC", "utc", "Etc/UTC"):
            return UTC_ZONE
        try:
            return ZoneInfo(text)
        except (OSError, ValueError, KeyError) as error:
            raise ParameterError(
                "serve.parameter",
                "The parameter {name} is “{value}”, which is no time zone such as Europe/Paris.",
                field="timezone",
                value=text[:40],
            ) from error

    def page(self) -> Question:
        """Give the question of one page of records. Raises ParameterError when limit or offset pass their bounds."""
        grouped = bool(self.one("group_by"))
        most, window = (GROUP_ROWS, GROUP_ROWS) if grouped else (PAGE_ROWS, WINDOW_ROWS)
        limit = self.whole("limit", GROUP_ROWS if grouped else DEFAULT_ROWS)
        limit = most if limit == -1 else limit
        if not 0 <= limit <= most:
            raise ParameterError(
                "serve.parameter",
                "The parameter {name} is {value}; from 0 to {most} are allowed. Take exports for more.",
                field="limit",
                value=limit,
                most=most,
            )
        offset = self.whole("offset", 0)
        limit = window - offset if grouped and not self.one("limit") and 0 < offset < window else limit
        if offset < 0 or offset + limit > window or (not grouped and offset + limit >= window):
            raise ParameterError(
                "serve.parameter",
                "The parameters offset and limit reach row {value}; at most {window} are paged. Take exports for more.",
                field="offset",
                value=offset + limit,
                window=window,
            )
        return self._question(limit, offset)

    def export(self) -> Question:
        """Give the question of a whole export. Raises ParameterError for a limit below -1."""
        limit = self.whole("limit", -1)
        if limit < -1:
            raise ParameterError(
                "serve.parameter",
                "The parameter {name} is {value}; -1 stands for all rows.",
                field="limit",
                value=limit,
            )
        return self._question(None if limit == -1 else limit, 0)

    def _question(self, limit: int | None, offset: int) -> Question:
        return Question(
            select=self.one("select"),
            where=self.all("where"),
            group_by=self.one("group_by"),
            order_by=self.one("order_by"),
            limit=limit,
            offset=offset,
            refine=self.all("refine"),
            exclude=self.all("exclude"),
            zone=self.zone,
        )
