# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The outlines of a city's districts: GeoJSON (RFC 7946), checked, and drawn as paths of an SVG."""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datacity.kernel.errors import Invalid

LARGEST_BYTES = 2_000_000
WIDTH = 600
"""Width of the drawing, in its own units."""
Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Outline:
    """One district on the drawing: its code, where to write it, and the path of its border."""

    code: str
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """All districts on one drawing, north above; height in units when the width is `WIDTH`."""

    outlines: tuple[Outline, ...]
    height: int


def read(path: Path, codes: Iterable[str]) -> bytes:
    """Give the outlines, written anew with nothing but codes and borders.

    codes: of the districts; each feature carries one in its property `code`, each district has at most one feature.
    Raises Invalid for another form, an unknown or repeated code, or a position that is no longitude and latitude.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _wrong(path, f"it has more than {LARGEST_BYTES} bytes")
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise _wrong(path, "it is no JSON in UTF-8") from error
    if (
        not isinstance(found, dict)
        or found.get("type") != "FeatureCollection"
        or not isinstance(found.get("features"), list)
    ):
        raise _wrong(path, "it is no FeatureCollection")
    known, features = set(codes), []
    for number, feature in enumerate(found["features"], start=1):
        code = _code(feature)
        if code not in known:
            raise _wrong(path, f"feature {number} has the code “{code}”, which no district that is still free has")
        known.discard(code)
        polygons = [
            [[list(point) for point in ring] for ring in polygon] for polygon in _polygons(path, number, feature)
        ]
        geometry = {"type": "MultiPolygon", "coordinates": polygons}
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def drawing(areas: bytes) -> Drawing:
    """Draw the outlines: longitudes narrowed by the latitude of the middle, so that shapes look as on a map."""
    features = json.loads(areas)["features"]
    shapes = [(each["properties"]["code"], each["geometry"]["coordinates"]) for each in features]
    points = [point for _code, polygons in shapes for ring in _rings(polygons) for point in ring]
    west, north = min(x for x, _y in points), max(y for _x, y in points)
    narrowed = math.cos(math.radians((north + min(y for _x, y in points)) / 2))
    scale = WIDTH / (max((max(x for x, _y in points) - west) * narrowed, 1e-9))
    scales = scale * narrowed, scale
    outlines = tuple(
        Outline(
            code,
            "".join(_path(ring, (west, north), scales) for ring in _rings(polygons)),
            *_middle(polygons, (west, north), scales),
        )
        for code, polygons in shapes
    )
    return Drawing(outlines, math.ceil((north - min(y for _x, y in points)) * scale))


def _path(ring: Ring, corner: tuple[float, float], scale: tuple[float, float]) -> str:
    points = [f"{(x - corner[0]) * scale[0]:.1f} {(corner[1] - y) * scale[1]:.1f}" for x, y in ring[:-1]]
    return f"M{'L'.join(points)}Z"


def _middle(
    polygons: Iterable[Iterable[Ring]], corner: tuple[float, float], scale: tuple[float, float]
) -> tuple[int, int]:
    """Give the middle of the longest border, where the code is written."""
    longest = max(_rings(polygons), key=len)
    xs, ys = [x for x, _y in longest], [y for _x, y in longest]
    return round(((min(xs) + max(xs)) / 2 - corner[0]) * scale[0]), round(
        (corner[1] - (min(ys) + max(ys)) / 2) * scale[1]
    )


def _rings(polygons: Iterable[Iterable[Ring]]) -> Iterator[Ring]:
    for polygon in polygons:
        yield from polygon


def _code(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return str(properties.get("code", "")) if isinstance(properties, dict) else ""


def _polygons(path: Path, number: int, feature: dict[str, Any]) -> list[list[Ring]]:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise _wrong(path, f"feature {number} is no Polygon or MultiPolygon")
    coordinates = geometry.get("coordinates")  # type: ignore[union-attr]  # a dict, else its kind would be None
    try:
        polygons = coordinates if kind == "MultiPolygon" else [coordinates]
        found = [[[(float(point[0]), float(point[1])) for point in ring] for ring in polygon] for polygon in polygons]
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise _wrong(path, f"the border of feature {number} is not made of positions") from error
    rings = list(_rings(found))
    if not rings or any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        raise _wrong(path, f"a border of feature {number} is not closed")
    if not all(-180 <= x <= 180 and -90 <= y <= 90 for ring in rings for x, y in ring):
        raise _wrong(path, f"a position of feature {number} is no longitude and latitude")
    return found


def _wrong(path: Path, why: str) -> Invalid:
    return Invalid(
        "city.areas",
        "{file} cannot be used: {why}.",
        hint="Give GeoJSON whose features carry the code of a district in their property “code”.",
        file=path.name,
        why=why,
    )
