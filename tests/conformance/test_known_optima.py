# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The optimum of every recorded ARX search is found: same loss, same rows removed, same levels unless another node ties."""

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from datacity.engine.catalogue import Description, describe, write_typed
from datacity.engine.cli.tables import technical_names
from datacity.engine.protection.gate import ProtectionResult, protect
from datacity.engine.protection.plan import Plan
from datacity.engine.sources.plain import read_plain

PLACE = Path(os.environ.get("DATACITY_SHARED", Path(__file__).parents[3] / "shared")) / "oracle"
NAMES = {"adult", "fars10k", "cup", "credit9", "fars100k_synth", "ihis_synth"}


def entries() -> list[dict[str, Any]]:
    """Give the recorded searches whose data are there."""
    if not (PLACE / "arx_oracle.json").is_file():
        return []
    recorded = json.loads((PLACE / "arx_oracle.json").read_text(encoding="utf-8"))["entries"]
    return [each for each in recorded if each["status"] == "ok" and each["dataset"] in NAMES]


def name_of(entry: dict[str, Any]) -> str:
    """Give the name of the test."""
    return "-".join(str(entry[key]) for key in ("dataset", "privacy", "suppression_limit", "metric"))


def _marked(entry: dict[str, Any]) -> Any:
    return pytest.param(entry, id=name_of(entry), marks=pytest.mark.slow if entry["rows"] > 60_000 else ())


@pytest.fixture(scope="session")
def plans(shared: Path) -> ModuleType:
    """Load the script that turns an entry into a plan."""
    spec = importlib.util.spec_from_file_location("oracle_plan", shared / "oracle" / "plan.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def typed(
    plans: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[dict[str, Any]], tuple[Path, Path, Description]]:
    """Read the data of an entry once: its folder, its typed table, its description."""
    made: dict[str, tuple[Path, Path, Description]] = {}

    def of(entry: dict[str, Any]) -> tuple[Path, Path, Description]:
        name = entry["dataset"]
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            data, _ = plans.write_plan(entry, folder)
            reading = read_plain(data, folder / "text.parquet")
            assert reading is not None
            description = describe(folder / "text.parquet", reading)
            write_typed(folder / "text.parquet", description, folder / "typed.parquet")
            made[name] = folder, folder / "typed.parquet", description
        return made[name]

    return of


def search(
    entry: dict[str, Any], plans: ModuleType, read: tuple[Path, Path, Description]
) -> tuple[ProtectionResult, dict[str, int]]:
    """Protect the data as the entry says; give the result and its levels by header."""
    folder, table, description = read
    _, file = plans.write_plan(entry, folder)
    plan = Plan.parse(file.read_text(encoding="utf-8"))
    labels = technical_names(plan, description)
    result = protect(table, plan.renamed(labels), folder / "out.parquet", hierarchies=folder)
    headers = {name: label for label, name in labels.items()}
    return result, {headers.get(name, name): level for name, level in result.levels.items()}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")  # plan.py
@pytest.mark.parametrize(
    "entry", [_marked(each) for each in entries()] or [pytest.param({}, marks=pytest.mark.skip("no recorded searches"))]
)
def test_search_finds_the_optimum_that_was_recorded(entry: dict[str, Any], plans: ModuleType, typed: Any) -> None:
    result, levels = search(entry, plans, typed(entry))

    assert result.loss == pytest.approx(entry["loss"], rel=1e-9)
    assert result.suppressed == entry["suppressed"]
    if levels == entry["levels"]:  # else another node ties
        assert result.classes == entry["classes"]
