# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""First tables of deposits."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deposit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("filename", models.CharField(max_length=120)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "legal_title",
                    models.CharField(
                        choices=[
                            ("administrative", "administrative"),
                            ("delegated_service", "delegated_service"),
                            ("contract", "contract"),
                            ("charter", "charter"),
                            ("sectoral", "sectoral"),
                            ("voluntary", "voluntary"),
                        ],
                        max_length=30,
                    ),
                ),
                ("legal_reference", models.CharField(blank=True, max_length=300)),
                ("received_at", models.DateTimeField(db_index=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("checked", "checked"),
                            ("refused", "refused"),
                            ("returned", "returned"),
                            ("destroyed", "destroyed"),
                        ],
                        default="received",
                        max_length=20,
                    ),
                ),
                ("state_at", models.DateTimeField()),
                ("state_reason", models.TextField(blank=True)),
                ("vault_name", models.CharField(blank=True, max_length=80)),
                ("receipt", models.JSONField()),
                (
                    "deposited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ("-received_at", "-id"),
            },
        ),
    ]
