# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
r"""The frozen forms of a table: Parquet, CSV, JSON, XLSX; the same table gives the same bytes.

- Parquet: the cleared file itself, byte for byte, so that its hash is the one the clearance names.
- CSV: UTF-8 with byte order mark, ";", "\n", quotes only where needed; an empty cell is null, "" an empty text.
- JSON: one array of objects in row order; null is written; points {"lon", "lat"}, shapes as GeoJSON geometries.
- XLSX: sheet "data", and sheet "columns" with what each means; text is never a formula, link or number.
Moments are in UTC, 2026-05-04T12:00:00+00:00.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datacity.engine.catalogue import ColumnType
from datacity.engine.release.spreadsheets import write_xlsx, xlsx_obstacle
from datacity.engine.release.tables import FrozenColumn, Table
from datacity.engine.sources.duck import connect, identifier, literal, run
from datacity.kernel.progress import Steps, Tell
from datacity.kernel.words import msg

BOM = b"\xef\xbb\xbf"
FORMATS = ("parquet", "csv", "json", "xlsx")
_CSV = msg("writing the CSV: {percent} %")
_JSON = msg("writing the JSON: {percent} %")
_XLSX = msg("writing the XLSX: {percent} % of the rows")
_SEALING = msg("sealing")


def write_formats(
    table: Table, folder: Path, *, progress: Callable[..., None]
) -> tuple[dict[str, Path], list[dict[str, Any]]]:
    """Write every form into the folder; give format → file, and for each form left out `{"format", "reason", …}`.

    progress: told done, total, a note and the values of its places.
    Streams: memory does not grow with the rows. Raises what DuckDB raises when the disk is full.
    """
    files = {"parquet": table.path}
    obstacle = xlsx_obstacle(table)
    sheet = {} if obstacle else {_XLSX: 20}
    steps = Steps(progress, {_CSV: 2, _JSON: 2, **sheet, _SEALING: 1})
    files["csv"], files["json"] = folder / "data.csv", folder / "data.json"
    _write_csv(table, files["csv"], steps.begin(_CSV))
    _write_json(table, files["json"], steps.begin(_JSON))
    if obstacle is None:
        files["xlsx"] = folder / "data.xlsx"
        write_xlsx(table, files["xlsx"], folder, progress=steps.begin(_XLSX))
    steps.begin(_SEALING)
    return files, [obstacle] if obstacle else []


def _write_csv(table: Table, target: Path, tell: Tell) -> None:
    without = target.with_suffix(".part")
    _copy(table, without, _csv_cell, "FORMAT csv, HEADER true, DELIMITER ';'", tell)
    with target.open("wb") as out, without.open("rb") as rest:
        out.write(BOM)
        shutil.copyfileobj(rest, out, 1 << 20)
    without.unlink()


def _write_json(table: Table, target: Path, tell: Tell) -> None:
    _copy(table, target, _json_cell, "FORMAT json, ARRAY true", tell)


def _copy(table: Table, target: Path, cell: Callable[[FrozenColumn], str], options: str, tell: Tell) -> None:
    cells = ", ".join(f"{cell(column)} AS {identifier(column.name)}" for column in table.columns)
    with connect(temp=target.parent) as connection:
        run(
            connection,
            f"COPY (SELECT {cells} FROM read_parquet({literal(str(table.path))})) TO {literal(str(target))} ({options})",
            tell,
        )


def _csv_cell(column: FrozenColumn) -> str:
    name = identifier(column.name)
    if column.type is ColumnType.GEO_POINT:
        return f"({name}.lat::VARCHAR || ', ' || {name}.lon::VARCHAR)"
    return _moment(name) if column.type is ColumnType.DATETIME else name


def _json_cell(column: FrozenColumn) -> str:
    name = identifier(column.name)
    if column.type is ColumnType.GEO_SHAPE:
        return f"CASE WHEN json_valid({name}) THEN {name}::JSON ELSE to_json({name}) END"
    return _moment(name) if column.type is ColumnType.DATETIME else name


def _moment(name: str) -> str:
    return f"replace({name}::TIMESTAMP::VARCHAR, ' ', 'T') || '+00:00'"
