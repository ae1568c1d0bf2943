# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Sentences are found wherever people meet them; faults of a catalogue are named."""

import gettext
from pathlib import Path

import pytest

import messages
import translations

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
NBSP = "\u00a0"


def domain(tmp_path: Path, code: str, part: str) -> translations.Domain:
    """A domain with one Python file and one catalogue."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "rules.py").write_text(code, encoding="utf-8")
    (tmp_path / "locale" / "fr").mkdir(parents=True)
    (tmp_path / "locale" / "fr" / "part.po").write_text(HEADER + part, encoding="utf-8")
    return translations.Domain("trial", tmp_path / "locale", (tmp_path / "code",))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths in messages are relative to the trial folder."""
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "SOURCE", tmp_path)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('Invalid("a.b", "Bad {x}.", hint="Mend it.", x=1)', ["Bad {x}.", "Mend it."]),
        ('errors.Conflict("a.b", "Moved " "on.")', ["Moved on."]),
        ('class TooLate(Conflict): ...\nTooLate("a.b", "Too late.", hint="Ask.")', ["Too late.", "Ask."]),
        ('no("a.b", "Not you.")', ["Not you."]),
        ('yes_if(ready, "a.b", "Not ready.")', ["Not ready."]),
        ('Reason("a.b", "One of two.")', ["One of two."]),
        ('Verb("data.made", Publicity.PUBLIC, "Data made")', ["Data made"]),
        ('Job(name="a.b", run=run, title="Make it")', ["Make it"]),
        ('Parameter(name="a.k", description=msg("How many."))', ["How many."]),
        ('_("Name") + gettext_lazy("Place")', ["Name", "Place"]),
        ('msg("Left" if left else "Right")', ["Left", "Right"]),
        ('TEXT = "Kept apart"\n_(TEXT)', ["Kept apart"]),
        ('Invalid("a.b", message)', []),
        ('print("not for people")', []),
    ],
)
def test_sentences_are_found_in_code(tmp_path: Path, code: str, expected: list[str]) -> None:
    path = tmp_path / "some.py"
    path.write_text(code, encoding="utf-8")

    assert sorted(message.text for message in messages.in_python([path])) == sorted(expected)


def test_plural_and_context_are_found_in_code(tmp_path: Path) -> None:
    path = tmp_path / "some.py"
    path.write_text('ngettext("{n} row", "{n} rows", n)\npgettext("month", "May")\n', encoding="utf-8")

    found = messages.in_python([path])

    assert [(each.text, each.plural, each.context, each.line) for each in found] == [
        ("{n} row", "{n} rows", "", 1),
        ("May", "", "month", 2),
    ]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('{% load i18n %}<p title="{% trans "Close it" %}">{{ _("Open") }}</p>', [("Close it", ""), ("Open", "")]),
        (
            "{% blocktrans trimmed with n=rows %}\n  There are {{ n }}\n  rows.\n{% endblocktrans %}",
            [("There are %(n)s rows.", "")],
        ),
        (
            "{% blocktrans count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktrans %}",
            [("%(n)s row", "%(n)s rows")],
        ),
        ("{% submit _('Send it') %}", [("Send it", "")]),
        ('{% trans "It\'s here" %}', [("It's here", "")]),
        ("<p>Not marked</p>", []),
    ],
)
def test_sentences_are_found_in_templates(tmp_path: Path, page: str, expected: list[tuple[str, str]]) -> None:
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")

    assert sorted((each.text, each.plural) for each in messages.in_templates([path])) == sorted(expected)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("", "code/rules.py:1: “Empty: {name}.” has no entry in code.po"),
        ('msgid "Empty: {name}."\nmsgstr ""\n', "has no translation"),
        (f'#, fuzzy\nmsgid "Empty: {{name}}."\nmsgstr "Vide{NBSP}: {{name}}."\n', "is marked fuzzy"),
        ('msgid "Empty: {name}."\nmsgstr "Vide : {name}."\n', "needs a no-break space"),
        (f'msgid "Empty: {{name}}."\nmsgstr "Vide{NBSP}: {{nom}}."\n', "names other places"),
        (
            f'msgid "Empty: {{name}}."\nmsgstr "Vide{NBSP}: {{name}}."\n\nmsgid "Gone."\nmsgstr "Parti."\n',
            "is used nowhere",
        ),
    ],
)
def test_a_fault_of_a_catalogue_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, expected: str
) -> None:
    trial = domain(tmp_path, 'Invalid("a.b", "Empty: {name}.", name=name)\n', part)
    monkeypatch.setattr(translations, "DOMAINS", (trial,))

    found = translations.check()

    assert len(found) == 1
    assert expected in found[0]


def test_a_whole_catalogue_has_no_fault_and_is_read_by_gettext(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = domain(
        tmp_path,
        'Invalid("a.b", "Empty: {name}.")\nngettext("{n} row", "{n} rows", n)\n',
        f'msgid "Empty: {{name}}."\nmsgstr "Vide{NBSP}: {{name}}."\n\nmsgid "{{n}} row"\nmsgid_plural "{{n}} rows"\nmsgstr[0] "{{n}} ligne"\nmsgstr[1] "{{n}} lignes"\n',
    )
    monkeypatch.setattr(translations, "DOMAINS", (trial,))

    translations.compile_all()

    french = gettext.translation("trial", trial.locale, ["fr"])
    assert translations.check() == []
    assert french.gettext("Empty: {name}.") == f"Vide{NBSP}: {{name}}."
    assert [french.ngettext("{n} row", "{n} rows", n) for n in (0, 1, 2)] == ["{n} ligne", "{n} ligne", "{n} lignes"]


def test_what_is_missing_is_printed_ready_to_fill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = domain(tmp_path, 'Invalid("a.b", "Say \\"yes\\".")\n', "")
    monkeypatch.setattr(translations, "DOMAINS", (trial,))

    assert translations.main(["missing", "code"]) == 0

    assert 'msgid "Say \\"yes\\"."\nmsgstr ""' in capsys.readouterr().out
