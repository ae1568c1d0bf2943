# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files of the site's own interface, sent by the server itself: hashed names for ever, others asked again."""

import re
from pathlib import Path

from datacity.engine.serve.exchange import Answer, FileBody, Request, Response, respond
from datacity.kernel.canonical import sha256_hex

PREFIX = "/static/"
FOLDER = Path(__file__).parent / "static"
_HASHED = re.compile(r"-[A-Za-z0-9]{8,}\.[a-z0-9]+(\.map)?$")
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
_CODINGS = (("br", ".br"), ("gzip", ".gz"))
_ALWAYS = (("x-content-type-options", "nosniff"), ("cross-origin-resource-policy", "same-origin"))


def answer(request: Request, folder: Path = FOLDER) -> Response | None:
    """Give the file below the folder that the path names, compressed before if it is accepted; None when there is none."""
    if request.method not in ("GET", "HEAD"):
        return None
    path = _inside(folder, request.path.removeprefix(PREFIX))
    if path is None:
        return None
    coding, sent = _coded(path, request.headers.get("accept-encoding", ""))
    found = sent.stat()
    lasting = "public, max-age=31536000, immutable" if _HASHED.search(path.name) else "public, max-age=300"
    headers = [("cache-control", lasting), ("vary", "accept-encoding")]
    if coding:
        headers.append(("content-encoding", coding))
    tag = sha256_hex(f"{sent.name} {found.st_size} {found.st_mtime_ns}".encode())[:32]
    described = Answer(FileBody(sent, 0, found.st_size), _MEDIA_TYPES[path.suffix], etag=tag, headers=tuple(headers))
    return respond(request, described, always=_ALWAYS)


def _inside(folder: Path, name: str) -> Path | None:
    parts = name.split("/")
    if "\x00" in name or any(part in ("", ".", "..") or part.startswith(".") for part in parts):
        return None
    path = folder.joinpath(*parts)
    if path.suffix not in _MEDIA_TYPES or not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        return None
    return path


def _coded(path: Path, accepted: str) -> tuple[str, Path]:
    offers = {
        part.strip().partition(";")[0]
        for part in accepted.split(",")
        if "q=0" not in part.replace(" ", "").replace("q=0.", "")
    }
    for coding, ending in _CODINGS:
        ready = path.with_name(path.name + ending)
        if coding in offers and ready.is_file():
            return coding, ready
    return "", path
