# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""JSON and GeoJSON: an array of objects, or one hidden within three levels, becomes rows."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datacity.engine.sources.decoding import Progress, Scan
from datacity.engine.sources.delimited import Table, too_many_columns, too_many_rows
from datacity.engine.sources.names import name_columns, nul_character
from datacity.engine.sources.report import MEGABYTE, ColumnSource, Doubt, Format, ReadOptions, listed
from datacity.engine.sources.sheets import native
from datacity.engine.sources.writer import BATCH_ROWS, Row, TextWriter
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

DEEPEST = 3
GEOMETRY = "geometry"
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True)
class _Written:
    """A number as the file writes it, so that no digit is lost."""

    text: str
    whole: bool


def read_objects(
    path: Path, destination: Path, scan: Scan, *, options: ReadOptions, progress: Progress = None
) -> tuple[Format, Table]:
    """Write the records of a JSON or GeoJSON file as text to `destination`; say which of the two it is.

    Numbers keep the digits of the file; nested values and geometries become compact JSON; null is an empty cell.
    Raises Invalid when the JSON is broken (line and column), holds no table or several (they are listed), no record, a NUL
    character, or is larger than `maximum_json_bytes`.
    """
    document = _parsed(path, scan, options)
    if isinstance(document, dict) and str(document.get("type")) in {"FeatureCollection", "Feature"}:
        features = document.get("features") if document["type"] == "FeatureCollection" else [document]
        records, doubts = _features(document, features)
        return Format.GEOJSON, _write(records, destination, options, progress, doubts, geometry=True)
    records = _table_within(document)
    return Format.JSON, _write(records, destination, options, progress, [], geometry=False)


def _parsed(path: Path, scan: Scan, options: ReadOptions) -> Any:
    if scan.bytes > options.maximum_json_bytes:
        raise Invalid(
            "sources.json_too_large",
            "The JSON file has {size} MB; {limit} MB are allowed for this format.",
            hint="Deposit the table as CSV or Parquet, which are read in parts.",
            field="file",
            size=scan.bytes // MEGABYTE,
            limit=options.maximum_json_bytes // MEGABYTE,
        )
    text = path.read_bytes().decode(scan.encoding)
    if _NUL.search(text):
        raise nul_character()
    try:
        return json.loads(
            text,
            parse_float=lambda digits: _Written(digits, whole=False),
            parse_int=lambda digits: _Written(digits, whole=True),
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise Invalid(
            "sources.json_broken",
            "Line {line}, column {column}: this is not valid JSON ({why}).",
            hint="Export the file again, or check it there.",
            field="file",
            line=error.lineno,
            column=error.colno,
            why=error.msg,
        ) from error
    except RecursionError as error:
        raise _no_table() from error


def _refuse_constant(word: str) -> Any:
    raise Invalid(
        "sources.json_constant",
        "The file holds {word}, which JSON does not have.",
        hint="Write null where there is no number.",
        field="file",
        word=word,
    )


def _no_table() -> Invalid:
    return Invalid(
        "sources.json_no_table",
        "The JSON holds no table: an array of objects, at the top or within three levels, is needed.",
        hint='Export the records as an array, for instance [{{"name": "…", "count": 3}}].',
        field="file",
    )


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(record, dict) for record in value)


def _table_within(document: Any) -> list[dict[str, Any]]:
    if _is_table(document):
        return list(document)
    if document == []:
        raise _no_records()
    found = list(_tables(document, "", DEEPEST)) if isinstance(document, dict) else []
    if not found:
        raise _no_table()
    if len(found) > 1:
        raise Invalid(
            "sources.json_several_tables",
            "The JSON holds several tables: {tables}.",
            hint="Deposit them as separate files.",
            field="file",
            tables=listed([name for name, _ in found]),
        )
    return found[0][1]


def _tables(value: Mapping[str, Any], within: str, levels: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for key, inner in value.items():
        name = f"{within}.{key}" if within else key
        if _is_table(inner):
            yield name, inner
        elif isinstance(inner, dict) and levels > 1:
            yield from _tables(inner, name, levels - 1)


def _no_records() -> Invalid:
    return Invalid(
        "sources.no_records", "The file holds no record.", hint="Export it again with its rows.", field="file"
    )


def _features(document: Mapping[str, Any], features: Any) -> tuple[list[dict[str, Any]], list[Doubt]]:
    if not isinstance(features, list) or not features:
        raise _no_records()
    doubts: list[Doubt] = []
    system = document.get("crs", {})
    named = (
        str(system.get("properties", {}).get("name", ""))
        if isinstance(system, dict) and isinstance(system.get("properties", {}), dict)
        else ""
    )
    if named and not named.upper().endswith(("CRS84", "EPSG::4326", "EPSG:4326")):
        doubts.append(
            Doubt(
                "sources.other_crs",
                msg(
                    "The file states the coordinate system {name}; GeoJSON coordinates are longitude and latitude (WGS 84)."
                ),
                {"name": named},
            )
        )
    records = []
    missing = 0
    with_id = any(isinstance(feature, dict) and feature.get("id") is not None for feature in features)
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if (
            not isinstance(feature, dict)
            or feature.get("type") != "Feature"
            or not isinstance(properties, (dict, type(None)))
        ):
            raise Invalid(
                "sources.geojson_feature",
                "Record {line} is not a GeoJSON feature.",
                hint="Export the file again.",
                field="file",
                line=number,
            )
        missing += feature.get("geometry") is None
        first = {"id": feature.get("id")} if with_id and "id" not in (properties or {}) else {}
        records.append({**first, **(properties or {}), GEOMETRY: feature.get("geometry")})
    if missing:
        doubts.append(
            Doubt(
                "sources.null_geometry",
                msg("{count} records have no geometry; they are kept."),
                {"count": missing},
                column=GEOMETRY,
            )
        )
    return records, doubts


def _write(
    records: Sequence[Mapping[str, Any]],
    destination: Path,
    options: ReadOptions,
    progress: Progress,
    doubts: list[Doubt],
    *,
    geometry: bool,
) -> Table:
    keys = list(dict.fromkeys(key for record in records for key in record))
    if not keys:
        raise _no_records()
    if len(keys) > options.maximum_columns:
        raise too_many_columns(len(keys), options.maximum_columns)
    if len(records) > options.maximum_rows:
        raise too_many_rows(options.maximum_rows)
    columns, more = name_columns([_storable(key) for key in keys], options.renames)
    partial = [
        (number, len(keys) - len(record)) for number, record in enumerate(records, start=1) if len(record) < len(keys)
    ]
    if partial:
        more.append(
            Doubt(
                "sources.mixed_keys",
                msg(
                    "{count} records lack some of the {keys} fields; what is missing is empty, for instance in record {line}."
                ),
                {"count": len(partial), "keys": len(keys), "line": partial[0][0]},
                line=partial[0][0],
            )
        )
    kinds: dict[str, set[str]] = {key: set() for key in keys}
    with TextWriter(destination, [column.name for column in columns]) as writer:
        for start in range(0, len(records), BATCH_ROWS):
            rows: list[Row] = [
                (start + place, [_text(record.get(key), kinds[key]) for key in keys])
                for place, record in enumerate(records[start : start + BATCH_ROWS], start=1)
            ]
            writer.write(rows)
            if progress:
                progress(start + len(rows), len(records))
    natives = [("geometry" if geometry and key == GEOMETRY else _native(kinds[key])) for key in keys]
    typed = [ColumnSource(column.name, column.label, kind) for column, kind in zip(columns, natives, strict=True)]
    return Table(typed, writer.rows, doubts + more)


def _native(found: set[str]) -> str | None:
    return "string" if found == {"string"} else native(found)


def _text(value: Any, kinds: set[str]) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        kinds.add("boolean")
        return "true" if value else "false"
    if isinstance(value, _Written):
        kinds.add("integer" if value.whole else "number")
        return _number(value)
    if isinstance(value, str):
        kinds.add("string")
        return _storable(value)
    kinds.add("json")
    return _storable(dumped(value))


def _storable(text: str) -> str:
    """Give the text with halves of surrogate pairs, which JSON can escape and no file can hold, as `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _number(value: _Written) -> str:
    if value.whole:
        return value.text
    return value.text if math.isfinite(float(value.text)) else repr(float(value.text))


def dumped(value: Any) -> str:
    """Give compact JSON of a nested value; numbers keep their digits, keys their order."""
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{json.dumps(str(key), ensure_ascii=False)}:{dumped(inner)}" for key, inner in value.items())
            + "}"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(dumped(inner) for inner in value) + "]"
    if isinstance(value, _Written):
        return value.text
    return json.dumps(value, ensure_ascii=False, default=str)
