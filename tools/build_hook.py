# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Let every wheel, and the editable install, carry the front-end bundle and the compiled translations; a wheel the documentation too."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface[Any]):
    """Build the assets before the files are gathered.

    `BUILD_WITHOUT_PAGES=1` leaves the front end out: enough for the engine and its command line, and the only
    case in which a build needs no node package.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raise RuntimeError with the reason when the assets cannot be built."""
        script = "translations.py" if os.environ.get("BUILD_WITHOUT_PAGES") == "1" else "assets.py"
        tools = Path(self.root) / "tools"
        command = [sys.executable, str(tools / script), *(["compile"] if script == "translations.py" else [])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{script} failed:\n{done.stdout}{done.stderr}")
        docs = Path(self.root) / "docs"
        if version == "standard" and docs.is_dir():  # an editable install reads the documentation of its checkout
            build_data["force_include"][str(docs)] = "datacity/web/handbook/docs"
