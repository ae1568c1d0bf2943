# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`verify_journal`: recomputes the whole journal from its first entry."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from datacity.engine.adapters.folder import FolderStore
from datacity.programme.journal.actions.publication import check_published
from datacity.programme.journal.queries import check_all, late_entries


class Command(BaseCommand):
    """Check leaf hashes, chain, payload digests, and that the published log is the beginning of this journal; exit 1 for a fault."""

    help = "Recompute every hash of the journal and compare it with the published log."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and tell."""
        found = check_all()
        faults = [*found.faults, *check_published(FolderStore(settings.STORE))]
        for fault in faults:
            self.stderr.write(fault)
        late = late_entries(at=settings.CLOCK.now())
        self.stdout.write(
            f"{found.entries} entries, {found.positions} with a position, {late} late, {found.erased} with erased details, {len(faults)} faults."
        )
        if faults:
            raise CommandError(f"The journal does not hold: {len(faults)} faults.")
