# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The command line: one verb, one module, one function of the engine.

A verb's module has `add_arguments(parser)` and `run(arguments, console) -> Outcome`; it is imported only when its verb is asked
for, so that `datacity --help` answers at once.
"""

from datacity.engine.cli.console import Console, Outcome
from datacity.engine.cli.start import main

__all__ = ["Console", "Outcome", "main"]
