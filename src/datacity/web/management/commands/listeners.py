# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`listeners`: prints who answers to what."""

from typing import Any

from django.core.management.base import BaseCommand

from datacity.kernel import bus
from datacity.kernel.bus import Listener


class Command(BaseCommand):
    """Print every verb with its class and who listens, every job, schedule, panel and provider."""

    help = "Print who answers to what: verbs, jobs, schedules, panels, providers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        known = bus.registry
        for name, verb in sorted(known.verbs.items()):
            heard = [_answer(listener) for listener in known.listeners.get(name, ())]
            self.stdout.write(f"verb      {name} [{verb.publicity}] {' '.join(heard)}".rstrip())
        for name, job in sorted(known.jobs.items()):
            place = f"child, {job.memory_mb} MB" if job.in_child else "worker"
            self.stdout.write(f"job       {name} [{place}, {job.attempts} attempts, {job.lease_seconds} s]")
        for schedule in known.schedules:
            self.stdout.write(
                f"schedule  {schedule.job} "
                + (f"every {schedule.every_seconds} s" if schedule.every_seconds else "at start")
            )
        for place, panels in sorted(known.panels.items()):
            self.stdout.write(f"panel     {place}: {' '.join(panel.name for panel in panels)}")
        for kind, providers in sorted(known.providers.items()):
            self.stdout.write(f"provider  {kind}: {' '.join(provider.name for provider in providers)}")


def _answer(listener: Listener) -> str:
    """Say what answers: the job, or the function that runs at once."""
    if listener.run is None:
        return listener.job
    return (
        f"{listener.run.__module__}.{getattr(listener.run, '__qualname__', 'call')} (at once) {listener.job}".rstrip()
    )
