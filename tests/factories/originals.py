# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The raw file as DuckDB itself reads it, to hold what we publish against; and made-up files of every format."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import openpyxl


@dataclass
class Original:
    """A raw file as a DuckDB table `raw`, every cell as text, columns named as in the file."""

    connection: duckdb.DuckDBPyConnection

    @classmethod
    def of(cls, path: Path) -> "Original":
        """Read the file without any of our code."""
        connection = duckdb.connect()
        readers = {".csv": _csv, ".geojson": _geojson, ".json": _json, ".xlsx": _xlsx, ".parquet": _parquet}
        readers[path.suffix](connection, path)
        return cls(connection)

    def one(self, expression: str, where: str = "true") -> Any:
        """Give the value of an expression over the rows that match."""
        found = self.connection.execute(f"SELECT {expression} FROM raw WHERE {where}").fetchone()
        assert found is not None
        return found[0]


def quoted(label: str) -> str:
    """Give a column's name for DuckDB."""
    return '"' + label.replace('"', '""') + '"'


def number(label: str) -> str:
    """Give the expression of a cell as a number, French ones included; null where it is none."""
    cleaned = f"replace(replace(replace({quoted(label)}, ' ', ''), '\u00a0', ''), ',', '.')"
    return f"try_cast({cleaned} AS DOUBLE)"


def _csv(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        path.read_bytes().decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "latin-1"  # differs from cp1252 in signs, never in digits, letters and separators
    connection.execute(
        f"CREATE TABLE raw AS SELECT * FROM read_csv('{path}', all_varchar=true, header=true, encoding='{encoding}', max_line_size=20000000)"
    )


def _geojson(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    source = f"read_json('{path}', columns={{features: 'JSON[]'}}, maximum_object_size=100000000)"
    _unnested(
        connection, f"SELECT json_extract(f, '$.properties') AS o FROM (SELECT unnest(features) AS f FROM {source})"
    )


def _json(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    place = "$" if isinstance(content, list) else next(
        f"$.{outer}.{inner}" for outer, held in content.items() if isinstance(held, dict) for inner, rows in held.items() if isinstance(rows, list)
    )  # fmt: skip
    source = f"(SELECT content::JSON AS c FROM read_text('{path}'))"
    _unnested(connection, f"SELECT unnest(json_extract(c, '{place}')::JSON[]) AS o FROM {source}")


def _unnested(connection: duckdb.DuckDBPyConnection, objects: str) -> None:
    connection.execute(f"CREATE TABLE objects AS {objects}")
    names = [
        name
        for (name,) in connection.execute("SELECT DISTINCT unnest(json_keys(o)) FROM objects ORDER BY 1").fetchall()
    ]
    paths = [name.replace('"', '\\"').replace("'", "''") for name in names]
    columns = ", ".join(
        f"json_extract_string(o, '$.\"{path}\"') AS {quoted(name)}" for path, name in zip(paths, names, strict=True)
    )
    connection.execute(f"CREATE TABLE raw AS SELECT {columns} FROM objects")


def _xlsx(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        rows = [
            [None if cell is None else str(cell) for cell in row]
            for row in book.worksheets[0].iter_rows(values_only=True)
        ]
    header = [cell for cell in rows[0] if cell is not None]
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in header)
    connection.execute(f"CREATE TABLE raw ({columns})")
    marks = ", ".join("?" * len(header))
    connection.executemany(f"INSERT INTO raw VALUES ({marks})", [row[: len(header)] for row in rows[1:]])


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"CREATE TABLE raw AS SELECT CAST(COLUMNS(*) AS VARCHAR) FROM '{path}'")


# --- Made-up files ------------------------------------------------------------------------------------------------

_ROWS = """
SELECT 'Quai ' || (i % 7) AS "Compteur", lpad((i % 20 + 1)::VARCHAR, 2, '0') AS "Arrondissement", i * 3 AS "Passages",
       CASE WHEN i % 5 = 0 THEN NULL ELSE i * 0.25::DOUBLE END AS "Vitesse moyenne", DATE '2026-01-01' + (i % 90)::INTEGER AS "Jour",
       CASE WHEN i % 2 = 0 THEN 'OUI' ELSE 'NON' END AS "Éclairé"
FROM range(1, 401) r(i)
"""


def _rows() -> tuple[list[str], list[tuple[Any, ...]]]:
    found = duckdb.sql(_ROWS)
    return found.columns, found.fetchall()


def _french(value: Any) -> str:
    if value is None:
        return ""
    return (
        str(value).replace(".", ",")
        if isinstance(value, float)
        else f"{value:%d/%m/%Y}"
        if hasattr(value, "year")
        else str(value)
    )


def french_csv(encoding: str) -> Callable[[Path], Path]:
    """Give a maker of a CSV with commas in numbers, French dates and this encoding."""

    def make(folder: Path) -> Path:
        columns, rows = _rows()
        lines = [";".join(columns), *(";".join(_french(cell) for cell in row) for row in rows)]
        path = folder / f"comptages-{encoding}.csv"
        path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
        return path

    return make


def _objects() -> list[dict[str, Any]]:
    columns, rows = _rows()
    return [
        dict(zip(columns, [str(cell) if hasattr(cell, "year") else cell for cell in row], strict=True)) for row in rows
    ]


def _made_json(folder: Path) -> Path:
    path = folder / "comptages.json"
    path.write_text(json.dumps({"data": {"stations": _objects()}}), encoding="utf-8")
    return path


def _made_geojson(folder: Path) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": each,
            "geometry": {"type": "Point", "coordinates": [2.3 + place / 1000, 48.8]},
        }
        for place, each in enumerate(_objects())
    ]
    path = folder / "comptages.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def _made_xlsx(folder: Path) -> Path:
    columns, rows = _rows()
    book = openpyxl.Workbook()
    book.active.append(columns)
    for row in rows:
        book.active.append(row)
    book.save(folder / "comptages.xlsx")
    return folder / "comptages.xlsx"


def _made_parquet(folder: Path) -> Path:
    duckdb.execute(f"COPY ({_ROWS}) TO '{folder / 'comptages.parquet'}' (FORMAT parquet)")
    return folder / "comptages.parquet"


MADE: dict[str, Callable[[Path], Path]] = {
    "csv in utf-8": french_csv("utf-8"),
    "csv in cp1252": french_csv("cp1252"),
    "json": _made_json,
    "geojson": _made_geojson,
    "xlsx": _made_xlsx,
    "parquet": _made_parquet,
}
"""Format → maker of a file of 400 rows: text, codes with leading zeros, whole and French numbers with gaps, dates, OUI / NON."""
