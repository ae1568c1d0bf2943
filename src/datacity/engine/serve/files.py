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
_LARGEST_READ_WHOLE = 20_000_000


def version_file(catalogue: Catalogue, store: Store, slug: str, number: str, name: str) -> Answer:
    """Give a file of a version: frozen ones, `manifest.json` and `manifest.sig`.

    Raises Missing for an unknown dataset, version or file, Withdrawn for a version that is gone.
    """
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Missing("serve.no_version_number", "“{number}” is not the number of a version.", number=number[:40])
    version = catalogue.version(slug, int(number))
    headers = (SEALED, WITHDRAWABLE, ("x-datacity-version", str(version.number)))
    if name == "manifest.json":
        return Answer(version.manifest_bytes, MEDIA_TYPES["json"], etag=version.sha256,
                      headers=(*headers, disposition(f"{slug}-{number}-manifest.json")))
    if name == "manifest.sig":
        return Answer(version.signature, "application/octet-stream", etag=sha256_hex(version.signature),
                      headers=(*headers, disposition(f"{slug}-{number}-manifest.sig")))
    return _frozen(version, store, name, headers)


def _frozen(version: Version, store: Store, name: str, headers: tuple[tuple[str, str], ...]) -> Answer:
    file = version.files.get(name)
    if file is None:
        raise Missing("serve.no_file", "Version {number} of {slug} has no file {name}; it has {known}.", number=version.number,
                      slug=version.slug, name=name[:80], known=", ".join((*version.files, "manifest.json", "manifest.sig")))
    described = (*headers, disposition(f"{version.slug}-{version.number}-{file.name}"))
    return Answer(FileBody(local_file(store, file), 0, file.size), file.media_type, etag=file.sha256, headers=described)


def public_file(store: Store, name: str, *, media_type: str, maximum_age_seconds: int = 60) -> Answer:
    """Give a small file of the store as it is now: a public key, a piece of the journal. Raises Missing."""
    try:
        known = check_name(name)
        if not store.exists(known) or store.size(known) > _LARGEST_READ_WHOLE:
            raise Missing("serve.nothing_here", "There is nothing at this address.")
    except Invalid as error:
        raise Missing("serve.nothing_here", "There is nothing at this address.") from error
    content = store.get(known)
    return Answer(content, media_type, etag=sha256_hex(content), headers=(("cache-control", f"public, max-age={maximum_age_seconds}"),))


def disposition(name: str) -> tuple[str, str]:
    """Give the header that names a download: safe ASCII first, the true name in UTF-8 beside it (RFC 6266)."""
    safe = _SAFE.sub("_", name).strip("._") or "file"
    return "content-disposition", f"attachment; filename=\"{safe}\"; filename*=UTF-8''{quote(name, safe='')}"
