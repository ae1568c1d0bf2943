# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The frame as a Django app: templates, tags and the form parts; it has no table."""

from django.apps import AppConfig


class FrameConfig(AppConfig):
    """Makes templates and tags of the frame known to Django."""

    name = "datacity.frame"
    label = "frame"
