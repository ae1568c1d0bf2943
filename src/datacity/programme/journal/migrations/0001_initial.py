# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The first tables of this app."""

import django.db.models.deletion
from django.db import migrations, models

import datacity.frame.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=100)),
                (
                    "publicity",
                    models.CharField(
                        choices=[("public", "public"), ("restricted", "restricted"), ("silent", "silent")],
                        max_length=10,
                    ),
                ),
                ("edition", models.CharField(max_length=100)),
                ("actor", models.CharField(max_length=64)),
                ("subject", datacity.frame.fields.RefField()),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("payload_digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("leaf_hash", models.CharField(max_length=64)),
                ("chain_hash", models.CharField(max_length=64)),
                ("given_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", datacity.frame.fields.RefField(unique=True)),
                ("secret", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Detail",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="journal.entry",
                    ),
                ),
                ("nonce", models.BinaryField(max_length=32)),
                ("payload", models.TextField()),
            ],
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["verb", "id"], name="entry_verb"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["subject", "id"], name="entry_subject"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["at"], name="entry_at"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["actor"], name="entry_actor"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("publicity__in", ["public", "restricted"])), name="entry_not_silent"
            ),
        ),
        migrations.AddField(
            model_name="position",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="place", to="journal.entry"
            ),
        ),
        migrations.AddConstraint(
            model_name="position",
            constraint=models.CheckConstraint(condition=models.Q(("position__gte", 0)), name="position_from_zero"),
        ),
    ]
