# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Model fields for the kernel's values: Words, Ref and Money."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression

from datacity.kernel.errors import Invalid
from datacity.kernel.money import Money
from datacity.kernel.ref import Ref
from datacity.kernel.words import Words

if TYPE_CHECKING:
    WordsBase = models.JSONField[Words, Words]
    RefBase = models.CharField[Ref, Ref]
    MoneyBase = models.BigIntegerField[Money, Money]
else:
    WordsBase, RefBase, MoneyBase = models.JSONField, models.CharField, models.BigIntegerField

REF_LENGTH = 141
"""Characters of the longest reference: a kind of 40, a colon, an identifier of 100."""


class WordsField(WordsBase):
    """A text in French, English or both; stored as JSON, read as `Words`, at least one language filled."""

    description = "Text in French and English"

    def from_db_value(self, value: Any, expression: Expression, connection: BaseDatabaseWrapper) -> Words | None:
        """Give the Words of a stored JSON text; None stays None."""
        plain = super().from_db_value(value, expression, connection)
        return Words.of(plain) if plain else None

    def to_python(self, value: Any) -> Words | None:
        """Read Words from Words, a mapping or one French text. Raises ValidationError when all is empty."""
        if value in (None, "", {}):
            return None
        try:
            return Words.of(value)
        except Invalid as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal

    def get_prep_value(self, value: Any) -> Any:
        """Give the mapping to store: only the languages that are there."""
        if value is None or hasattr(value, "resolve_expression"):
            return super().get_prep_value(value)
        return super().get_prep_value(Words.of(value).as_dict())

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Django's signature
        """Give the mapping in the database's own form of JSON."""
        if isinstance(value, Words):
            value = value.as_dict()
        return super().get_db_prep_value(value, connection, prepared)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Check the mapping behind the Words."""
        super().validate(value.as_dict() if isinstance(value, Words) else value, model_instance)

    def value_to_string(self, obj: models.Model) -> Any:
        """Give the mapping, for serialised copies."""
        value: Any = self.value_from_object(obj)
        return value.as_dict() if isinstance(value, Words) else value


if TYPE_CHECKING:

    class OptionalWordsField(models.JSONField[Words | None, Words | None]):
        """A text that may be absent; for types only."""
else:
    OptionalWordsField = WordsField


class RefField(RefBase):
    """A reference to a thing of any app; stored as `kind:id`, read as `Ref`."""

    description = "Reference to any thing"

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take the length of the longest reference unless told otherwise."""
        options.setdefault("max_length", REF_LENGTH)
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Leave the usual length out of the migration."""
        name, path, args, options = super().deconstruct()
        if options.get("max_length") == REF_LENGTH:
            del options["max_length"]
        return name, path, args, options

    def from_db_value(self, value: str | None, _expression: Expression, _connection: BaseDatabaseWrapper) -> Ref | None:
        """Give the Ref of a stored text; None and the empty text give None."""
        return Ref.parse(value) if value else None

    def to_python(self, value: Any) -> Any:
        """Read a Ref. Raises ValidationError for another form."""
        if value in (None, "") or isinstance(value, Ref):
            return value or None
        try:
            return Ref.parse(str(value))
        except Invalid as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal

    def get_prep_value(self, value: Any) -> Any:
        """Give the text to store."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return str(value)

    def run_validators(self, value: Any) -> None:
        """Check the length of the text form."""
        super().run_validators(str(value) if isinstance(value, Ref) else value)

    def value_to_string(self, obj: models.Model) -> str:
        """Give the text form, for serialised copies."""
        value: Any = self.value_from_object(obj)
        return "" if value is None else str(value)


class MoneyField(MoneyBase):
    """An amount; stored as whole euro cents, read as `Money`."""

    description = "Amount in euro cents"

    def from_db_value(
        self, value: int | None, _expression: Expression, _connection: BaseDatabaseWrapper
    ) -> Money | None:
        """Give the Money of stored cents; None stays None."""
        return None if value is None else Money(value)

    def to_python(self, value: Any) -> Money | None:
        """Read Money from Money or cents."""
        if value is None or isinstance(value, Money):
            return value
        return Money(int(value))

    def get_prep_value(self, value: Any) -> Any:
        """Give the cents to store."""
        return value.cents if isinstance(value, Money) else super().get_prep_value(value)
