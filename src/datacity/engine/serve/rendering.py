# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Values as the API writes them: in JSON from Python, and in files from SQL.

date 2024-05-31 · datetime 2024-05-31T10:00:00+00:00 in the reader's zone · point {"lon", "lat"} (CSV: "lat, lon") ·
shape a GeoJSON Feature (CSV: its geometry) · time as written · everything else as it is.
"""

import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from datacity.engine.serve.odsql.schema import Kind, quoted
from datacity.engine.serve.odsql.statement import Output, Statement
from datacity.engine.sources.duck import literal


def json_rows(outputs: Sequence[Output], rows: Sequence[Sequence[Any]], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Give the rows as dictionaries that `json_bytes` writes."""
    keys = [output.key for output in outputs]
    renders = [(index, _render(output.kind, zone)) for index, output in enumerate(outputs)]
    changed = [(index, render) for index, render in renders if render is not None]
    if not changed:
        return [dict(zip(keys, row, strict=True)) for row in rows]
    result = []
    for row in rows:
        values = list(row)
        for index, render in changed:
            if values[index] is not None:
                values[index] = render(values[index])
        result.append(dict(zip(keys, values, strict=True)))
    return result


def json_bytes(value: Any) -> bytes:
    """Give the JSON of a value; whole numbers of any size are written exactly, infinities as null."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case float() if not math.isfinite(value):
            return None
        case bool() | int() | float() | str() | None:
            return value
        case _:
            return orjson.loads(orjson.dumps(value))


def _render(kind: Kind, zone: ZoneInfo) -> Callable[[Any], Any] | None:
    if kind is Kind.DATETIME:
        return lambda moment: in_zone(moment, zone).isoformat()
    if kind is Kind.GEO_SHAPE:
        return _feature
    return None


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give a moment kept in UTC without offset as an aware time of the zone."""
    aware = moment.replace(tzinfo=UTC)
    try:
        return aware.astimezone(zone)
    except OverflowError:
        return aware


def _feature(geometry: str) -> Any:
    try:
        return {"type": "Feature", "geometry": orjson.loads(geometry), "properties": {}}
    except orjson.JSONDecodeError:
        return geometry


def csv_sql(statement: Statement, keys: Sequence[str], zone: ZoneInfo) -> str:
    """Give the SQL of the statement's rows with every value as CSV writes it, columns named by the keys."""
    return _projected(statement, keys, lambda name, kind: _for_csv(name, kind, zone))


def json_sql(statement: Statement, keys: Sequence[str], zone: ZoneInfo) -> str:
    """Give the SQL of the statement's rows with every value as JSON writes it, columns named by the keys."""
    return _projected(statement, keys, lambda name, kind: _for_json(name, kind, zone))


def native_sql(statement: Statement, keys: Sequence[str]) -> str:
    """Give the SQL of the statement's rows unchanged, columns named by the keys."""
    return _projected(statement, keys, lambda name, _: name)


def _projected(statement: Statement, keys: Sequence[str], form: Callable[[str, Kind], str]) -> str:
    columns = ", ".join(
        f"{form(f'c{index}', output.kind)} AS {quoted(key)}"
        for index, (output, key) in enumerate(zip(statement.outputs, keys, strict=True))
    )
    return f"SELECT {columns} FROM ({statement.sql})"  # noqa: S608 -- quoted keys around a compiled statement


def _for_csv(name: str, kind: Kind, zone: ZoneInfo) -> str:
    if kind is Kind.DATETIME:
        return _moment(name, zone)
    if kind is Kind.GEO_POINT:
        return f"({name}.lat::VARCHAR || ', ' || {name}.lon::VARCHAR)"
    return name


def _for_json(name: str, kind: Kind, zone: ZoneInfo) -> str:
    if kind is Kind.DATETIME:
        return _moment(name, zone)
    if kind is Kind.GEO_SHAPE:
        feature = f"{{'type': 'Feature', 'geometry': {name}::JSON, 'properties': MAP {{}}}}"
        return f"CASE WHEN json_valid({name}) THEN {feature}::JSON ELSE to_json({name}) END"
    if kind is Kind.NUMBER:
        return f"CASE WHEN isfinite({name}) THEN {name} END"
    return name


def _moment(name: str, zone: ZoneInfo) -> str:
    if zone.key == "UTC":
        return f"replace({name}::VARCHAR, ' ', 'T') || '+00:00'"
    local = f"timezone({literal(zone.key)}, timezone('UTC', {name}))"
    minutes = f"date_diff('minute', {name}, {local})"
    offset = f"printf('%s%02d:%02d', CASE WHEN {minutes} < 0 THEN '-' ELSE '+' END, abs({minutes}) // 60, abs({minutes}) % 60)"
    return f"replace({local}::VARCHAR, ' ', 'T') || {offset}"
