# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Folders of fictional cities. Aigrelune: no French commune bears the name (official geographic code, 37,590 communes)."""

import json
import struct
import zlib
from pathlib import Path

CITY = """\
form = 1

[name]
fr = "Aigrelune"
en = "Aigrelune"

[brand]
colour = "#f5d90a"
logo = "logo.svg"

[brand.line]
fr = "La ville entre deux rivières"
en = "The town between two rivers"

[languages]
order = ["fr", "en"]
default = "fr"
"""
DIRECTORATES = """\
[[directorate]]
slug = "pole-des-rivieres"
fr = "Pôle des rivières"
en = "Rivers department"

[[directorate]]
slug = "pole-des-ecoles"
fr = "Pôle des écoles"
en = "Schools department"
"""
DISTRICTS = """\
[[district]]
code = "A1"
fr = "Les Confluences"

[[district]]
code = "A2"
fr = "Le Haut-Bourg"
en = "Upper Town"
"""
WORDS = """\
[noun.dataset]
fr = "fichier ouvert"
fr_many = "fichiers ouverts"
fr_gender = "m"
en = "open file"
en_many = "open files"

[noun.challenge]
fr = "appel à idées"
fr_many = "appels à idées"
fr_gender = "m"
en = "call for ideas"
en_many = "calls for ideas"

[[sentence]]
product = "What are you looking for?"
fr = "Que cherchez-vous au bord de l’eau ?"
en = "What are you looking for by the water?"
"""
POLICY = """\
[editions]
months = 6

[privacy]
opinion = "always"
"""
LOGO = """\
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 48 48" onload="alert(1)">
  <style>circle { fill: url(https://elsewhere.example/x) }</style>
  <script>alert(2)</script>
  <a xlink:href="https://elsewhere.example/"><text>away</text></a>
  <circle cx="24" cy="24" r="22" fill="#1d3557" onclick="alert(3)" style="fill: red"/>
  <path d="M4 30q10-8 20 0t20 0" fill="none" stroke="#f5d90a" stroke-width="4"/>
  <image href="https://elsewhere.example/track.png" width="1" height="1"/>
  <use href="#x"/>
  <foreignObject><div xmlns="http://www.w3.org/1999/xhtml">x</div></foreignObject>
</svg>
"""
FILES = {
    "city.toml": CITY,
    "directorates.toml": DIRECTORATES,
    "districts.toml": DISTRICTS,
    "words.toml": WORDS,
    "policy.toml": POLICY,
    "logo.svg": LOGO,
}


def square(code: str, west: float, south: float) -> dict[str, object]:
    """Give a GeoJSON feature: a square of a hundredth of a degree."""
    east, north = west + 0.01, south + 0.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    properties = {"code": code, "note": "left out"}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def areas(*features: object) -> str:
    """Give a GeoJSON text."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def write_city(folder: Path, **changed: str | bytes | None) -> Path:
    """Write a city's folder and give it. changed: file name with _ for its dot → its text; None leaves the file out."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str | bytes | None] = {
        **FILES,
        "districts.geojson": areas(square("A1", -3.0, 46.0), square("A2", -2.99, 46.0)),
    }
    files |= {name.replace("_", "."): text for name, text in changed.items()}
    for name, text in files.items():
        if text is not None:
            (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def png(width: int = 32, height: int = 32, *, extra: bytes = b"") -> bytes:
    """Give a grey PNG of this size. extra: of a text chunk."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _row in range(height)))
    text = chunk(b"tEXt", extra) if extra else b""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
