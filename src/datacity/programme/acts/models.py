# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the council did, and what was asked there."""

from datetime import date

from django.db import models
from django.db.models import Q

from datacity.frame.fields import OptionalWordsField, WordsField
from datacity.frame.guards import Guard
from datacity.kernel.ref import Ref
from datacity.programme.acts.rules import Kind, Method, PointState, Standing, State, standing
from datacity.programme.people.models import Organisation, Person


def _choices(values: type[Kind] | type[State] | type[Method] | type[PointState]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in values]


class Act(models.Model):
    """A deliberation or a motion: reference, days, outcome and method of vote; frozen once the council decided."""

    slug = models.SlugField(max_length=60, unique=True)
    reference = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=_choices(Kind))
    title = WordsField()
    summary = OptionalWordsField(null=True, blank=True)
    source = models.URLField(max_length=300, blank=True)
    tabled_on = models.DateField()
    state = models.CharField(max_length=20, choices=_choices(State), default=State.TABLED.value)
    decided_on = models.DateField(null=True, blank=True)
    method = models.CharField(max_length=20, choices=_choices(Method), blank=True)
    votes_for = models.PositiveIntegerField(null=True, blank=True)
    votes_against = models.PositiveIntegerField(null=True, blank=True)
    abstentions = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        """A decided act has its day, and a voted one its method."""

        ordering = ("-tabled_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state=State.TABLED, decided_on__isnull=True, method="")
                | Q(state=State.WITHDRAWN, decided_on__isnull=False, method="")
                | (Q(state__in=(State.ADOPTED, State.REJECTED), decided_on__isnull=False) & ~Q(method="")),
                name="act_outcome_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(votes_for__isnull=True, votes_against__isnull=True, abstentions__isnull=True)
                | Q(votes_for__isnull=False, votes_against__isnull=False, abstentions__isnull=False),
                name="act_counts_all_or_none",
            ),
        )

    def __str__(self) -> str:
        """Give the reference."""
        return self.reference

    @property
    def ref(self) -> Ref:
        """The reference used by the journal."""
        return Ref("act", self.slug)


class Point(models.Model):
    """What a speaker asked, under their office and never their name; closed by a clause or a reasoned refusal of a person.

    clause: where the answer stands, for instance "convention, article 6". answer: the answer, or the reasons of the refusal.
    """

    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="points")
    number = models.PositiveIntegerField()
    office = models.CharField(max_length=120)
    group = models.CharField(max_length=80, blank=True)
    asked = WordsField()
    raised_on = models.DateField()
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=20, choices=_choices(PointState), default=PointState.OPEN.value)
    clause = models.CharField(max_length=200, blank=True)
    answer = OptionalWordsField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    capacity = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Numbered in its debate; an end needs a person, a capacity and words, an answer also its clause."""

        ordering = ("act", "number")
        constraints = (
            models.UniqueConstraint(fields=("act", "number"), name="point_numbered_in_its_debate"),
            models.CheckConstraint(
                condition=Q(state=PointState.OPEN, settled_by__isnull=True, settled_at__isnull=True, clause="")
                | (
                    Q(settled_by__isnull=False, settled_at__isnull=False, answer__isnull=False)
                    & ~Q(capacity="")
                    & ((Q(state=PointState.ANSWERED) & ~Q(clause="")) | Q(state=PointState.REFUSED, clause=""))
                ),
                name="point_settled_by_a_person_with_words",
            ),
        )

    def __str__(self) -> str:
        """Give the act and the number."""
        return f"{self.act_id} {self.number}"

    @property
    def ref(self) -> Ref:
        """The reference used by the journal."""
        return Ref("point", str(self.pk))

    def standing_on(self, today: date) -> Standing:
        """Tell what the gap report says of this point on this day."""
        return standing(self.state, self.due_on, today, owned=self.owner_id is not None)


GUARDS = (
    Guard(Act, when="{old}.state <> 'tabled'"),
    Guard(Point, when="{old}.state <> 'open'"),
)
