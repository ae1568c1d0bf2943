# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""First tables of privacy."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import datacity.frame.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CollectiveReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", datacity.frame.fields.RefField(unique=True)),
                ("groups", models.TextField()),
                ("harms", models.TextField()),
                ("safeguards", models.TextField()),
                ("hearing", models.TextField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("may_leave", "may_leave"),
                            ("with_safeguards", "with_safeguards"),
                            ("must_stay", "must_stay"),
                        ],
                        max_length=20,
                    ),
                ),
                ("concluded_at", models.DateTimeField()),
                (
                    "concluded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("concluded_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", datacity.frame.fields.RefField(unique=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("favourable", "favourable"),
                            ("conditions", "conditions"),
                            ("unfavourable", "unfavourable"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("conditions", models.TextField(blank=True)),
                ("given_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("asked_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_at__isnull", True), ("given_by__isnull", True), ("outcome", "")),
                            models.Q(
                                models.Q(("outcome", ""), _negated=True),
                                models.Q(("text", ""), _negated=True),
                                ("given_at__isnull", False),
                                ("given_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="opinion_given_by_a_person_with_words",
                    )
                ],
            },
        ),
    ]
