# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Datasets as the API describes them, and the search among them.

Shapes: Explore API v2.1. What only we have stands under `metas.datacity`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from datacity.engine.catalogue.licences import LICENCES
from datacity.engine.serve.database import Database
from datacity.engine.serve.odsql.schema import RECORD_NUMBER, Column, Kind
from datacity.engine.serve.odsql.statement import Question, compile_question
from datacity.engine.serve.publications import Catalogue, Version, in_language
from datacity.engine.serve.rendering import json_bytes

_FIELD_TYPES = {
    Kind.TEXT: "text",
    Kind.INTEGER: "int",
    Kind.NUMBER: "double",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
    Kind.TIME: "text",
    Kind.GEO_POINT: "geo_point_2d",
    Kind.GEO_SHAPE: "geo_shape",
}
_SEARCHED = (
    Column("dataset_id", Kind.TEXT),
    Column("title", Kind.TEXT),
    Column("description", Kind.TEXT),
    Column("publisher", Kind.TEXT),
    Column("license", Kind.TEXT),
    Column("unit_of_observation", Kind.TEXT),
    Column("keyword", Kind.TEXT),
    Column("modified", Kind.DATETIME),
    Column("records_count", Kind.INTEGER),
    Column("version", Kind.INTEGER),
)
_SQL_TYPES = {Kind.TEXT: "VARCHAR", Kind.INTEGER: "BIGINT", Kind.DATETIME: "TIMESTAMP"}
_SHAPE = json_bytes(
    [{**{column.name: _SQL_TYPES[column.kind] for column in _SEARCHED}, RECORD_NUMBER: "BIGINT"}]
).decode()
# one bound JSON text is the whole table: nothing to register, nothing kept
_SOURCE = f"(SELECT unnest(from_json($catalogue, '{_SHAPE}'), recursive := true)) AS t"


def describe(version: Version, versions: tuple[int, ...], language: str) -> dict[str, Any]:
    """Give the description of a dataset at one version; versions: all that can be asked for."""
    manifest = version.manifest
    kinds = {column.kind for column in version.columns}
    features = ["analyze"] if kinds & {Kind.INTEGER, Kind.NUMBER} else []
    features += ["geo"] if kinds & {Kind.GEO_POINT, Kind.GEO_SHAPE} else []
    features += ["timeserie"] if kinds & {Kind.DATE, Kind.DATETIME} else []
    default = _default_metas(version, language)
    return {
        "dataset_id": version.slug,
        "dataset_uid": f"{version.slug}-{version.number}",
        "attachments": [],
        "has_records": True,
        "data_visible": True,
        "features": features,
        "metas": {"default": default, "datacity": _our_metas(manifest, version, versions)},
        "fields": [_field(version, each, language) for each in manifest["columns"]],
    }


def _default_metas(version: Version, language: str) -> dict[str, Any]:
    manifest = version.manifest
    licence = _licence(manifest.get("licence"), language)
    return {
        "title": version.words("title", language),
        "description": version.words("description", language),
        "theme": [],
        "keyword": list(manifest.get("keywords", ())),
        "license": licence[0],
        "license_url": licence[1],
        "publisher": version.words("producer", language),
        "language": language,
        "modified": manifest.get("released_at"),
        "data_processed": manifest.get("released_at"),
        "records_count": version.rows,
    }


def _our_metas(manifest: Mapping[str, Any], version: Version, versions: tuple[int, ...]) -> dict[str, Any]:
    return {
        "version": version.number,
        "versions": list(versions),
        "manifest_sha256": version.sha256,
        "legal_title": manifest.get("legal_title"),
        "period": manifest.get("period"),
        "unit_of_observation": manifest.get("unit_of_observation"),
        "change_note": manifest.get("change_note"),
        "files": [
            {
                "name": each.name,
                "bytes": each.size,
                "sha256": each.sha256,
                "href": f"/files/{version.slug}/{version.number}/{each.name}",
            }
            for each in version.files.values()
        ],
    }


def _licence(written: object, language: str) -> tuple[str, str | None]:
    known = LICENCES.get(str(written))
    return (known.title.within(language), known.url) if known else (str(written or ""), None)


def _field(version: Version, column: Mapping[str, Any], language: str) -> dict[str, Any]:
    unit = column.get("unit")
    return {
        "name": column["name"],
        "label": version.label(column["name"], language),
        "type": _FIELD_TYPES[Kind(column["type"])],
        "description": in_language(column.get("meaning"), language) or None,
        "annotations": {"unit": [unit]} if unit else {},
    }


def search(catalogue: Catalogue, question: Question, language: str, database: Database) -> tuple[list[Version], int]:
    """Give the newest versions of the datasets that match, in the order asked (else by identifier), and how many match.

    Raises OdsqlError, ParameterError, TooBusy.
    """
    found = catalogue.datasets()
    statement = compile_question(replace(question, select="_id"), _SEARCHED, _SOURCE)
    table = {
        "catalogue": json_bytes([_row(position, version, language) for position, version in enumerate(found)]).decode()
    }
    rows = database.rows(statement.sql, {**statement.parameters, **table})
    total = database.rows(statement.count_sql or "", {**statement.count_parameters, **table})
    return [found[int(number) - 1] for (number,) in rows], int(total[0][0])


def _row(position: int, version: Version, language: str) -> dict[str, Any]:
    metas = _default_metas(version, language)
    row = {name: metas[name] for name in ("title", "description", "publisher", "license", "records_count")}
    unit = in_language(version.manifest.get("unit_of_observation"), language)
    return {
        **row,
        "dataset_id": version.slug,
        "version": version.number,
        "modified": str(metas["modified"] or "").removesuffix("Z") or None,
        "unit_of_observation": unit,
        "keyword": ", ".join(metas["keyword"]),
        RECORD_NUMBER: position,
    }
