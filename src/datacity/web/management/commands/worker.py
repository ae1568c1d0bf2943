# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`worker`: the one worker process of a home."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from datacity.frame import guards
from datacity.web.worker.loop import Worker


class Command(BaseCommand):
    """Give journal positions, run jobs, keep schedules until SIGTERM; refuses to start when a trigger is missing."""

    help = "Run the jobs, give journal entries their positions, keep the schedules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --until-idle."""
        parser.add_argument(
            "--until-idle", action="store_true", help="end when nothing is due and every entry has its position"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        if absent := guards.missing(connection):
            raise CommandError(f"{len(absent)} triggers are missing: {', '.join(absent)}. Run install_guards.")
        worker = Worker(until_idle=options["until_idle"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
