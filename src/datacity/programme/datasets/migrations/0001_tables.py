# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""First tables of datasets."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import datacity.frame.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("deposits", "0001_tables"),
        ("editions", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dataset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", datacity.frame.fields.WordsField()),
                ("summary", datacity.frame.fields.WordsField()),
                ("unit_of_observation", datacity.frame.fields.WordsField()),
                ("producer", models.CharField(max_length=200)),
                ("contact", models.CharField(blank=True, max_length=200)),
                ("licence", models.CharField(max_length=20)),
                ("territory", models.CharField(blank=True, max_length=200)),
                ("rhythm", models.CharField(blank=True, max_length=200)),
                ("period_start", models.DateField(blank=True, null=True)),
                ("period_end", models.DateField(blank=True, null=True)),
                ("themes", models.JSONField(blank=True, default=list)),
                ("keywords", models.JSONField(blank=True, default=list)),
                ("decisions", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("described", "described"), ("protected", "protected"), ("retired", "retired")],
                        default="described",
                        max_length=20,
                    ),
                ),
                ("described_at", models.DateTimeField(db_index=True)),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="editions.edition",
                    ),
                ),
                (
                    "steward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-described_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Description",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("change_note", models.TextField(blank=True)),
                ("options", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("read", "read"), ("refused", "refused")],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                ("refusal", models.JSONField(blank=True, default=dict)),
                ("reading", models.JSONField(blank=True, default=dict)),
                ("description", models.JSONField(blank=True, default=dict)),
                ("axes", models.JSONField(blank=True, default=dict)),
                ("text_file", models.CharField(blank=True, max_length=80)),
                ("typed_file", models.CharField(blank=True, max_length=80)),
                ("sample_file", models.CharField(blank=True, max_length=80)),
                ("made_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "axes_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="descriptions", to="datasets.dataset"
                    ),
                ),
                (
                    "deposit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deposits.deposit"
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Protection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("plan", models.JSONField()),
                ("plan_fingerprint", models.CharField(max_length=64)),
                ("policy_fingerprint", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("run", "run"),
                            ("attacked", "attacked"),
                            ("reviewed", "reviewed"),
                            ("rejected", "rejected"),
                            ("failed", "failed"),
                        ],
                        db_index=True,
                        default="planned",
                        max_length=20,
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("attacked_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                ("result", models.JSONField(blank=True, default=dict)),
                ("before", models.JSONField(blank=True, default=dict)),
                ("after", models.JSONField(blank=True, default=dict)),
                ("attacks", models.JSONField(blank=True, default=dict)),
                ("report", models.JSONField(blank=True, default=dict)),
                ("failure", models.JSONField(blank=True, default=dict)),
                ("table_file", models.CharField(blank=True, max_length=80)),
                ("table_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "description",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="protections",
                        to="datasets.description",
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-planned_at", "-id"),
            },
        ),
        migrations.AddConstraint(
            model_name="description",
            constraint=models.UniqueConstraint(fields=("dataset", "number"), name="description_number_once"),
        ),
        migrations.AddConstraint(
            model_name="protection",
            constraint=models.UniqueConstraint(fields=("description", "number"), name="protection_number_once"),
        ),
    ]
