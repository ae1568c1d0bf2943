# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What `describe` gives: columns with type, unit, role, findings and doubts; quality marks; sensitivity axes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from datacity.engine.sources import Doubt


class ColumnType(StrEnum):
    """The types a column can have; `write_typed` says how each is stored."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    GEO_POINT = "geo_point"
    GEO_SHAPE = "geo_shape"


class Role(StrEnum):
    """What a column can do to a person: name, help to single out, be the secret itself, or nothing."""

    IDENTIFIER = "identifier"
    QUASI_IDENTIFIER = "quasi_identifier"
    SENSITIVE = "sensitive"
    INSENSITIVE = "insensitive"


class Confidence(StrEnum):
    """How sure a finding is: a control key or a whole column of one shape; a shape or a word; a hint."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Axis(StrEnum):
    """The four kinds of harm a table can do."""

    PERSONAL = "personal"
    COLLECTIVE = "collective"
    BUSINESS = "business"
    SECURITY = "security"


class Answer(StrEnum):
    """The answer on an axis."""

    NO = "no"
    POSSIBLE = "possible"
    YES = "yes"


class Kind(StrEnum):
    """What detection looks for."""

    EMAIL = "email"
    PHONE = "phone"
    NIR = "nir"
    SIREN = "siren"
    SIRET = "siret"
    IBAN = "iban"
    COORDINATES = "coordinates"
    IDENTIFIER = "identifier"
    DEVICE = "device"
    FREE_TEXT = "free_text"
    PERSON_NAME = "person_name"
    ACCOUNT = "account"
    SENSITIVE_WORD = "sensitive_word"


@dataclass(frozen=True)
class Finding:
    """One thing detection saw in a column.

    share: part of the filled cells concerned, 0 to 1 (0 when only the header speaks). examples: masked.
    evidence: English sentence with places, the key of its translation; values fill it. group: for a sensitive word, its
    family (`health`, `belief`, `birth` …).
    """

    kind: Kind
    confidence: Confidence
    share: float
    examples: tuple[str, ...]
    evidence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""

    def text(self) -> str:
        """Give the English sentence with its places filled."""
        return self.evidence.format_map(self.values)

    def as_dict(self) -> dict[str, Any]:
        """Give the fields as JSON values."""
        return {**asdict(self), "examples": list(self.examples), "values": dict(self.values)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Finding":
        """Read what `as_dict` gave."""
        changed = {
            "kind": Kind(data["kind"]),
            "confidence": Confidence(data["confidence"]),
            "examples": tuple(data["examples"]),
        }
        return cls(**{**data, **changed})


@dataclass(frozen=True)
class Bar:
    """One bar of a column's distribution: a label, how many cells, and for scales the bounds (low in, high out but for the last)."""

    label: str
    count: int
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True)
class ColumnDecision:
    """What the steward fixed for a column, kept for its next versions; None leaves the proposal.

    missing: cells that mean "no value" (`NC`, `-`). month_first: dates with slashes are month, day, year.
    """

    label: str | None = None
    type: ColumnType | None = None
    unit: str | None = None
    meaning: str | None = None
    role: Role | None = None
    missing: tuple[str, ...] = ()
    month_first: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give the fields as JSON values."""
        return {**asdict(self), "missing": list(self.missing)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ColumnDecision":
        """Read what `as_dict` gave; absent fields keep their defaults."""
        changed: dict[str, Any] = {"missing": tuple(data.get("missing", ()))}
        if data.get("type"):
            changed["type"] = ColumnType(data["type"])
        if data.get("role"):
            changed["role"] = Role(data["role"])
        return cls(**{**data, **changed})


@dataclass(frozen=True)
class Column:
    """A column described over all its rows.

    nulls: empty cells. distinct: different values. minimum, maximum: as text in the type's canonical form, None when
    nothing is filled or the column is sensitive. examples: masked when sensitive. distribution: at most ten bars,
    none when the column is sensitive or nearly every value differs.
    """

    name: str
    label: str
    type: ColumnType
    unit: str | None
    meaning: str
    role: Role
    nulls: int
    distinct: int
    minimum: str | None
    maximum: str | None
    examples: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    distribution: tuple[Bar, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()
    month_first: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give the fields as JSON values."""
        changed = {
            "examples": list(self.examples),
            "doubts": [doubt.as_dict() for doubt in self.doubts],
            "distribution": [asdict(bar) for bar in self.distribution],
            "findings": [finding.as_dict() for finding in self.findings],
            "missing": list(self.missing),
        }
        return {**{name: getattr(self, name) for name in self.__dataclass_fields__}, **changed}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Column":
        """Read what `as_dict` gave."""
        changed = {
            "type": ColumnType(data["type"]),
            "role": Role(data["role"]),
            "examples": tuple(data["examples"]),
            "doubts": tuple(Doubt.from_dict(doubt) for doubt in data["doubts"]),
            "distribution": tuple(Bar(**bar) for bar in data["distribution"]),
            "findings": tuple(Finding.from_dict(finding) for finding in data["findings"]),
            "missing": tuple(data["missing"]),
        }
        return cls(**{**data, **changed})


@dataclass(frozen=True)
class QualityMark:
    """One criterion with its result: ok, or what to look at; message is an English sentence with places."""

    code: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    ok: bool = True

    def text(self) -> str:
        """Give the English sentence with its places filled."""
        return self.message.format_map(self.values)


@dataclass(frozen=True)
class AxisProposal:
    """A proposed answer on one axis, with its reason: English sentence with places, the key of its translation."""

    axis: Axis
    answer: Answer
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """Give the English sentence with its places filled."""
        return self.reason.format_map(self.values)


@dataclass(frozen=True)
class Description:
    """A table described: its rows, columns, quality marks and a proposal on each of the four axes."""

    rows: int
    columns: tuple[Column, ...]
    quality: tuple[QualityMark, ...]
    axes: tuple[AxisProposal, ...]

    def column(self, name: str) -> Column:
        """Give the column of this technical name. Raises KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def as_dict(self) -> dict[str, Any]:
        """Give the description as JSON values."""
        return {
            "rows": self.rows,
            "columns": [column.as_dict() for column in self.columns],
            "quality": [{**asdict(mark), "values": dict(mark.values)} for mark in self.quality],
            "axes": [{**asdict(axis), "values": dict(axis.values)} for axis in self.axes],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Description":
        """Read what `as_dict` gave."""
        axes = [{**axis, "axis": Axis(axis["axis"]), "answer": Answer(axis["answer"])} for axis in data["axes"]]
        return cls(
            rows=data["rows"],
            columns=tuple(Column.from_dict(column) for column in data["columns"]),
            quality=tuple(QualityMark(**mark) for mark in data["quality"]),
            axes=tuple(AxisProposal(**axis) for axis in axes),
        )
