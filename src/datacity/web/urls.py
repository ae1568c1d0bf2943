# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every route of the control plane: one loop over the apps, the pages of no single app, health."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.utils.module_loading import module_has_submodule
from importlib import import_module

_apps = [
    path("", include(f"datacity.programme.{app}.urls"))
    for app in settings.PROGRAMME_APPS
    if module_has_submodule(import_module(f"datacity.programme.{app}"), "urls")
]

urlpatterns = [*i18n_patterns(*_apps)]
