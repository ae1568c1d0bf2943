# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The how-to page, run as it is written: openssl, sha256sum and Python's own json, nothing of ours."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.factories.sealed import City

TOOLS = ("openssl", "sha256sum", "python3", "sh")


@pytest.fixture
def folder(city: City) -> Path:
    folder = city.download(
        city.release("SELECT i AS number, 'é;\"' AS name FROM range(5) r(i)"), "csv", "parquet", "xlsx"
    )
    for name in ("seal.pem", "clearance.pem"):
        shutil.copy(city.folder / "keys" / name, folder)
    return folder


def _follow(page: Path, folder: Path) -> list[int]:
    """Run every shell block of the page in the folder; give their exit codes."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [
        subprocess.run(["sh", "-c", block], cwd=folder, capture_output=True, check=False).returncode for block in blocks
    ]


@pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason="openssl, sha256sum or python3 is not installed"
)
def test_page_verifies_a_download_without_our_command(root: Path, folder: Path) -> None:
    page = root / "docs/how-to/verify-a-download.md"

    whole = _follow(page, folder)
    with (folder / "comptages-v1.csv").open("ab") as data:
        data.write(b"9;x\n")
    changed_data = _follow(page, folder)
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"Anne Martel", b"Anne Martin"))
    changed_manifest = _follow(page, folder)

    assert (whole, changed_data) == ([0, 0, 0], [0, 1, 0])
    assert changed_manifest == [1, 1, 1]
