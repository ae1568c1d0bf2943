# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The command line's manners: help, languages, exit codes, JSON."""

import json
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import SimpleNamespace

import pytest

from datacity.engine.cli import Console, Outcome, main
from datacity.engine.cli.verbs import VERBS
from datacity.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, Missing


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def _stand_in(monkeypatch: pytest.MonkeyPatch, run: object) -> None:
    def add_arguments(parser: ArgumentParser) -> None:
        parser.add_argument("thing")

    module = SimpleNamespace(add_arguments=add_arguments, run=run)
    monkeypatch.setitem(VERBS, "greet", "Say hello")
    monkeypatch.setitem(sys.modules, "datacity.engine.cli.greet", module)


def test_help_names_every_verb_fast_and_without_heavy_libraries() -> None:
    code = (
        "import sys; from datacity.engine.cli import main; code = main(['--help']); "
        "assert not {'duckdb', 'pyarrow', 'ibis', 'cryptography', 'numpy'} & set(sys.modules); sys.exit(code)"
    )
    start = time.monotonic()
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stderr) == (0, "")
    assert [verb for verb in VERBS if f"  {verb} " not in answer.stdout] == []
    assert time.monotonic() - start < 3


def test_outcome_is_shown_as_text_or_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _stand_in(monkeypatch, lambda arguments, _: Outcome({"hello": arguments.thing}, f"Hello, {arguments.thing}."))

    codes = [
        main(["greet", "Valmire"]),
        main(["greet", "Valmire", "--json", "-"]),
        main(["--json", str(tmp_path / "r.json"), "greet", "Valmire"]),
    ]

    assert codes == [0, 0, 0]
    assert capsys.readouterr().out == 'Hello, Valmire.\n{\n  "hello": "Valmire"\n}\nHello, Valmire.\n'
    assert json.loads((tmp_path / "r.json").read_text()) == {"hello": "Valmire"}


def test_failed_check_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(monkeypatch, lambda _, __: Outcome(text="no", holds=False))

    assert main(["greet", "Valmire"]) == 1


@pytest.mark.parametrize(("kind", "code"), [(Invalid, 2), (Forbidden, 3), (Missing, 4), (Conflict, 5), (Exhausted, 6)])
def test_refusal_ends_with_its_number_and_is_json_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[Invalid], code: int
) -> None:
    def run(arguments: Namespace, _: Console) -> Outcome:
        raise kind("greet.no", "{name} is asleep.", hint="Come back.", field="thing", name=arguments.thing)

    _stand_in(monkeypatch, run)

    assert main(["greet", "Valmire", "--json", "-"]) == code
    out, err = capsys.readouterr()
    assert err == "Valmire is asleep. Come back.\n"
    assert json.loads(out) == {
        "error": {
            "code": "greet.no",
            "kind": kind.__name__,
            "message": "Valmire is asleep.",
            "hint": "Come back.",
            "field": "thing",
            "values": {"name": "Valmire"},
            "reasons": [],
            "exit": code,
        }
    }


def test_fault_of_ours_ends_with_1_and_shows_no_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(arguments: Namespace, _: Console) -> Outcome:
        raise RuntimeError("secret cell")

    _stand_in(monkeypatch, run)

    assert main(["greet", "Valmire"]) == 1
    assert capsys.readouterr().err.startswith("This is a fault of DataCity, not of yours: RuntimeError.")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["dance"], "“dance” is not a command of datacity. The commands are describe, "),
        (["greet"], "The following arguments are required: thing. See datacity greet --help."),
        (["greet", "a", "--louder"], "Unrecognized arguments: --louder."),
        (
            ["greet", "a", "--json", "/nowhere/at/all.json"],
            "The result cannot be written to /nowhere/at/all.json: its folder does not exist.",
        ),
    ],
)
def test_wrong_arguments_are_refused_with_2_before_any_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    done: list[str] = []
    _stand_in(monkeypatch, lambda arguments, _: done.append(arguments.thing))

    assert main(given) == 2
    assert capsys.readouterr().err.startswith(said)
    assert done == []


def test_no_command_prints_help_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "verify" in capsys.readouterr().out
