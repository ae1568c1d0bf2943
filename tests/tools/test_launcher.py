# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The launcher's tasks: what they refuse, what they hand over, what they write."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import check_hosts
import environment
import homes
import launch
import new_app
import shots
import tasks
import testing
import words
from datacity import __version__


def test_an_unknown_task_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.main(["tests"]) == 2

    assert "Did you mean `test`?" in capsys.readouterr().err


def test_help_has_a_line_for_each_task(capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.main([]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [task.name for task in tasks.TASKS]


@pytest.mark.parametrize("name", [task.name for task in tasks.TASKS])
def test_every_task_is_there_and_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module, _, function = next(task.where for task in tasks.TASKS if task.name == name).partition(":")

    assert callable(getattr(__import__(module), function))
    assert tasks.main([name, "--help"]) == 0
    assert f"usage: ./dc {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["lock", "--upgade"],
        ["docs", "--chek"],
        ["new", "page"],
        ["shot", "--all"],
        ["doctor", "x"],
        ["reset", "--yes"],
        ["fix", "x"],
        ["where"],
        ["listeners", "x"],
        ["bench", "x"],
    ],
)
def test_an_unknown_argument_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.main(arguments) == 2

    assert capsys.readouterr().err != ""


def test_an_unknown_step_of_lint_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        tasks.main(["lint", "spelling"])

    assert caught.value.code == 2
    assert "imports" in capsys.readouterr().err


def test_pip_settings_reach_uv_and_the_callers_own_win() -> None:
    settings = {
        "index-url": "https://index.example/simple",
        "extra-index-url": "https://a.example https://b.example",
        "find-links": "/x /y",
        "cert": "/c.pem",
    }

    made = environment.uv_environment(settings, {"UV_INDEX": "https://mine.example", "PATH": "/bin"})

    assert {
        name: made[name] for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE", "PATH")
    } == {
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX": "https://mine.example",
        "UV_FIND_LINKS": "/x,/y",
        "SSL_CERT_FILE": "/c.pem",
        "PATH": "/bin",
    }


def test_without_pip_settings_uv_gets_no_index() -> None:
    made = environment.uv_environment({}, {})

    assert not {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE"} & set(made)
    assert made["UV_PYTHON_DOWNLOADS"] == "never"


def test_locks_pin_every_package_by_hash_and_name_no_host(root: Path) -> None:
    for name in ("requirements.lock", "requirements-server.lock", "requirements-engine.lock", "tools/uv.txt"):
        text = (root / name).read_text(encoding="utf-8")
        blocks = text.replace("\\\n", "").splitlines()

        assert [line.split()[0] for line in blocks if "==" not in line.split()[0] or "--hash=sha256:" not in line] == []
        assert "://" not in text


def test_the_smaller_locks_agree_with_the_whole_and_hold_only_what_they_are_for(root: Path) -> None:
    whole, server, engine = (
        {line.split()[0] for line in (root / name).read_text(encoding="utf-8").splitlines() if "==" in line}
        for name in ("requirements.lock", "requirements-server.lock", "requirements-engine.lock")
    )

    assert (server - whole, engine - server) == (set(), set())
    assert not any(pin.startswith(("django", "pytest")) for pin in engine)
    assert not any(pin.startswith(("pytest", "mypy", "ruff", "playwright", "hatchling")) for pin in server)


def test_the_version_is_said_once(root: Path) -> None:
    assert f'\nversion = "{__version__}"\n' in (root / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("tests/kernel/test_money.py", "tests/kernel/test_money.py"),
        ("tests/kernel/conftest.py", "tests/kernel"),
        ("src/datacity/engine/sources/reading.py", "tests/engine/sources"),
        ("src/datacity/programme/people/templates/people/join.html", "tests/programme/people"),
        ("tools/lint.py", "tests/tools"),
        ("docs/README.md", "None"),
    ],
)
def test_changed_files_select_the_tests_that_mirror_them(changed: str, expected: str) -> None:
    assert str(testing.mirror(Path(changed))) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            [],
            [
                "-m",
                "not soak and not slow and not kill and not postgres",
                "-n",
                "2",
                "--dist",
                "loadfile",
                "--no-loadscope-reorder",
            ],
        ),
        (["--all"], ["-m", "not soak", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]),
        (["--all", "--soak"], ["-m", "not nothing", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]),
        (["-m", "browser", "-n0"], ["-m", "browser", "-n0"]),
    ],
)
def test_selection_leaves_out_what_was_not_asked(arguments: list[str], expected: list[str]) -> None:
    assert testing.selection(arguments) == expected


def test_a_test_path_is_found_from_any_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "tests")

    assert testing.selection(["tools/test_launcher.py::test_x"])[-1] == f"{root}/tests/tools/test_launcher.py::test_x"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"index = 'https://{check_hosts.INDEX_HOSTS[0]}/simple'", True),
        ("home = '/" + "root/project'", True),
        ("see /" + "work/main/x", True),
        ("a path like /etc/hosts or /tmp/x", False),
        ("docs/work/plan and https://example.org/work/x", False),
    ],
)
def test_hosts_and_machine_paths_are_found(tmp_path: Path, line: str, found: bool) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"first\n{line}\n", encoding="utf-8")

    problems = check_hosts.problems([path])

    assert [problem.startswith(f"{path}:2:") for problem in problems] == ([True] if found else [])


def test_reset_refuses_a_real_home_and_deletes_nothing(tmp_path: Path) -> None:
    (tmp_path / "home.json").write_text(json.dumps({"home": 1, "demo": False}), encoding="utf-8")

    assert homes.reset(["--home", str(tmp_path)]) == 3

    assert (tmp_path / "home.json").exists()


def test_reset_deletes_a_demo_home_only_after_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "city"
    home.mkdir()
    (home / "home.json").write_text(json.dumps({"home": 1, "demo": True}), encoding="utf-8")

    monkeypatch.setattr("builtins.input", lambda _question: "no")
    kept = homes.reset(["--home", str(home)]), home.exists()
    monkeypatch.setattr("builtins.input", lambda _question: "yes")
    gone = homes.reset(["--home", str(home)]), home.exists()

    assert (kept, gone) == ((0, True), (0, False))


@pytest.mark.parametrize(
    ("wanted", "folder"),
    [
        ("clearance", "releases"),
        ("Visa", "releases"),
        ("jeu de donnees", "datasets"),
        ("RE USE", "commons"),
        ("experim", "experiments"),
    ],
)
def test_where_finds_a_word_in_both_languages(wanted: str, folder: str) -> None:
    assert {word.folder.rpartition("/")[2] for word in words.find(wanted)} == {folder}


@pytest.mark.parametrize(
    ("wanted", "word"),
    [("releases", "release"), ("Diffusions", "release"), ("dépôts", "deposit"), ("depot", "deposit"), ("défis", "challenge"),
     ("DEFI", "challenge"), ("datasets", "dataset"), ("jeux de données", "dataset"), ("collective reviews", "collective review"),
     ("réutilisations", "re-use"), ("reuse", "re-use"), ("engagements", "commitment"), ("chercher", "search")],
)  # fmt: skip
def test_where_knows_plurals_accents_and_both_languages(
    wanted: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tasks.main(["where", *wanted.split()]) == 0
    assert f"\n{word} (" in f"\n{capsys.readouterr().out}"


def test_where_prints_files_tests_and_the_pages_that_say_most(capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.main(["where", "release"]) == 0

    said = capsys.readouterr().out
    assert "src/datacity/programme/releases\n" in said
    assert "    files: actions.py, forms.py, models.py, panels/, permissions.py" in said
    assert "    tests: tests/programme/releases\n" in said
    assert re.search(r"    docs:  .*docs/reference/release-format\.md", said)


def test_where_names_near_words_for_an_unknown_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.main(["where", "challange"]) == 4

    assert "challenge" in capsys.readouterr().err


def test_every_word_of_the_glossary_has_a_place_in_the_flow() -> None:
    folders = {word.folder.rpartition("/")[2] for word in words.glossary() if "/programme/" in word.folder}

    assert folders == set(new_app.flow())


def test_a_new_app_is_refused_outside_the_flow_and_when_it_exists() -> None:
    with pytest.raises(new_app.CannotMake, match="no place in the flow"):
        new_app.check("helpers")
    with pytest.raises(new_app.CannotMake, match="exists"):
        new_app.check("people")


def test_a_new_app_takes_its_place_among_the_installed_ones() -> None:
    settings = 'A = 1\nPROGRAMME_APPS = (\n    "journal",\n    "people",\n    "releases",\n)\nB = 2\n'

    made = new_app.with_app(settings, "texts")

    assert made == 'A = 1\nPROGRAMME_APPS = (\n    "journal",\n    "people",\n    "texts",\n    "releases",\n)\nB = 2\n'


def test_a_new_app_has_the_closed_set_of_files_and_they_parse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    settings = tmp_path / "settings.py"
    settings.write_text('PROGRAMME_APPS = (\n    "people",\n)\n', encoding="utf-8")
    monkeypatch.setattr(new_app, "ROOT", tmp_path)
    monkeypatch.setattr(new_app, "PROGRAMME", tmp_path / "programme")
    monkeypatch.setattr(new_app, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(new_app, "SETTINGS", settings)
    (tmp_path / ".importlinter").write_text((root / ".importlinter").read_text(encoding="utf-8"), encoding="utf-8")

    new_app.make("texts")

    made = sorted(path.relative_to(tmp_path / "programme" / "texts") for path in (tmp_path / "programme").rglob("*.py"))
    assert made == sorted(Path(name) for name in new_app.FILES)
    assert (tmp_path / "tests" / "programme" / "texts" / "test_texts.py").is_file()
    checked = subprocess.run(
        [
            launch.BIN / "ruff",
            "check",
            "--isolated",
            "--select",
            "F,E,I,D1",
            "--quiet",
            "--config",
            "line-length=120",
            tmp_path / "programme",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout == ""


def test_pictures_are_taken_in_both_languages() -> None:
    assert list(shots.addresses("/fr/datasets?q=bike")) == [
        ("fr", "http://127.0.0.1:8000/fr/datasets?q=bike"),
        ("en", "http://127.0.0.1:8000/en/datasets?q=bike"),
    ]


@pytest.mark.parametrize("given", [["--home"], ["--home="]])
def test_an_option_without_its_value_is_refused(given: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        launch.split_options(given, ("--home",))

    assert caught.value.code == 2


@pytest.mark.parametrize(
    "arguments", [["--port", "0"], ["--port", "70000"], ["--scale", "-1"], ["--demo"], ["--hom", "x"]]
)
def test_up_refuses_wrong_options_and_makes_no_home(tmp_path: Path, arguments: list[str]) -> None:
    home = tmp_path / "city"

    done = subprocess.run(
        [sys.executable, "-m", "datacity.web.up", "--home", home, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert not home.exists()


def test_a_machine_without_debians_venv_package_is_told_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = tmp_path / "python3"
    lacking.write_text("#!/bin/sh\necho 'ensurepip is not available'\nexit 1\n", encoding="utf-8")
    lacking.chmod(0o755)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment.sys, "executable", str(lacking))

    with pytest.raises(environment.CannotContinue, match="python3-venv"):
        environment.make_venv()

    assert not (tmp_path / ".venv").exists()


def test_the_launcher_names_the_packages_when_there_is_no_python(tmp_path: Path, root: Path) -> None:
    for name in ("dirname", "cat", "cksum", "readlink"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    shutil.copy(root / "dc", checkout / "dc")

    done = subprocess.run(
        ["/bin/sh", checkout / "dc", "help"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "apt-get install python3 python3-venv" in done.stderr
