# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whole files: frozen files of a version, its manifest and signature, the public keys, the public journal.

Their bytes are what was sealed; nothing is computed here.
"""

import re
from urllib.parse import quote

from datacity.engine.ports.store import Store, check_name
from datacity.engine.serve.exchange import Answer, FileBody
from datacity.engine.serve.publications import MEDIA_TYPES, Catalogue, Version, local_file
from datacity.kernel.canonical import sha256_hex
from datacity.kernel.errors import Invalid, Missing

SEALED = ("x-datacity-sealed", "yes")
NOT_SEALED = ("x-datacity-sealed", "no")
WITHDRAWABLE = ("cache-control", "public, max-age=300")
"""A version never changes, but may be withdrawn: copies are asked again after five minutes."""
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")
_READ_WHOLE_BYTES = 1_000_000


def version_file(catalogue: Catalogue, store: Store, slug: str, number: str, name: str) -> Answer:
    """Give a file of a version: frozen ones, `manifest.json` and `manifest.sig`.

    Raises Missing for an unknown dataset, version or file, Withdrawn for a version that is gone.
    """
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Missing("serve.no_version_number", "“{number}” is not the number of a version.", number=number[:40])
    version = catalogue.version(slug, int(number))
    headers = (SEALED, WITHDRAWABLE, ("x-datacity-version", str(version.number)))
    if name == "manifest.json":
        return Answer(
            version.manifest_bytes,
            MEDIA_TYPES["json"],
            etag=version.sha256,
            headers=(*headers, disposition(_download_name(version, "manifest.json"))),
        )
    if name == "manifest.sig":
        return Answer(
            version.signature,
            "application/octet-stream",
            etag=sha256_hex(version.signature),
            headers=(*headers, disposition(_download_name(version, "manifest.sig"))),
        )
    return _frozen(version, store, name, headers)


def _frozen(version: Version, store: Store, name: str, headers: tuple[tuple[str, str], ...]) -> Answer:
    file = version.files.get(name)
    if file is None:
        raise Missing(
            "serve.no_file",
            "Version {number} of {slug} has no file {name}; it has {known}.",
            number=version.number,
            slug=version.slug,
            name=name[:80],
            known=", ".join((*version.files, "manifest.json", "manifest.sig")),
        )
    described = (*headers, disposition(_download_name(version, file.name)))
    return Answer(FileBody(local_file(store, file), 0, file.size), file.media_type, etag=file.sha256, headers=described)


def _download_name(version: Version, name: str) -> str:
    """Give a name that still says what the file is when it lies among others."""
    return name if name.startswith(version.slug) else f"{version.slug}-v{version.number}-{name}"


def public_file(store: Store, name: str, *, media_type: str, maximum_age_seconds: int = 60) -> Answer:
    """Give a file of the store as it is now: a public key, a piece of the journal. Raises Missing.

    maximum_age_seconds: how long a copy may be used unasked; 0 lets every copy be asked again.
    """
    try:
        there = store.exists(check_name(name))
    except Invalid as error:
        raise Missing("serve.nothing_here", "There is nothing at this address.") from error
    if not there:
        raise Missing("serve.nothing_here", "There is nothing at this address.")
    age = f"max-age={maximum_age_seconds}" if maximum_age_seconds else "no-cache"
    headers = (("cache-control", f"public, {age}"), disposition(name.rpartition("/")[2]))
    path = store.local_path(name)
    if path is not None and store.size(name) > _READ_WHOLE_BYTES:
        found = path.stat()
        tag = sha256_hex(f"{name} {found.st_size} {found.st_mtime_ns} {found.st_ino}".encode())
        return Answer(FileBody(path, 0, found.st_size), media_type, etag=tag, headers=headers)
    content = store.get(name)
    return Answer(content, media_type, etag=sha256_hex(content), headers=headers)


def disposition(name: str) -> tuple[str, str]:
    """Give the header that names a download: safe ASCII first, the true name in UTF-8 beside it (RFC 6266)."""
    safe = _SAFE.sub("_", name).strip("._") or "file"
    return "content-disposition", f"attachment; filename=\"{safe}\"; filename*=UTF-8''{quote(name, safe='')}"
