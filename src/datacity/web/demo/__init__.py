# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The demonstration: a fictional city, Valmire, lived through by actions in time order, on a demo home only.

`files` makes raw files from a seed, `subjects` says what each one is, `gate` takes it through every step by the person who
may take it, `story` puts the steps in time order, `views` and `context` let a visitor see the site as anybody.
"""

from datetime import timedelta
from pathlib import Path

from django.conf import settings

from datacity.web import home

BEFORE = timedelta(days=100)
"""How long before its first start the demonstration begins; the keys of a demo home are valid from then on."""


def is_here() -> bool:
    """Tell whether this process serves a demo home."""
    return home.is_demo(Path(settings.HOME))
