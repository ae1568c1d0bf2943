# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Compile the inner loops of the search; what was compiled is kept on disk and only loaded afterwards.

This is the one module that imports numba. It is imported by the search alone: no other command pays for it.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., object])


def compiled(function: _Function) -> _Function:
    """Give the function compiled for the machine, without bounds checks and outside Python's lock; division by zero gives inf."""
    return cast("_Function", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
