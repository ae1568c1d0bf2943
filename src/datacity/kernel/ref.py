# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A pointer to a thing of any app, as text: its kind and its identifier."""

import re
from dataclasses import dataclass

from datacity.kernel.errors import Invalid

_FORM = re.compile(r"^[a-z][a-z_]{0,39}:[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")


@dataclass(frozen=True, order=True)
class Ref:
    """`kind:id`, for instance `dataset:comptages-velo` or `person:42`.

    kind: the singular noun of the glossary, lower case. id: the slug, or the number as text.
    """

    kind: str
    id: str

    def __post_init__(self) -> None:
        """Refuse what could not be read back.

        Raises Invalid when kind or id has other characters than the form allows.
        """
        if not _FORM.match(f"{self.kind}:{self.id}"):
            raise Invalid("ref.form", "“{ref}” is not a reference.", ref=f"{self.kind}:{self.id}")

    def __str__(self) -> str:
        """Give `kind:id`."""
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Read `kind:id`. Raises Invalid when the text has another form."""
        kind, colon, identifier = text.partition(":")
        if not colon:
            raise Invalid("ref.form", "“{ref}” is not a reference.", ref=text)
        return cls(kind, identifier)


CITY = Ref("city", "city")
"""The scope of roles that hold everywhere."""
