# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A city's logo, checked: what it is by its first bytes, not too large, and nothing in it that could act.

An SVG is drawn anew from a closed list of shapes and attributes: no script, no style, no link, no picture from elsewhere.
A PNG keeps only the parts that draw it.
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from datacity.frame.city import Logo
from datacity.kernel.errors import Invalid

LARGEST_BYTES = 150_000
_SVG = "http://www.w3.org/2000/svg"
_PNG = b"\x89PNG\r\n\x1a\n"
_SIDES = (16, 2048)
_MOST_ELEMENTS = 2_000
_SHAPES = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "title", "desc"}
    | {"linearGradient", "radialGradient", "stop", "clipPath"}
)
_ATTRIBUTES = frozenset(
    {"viewBox", "width", "height", "preserveAspectRatio", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry"}
    | {"fx", "fy", "points", "transform", "id", "offset", "gradientUnits", "gradientTransform", "spreadMethod", "clipPathUnits"}
    | {"fill", "fill-rule", "fill-opacity", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"}
    | {"stroke-dasharray", "stroke-dashoffset", "stroke-opacity", "opacity", "clip-path", "clip-rule", "stop-color", "stop-opacity"}
)  # fmt: skip
_VALUE = re.compile(r"[\w\s.,+%#()-]*")
_HERE = re.compile(r"url\(#[\w-]+\)")
_KEPT_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"})


def read(path: Path) -> Logo:
    """Give the logo of a file. Raises Invalid for one that is too large, neither SVG nor PNG, or broken."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST_BYTES else b""
    except OSError as error:
        raise _wrong(path, "it cannot be read") from error
    if size > LARGEST_BYTES:
        raise _wrong(path, f"it has {size} bytes; at most {LARGEST_BYTES} are accepted")
    if content.startswith(_PNG):
        return Logo(_clean_png(path, content), "image/png")
    if b"<svg" in content[:2000]:
        return Logo(_clean_svg(path, content), "image/svg+xml")
    raise _wrong(path, "it is neither an SVG nor a PNG picture")


def _wrong(path: Path, why: str) -> Invalid:
    return Invalid(
        "city.logo",
        "The logo {file} cannot be used: {why}.",
        hint="Give an SVG, or a PNG of 16 to 2048 pixels, of at most {limit} bytes.",
        field="brand.logo",
        file=path.name,
        why=why,
        limit=LARGEST_BYTES,
    )


def _clean_svg(path: Path, content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(path, "it is not written in UTF-8") from error
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise _wrong(path, "it declares a document type; save it as plain SVG")
    try:
        root = ET.fromstring(text)  # noqa: S314 -- entities, the danger of this parser, were refused above
    except (ET.ParseError, ValueError) as error:
        raise _wrong(path, "it is no well-formed XML") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise _wrong(path, "its outermost element is not svg")
    if "viewBox" not in root.attrib:
        raise _wrong(path, "it has no viewBox, so it cannot be scaled")
    if sum(1 for _each in root.iter()) > _MOST_ELEMENTS:
        raise _wrong(path, f"it has more than {_MOST_ELEMENTS} elements")
    ET.register_namespace("", _SVG)
    drawn: bytes = ET.tostring(_redrawn(root), encoding="utf-8")
    return drawn


def _redrawn(element: ET.Element) -> ET.Element:
    """Give the element anew with what is on the closed lists; everything else is left out."""
    made = ET.Element(element.tag, {name: value for name, value in element.attrib.items() if _harmless(name, value)})
    local = element.tag.rpartition("}")[2]
    made.text = element.text if local in ("title", "desc") else None
    made.extend(_redrawn(each) for each in element if _is_shape(each))
    return made


def _is_shape(element: ET.Element) -> bool:
    space, _brace, name = str(element.tag).rpartition("}")
    return space == f"{{{_SVG}" and name in _SHAPES


def _harmless(name: str, value: str) -> bool:
    if name not in _ATTRIBUTES:
        return False
    return bool(_HERE.fullmatch(value.strip()) or (_VALUE.fullmatch(value) and "url" not in value.lower()))


def _clean_png(path: Path, content: bytes) -> bytes:
    kept = list(_chunks(path, content))
    if not kept or kept[0][0] != b"IHDR" or kept[-1][0] != b"IEND" or not any(name == b"IDAT" for name, _ in kept):
        raise _wrong(path, "the PNG is not complete")
    header = kept[0][1]
    width, height = int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")
    if not all(_SIDES[0] <= side <= _SIDES[1] for side in (width, height)):
        raise _wrong(path, f"it is {width} × {height} pixels")
    return _PNG + b"".join(chunk for name, chunk in kept if name in _KEPT_CHUNKS)


def _chunks(path: Path, content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give each part of a PNG with its name, until its end. Raises Invalid for one that is cut short or damaged."""
    start = len(_PNG)
    name = b""
    while start < len(content) and name != b"IEND":
        length = int.from_bytes(content[start : start + 4], "big")
        name, end = content[start + 4 : start + 8], start + 12 + length
        if end > len(content) or zlib.crc32(content[start + 4 : end - 4]) != int.from_bytes(
            content[end - 4 : end], "big"
        ):
            raise _wrong(path, "the PNG is damaged")
        yield name, content[start:end]
        start = end
