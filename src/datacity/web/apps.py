# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The assembled site as a Django app: its templates, commands and start."""

import importlib.util

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Binds the apps together once all are loaded."""

    name = "datacity.web"
    label = "web"
    verbose_name = "DataCity"

    def ready(self) -> None:
        """Collect what the apps offer each other; an unknown name stops the start."""
        if importlib.util.find_spec("datacity.web.start") is None:
            return
        from datacity.web import start  # apps must be loaded before their offers are read

        start.collect()
