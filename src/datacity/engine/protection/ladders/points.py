# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ladders of places given as longitude and latitude: H3 hexagons and the European statistical grid.

A hexagon does not lie wholly inside the next larger one, so a coarser cell is always the parent of the
finest one: `cell_to_parent(cell(point, 10), r)`. Points joined at one level stay joined above.
"""

import h3
from duckdb import DuckDBPyConnection

from datacity.engine.protection.ladders.ladder import STAR, TOP, Ladder, Rewriting
from datacity.engine.sources.duck import identifier

FINEST = 10
H3_RESOLUTIONS = (10, 9, 8, 7, 6, 5)
GRID_METRES = (200, 1_000, 10_000, 100_000)
CHUNK = 100_000


def points_table(column: str) -> str:
    """Give the name of the table that holds the cells of a column's points."""
    return f"points of {column}"


def _h3(column: str, level: int) -> Rewriting:
    if level == 0:
        return Rewriting(column)
    if level > len(H3_RESOLUTIONS):
        return Rewriting(STAR)
    table = identifier(points_table(column.removeprefix('source."').removesuffix('"').replace('""', '"')))
    return Rewriting(f"{table}.cell", f"LEFT JOIN {table} ON {table}.lon = {column}.lon AND {table}.lat = {column}.lat")


H3 = Ladder("h3", ("point", *(f"resolution_{resolution}" for resolution in H3_RESOLUTIONS), TOP), _h3)


def load_cells(connection: DuckDBPyConnection, column: str, level: int) -> None:
    """Make the table of a column's different points with their H3 cell at this level; outside the globe there is none.

    Python works through the different points in chunks: called from inside a query it is several times slower.
    """
    table, quoted = identifier(points_table(column)), f"source.{identifier(column)}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} (lon DOUBLE, lat DOUBLE, cell VARCHAR)")
    if not 1 <= level <= len(H3_RESOLUTIONS):
        return
    resolution = H3_RESOLUTIONS[level - 1]
    usable = f"{quoted}.lon BETWEEN -180 AND 180 AND {quoted}.lat BETWEEN -90 AND 90"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE seen AS SELECT DISTINCT {quoted}.lon AS lon, {quoted}.lat AS lat FROM source WHERE {usable}"
    )
    start = 0
    while chunk := connection.execute(
        "SELECT lon, lat FROM seen WHERE rowid >= ? AND rowid < ?", [start, start + CHUNK]
    ).fetchall():
        cells = [h3.cell_to_parent(h3.latlng_to_cell(lat, lon, FINEST), resolution) for lon, lat in chunk]
        connection.execute(
            f"INSERT INTO {table} SELECT unnest(?::DOUBLE[]), unnest(?::DOUBLE[]), unnest(?::VARCHAR[])",
            [[lon for lon, _ in chunk], [lat for _, lat in chunk], cells],
        )
        start += CHUNK
    connection.execute("DROP TABLE seen")


def define_grid(connection: DuckDBPyConnection) -> None:
    """Give this connection the macros the grid's ladder calls."""
    for macro in GRID_MACROS:
        connection.execute(macro)


# ETRS89-LAEA (EPSG:3035): Lambert azimuthal equal area on GRS 80, centre 52 N 10 E.
# Source: IOGP Guidance Note 7-2, method 9820; Snyder 1987, pp. 187-190.
_E2 = 0.006694380022903416
_E = _E2**0.5
GRID_MACROS = (
    f"""CREATE OR REPLACE TEMP MACRO laea_q(phi) AS (1 - {_E2!r}) * (sin(phi) / (1 - {_E2!r} * sin(phi) * sin(phi))
        - 1 / (2 * {_E!r}) * ln((1 - {_E!r} * sin(phi)) / (1 + {_E!r} * sin(phi))))""",
    "CREATE OR REPLACE TEMP MACRO laea_beta(phi) AS asin(greatest(-1.0, least(1.0, laea_q(phi) / laea_q(radians(90.0)))))",
    "CREATE OR REPLACE TEMP MACRO laea_rq() AS 6378137.0 * sqrt(laea_q(radians(90.0)) / 2)",
    f"""CREATE OR REPLACE TEMP MACRO laea_d() AS 6378137.0 * cos(radians(52.0)) / sqrt(1 - {_E2!r} * sin(radians(52.0)) * sin(radians(52.0)))
        / (laea_rq() * cos(laea_beta(radians(52.0))))""",
    """CREATE OR REPLACE TEMP MACRO laea_b(lambda_, beta) AS laea_rq() * sqrt(2 / (1 + sin(laea_beta(radians(52.0))) * sin(beta)
        + cos(laea_beta(radians(52.0))) * cos(beta) * cos(lambda_)))""",
    """CREATE OR REPLACE TEMP MACRO laea_east(lon, lat) AS 4321000.0 + laea_b(radians(lon - 10), laea_beta(radians(lat))) * laea_d()
        * cos(laea_beta(radians(lat))) * sin(radians(lon - 10))""",
    """CREATE OR REPLACE TEMP MACRO laea_north(lon, lat) AS 3210000.0 + laea_b(radians(lon - 10), laea_beta(radians(lat))) / laea_d()
        * (cos(laea_beta(radians(52.0))) * sin(laea_beta(radians(lat)))
        - sin(laea_beta(radians(52.0))) * cos(laea_beta(radians(lat))) * cos(radians(lon - 10)))""",
)


def _grid(column: str, level: int) -> Rewriting:
    if level == 0:
        return Rewriting(column)
    if level > len(GRID_METRES):
        return Rewriting(STAR)
    size = GRID_METRES[level - 1]
    north, east = (
        f"(floor(laea_{side}({column}.lon, {column}.lat) / {size}) * {size})::BIGINT::VARCHAR"
        for side in ("north", "east")
    )
    usable = f"{column}.lon BETWEEN -180 AND 180 AND {column}.lat BETWEEN -90 AND 90"
    return Rewriting(f"CASE WHEN {usable} THEN 'CRS3035RES{size}mN' || {north} || 'E' || {east} END")


GRID = Ladder("grid", ("point", "200m", "1km", "10km", "100km", TOP), _grid)
