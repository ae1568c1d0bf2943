# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What in a column may name, single out or expose somebody: findings with evidence, examples masked.

Detection reads every cell with RE2 patterns, then checks candidates by their keys. It proposes; people decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from datacity.engine.catalogue import keys, lexicon
from datacity.engine.catalogue.description import Column, ColumnDecision, ColumnType, Confidence, Finding, Kind, Role
from datacity.engine.catalogue.header_findings import header_findings
from datacity.engine.catalogue.hints import has_word, words
from datacity.engine.catalogue.typing import luhn_condition, type_column
from datacity.engine.catalogue.values import bag, prepare, statistics
from datacity.engine.sources import ColumnSource, ReadingReport, duck
from datacity.engine.sources.duck import identifier, literal
from datacity.engine.sources.names import technical_name
from datacity.kernel.progress import Parts
from datacity.kernel.words import msg

CHECKED = 1_000
"""Different candidates whose key is checked; the share is carried over to the others and the evidence says so."""

_NAME = r"\p{Lu}[\p{L}'’.-]+(?: (?:de|du|des|la|le|van|von|ben|el|d'|di|da))*(?: \p{Lu}[\p{L}'’.-]+){1,2}"
_TEXTUAL = {ColumnType.TEXT}
_MASKED = {Kind.EMAIL, Kind.PHONE, Kind.NIR, Kind.IBAN, Kind.PERSON_NAME, Kind.ACCOUNT, Kind.DEVICE}


@dataclass(frozen=True)
class _Counts:
    """How many filled cells of a text column have each form; lengths and words on average."""

    filled: int
    email: int
    phone: int
    nir: int
    iban: int
    siren: int
    siret: int
    uuid: int
    mac: int
    plate: int
    name: int
    coded: int
    words: float
    length: float
    longest: int
    structured: int


def detect(text: Path, reading: ReadingReport) -> Mapping[str, tuple[Finding, ...]]:
    """Give the findings of every column of a text Parquet, by technical name; all its rows are read."""
    with TemporaryDirectory(dir=text.parent, prefix=".detect-") as temp, duck.connect(temp=Path(temp)) as connection:
        prepare(connection, text)
        columns = [_plain(connection, column, reading.rows) for column in reading.columns]
        return findings_of(connection, reading, columns)


def findings_of(
    connection: duckdb.DuckDBPyConnection, reading: ReadingReport, columns: Sequence[Column], told: Parts | None = None
) -> dict[str, tuple[Finding, ...]]:
    """Give the findings by technical name; columns are typed and counted, the connection is prepared. told: hears of each column."""
    found: dict[str, tuple[Finding, ...]] = {}
    for source, column in zip(reading.columns, columns, strict=True):
        in_cells = _cell_findings(connection, source, column) if column.type in _TEXTUAL else []
        together = (*in_cells, *header_findings(source, column, columns, reading.rows))
        found[column.name] = _weighed(together, column, reading.rows)
        if told is not None:
            told.one()
    return found


def _weighed(findings: tuple[Finding, ...], column: Column, rows: int) -> tuple[Finding, ...]:
    """Lower what stands the same in all of many rows: that is a service's contact, not a person per row."""
    if column.distinct > 2 or rows - column.nulls < 20:
        return findings
    return tuple(
        replace(finding, confidence=Confidence.POSSIBLE)
        if finding.kind in _MASKED or finding.group == "contact"
        else finding
        for finding in findings
    )


def is_private(findings: Sequence[Finding]) -> bool:
    """Tell whether a column's cells must be masked wherever they are shown."""
    return any(finding.kind in _MASKED or finding.group in lexicon.DIRECT for finding in findings)


def mask(text: str) -> str:
    """Give the text with every letter and digit but a first letter replaced, at most 24 characters."""
    shown = "".join("•" if letter.isalnum() else letter for letter in text[:24])
    return text[0] + shown[1:] if text[:1].isalpha() else shown


def _plain(connection: duckdb.DuckDBPyConnection, source: ColumnSource, rows: int) -> Column:
    kind = type_column(connection, source, ColumnDecision()).type
    column = Column(source.name, source.label, kind, None, "", Role.INSENSITIVE, 0, 0, None, None, (), (), (), ())
    figures = statistics(connection, column, rows)
    return replace(column, nulls=figures.nulls, distinct=figures.distinct, minimum=figures.minimum)


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> _Counts:
    def cells(pattern: str, guard: str = "true") -> str:
        return counted(f"{guard} AND regexp_matches(v, {literal(pattern)})")

    def counted(condition: str) -> str:
        return f"coalesce(sum(n) FILTER ({condition}), 0)::BIGINT"

    parts = (
        counted("true"),
        cells(keys.EMAIL, "contains(v, '@')"),
        cells(keys.PHONE, "length(v) >= 8 AND regexp_matches(v, '[0-9+]')"),
        cells(keys.NIR, "length(v) >= 13"),
        cells(keys.IBAN, "length(v) >= 14"),
        counted("length(v) BETWEEN 9 AND 13 AND regexp_full_match(v, '(?:[0-9][ \u00a0]?){9}')"),
        counted("length(v) BETWEEN 14 AND 20 AND regexp_full_match(v, '(?:[0-9][ \u00a0]?){14}')"),
        cells(f"^{keys.UUID}$", "length(v) = 36"),
        cells(f"^{keys.MAC}$", "length(v) = 17"),
        cells(f"^{keys.PLATE}$", "length(v) BETWEEN 7 AND 9"),
        cells(f"^{_NAME}$", "length(v) < 60"),
        counted("NOT contains(v, ' ')"),
        "coalesce(sum(n * (length(v) - length(replace(v, ' ', '')) + 1)) / sum(n), 0)",
        "coalesce(sum(n * length(v)) / sum(n), 0)",
        "coalesce(max(length(v)), 0)",
        counted("v[1] IN ('{', '[') OR starts_with(v, 'http')"),
    )
    query = f"SELECT v, n FROM {bag(name)} WHERE v IS NOT NULL"
    row = connection.execute(f"SELECT {', '.join(parts)} FROM ({query})").fetchone()
    return _Counts(*(row or (0,) * 16))


def _cell_findings(connection: duckdb.DuckDBPyConnection, source: ColumnSource, column: Column) -> list[Finding]:
    counts = _count(connection, column.name)
    if not counts.filled:
        return []
    found: list[Finding | None] = []
    for kind, count in (
        (Kind.EMAIL, counts.email),
        (Kind.PHONE, counts.phone),
        (Kind.NIR, counts.nir),
        (Kind.IBAN, counts.iban),
    ):
        if count:
            found.append(_checked(connection, column.name, kind, (count, counts.filled)))
    found += [
        _registered(connection, source, column, (Kind.SIREN, 9, counts.siren, counts.filled)),
        _registered(connection, source, column, (Kind.SIRET, 14, counts.siret, counts.filled)),
        _whole(
            Kind.IDENTIFIER,
            counts.uuid,
            counts.filled,
            msg("{share} % of the cells are universally unique identifiers (UUID)."),
        ),
        _whole(Kind.DEVICE, counts.mac, counts.filled, msg("{share} % of the cells are hardware addresses (MAC).")),
        _whole(
            Kind.DEVICE, counts.plate, counts.filled, msg("{share} % of the cells have the form of a number plate.")
        ),
        _names(connection, source, column.name, counts),
        _free_text(column, counts),
    ]
    return [finding for finding in found if finding]


def _candidates(connection: duckdb.DuckDBPyConnection, name: str, pattern: str) -> list[str]:
    rows = connection.execute(
        f"SELECT v FROM (SELECT {identifier(name)} AS v FROM cells WHERE regexp_matches({identifier(name)}, ?) LIMIT {20 * CHECKED})"
        f" GROUP BY v ORDER BY v LIMIT {CHECKED}",
        [pattern],
    ).fetchall()
    return [value for (value,) in rows]


def _checked(connection: duckdb.DuckDBPyConnection, name: str, kind: Kind, counts: tuple[int, int]) -> Finding | None:
    count, filled = counts
    cells = _candidates(connection, name, keys.PATTERNS[kind])
    answers = [[(text, keys.VALID[kind](text)) for text in keys.matches(kind, cell)] for cell in cells]
    good = [next((text for text, valid in answer if valid), None) for answer in answers]
    formed = [next((text for text, valid in answer if valid is None), None) for answer in answers]
    valid = [text for text in good if text]
    share = count / filled * len(valid) / max(len(cells), 1)
    if valid:
        sure = (
            Confidence.CERTAIN
            if kind in {Kind.EMAIL, Kind.IBAN} or (kind is Kind.NIR and len(valid) > len(cells) / 2)
            else Confidence.LIKELY
        )
        if kind is Kind.NIR and len(valid) < 0.1 * len(cells):
            sure = Confidence.POSSIBLE
        return _finding(kind, sure, share, valid, _EVIDENCE[kind])
    without_key = [text for text in formed if text]
    if kind is Kind.NIR and count >= 0.9 * filled and len(without_key) >= 3:
        return _finding(
            kind,
            Confidence.LIKELY,
            count / filled,
            without_key,
            msg("{share} % of the cells have the form of a social security number without its key."),
        )
    return None


_EVIDENCE: Mapping[Kind, str] = {
    Kind.EMAIL: msg("{share} % of the cells hold an e-mail address."),
    Kind.PHONE: msg("{share} % of the cells hold a telephone number that the numbering plans allow."),
    Kind.NIR: msg("{share} % of the cells hold a social security number whose key is right."),
    Kind.IBAN: msg("{share} % of the cells hold a bank account number (IBAN) whose key is right."),
    Kind.SIREN: msg("{share} % of the cells are company numbers (SIREN) whose key is right."),
    Kind.SIRET: msg("{share} % of the cells are establishment numbers (SIRET) whose key is right."),
}


def _finding(kind: Kind, confidence: Confidence, share: float, examples: Sequence[str], evidence: str) -> Finding:
    masked = tuple(dict.fromkeys(mask(example) for example in examples[:3]))
    return Finding(kind, confidence, round(share, 4), masked, evidence, {"share": f"{share * 100:.3g}"})


def _registered(
    connection: duckdb.DuckDBPyConnection, source: ColumnSource, column: Column, formed: tuple[Kind, int, int, int]
) -> Finding | None:
    kind, digits, count, filled = formed
    if count < 0.9 * filled or not (has_word(source, {kind.value}) or column.distinct >= 8):
        return None
    row = connection.execute(
        f"SELECT count(*) FROM (SELECT {identifier(column.name)} AS t FROM cells) WHERE {luhn_condition(digits)}"
    ).fetchone()
    right = row[0] if row else 0
    return _finding(kind, Confidence.CERTAIN, right / filled, (), _EVIDENCE[kind]) if right >= 0.9 * filled else None


def _whole(kind: Kind, count: int, filled: int, evidence: str) -> Finding | None:
    return _finding(kind, Confidence.CERTAIN, count / filled, (), evidence) if count >= 0.5 * filled else None


def _names(connection: duckdb.DuckDBPyConnection, source: ColumnSource, name: str, counts: _Counts) -> Finding | None:
    said = has_word(source, lexicon.PERSON)
    telling = bool(said) and said not in {"nom", "name"}
    if counts.name < 0.05 * counts.filled and not telling:
        return None
    cells = _candidates(connection, name, _NAME if telling else f"^{_NAME}$")
    known = [cell for cell in cells if _opens_with_first_name(cell)]
    share = (
        (_share_of_names(connection, name, counts) if telling else counts.name / counts.filled)
        * len(known)
        / max(len(cells), 1)
    )
    values = {"share": f"{share * 100:.3g}", "word": said}
    examples = tuple(dict.fromkeys(mask(cell) for cell in known[:3]))
    if telling and len(known) >= 0.3 * len(cells) and known:
        evidence = msg("The header says “{word}”, and {share} % of the cells look like first name and name.")
        return Finding(Kind.PERSON_NAME, Confidence.LIKELY, round(share, 4), examples, evidence, values)
    if share >= 0.5 and len(known) >= 3 and not _is_place(source):
        return Finding(
            Kind.PERSON_NAME,
            Confidence.LIKELY,
            round(share, 4),
            examples,
            msg("{share} % of the cells look like first name and name."),
            values,
        )
    return None


def _share_of_names(connection: duckdb.DuckDBPyConnection, name: str, counts: _Counts) -> float:
    row = connection.execute(
        f"SELECT count(*) FROM cells WHERE regexp_matches({identifier(name)}, ?)", [_NAME]
    ).fetchone()
    return (row[0] if row else 0) / counts.filled


def _opens_with_first_name(cell: str) -> bool:
    """Tell whether a frequent first name stands first or last among the first words of the cell."""
    found = [technical_name(part) for part in cell.split()[:3]]
    return bool({part.split("_")[0] for part in found} & lexicon.FIRST_NAMES)


def _is_place(source: ColumnSource) -> bool:
    return bool(
        set(words(source))
        & {
            "rue",
            "voie",
            "station",
            "gare",
            "lieu",
            "adresse",
            "place",
            "quartier",
            "site",
            "ecole",
            "equipement",
            "street",
            "marche",
        }
    )


def _free_text(column: Column, counts: _Counts) -> Finding | None:
    plain = counts.structured < 0.5 * counts.filled
    varied = column.distinct >= 0.3 * counts.filled and column.distinct > 5
    if not plain or not varied or not (counts.words >= 9 and counts.length >= 50):
        return None
    return Finding(
        Kind.FREE_TEXT,
        Confidence.LIKELY,
        1.0,
        (),
        msg("Cells hold {words} words on average (longest: {longest} characters): people may be named in them."),
        {"words": round(counts.words), "longest": counts.longest},
    )
