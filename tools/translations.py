# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The French of every sentence: small catalogues written by hand, checked against the source and compiled.

English sentences stand in the source and are the keys. Each part of the code has its own catalogue:

    kernel, engine/<step>      src/datacity/kernel/locale/fr/<kernel or step>.po
    programme/<app>            src/datacity/web/locale/fr/<app>.po
    frame, web                 src/datacity/web/locale/fr/<frame or web>.po

Commands:

    translations.py check            everything translated, nothing fuzzy, unused, twice or wrongly spaced
    translations.py compile          write the .mo files that programs read
    translations.py missing [PART]   print what is still to fill, ready to paste
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import messages
from messages import ROOT, SOURCE, Message

TEMPLATES = (".html", ".txt")
PLACE = re.compile(r"%\(\w+\)[sd]|\{[a-z_][\w.]*(?:![rs])?(?::[^{}]*)?\}|%[sd]")
BAD_SPACE = re.compile(r"(?<=\S) (?=[;?!»])|(?<=\S) (?=:(?:\s|$))|(?<=«) ")


@dataclass(frozen=True)
class Domain:
    """A compiled catalogue: its name, its folder of parts, the code it serves."""

    name: str
    locale: Path
    folders: tuple[Path, ...]

    @property
    def parts(self) -> list[Path]:
        """The hand-written catalogues, in a fixed order."""
        return sorted((self.locale / "fr").glob("*.po"))

    @property
    def compiled(self) -> Path:
        """The file that gettext reads."""
        return self.locale / "fr" / "LC_MESSAGES" / f"{self.name}.mo"


DOMAINS = (
    Domain("datacity", SOURCE / "kernel" / "locale", (SOURCE / "kernel", SOURCE / "engine")),
    Domain("django", SOURCE / "web" / "locale", (SOURCE / "frame", SOURCE / "programme", SOURCE / "web")),
)


def part_of(path: Path) -> str:
    """Return the part a source file belongs to: its app, engine step, or `kernel`, `frame`, `web`."""
    half, *below = path.relative_to(SOURCE).parts
    return below[0].removesuffix(".py") if half in {"programme", "engine"} and below else half


def in_source(domain: Domain) -> dict[tuple[str, str], Message]:
    """Return the domain's messages by key, the first place of each."""
    refusals = messages.refusal_names(SOURCE)
    found = messages.in_python(messages.files(domain.folders, [".py"]), refusals=refusals)
    pages = [path for path in messages.files(domain.folders, TEMPLATES) if "templates" in path.parts]
    found += messages.in_templates(pages) if pages else []
    first: dict[tuple[str, str], Message] = {}
    for message in found:
        if message.key not in first or (message.plural and not first[message.key].plural):
            first[message.key] = message
    return first


def read_part(path: Path) -> Catalog:
    """Return one hand-written catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def entries(catalogue: Catalog) -> Iterator[tuple[tuple[str, str], Entry]]:
    """Yield the entries of a catalogue with their keys, the header left out."""
    for entry in catalogue:
        if entry.id:
            text = entry.id if isinstance(entry.id, str) else entry.id[0]
            yield (str(entry.context or ""), text), entry


def forms(value: str | Sequence[str] | None) -> list[str]:
    """Return the singular, or singular and plural, as a list."""
    return [value] if isinstance(value, str) else list(value or [])


def compile_domain(domain: Domain) -> None:
    """Merge the domain's parts and write its compiled file, whole or not at all."""
    merged = Catalog(locale="fr", domain=domain.name, charset="utf-8")
    for part in domain.parts:
        for _, entry in entries(read_part(part)):
            if all(forms(entry.string)) and not entry.fuzzy:
                merged.add(entry.id, entry.string, context=entry.context)
    domain.compiled.parent.mkdir(parents=True, exist_ok=True)
    draft = domain.compiled.with_suffix(f".{os.getpid()}.draft")
    with draft.open("wb") as file:
        write_mo(file, merged)
    draft.replace(domain.compiled)


def compile_all() -> None:
    """Compile the domains whose parts changed since the last time."""
    for domain in DOMAINS:
        newest = max((part.stat().st_mtime for part in domain.parts), default=0.0)
        if not domain.compiled.exists() or domain.compiled.stat().st_mtime <= newest:
            compile_domain(domain)


def wrong_in(entry: Entry) -> Iterator[str]:
    """Yield what is wrong with one translation: empty, fuzzy, places lost, spaces of French typography."""
    if entry.fuzzy:
        yield "is marked fuzzy"
    if not all(forms(entry.string)) or not forms(entry.string):
        yield "has no translation"
        return
    wanted = set(PLACE.findall(forms(entry.id)[-1]))
    for text in forms(entry.string):
        if set(PLACE.findall(text)) - wanted or (
            text == forms(entry.string)[-1] and set(PLACE.findall(text)) != wanted
        ):
            yield f"names other places than the English: {sorted(wanted)} became {sorted(set(PLACE.findall(text)))}"
        if BAD_SPACE.search(text):
            yield "needs a no-break space before : ; ? ! » or after «"


def problems_of(
    domain: Domain, part: Path, used: set[tuple[str, str]], seen: dict[tuple[str, str], Path]
) -> Iterator[str]:
    """Yield the problems of one part; notes its keys in `seen`."""
    for key, entry in entries(read_part(part)):
        where = f"{part.relative_to(ROOT)}:{entry.lineno or 0}: “{key[1]}”"
        yield from (f"{where} {wrong}" for wrong in wrong_in(entry))
        if key not in used:
            yield f"{where} is used nowhere in the code of {domain.name}"
        if key in seen:
            yield f"{where} stands in {seen[key].name} too; keep one"
        seen.setdefault(key, part)


def untranslated(domain: Domain) -> list[Message]:
    """Return the source's messages that no part of the domain has."""
    known = {key for part in domain.parts for key, _ in entries(read_part(part))}
    return [message for key, message in in_source(domain).items() if key not in known]


def check() -> list[str]:
    """Return every problem of every catalogue as a line; empty when all is translated."""
    lines: list[str] = []
    for domain in DOMAINS:
        used = in_source(domain)
        seen: dict[tuple[str, str], Path] = {}
        for part in domain.parts:
            lines += problems_of(domain, part, set(used), seen)
        lines += [
            f"{message.place.relative_to(ROOT)}:{message.line}: “{message.text}” has no entry in {part_of(message.place)}.po"
            for key, message in used.items()
            if key not in seen
        ]
    return lines


def quoted(text: str) -> str:
    """Return a text as a .po string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{escaped}"'


def ready_to_fill(found: Iterable[Message]) -> Iterator[str]:
    """Yield the lines of empty entries for these messages."""
    for message in found:
        yield ""
        yield f"#: {message.place.relative_to(SOURCE)}"
        if message.context:
            yield f"msgctxt {quoted(message.context)}"
        yield f"msgid {quoted(message.text)}"
        if message.plural:
            yield f"msgid_plural {quoted(message.plural)}"
            yield 'msgstr[0] ""'
            yield 'msgstr[1] ""'
        else:
            yield 'msgstr ""'


def print_missing(part: str) -> int:
    """Print what is still to fill, of one part or of all; returns how many sentences."""
    count = 0
    for domain in DOMAINS:
        found = [message for message in untranslated(domain) if part in {"", part_of(message.place)}]
        for name in sorted({part_of(message.place) for message in found}):
            mine = [message for message in found if part_of(message.place) == name]
            print(f"# {(domain.locale / 'fr' / f'{name}.po').relative_to(ROOT)}: {len(mine)} to fill")
            print("\n".join(ready_to_fill(mine)))
            count += len(mine)
    return count


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns 0, 1 when the check fails, 2 for an unknown command."""
    match list(arguments):
        case ["check"]:
            lines = check()
            print("\n".join(lines) or "Every sentence is translated.")
            return 1 if lines else 0
        case ["compile"]:
            for domain in DOMAINS:
                compile_domain(domain)
            return 0
        case ["missing", *part] if len(part) <= 1:
            print_missing("".join(part))
            return 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
