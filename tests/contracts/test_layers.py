# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What lies below Django runs without it; what the settings install follows the flow."""

import os
import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, ManyToManyField

IMPORT_ALL_WITHOUT_DJANGO = """
import importlib, importlib.abc, pkgutil, sys

class NoDjango(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "allauth"}:
            raise ModuleNotFoundError(f"{name} is not installed here", name=name)
        return None

sys.meta_path.insert(0, NoDjango())
import datacity.engine, datacity.kernel
count = 0
for package in (datacity.kernel, datacity.engine):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
        count += 1
assert not [name for name in sys.modules if name.partition(".")[0] == "django"]
print(count)
"""


def test_kernel_and_engine_import_whole_where_django_cannot(root: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}

    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL_WITHOUT_DJANGO],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 50


def test_installed_apps_stand_in_flow_order(flow) -> None:
    places = [flow.apps.index(app) for app in settings.PROGRAMME_APPS]

    assert places == sorted(places)


def test_foreign_keys_follow_the_flow_and_have_no_name_on_the_other_side(flow) -> None:
    wrong = []
    for model in apps.get_models():
        mine = model.__module__.split(".")
        if mine[:2] != ["datacity", "programme"]:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | ManyToManyField) or field.model is not model:
                continue
            other = field.related_model.__module__.split(".")
            if other[:2] != ["datacity", "programme"] or other[2] == mine[2]:
                continue
            if not flow.allows(mine[2], other[2]):
                wrong.append(f"{model._meta.label}.{field.name} points downstream, at {other[2]}")
            if field.remote_field.related_name != "+":
                wrong.append(f'{model._meta.label}.{field.name} needs related_name="+"')

    assert wrong == []
