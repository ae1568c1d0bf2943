# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a command talks: results on standard output, messages and progress on standard error, JSON where asked."""

import gettext
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from datacity.kernel.errors import Invalid, Missing, Refusal
from datacity.kernel.words import render, render_refusal

_TERMINAL_SECONDS = 0.2
_LINE_SECONDS = 30.0


@dataclass(frozen=True)
class Outcome:
    """What a verb gives back.

    data: the machine-readable result, written by `--json` as it is. text: the same for people, already in the reader's language.
    holds: False when a check failed; the command then ends with 1.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    holds: bool = True


@dataclass
class Console:
    """Where a verb says things while it runs. language: "fr" or "en". json_to: a path, "-", or "" for none."""

    language: str
    json_to: str = ""
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    _shown: float = field(init=False)

    def __post_init__(self) -> None:
        """Count from now."""
        self._shown = time.monotonic()

    def words(self, message: str, **values: Any) -> str:
        """Give the message in the reader's language, its places filled."""
        return render(message, self.language, values)

    def say(self, message: str, **values: Any) -> None:
        """Say one line on standard error."""
        self.err.write(self.words(message, **values) + "\n")

    def progress(self, done: int, total: int, note: str = "", /, **values: Any) -> None:
        """Show how far a long work is: on a terminal at most five times a second, elsewhere as a line every half minute.

        values: fill the places of the note.
        """
        now, terminal = time.monotonic(), self.err.isatty()
        if now - self._shown < (_TERMINAL_SECONDS if terminal else _LINE_SECONDS) and (done < total or not terminal):
            return
        self._shown = now
        share = done / total if total else 1.0
        bar, shown = "#" * round(share * 30), self.words(note, **values) if values else note
        if terminal:
            self.err.write(f"\r{bar:<30} {share:4.0%} {shown[:60]:<60}" + ("\n" if done >= total else ""))
        else:
            self.err.write(f"{share:.0%} {shown}\n")
        self.err.flush()

    def refuse(self, refusal: Refusal) -> None:
        """Say the refusal on standard error, and as JSON where asked."""
        self.err.write(render_refusal(refusal, self.language) + "\n")
        self._write_json({"error": _refusal_as_dict(refusal, self.language)})

    def show(self, outcome: Outcome) -> None:
        """Write the result: JSON where asked, the text on standard output unless JSON goes there."""
        self._write_json(outcome.data)
        if outcome.text and self.json_to != "-":
            self.out.write(outcome.text.rstrip("\n") + "\n")

    def check_json_target(self) -> None:
        """Raise Invalid before any work when the JSON file could not be written."""
        if self.json_to not in {"", "-"} and not Path(self.json_to).absolute().parent.is_dir():
            target, self.json_to = self.json_to, ""
            raise Invalid(
                "cli.json",
                "The result cannot be written to {name}: its folder does not exist.",
                field="json",
                name=target,
            )

    def _write_json(self, data: Mapping[str, Any]) -> None:
        if not self.json_to:
            return
        text = json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"
        if self.json_to == "-":
            self.out.write(text)
        else:
            Path(self.json_to).write_text(text, encoding="utf-8")


def _refusal_as_dict(refusal: Refusal, language: str) -> dict[str, Any]:
    return {
        "code": refusal.code,
        "kind": type(refusal).__name__,
        "message": render(refusal.message, language, refusal.values),
        "hint": render(refusal.hint, language, refusal.values),
        "field": refusal.field,
        "values": dict(refusal.values),
        "reasons": [
            {"code": each.code, "message": render(each.message, language, each.values)} for each in refusal.reasons
        ],
        "exit": refusal.exit_code,
    }


def told(message: str) -> str:
    """Give the help of an argument in the reader's language; `start` sets gettext's default domain while arguments are read."""
    return gettext.gettext(message)


def existing_file(text: str) -> Path:
    """Give the path of a file named on the command line. Raises Missing when it is not there, Invalid for a folder."""
    path = Path(text)
    if path.is_dir():
        raise Invalid("cli.folder", "{name} is a folder; a file is expected.", name=text)
    if not path.is_file():
        raise Missing("cli.no_file", "There is no file {name}.", name=text)
    return path
