# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""An edition rests on an act of the council."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("acts", "0001_tables"),
        ("editions", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="act",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="acts.act"
            ),
        ),
    ]
