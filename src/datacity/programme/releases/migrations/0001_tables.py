# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""First tables of releases."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("datasets", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Clearance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(choices=[("given", "given"), ("refused", "refused")], max_length=20)),
                ("capacity", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("against_opinion", models.TextField(blank=True)),
                ("given_at", models.DateTimeField(db_index=True)),
                ("expires_at", models.DateTimeField()),
                ("policy_fingerprint", models.CharField(max_length=64)),
                ("statement", models.JSONField(blank=True, default=dict)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "protection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="datasets.protection"
                    ),
                ),
            ],
            options={
                "ordering": ("-given_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("releasing", "releasing"),
                            ("released", "released"),
                            ("superseded", "superseded"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="releasing",
                        max_length=20,
                    ),
                ),
                ("change_note", models.TextField(blank=True)),
                ("started_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("manifest_sha256", models.CharField(blank=True, max_length=64)),
                ("failure", models.JSONField(blank=True, default=dict)),
                (
                    "clearance",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="release", to="releases.clearance"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="datasets.dataset"
                    ),
                ),
            ],
            options={
                "ordering": ("-started_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("personal", "personal"),
                            ("collective", "collective"),
                            ("business", "business"),
                            ("security", "security"),
                            ("rights", "rights"),
                            ("error", "error"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField()),
                ("capacity", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="releases.release"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="clearance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("capacity", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    ("person__isnull", False),
                ),
                name="clearance_person_capacity_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("dataset", "version"), name="release_version_once"),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("capacity", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                name="withdrawal_capacity_reason",
            ),
        ),
    ]
