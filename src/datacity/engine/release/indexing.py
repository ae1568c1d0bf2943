# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The search index of a snapshot: its newest standing versions as documents."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from datacity.engine.search import Document, build
from datacity.kernel.words import LANGUAGES, Words


def build_index(path: Path, manifests: Iterable[Mapping[str, Any]]) -> None:
    """Write the index over these manifests, one a dataset; keys are "dataset:<slug>", filters producer, licence, keyword, legal_title, year."""
    build(path, (document(each) for each in manifests))


def document(manifest: Mapping[str, Any]) -> Document:
    """Give what can be found of a manifest: title, then keywords and producer, then description and columns."""
    period = [str(day)[:4] for day in manifest["period"].values() if day]
    return Document(
        key=f"dataset:{manifest['slug']}",
        title=Words.of(manifest["title"]),
        keywords=_joined([manifest["producer"], *manifest["keywords"], manifest["slug"]]),
        text=_joined([manifest["description"], manifest["unit_of_observation"], *_of_columns(manifest)]),
        filters={"producer": (manifest["producer"],), "licence": (manifest["licence"],), "keyword": tuple(manifest["keywords"]),
                 "legal_title": (manifest["legal_title"]["kind"],), "year": tuple(period)},
        day=manifest["released_at"],
        shown={"slug": manifest["slug"], "version": manifest["version"], "producer": manifest["producer"], "licence": manifest["licence"],
               "rows": manifest["rows"], "released_at": manifest["released_at"]},
    )  # fmt: skip


def _of_columns(manifest: Mapping[str, Any]) -> Iterator[Any]:
    for column in manifest["columns"]:
        yield from (column["name"], column["label"], column["meaning"])


def _joined(parts: list[Any]) -> Words:
    """Give all parts in both languages; a part without language, or with only the other, counts for both."""
    texts = {language: "\n".join(_within(part, language) for part in parts if part) for language in LANGUAGES}
    return Words(**texts)


def _within(part: Any, language: str) -> str:
    return part if isinstance(part, str) else Words.of(part).within(language)
