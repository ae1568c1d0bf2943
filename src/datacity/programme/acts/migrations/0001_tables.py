# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""First tables of acts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import datacity.frame.fields
import datacity.programme.acts.rules


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("reference", models.CharField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(choices=[("deliberation", "deliberation"), ("motion", "motion")], max_length=20),
                ),
                ("title", datacity.frame.fields.WordsField()),
                ("summary", datacity.frame.fields.OptionalWordsField(blank=True, null=True)),
                ("source", models.URLField(blank=True, max_length=300)),
                ("tabled_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("tabled", "tabled"),
                            ("adopted", "adopted"),
                            ("rejected", "rejected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="tabled",
                        max_length=20,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("show_of_hands", "show_of_hands"), ("roll_call", "roll_call"), ("ballot", "ballot")],
                        max_length=20,
                    ),
                ),
                ("votes_for", models.PositiveIntegerField(blank=True, null=True)),
                ("votes_against", models.PositiveIntegerField(blank=True, null=True)),
                ("abstentions", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-tabled_on", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_on__isnull", True),
                                ("method", ""),
                                ("state", datacity.programme.acts.rules.State["TABLED"]),
                            ),
                            models.Q(
                                ("decided_on__isnull", False),
                                ("method", ""),
                                ("state", datacity.programme.acts.rules.State["WITHDRAWN"]),
                            ),
                            models.Q(
                                ("decided_on__isnull", False),
                                (
                                    "state__in",
                                    (
                                        datacity.programme.acts.rules.State["ADOPTED"],
                                        datacity.programme.acts.rules.State["REJECTED"],
                                    ),
                                ),
                                models.Q(("method", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="act_outcome_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("abstentions__isnull", True),
                                ("votes_against__isnull", True),
                                ("votes_for__isnull", True),
                            ),
                            models.Q(
                                ("abstentions__isnull", False),
                                ("votes_against__isnull", False),
                                ("votes_for__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="act_counts_all_or_none",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Point",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("office", models.CharField(max_length=120)),
                ("group", models.CharField(blank=True, max_length=80)),
                ("asked", datacity.frame.fields.WordsField()),
                ("raised_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("answered", "answered"), ("refused", "refused")],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("clause", models.CharField(blank=True, max_length=200)),
                ("answer", datacity.frame.fields.OptionalWordsField(blank=True, null=True)),
                ("capacity", models.CharField(blank=True, max_length=200)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "act",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="points", to="acts.act"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "settled_by",
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
                "ordering": ("act", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("act", "number"), name="point_numbered_in_its_debate"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("clause", ""),
                                ("settled_at__isnull", True),
                                ("settled_by__isnull", True),
                                ("state", datacity.programme.acts.rules.PointState["OPEN"]),
                            ),
                            models.Q(
                                ("answer__isnull", False),
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("capacity", ""), _negated=True),
                                models.Q(
                                    models.Q(
                                        ("state", datacity.programme.acts.rules.PointState["ANSWERED"]),
                                        models.Q(("clause", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("clause", ""), ("state", datacity.programme.acts.rules.PointState["REFUSED"])
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="point_settled_by_a_person_with_words",
                    ),
                ],
            },
        ),
    ]
