# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A certificate speaks of the file's own headers."""

import json
from collections.abc import Mapping
from pathlib import Path


def relabel(path: Path, labels: Mapping[str, str]) -> None:
    """Call the columns of a certificate as the file does: technical name → header."""
    value = json.loads(path.read_text(encoding="utf-8"))
    for each in value["question"]["columns"]:
        each["name"] = labels.get(each["name"], each["name"])
    for model in value["question"]["models"]:
        model["column"] = labels.get(model["column"], model["column"])
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
