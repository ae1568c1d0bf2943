# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Parameters that people decide: declared with unit and bounds, valued by an edition, fingerprinted."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from datacity.kernel.canonical import fingerprint
from datacity.kernel.errors import Conflict, Invalid, Missing

type_names = {
    bool: "yes or no",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter: dotted name, kind, unit, default, bounds, choices, and where it comes from.

    description: what it decides, in English, one sentence (the key of its translation); unit and source are translated too.
    choice_names: what each choice is called, in the order of the choices; the choices themselves when empty.
    """

    name: str
    kind: type
    default: Any
    unit: str
    source: str
    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] = ()
    choice_names: tuple[str, ...] = ()

    def called(self, value: Any) -> str:
        """Give what a choice is called, in English; the value as text when it has no name."""
        names = dict(zip(self.choices, self.choice_names, strict=False))
        return str(names.get(value, value))

    def check(self, value: Any) -> Any:
        """Give the value back when it is allowed.

        Raises Invalid naming the parameter, what was found and what is allowed.
        """
        right = isinstance(value, self.kind) and (self.kind is bool or not isinstance(value, bool))
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            right = True
        low = self.minimum is not None and right and value < self.minimum
        high = self.maximum is not None and right and value > self.maximum
        if not right or low or high or (self.choices and value not in self.choices):
            raise Invalid(
                "policy.value",
                "{name} is {found}; allowed: {allowed}.",
                field=self.name,
                name=self.name,
                found=repr(value),
                allowed=self.allowed(),
            )
        return value

    def allowed(self) -> str:
        """Say in English what is allowed."""
        if self.choices:
            return ", ".join(str(choice) for choice in self.choices)
        text = type_names.get(self.kind, self.kind.__name__)
        if self.minimum is not None:
            text += f" from {self.minimum}"
        if self.maximum is not None:
            text += f" to {self.maximum}"
        return text


class Policy:
    """The values in force: every declared parameter has one; frozen, with a fingerprint."""

    def __init__(self, parameters: Iterable[Parameter], values: Mapping[str, Any]) -> None:
        """Check every value against its parameter.

        Raises Invalid for a value out of bounds or a name nobody declared.
        """
        declared = {parameter.name: parameter for parameter in parameters}
        for name in values:
            if name not in declared:
                raise Invalid("policy.unknown", "Nobody declares the policy parameter {name}.", field=name, name=name)
        self._values = {
            name: parameter.check(values.get(name, parameter.default)) for name, parameter in declared.items()
        }

    def __getitem__(self, name: str) -> Any:
        """Give the value. Raises Missing for a name nobody declared."""
        if name not in self._values:
            raise Missing("policy.unknown", "Nobody declares the policy parameter {name}.", name=name)
        return self._values[name]

    def as_dict(self) -> dict[str, Any]:
        """Give every name with its value."""
        return dict(self._values)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all values in canonical form; stored with every decision and release."""
        return fingerprint(self._values)


def read_file(path: Path) -> dict[str, Any]:
    """Read a policy file: TOML tables flattened to dotted names, lists and inline tables kept.

    Raises Invalid when the file is not TOML.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Invalid(
            "policy.file", "The policy file {name} cannot be read: {why}.", name=path.name, why=str(error)
        ) from error
    return {f"{table}.{key}": value for table, values in tables.items() for key, value in values.items()}


_declared: dict[str, Parameter] = {}
_defaults: dict[str, Any] = {}


def declare(parameters: Iterable[Parameter], defaults: Mapping[str, Any] | None = None) -> None:
    """Add an app's parameters, and defaults of this site that differ from theirs; called at start.

    Raises Conflict when another parameter of that name exists.
    """
    for parameter in parameters:
        known = _declared.setdefault(parameter.name, parameter)
        if known != parameter:
            raise Conflict("policy.twice", "The policy parameter {name} is declared twice.", name=parameter.name)
    _defaults.update(defaults or {})


def declared() -> tuple[Parameter, ...]:
    """Give every declared parameter, by name."""
    return tuple(_declared[name] for name in sorted(_declared))


def default_policy(changes: Mapping[str, Any] | None = None) -> Policy:
    """Give the policy of a home without an open edition, with these changes.

    Raises Invalid for a value out of bounds or a name nobody declared.
    """
    return Policy(declared(), {**_defaults, **(changes or {})})


_sources: list[Callable[[datetime | None], Policy]] = []


def bind(source: Callable[[datetime | None], Policy]) -> None:
    """Say who answers `in_force`; called once at start, and by tests."""
    _sources[:] = [source]


def in_force(*, at: datetime | None = None) -> Policy:
    """Give the policy in force at this time (now when None); the default one when no source is bound."""
    return _sources[0](at) if _sources else default_policy()
