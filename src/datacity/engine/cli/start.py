# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""From the arguments of the process to its exit code: 0, 1 for a failed check or a fault of ours, 2 to 6 for refusals."""

import argparse
import gettext
import importlib
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, Protocol, cast

from datacity.engine.cli.console import Console, Outcome
from datacity.engine.cli.verbs import VERBS
from datacity.kernel import words
from datacity.kernel.errors import Invalid, Refusal
from datacity.kernel.words import msg


class Verb(Protocol):
    """The module of a verb."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what the verb takes; `--json` and `--language` are there already."""
        ...

    def run(self, arguments: argparse.Namespace, console: Console) -> Outcome:
        """Do the deed. Raises one of the refusals."""
        ...


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is a refusal like any other."""

    def error(self, message: str) -> NoReturn:
        """Raise Invalid with what is wrong and where help is."""
        raise Invalid(
            "cli.arguments",
            "{why}",
            hint="See {command} --help.",
            why=message[:1].upper() + message[1:] + ".",
            command=self.prog,
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code. argv: without the program's name; the process's own when None."""
    given = list(sys.argv[1:] if argv is None else argv)
    console = Console(_language(given), _option(given, "--json"))
    try:
        with _speaking(console.language):
            return _run(given, console)
    except Refusal as refusal:
        console.refuse(refusal)
        return refusal.exit_code
    except BrokenPipeError:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 -- the reader is gone; Python flushes once more at exit
        return 1
    except KeyboardInterrupt:
        console.say(msg("Stopped."))
        return 130
    except OSError as error:
        console.refuse(
            Refusal(
                "cli.system",
                "{name} cannot be read or written: {why}.",
                name=str(error.filename or ""),
                why=error.strerror or type(error).__name__,
            )
        )
        return 1
    except Exception as error:  # noqa: BLE001 -- the outer edge: a fault of ours becomes one line, its trace only where asked for
        if os.environ.get("DATACITY_TRACE"):
            traceback.print_exc()
        console.refuse(
            Refusal(
                "cli.fault",
                "This is a fault of DataCity, not of yours: {kind}.",
                hint="Run it again with DATACITY_TRACE=1 and report what it prints.",
                kind=type(error).__name__,
            )
        )
        return 1


def _run(given: list[str], console: Console) -> int:
    name, rest = _split(given)
    if name == "":
        return _answer_without_verb(given, console)
    if name not in VERBS:
        raise Invalid(
            "cli.command",
            "“{name}” is not a command of datacity.",
            hint="The commands are {known}.",
            name=name,
            known=", ".join(VERBS),
        )
    verb = cast("Verb", importlib.import_module(f"datacity.engine.cli.{name}"))
    parser = _Parser(prog=f"datacity {name}", description=words.translate(VERBS[name], console.language) + ".")
    verb.add_arguments(parser)
    _add_common(parser, console)
    try:
        arguments = parser.parse_args(rest)
    except SystemExit as end:  # only --help ends so
        return int(end.code or 0)
    console.check_json_target()
    outcome = verb.run(arguments, console)
    console.show(outcome)
    return 0 if outcome.holds else 1


def _answer_without_verb(given: list[str], console: Console) -> int:
    parser = _Parser(
        prog="datacity",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage=console.words(msg("datacity COMMAND [...]")),
        description=_commands(console),
    )
    _add_common(parser, console)
    parser.add_argument("--version", action="store_true", help=console.words(msg("print the version")))
    try:
        arguments = parser.parse_args(given)
    except SystemExit as end:
        return int(end.code or 0)
    if arguments.version:
        from importlib.metadata import version  # slow to import, rarely asked

        console.out.write(f"datacity {version('datacity')}\n")
        return 0
    parser.print_help(console.out)
    return 2


def _commands(console: Console) -> str:
    lines = [console.words(msg("Prepare, protect, release and check a city's data.")), ""]
    lines += [f"  {name:<10}{words.translate(title, console.language)}" for name, title in VERBS.items()]
    return "\n".join(lines)


def _add_common(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument(
        "--json",
        metavar=console.words(msg("FILE")),
        help=console.words(msg("write the result as JSON; “-” for standard output")),
    )
    parser.add_argument("--language", choices=words.LANGUAGES, help=console.words(msg("language of the messages")))


def _split(given: list[str]) -> tuple[str, list[str]]:
    """Give the verb (the first argument that is no option) and everything else."""
    skip = False
    for place, argument in enumerate(given):
        if skip:
            skip = False
        elif argument in {"--json", "--language"}:
            skip = True
        elif argument == "-" or not argument.startswith("-"):
            return argument, given[:place] + given[place + 1 :]
    return "", given


def _option(given: Sequence[str], name: str) -> str:
    """Give the value of an option before everything is parsed, so that complaints about the rest can use it."""
    for place, argument in enumerate(given):
        if argument == name and place + 1 < len(given):
            return given[place + 1]
        if argument.startswith(f"{name}="):
            return argument.partition("=")[2]
    return ""


def _language(given: Sequence[str]) -> str:
    wanted = [_option(given, "--language")]
    wanted += [os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    for text in wanted:
        if text[:2].lower() in words.LANGUAGES:
            return text[:2].lower()
        if text:
            return "en"
    return "en"


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """Let argparse, which asks gettext's default domain, speak the reader's language."""
    before: dict[str, Any] = {"domain": gettext.textdomain(), "language": os.environ.get("LANGUAGE")}
    gettext.bindtextdomain("datacity", str(Path(words.__file__).parent / "locale"))
    gettext.textdomain("datacity")
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(before["domain"])
        if before["language"] is None:
            os.environ.pop("LANGUAGE", None)
        else:
            os.environ["LANGUAGE"] = before["language"]
