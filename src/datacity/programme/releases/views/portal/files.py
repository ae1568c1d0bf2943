# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The files of a version and the lines to copy: how to check the seal, how to ask the API."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from datacity.engine.release import Published
from datacity.frame import wording
from datacity.frame.parts import Download
from datacity.kernel.words import msg

ADVICE = {
    "csv": msg("A table as text; opens in LibreOffice, Excel or any spreadsheet."),
    "xlsx": msg("For Excel and LibreOffice; a second sheet explains the columns."),
    "json": msg("For programs and web pages."),
    "parquet": msg("For analysis in Python, R or DuckDB; the smallest file, with exact types."),
    "report": msg("What the gate measured, for programs."),
}
_ORDER = tuple(ADVICE)
_OMITTED = {
    "rows": msg("No XLSX: a sheet holds {most} rows at most."),
    "columns": msg("No XLSX: a sheet holds {most} columns at most."),
    "cell": msg("No XLSX: a cell of “{column}” is longer than a sheet allows."),
}


def address(version: Published, name: str) -> str:
    """Give the path of a file of a version."""
    return f"/files/{version.slug}/{version.version}/{quote(name)}"


def downloads(version: Published) -> list[Download]:
    """Give the files, the one for most people first."""
    files = sorted(
        version.manifest["files"], key=lambda each: _ORDER.index(each["format"]) if each["format"] in _ORDER else 99
    )
    return [_download(version, each) for each in files]


def _download(version: Published, file: dict[str, Any]) -> Download:
    form = str(file["format"])
    shown = "JSON" if form == "report" else form.upper()
    advice = _(ADVICE[form]) if form in ADVICE else ""
    return Download(file["name"], address(version, file["name"]), shown, file["bytes"], advice, file["sha256"])


def first(version: Published) -> Download | None:
    """Give the one file to offer first: CSV, else whatever there is."""
    return next(iter(downloads(version)), None)


def omitted(version: Published) -> list[str]:
    """Say why a format is missing."""
    return [
        _(_OMITTED[each["reason"]]).format(most=wording.number(each.get("most")), column=each.get("column", ""))
        for each in version.manifest["omitted"]
        if each["reason"] in _OMITTED
    ]


def key_file(version: Published) -> str:
    """Give the name of the public key that sealed the version."""
    return f"seal-{version.manifest['sealed_by']['key']}.pem"


def seal_lines(version: Published) -> dict[str, str]:
    """Give the lines to copy: `fetch` the files, check the `seal` with openssl, the `file` with sha256sum, or `all` with datacity."""
    site, key = settings.PUBLIC_ADDRESS.rstrip("/"), key_file(version)
    file = next(each for each in version.manifest["files"] if each["name"] == downloads(version)[0].name)
    addresses = [
        *(site + address(version, name) for name in ("manifest.json", "manifest.sig", file["name"])),
        f"{site}/.well-known/{key}",
    ]
    return {
        "fetch": "\n".join(f"curl -fsSO {each}" for each in addresses),
        "seal": f"openssl pkeyutl -verify -pubin -inkey {key} -rawin -in manifest.json -sigfile manifest.sig",
        "file": f'echo "{file["sha256"]}  {file["name"]}" | sha256sum --check',
        "all": f"datacity verify manifest.json --data {file['name']} --trust {key}",
    }


def api_calls(slug: str, where: Sequence[str], order_by: str) -> dict[str, str]:
    """Give the same question for the API: `url` of the records, `csv` of all rows as a file, `curl` and `python` to copy."""
    base = f"{settings.PUBLIC_ADDRESS.rstrip('/')}/api/explore/v2.1/catalog/datasets/{slug}"
    asked = {name: value for name, value in (("where", " and ".join(where)), ("order_by", order_by)) if value}
    query = urlencode(asked, quote_via=quote)
    records = {**asked, "limit": "20"}
    arguments = "".join(f" \\\n  --data-urlencode {_shell(f'{name}={value}')}" for name, value in records.items())
    python = (
        "import json\nfrom urllib.parse import urlencode\nfrom urllib.request import urlopen\n\n"
        f"question = {json.dumps(records, ensure_ascii=False, indent=4)}\n"
        f'with urlopen("{base}/records?" + urlencode(question)) as answer:\n    found = json.load(answer)\n'
        'print(found["total_count"], found["results"][:1])'
    )
    return {
        "url": f"{base}/records?{urlencode(records, quote_via=quote)}",
        "csv": f"/api/explore/v2.1/catalog/datasets/{slug}/exports/csv" + (f"?{query}" if query else ""),
        "curl": f"curl -fsS --get {base}/records{arguments}",
        "python": python,
    }


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
