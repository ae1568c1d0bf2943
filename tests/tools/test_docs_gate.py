# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The documentation names only what exists, and leaves nothing out that does."""

import pytest

import docs_gate
import lint
import reference_commands
from docs_gate import Known, Text

KNOWN = Known(
    tasks={"up": "Start everything and print the address."},
    verbs={"verify": "Check what was downloaded."},
    commands={"worker": "Run the jobs of this home."},
    settings={"DATACITY_HOME": "The home: database, vault, publications."},
    parameters={"datasets.k": "How many persons must look alike. Source: official statistics."},
    steps=frozenset({"types", "docs"}),
    others=frozenset({"datasets.protect"}),
)
WHOLE = Text(
    "reference/all.md",
    "`./dc up [--home DIR]` `datacity verify THING` `python -m django worker` `DATACITY_HOME` `datasets.k`",
)


def test_the_documentation_of_this_checkout_is_whole_and_true() -> None:
    assert lint.docs() == (True, "")


def test_what_stands_in_a_reference_page_with_a_description_is_documented() -> None:
    assert docs_gate.left_out(KNOWN, [WHOLE]) == []


@pytest.mark.parametrize(
    "name", ["./dc up", "datacity verify", "python -m django worker", "DATACITY_HOME", "datasets.k"]
)
def test_what_no_reference_page_names_fails(name: str) -> None:
    pages = [Text("reference/all.md", WHOLE.text.replace(name, "gone")), Text("how-to/all.md", WHOLE.text)]

    assert [fault for fault in docs_gate.left_out(KNOWN, pages) if f" {name} stands in no reference page" in fault]


def test_what_has_no_description_fails() -> None:
    known = Known({"up": "x"}, {"verify": ""}, {"worker": " "}, {"DATACITY_HOME": ""}, {"datasets.k": ""})

    assert docs_gate.left_out(known, [WHOLE]) == [
        "the task ./dc up has no description",
        "the verb datacity verify has no description",
        "the command python -m django worker has no description",
        "the setting DATACITY_HOME has no description",
        "the policy parameter datasets.k has no description",
    ]


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("`./dc fly --high`", "there is no task ./dc fly"),
        ("`./dc lint types wings`", "there is no step ./dc lint wings"),
        ("```sh\n.venv/bin/datacity guess --help\n```", "there is no command datacity guess"),
        ("`python -m django guess`", "there is no management command guess"),
        ("Set `DATACITY_HOUSE=x`.", "there is no setting DATACITY_HOUSE"),
        ("(`datasets.kk`)", "there is no policy parameter datasets.kk"),
    ],
)
def test_what_a_page_names_and_does_not_exist_fails(written: str, fault: str) -> None:
    known = Known(
        {**KNOWN.tasks, "lint": "Run every check."},
        KNOWN.verbs,
        KNOWN.commands,
        KNOWN.settings,
        KNOWN.parameters,
        KNOWN.steps,
    )

    assert docs_gate.unknown(known, [Text("how-to/a.md", written)]) == [f"docs/how-to/a.md: {fault}"]
    assert docs_gate.unknown(known, [Text("decisions/0001-a.md", written)]) == []


@pytest.mark.parametrize(
    "written",
    [
        "`./dc up` `./dc TASK` `datacity COMMAND --help` `python -m django migrate` `DATACITY_HOME_FILE` `DATACITY_HOME`",
        "`datasets.k` `datasets.protect` `datasets.md` `datasets.actions` `journal.record` a datasets.kk in prose",
    ],
)
def test_what_exists_and_what_is_no_name_of_ours_passes(written: str) -> None:
    assert docs_gate.unknown(KNOWN, [Text("how-to/a.md", written)]) == []


def test_every_command_for_people_is_listed_with_how_it_is_called() -> None:
    called = {name: call for name, call, _help in reference_commands.management()}
    verbs = {name: call for name, call, _sentence in reference_commands.verbs()}

    assert called["rebuild_search"] == "python -m django rebuild_search"
    assert called["worker"] == "python -m django worker [--until-idle]"
    assert called["invite"].startswith("python -m django invite EMAIL [--name NAME]")
    assert {"prepare", "publish", "verify_journal", "create_administrator_link", "shell"} <= set(called)
    assert verbs["risk"] == "datacity risk FILE --plan PLAN.toml"
