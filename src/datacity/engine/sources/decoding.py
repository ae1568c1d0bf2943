# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bytes become text: byte order mark, else strict UTF-8 over the whole file, else windows-1252.

One pass in blocks gives the fingerprint, the encoding, the line ends and the longest line, in constant memory.
"""

import codecs
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from datacity.engine.sources.report import MEGABYTE, ReadOptions
from datacity.kernel.errors import Invalid

BLOCK = 1 << 20
ENCODINGS = ("utf-8", "cp1252", "iso-8859-1", "iso-8859-15", "utf-16", "utf-16-le", "utf-16-be", "mac-roman", "cp850")
"""What the steward may name; the first two and UTF-16 with its mark are found without being named."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_END = re.compile(rb"\r\n|\n|\r")
_ENDS = {b"\r\n": "CRLF", b"\n": "LF", b"\r": "CR"}
_UNDEFINED_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")

Progress = Callable[[int, int], None] | None
"""Told the bytes done and the bytes in all."""


@dataclass
class Place:
    """Where a byte stands: line from 1, byte of that line from 1, its value."""

    line: int
    byte: int
    value: int


@dataclass
class Scan:
    """What one pass over the bytes found.

    ends: how often each line end occurs. turn: the first line that ends otherwise than those before it. bad_utf8: the first byte that is not UTF-8. accents_before: that many bytes of
    valid non-ASCII UTF-8 stand before it.
    """

    sha256: str = ""
    bytes: int = 0
    encoding: str = "utf-8"
    ends: dict[str, int] = field(default_factory=lambda: {"CRLF": 0, "LF": 0, "CR": 0})
    turn: int | None = None
    bad_utf8: Place | None = None
    accents_before: int = 0

    @property
    def line_ends(self) -> str | None:
        """Give the line ends met, most frequent first, joined by `+`."""
        met = sorted((kind for kind, count in self.ends.items() if count), key=lambda kind: -self.ends[kind])
        return "+".join(met) or None


def fingerprint_file(path: Path, progress: Progress = None) -> tuple[str, int]:
    """Give the SHA-256 of the file in hexadecimal and its size in bytes."""
    digest, size, total = hashlib.sha256(), 0, path.stat().st_size
    for block in _blocks(path):
        digest.update(block)
        size += len(block)
        if progress:
            progress(size, total)
    return digest.hexdigest(), size


def scan(path: Path, options: ReadOptions) -> Scan:
    """Give the fingerprint, encoding and line ends of a text file.

    Raises Invalid for a line over `maximum_line_bytes` (at once, not after reading it), a NUL byte outside UTF-16, a
    byte that neither UTF-8 nor windows-1252 knows, and an encoding option that is not in `ENCODINGS`.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    found = Scan(encoding=_given_encoding(options) or _mark(head) or "utf-8")
    wide = found.encoding.startswith("utf-16")
    if not wide:
        _refuse_unmarked_utf16(head)
    walker = _Walker(found, options, wide=wide)
    for block in _blocks(path):
        walker.take(block)
    walker.end()
    if found.bad_utf8 and options.encoding is None:
        if head.startswith(codecs.BOM_UTF8):
            raise _not_decodable("UTF-8", found.bad_utf8)
        found.encoding = "cp1252"
        _check_1252(path)
    return found


def _given_encoding(options: ReadOptions) -> str | None:
    if options.encoding is None:
        return None
    wanted = options.encoding.strip().lower().replace("_", "-")
    wanted = {"utf8": "utf-8", "latin-1": "iso-8859-1", "latin1": "iso-8859-1", "windows-1252": "cp1252"}.get(
        wanted, wanted
    )
    if wanted not in ENCODINGS:
        raise Invalid(
            "sources.encoding_unknown",
            "The encoding “{encoding}” is not known here.",
            hint="Choose one of: {known}.",
            field="encoding",
            encoding=options.encoding,
            known=", ".join(ENCODINGS),
        )
    return "utf-8-sig" if wanted == "utf-8" else wanted


def _mark(head: bytes) -> str | None:
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def _refuse_unmarked_utf16(head: bytes) -> None:
    pairs = len(head) // 2
    if pairs >= 4 and max(head[::2].count(0), head[1::2].count(0)) > 0.6 * pairs:
        guess = "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
        raise Invalid(
            "sources.utf16_unmarked",
            "The file looks like UTF-16 without its byte order mark.",
            hint="Export it as UTF-8, or name the encoding {guess} when you read it again.",
            field="encoding",
            guess=guess,
        )


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


class _Walker:
    """Carries the state of the pass from block to block."""

    def __init__(self, found: Scan, options: ReadOptions, *, wide: bool) -> None:
        self.found, self.options, self.wide = found, options, wide
        self.digest = hashlib.sha256()
        self.decoder = codecs.getincrementaldecoder(found.encoding if found.encoding != "utf-8-sig" else "utf-8")(
            "strict"
        )
        self.check = found.encoding in {"utf-8", "utf-8-sig"}
        self.line, self.line_bytes, self.last_cr = 1, 0, False
        self.first_end: str | None = None

    def take(self, block: bytes) -> None:
        self.digest.update(block)
        if self.wide:
            self._measure(self._decode(block).encode("utf-8", "replace"))
        else:
            self._refuse_nul(block)
            if self.check:
                self._check_utf8(block, final=False)
            elif self.found.encoding not in {"utf-8", "utf-8-sig"}:
                self._decode(block)
            self._measure(block)
        self.found.bytes += len(block)

    def end(self) -> None:
        if self.check and not self.wide:
            self._check_utf8(b"", final=True)
        elif self.wide:
            self._decode(b"", final=True)
        if self.last_cr:
            self.found.ends["CR"] += 1
            self._met("CR", self.line - 1)
        self.found.sha256 = self.digest.hexdigest()

    def _decode(self, block: bytes, *, final: bool = False) -> str:
        try:
            return self.decoder.decode(block, final)
        except UnicodeDecodeError as error:
            raise _not_decodable(self.found.encoding, self._place(error.object, error.start)) from error

    def _check_utf8(self, block: bytes, *, final: bool) -> None:
        pending = self.decoder.getstate()[0]
        try:
            self.decoder.decode(block, final)
        except UnicodeDecodeError as error:
            self.found.bad_utf8 = self._place(block, error.start - len(pending))
            self.check = False
            block = block[: max(error.start - len(pending), 0)]
            if self.options.encoding is not None:
                raise _not_decodable("UTF-8", self.found.bad_utf8) from error
        self.found.accents_before += 0 if block.isascii() else len(block.translate(None, bytes(range(128))))

    def _refuse_nul(self, block: bytes) -> None:
        if (start := block.find(0)) >= 0:
            place = self._place(block, start)
            raise Invalid(
                "sources.nul_byte",
                "Line {line}, byte {byte}: the file holds a NUL byte, which no text has.",
                hint="The file is damaged or not a text file; export it again as CSV in UTF-8.",
                field="file",
                line=place.line,
                byte=place.byte,
            )

    def _place(self, block: bytes, start: int) -> Place:
        if start < 0:
            return Place(self.line, max(self.line_bytes + start + 1, 1), 0)
        before = block[:start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = before.count(b"\n") - (1 if self.last_cr and block[:1] == b"\n" and start > 0 else 0)
        tail = len(before) - before.rfind(b"\n") - 1
        byte = (tail if lines else self.line_bytes + tail) + 1
        return Place(self.line + lines, byte, block[start] if start < len(block) else 0)

    def _measure(self, block: bytes) -> None:
        """Count line ends and refuse a line that is too long, without holding it."""
        if not block:
            return
        if self.last_cr and block[:1] == b"\n":
            self.found.ends["CRLF"] += 1
            self._met("CRLF", self.line - 1)
            self.line_bytes, block, self.last_cr = 0, block[1:], False
        elif self.last_cr:
            self.found.ends["CR"] += 1
            self._met("CR", self.line - 1)
        self.last_cr = block[-1:] == b"\r"
        body = block[:-1] if self.last_cr else block
        pairs = body.count(b"\r\n")
        singles = body.count(b"\n") - pairs
        returns = body.count(b"\r") - pairs
        self.found.ends["CRLF"] += pairs
        self.found.ends["LF"] += singles
        self.found.ends["CR"] += returns
        counts = {"CRLF": pairs, "LF": singles, "CR": returns}
        self._look_for_turn(body, {kind for kind, count in counts.items() if count})
        ends = pairs + singles + returns + self.last_cr
        first = min((place for place in (block.find(b"\n"), block.find(b"\r")) if place >= 0), default=len(block))
        self._refuse_long(self.line_bytes + first, self.line)
        self.line += ends
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self.line_bytes = len(block) - last - 1 if ends else self.line_bytes + len(block)
        self._refuse_long(self.line_bytes, self.line)

    def _look_for_turn(self, body: bytes, kinds: set[str]) -> None:
        """Note the first line of another end; only a block that has several kinds, or a new one, is looked through."""
        if self.found.turn is None and kinds and kinds != {self.first_end}:
            for number, end in enumerate(_END.finditer(body)):
                if self._met(_ENDS[end.group()], self.line + number) or len(kinds) == 1:
                    return

    def _met(self, kind: str, line: int) -> bool:
        """Take one line end into account; tell whether it is the first of another kind."""
        self.first_end = self.first_end or kind
        turned = kind != self.first_end and self.found.turn is None
        if turned:
            self.found.turn = line
        return turned

    def _refuse_long(self, length: int, line: int) -> None:
        if length > self.options.maximum_line_bytes:
            raise Invalid(
                "sources.line_too_long",
                "Line {line} is longer than {limit} MB.",
                hint="A table has one row a line: check the export, or that the file is what its name says.",
                field="file",
                line=line,
                limit=self.options.maximum_line_bytes // MEGABYTE,
            )


def _check_1252(path: Path) -> None:
    line = 1
    for block in _blocks(path):
        if bad := _UNDEFINED_1252.search(block):
            before = block[: bad.start()]
            tail = before.rfind(b"\n")
            byte = bad.start() - tail
            raise _not_decodable("windows-1252", Place(line + before.count(b"\n"), byte, bad.group()[0]))
        line += block.count(b"\n")


def _not_decodable(encoding: str, place: Place) -> Invalid:
    return Invalid(
        "sources.not_decodable",
        "Line {line}, byte {byte}: the byte {value} is not {encoding}.",
        hint="Export the file again as UTF-8, or name its encoding when you read it again.",
        field="encoding",
        line=place.line,
        byte=place.byte,
        value=f"0x{place.value:02X}",
        encoding=encoding,
    )
