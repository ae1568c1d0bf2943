# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`rebuild_search`: makes the index of the search anew."""

from typing import Any

from django.core.management.base import BaseCommand

from datacity.web.search import index


class Command(BaseCommand):
    """Throw the index away and make it anew; readers are not disturbed."""

    help = "Make the index of the search anew from everything public; safe at any time, also on a running server."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many documents it holds."""
        self.stdout.write(f"{index.rebuild().documents} documents can be found.")
