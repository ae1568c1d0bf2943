# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`permissions`: writes `tests/permissions.toml` anew from what the routes really answer, for review."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

CHECKOUT = Path(__file__).resolve().parents[5]
TEST = Path("tests", "web", "test_permissions.py")


class Command(BaseCommand):
    """Ask every route as every role on a test database, and write down who passes."""

    help = "Write tests/permissions.toml anew from what every route answers to every role; read the difference before committing it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the test that writes. Raises CommandError outside a checkout, and with the test's own code when it fails."""
        if not (CHECKOUT / TEST).is_file():
            raise CommandError("The matrix lives with the tests: run this in a checkout.")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DATACITY_")} | {
            "DC_PERMISSIONS": "write"
        }
        command = [sys.executable, "-m", "pytest", "-q", "--show-capture=no", "-k", "written_anew", str(TEST)]
        ended = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False)
        if ended.returncode:
            raise CommandError("The matrix could not be written; see above.", returncode=ended.returncode)
        unknown = (CHECKOUT / "tests" / "permissions.toml").read_text(encoding="utf-8").count('thing = "?"')
        self.stdout.write("Written. Read the difference: git diff tests/permissions.toml")
        if unknown:
            self.stdout.write(
                f'{unknown} routes need a thing (thing = "?"): add a factory, name it in the row, and run this again.'
            )
