# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The Explore API v2.1: datasets, records, facets, exports.

Every answer is a function of a snapshot or a version and of the question, so its strong entity tag is known before it
is computed: the hash of both and of `FORM`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from datacity.engine.serve.cache import AnswerCache
from datacity.engine.serve.database import Database
from datacity.engine.serve.datasets import describe, search
from datacity.engine.serve.exchange import Answer, FileBody, Request
from datacity.engine.serve.exports import FORMATS, Exporter, Layout, check_format, parameters_of
from datacity.engine.serve.files import NOT_SEALED, WITHDRAWABLE, disposition
from datacity.engine.serve.parameters import QUESTION, Parameters
from datacity.engine.serve.publications import MEDIA_TYPES, Catalogue, Version
from datacity.engine.serve.refusals import ParameterError
from datacity.engine.serve.rendering import json_bytes, json_rows
from datacity.engine.serve.spool import Spool
from datacity.engine.serve.tables import Tables
from datacity.kernel.canonical import sha256_hex
from datacity.kernel.errors import Missing

BASE = "/api/explore/v2.1/"
"""Where the API lives."""
FORM = "1"
"""Grows when the bytes of an answer change for the same question, so that no cache keeps the old ones."""
AT_ONCE_BYTES = 1_000_000
"""An export up to this size is answered from memory, a larger one is sent as a file."""
_LATEST = ("cache-control", "public, max-age=60")
_DATASETS = tuple(name for name in QUESTION if name not in ("select", "group_by"))


@dataclass(frozen=True)
class Explore:
    """Answers the addresses below `BASE`."""

    tables: Tables
    database: Database
    exporter: Exporter
    spool: Spool
    cache: AnswerCache

    def answer(self, request: Request, catalogue: Catalogue) -> Answer:  # noqa: PLR0911 -- one line an address
        """Give the answer. Raises Missing for an unknown address or dataset, and what questions raise."""
        match request.path.removeprefix(BASE).rstrip("/").split("/"):
            case ["catalog", "datasets"]:
                return self._datasets(request, catalogue)
            case ["catalog", "datasets", slug]:
                return self._dataset(request, catalogue, slug)
            case ["catalog", "datasets", slug, "records"]:
                return self._records(request, catalogue, slug)
            case ["catalog", "datasets", slug, "records", number]:
                return self._record(request, catalogue, slug, number)
            case ["catalog", "datasets", slug, "facets"]:
                return self._facets(request, catalogue, slug)
            case ["catalog", "datasets", slug, "exports"]:
                return self._exports(request, catalogue, slug)
            case ["catalog", "datasets", slug, "exports", form]:
                return self._export(request, catalogue, slug, form)
            case _:
                raise Missing("serve.nothing_here", "There is nothing at this address.")

    def _datasets(self, request: Request, catalogue: Catalogue) -> Answer:
        parameters = Parameters.read(request.query, _DATASETS)
        question, language = parameters.page(), parameters.language

        def compute() -> Any:
            found, total = search(catalogue, question, language, self.database)
            return {
                "total_count": total,
                "results": [self._described(catalogue, version, language) for version in found],
            }

        return self._cached(_tag(catalogue.sha256, "datasets", parameters), compute, (_LATEST,))

    def _dataset(self, request: Request, catalogue: Catalogue, slug: str) -> Answer:
        version, parameters = _asked(request, catalogue, slug, ("lang", "timezone"))
        language = parameters.language
        # the versions that exist are part of the description, so the snapshot is part of the tag
        tag = _tag(version.sha256 + catalogue.sha256, "dataset", parameters)
        return self._cached(tag, lambda: self._described(catalogue, version, language), _headers(version, parameters))

    def _described(self, catalogue: Catalogue, version: Version, language: str) -> dict[str, Any]:
        numbers = tuple(each.number for each in catalogue.versions.get(version.slug, ()))
        return describe(version, numbers, language)

    def _records(self, request: Request, catalogue: Catalogue, slug: str) -> Answer:
        version, parameters = _asked(request, catalogue, slug, QUESTION)
        question = parameters.page()
        parameters.language  # noqa: B018 - a wrong value is refused although records have no language

        def compute() -> Any:
            page = self.tables.page(version, question)
            results = json_rows(page.outputs, page.rows, question.zone)
            return {"results": results} if question.group_by else {"total_count": page.total, "results": results}

        return self._cached(_tag(version.sha256, "records", parameters), compute, _headers(version, parameters))

    def _record(self, request: Request, catalogue: Catalogue, slug: str, number: str) -> Answer:
        version, parameters = _asked(request, catalogue, slug, ("select", "lang", "timezone"))
        if not (number.isascii() and number.isdigit() and len(number) < 16):
            raise Missing(
                "serve.no_record",
                "The record {number} does not exist; the version has {rows}.",
                number=number[:40],
                rows=version.rows,
            )
        zone = parameters.zone

        def compute() -> Any:
            page = self.tables.record(version, int(number), replace(parameters.export(), limit=1))
            return {"_id": int(number), **json_rows(page.outputs, page.rows, zone)[0]}

        return self._cached(
            _tag(version.sha256, f"records/{int(number)}", parameters), compute, _headers(version, parameters)
        )

    def _facets(self, request: Request, catalogue: Catalogue, slug: str) -> Answer:
        version, parameters = _asked(
            request, catalogue, slug, ("where", "refine", "exclude", "facet", "lang", "timezone")
        )
        question = parameters.export()

        def compute() -> Any:
            facets = self.tables.facets(version, question, parameters.all("facet"))
            return {
                "facets": [
                    {
                        "name": facet.name,
                        "facets": [
                            {"name": value, "count": count, "value": value, "state": "displayed"}
                            for value, count in facet.values
                        ],
                    }
                    for facet in facets
                ]
            }

        return self._cached(_tag(version.sha256, "facets", parameters), compute, _headers(version, parameters))

    def _exports(self, request: Request, catalogue: Catalogue, slug: str) -> Answer:
        version, parameters = _asked(request, catalogue, slug, ())
        here = f"{BASE}catalog/datasets/{slug}/exports"
        links = [{"rel": "self", "href": here}] + [{"rel": form, "href": f"{here}/{form}"} for form in FORMATS]
        body = {
            "links": links,
            "_links": links,
            "sealed": False,
            "sealed_files": f"/files/{slug}/{version.number}/manifest.json",
        }
        return self._cached(_tag(version.sha256, "exports", parameters), lambda: body, _headers(version, parameters))

    def _export(self, request: Request, catalogue: Catalogue, slug: str, form: str) -> Answer:
        check_format(form)
        allowed = (*(name for name in QUESTION if name != "offset"), *parameters_of(form))
        version, parameters = _asked(request, catalogue, slug, allowed)
        question, language = parameters.export(), parameters.language
        layout = Layout.read(form, parameters)
        tag = _tag(version.sha256, f"exports/{form}", parameters)
        headers = (NOT_SEALED, *_headers(version, parameters), disposition(f"{slug}.{form}"))
        known = self.cache.get(tag)
        if known is not None:
            return known
        path = self.spool.give(
            f"{tag}.{form}", lambda target: self.exporter.write(version, question, layout, language, target)
        )
        size = path.stat().st_size
        if size > AT_ONCE_BYTES:
            return Answer(FileBody(path, 0, size), MEDIA_TYPES[form], etag=tag, headers=headers)
        answer = Answer(path.read_bytes(), MEDIA_TYPES[form], etag=tag, headers=headers)
        self.cache.put(answer)
        return answer

    def _cached(self, tag: str, compute: Callable[[], Any], headers: tuple[tuple[str, str], ...]) -> Answer:
        known = self.cache.get(tag)
        if known is None:
            known = Answer(json_bytes(compute()), MEDIA_TYPES["json"], etag=tag, headers=(NOT_SEALED, *headers))
            self.cache.put(known)
        return known


def _asked(request: Request, catalogue: Catalogue, slug: str, allowed: tuple[str, ...]) -> tuple[Version, Parameters]:
    parameters = Parameters.read(request.query, (*allowed, "version"))
    number = parameters.whole("version", 0)
    if number < 0 or (number == 0 and parameters.one("version")):
        raise ParameterError(
            "serve.parameter",
            "The parameter {name} is “{value}”; the number of a version is expected.",
            field="version",
            value=parameters.one("version")[:40],
        )
    return catalogue.version(slug, number or None), parameters


def _headers(version: Version, parameters: Parameters) -> tuple[tuple[str, str], ...]:
    permanent = bool(parameters.one("version"))
    return (WITHDRAWABLE if permanent else _LATEST, ("x-datacity-version", str(version.number)))


def _tag(content: str, address: str, parameters: Parameters) -> str:
    return sha256_hex(f"{FORM}\n{content}\n{address}\n{parameters.canonical()}".encode())[:40]
