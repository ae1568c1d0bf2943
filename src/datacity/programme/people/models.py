# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Tables of people: persons, their sessions, organisations, mandates, roles, invitations."""

from datetime import datetime
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.timezone import localdate

from datacity.frame.fields import RefField, WordsField
from datacity.kernel.ref import CITY, Ref
from datacity.programme.people.rules import (
    DECIDING_ROLES,
    KIND_NAMES,
    PROVEN_ROLES,
    ROLE_NAMES,
    SECOND_FACTORS,
    InvitationState,
    OrganisationKind,
    PersonState,
    Role,
    Span,
    invitation_state,
    person_state,
    span,
)


class PersonManager(BaseUserManager["Person"]):
    """Finds a person by the address they sign in with, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Give the person with this address. Raises Person.DoesNotExist."""
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Somebody with an account. Signs in with the mail address; what they may do is said by their roles.

    email: lower case, unique. joined_at: when name and password were set; empty while only invited.
    """

    email = models.EmailField("email", max_length=254, unique=True)
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=2, default="fr")
    registered_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    deactivated_at = models.DateTimeField(null=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        """Addresses are lower case and unique."""

        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_is_lower_case"),
            models.CheckConstraint(condition=Q(language__in=("fr", "en")), name="person_language_is_known"),
            models.CheckConstraint(
                condition=Q(joined_at__isnull=True) | ~Q(name=""), name="person_who_joined_has_a_name"
            ),
        )

    def __str__(self) -> str:
        """Give the name, or the reference while there is none."""
        return self.name or str(self.ref)

    @property
    def ref(self) -> Ref:
        """The reference journal entries and roles use."""
        return Ref("person", str(self.pk))

    @property
    def state(self) -> PersonState:
        """Invited, active or deactivated."""
        return person_state(joined=self.joined_at is not None, deactivated=self.deactivated_at is not None)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # computed here, a column in Django
        """Whether the person may sign in."""
        return self.state is PersonState.ACTIVE

    @cached_property
    def roles_held(self) -> tuple["RoleGrant", ...]:
        """Every grant of this person, ended ones included; read once per object."""
        return tuple(self.grants.all())

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether a code app or a passkey is set up; read once per object."""
        factors = self.authenticator_set  # type: ignore[attr-defined]  # allauth's table points here
        return bool(factors.filter(type__in=SECOND_FACTORS).exists())

    def forget_roles(self) -> None:
        """Read grants and second factors again when next asked."""
        self.__dict__.pop("roles_held", None)
        self.__dict__.pop("has_second_factor", None)

    def has_role(self, role: str, scope: Ref = CITY, *, at: datetime | None = None) -> bool:
        """Tell whether the person holds the role in this scope or in the whole city, now or at a time.

        A role of `PROVEN_ROLES` counts only once the person has a second factor.
        """
        moment = at or settings.CLOCK.now()
        holds = self.is_active and any(
            grant.role == role and grant.scope in (scope, CITY) and grant.span(moment) is Span.RUNNING
            for grant in self.roles_held
        )
        return holds and (role not in PROVEN_ROLES or self.has_second_factor)

    def lacks_factor(self, *, at: datetime | None = None) -> bool:
        """Tell whether a role of the person asks for a second factor that is not set up yet."""
        return any(self.holds_anywhere(role, at=at) for role in DECIDING_ROLES) and not self.has_second_factor

    def holds_anywhere(self, role: str, *, at: datetime | None = None) -> bool:
        """Tell whether the person was given the role in any scope, be it with or without a second factor."""
        moment = at or settings.CLOCK.now()
        return self.is_active and any(
            grant.role == role and grant.span(moment) is Span.RUNNING for grant in self.roles_held
        )


class Session(AbstractBaseSession):
    """A signed-in browser, or a visitor's short-lived one; ended by deleting the row."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField(null=True)
    browser = models.CharField(max_length=60, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        """Give the store that `settings.SESSION_ENGINE` names."""
        from importlib import import_module  # the engine imports this module

        return import_module(settings.SESSION_ENGINE).SessionStore  # type: ignore[no-any-return]  # a class by name


class Organisation(models.Model):
    """Who takes part: the city, its directorates, partners, teams, operators. Public."""

    slug = models.SlugField(max_length=80, unique=True)
    name = WordsField()
    kind = models.CharField(max_length=20)
    register_number = models.CharField(max_length=40, blank=True)
    fictional = models.BooleanField(default=False)
    registered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        """The kind is one of the closed list."""

        ordering = ("slug",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OrganisationKind]), name="organisation_kind_is_known"
            ),
        )

    def __str__(self) -> str:
        """Give the slug."""
        return self.slug

    @property
    def ref(self) -> Ref:
        """The reference other things use."""
        return Ref("organisation", self.slug)

    @property
    def kind_name(self) -> str:
        """The English name of its kind, key of the translation."""
        return KIND_NAMES[OrganisationKind(self.kind)]


class Mandate(models.Model):
    """A person speaks for an organisation, in a capacity, from a day to a day, both included.

    Public by capacity: the organisation's page shows what the person is, not who.
    ended_at: when it was ended before its last day; it counts no more from that moment.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates")
    capacity = WordsField()
    start = models.DateField()
    end = models.DateField(null=True)
    given_by = RefField()
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The end does not come before the start."""

        ordering = ("start", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="mandate_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        """Give person and organisation as references."""
        return f"person:{self.person_id} for {self.organisation_id}"

    @property
    def ref(self) -> Ref:
        """The reference of this mandate."""
        return Ref("mandate", str(self.pk))

    def span(self, at: datetime) -> Span:
        """Tell where the mandate stands at this time; its days are those of the site's time zone."""
        if self.ended_at is not None and at >= self.ended_at:
            return Span.ENDED
        return span(self.start, self.end, localdate(at))


class RoleGrant(models.Model):
    """A person holds a role in a scope, from a time until a time (excluded) or without end."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30)
    scope = RefField()
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    granted_by = RefField()
    granted_at = models.DateTimeField()

    class Meta:
        """One open grant of a role in a scope; the end does not come before the start."""

        ordering = ("role", "scope", "id")
        constraints = (
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="grant_role_is_known"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="grant_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=("person", "role", "scope"), condition=Q(end__isnull=True), name="one_open_grant"
            ),
        )
        indexes = (models.Index(fields=("role", "scope"), name="grant_by_role"),)

    def __str__(self) -> str:
        """Give person, role and scope."""
        return f"person:{self.person_id} {self.role} in {self.scope}"

    @property
    def ref(self) -> Ref:
        """The reference of this grant."""
        return Ref("role_grant", str(self.pk))

    @property
    def role_name(self) -> str:
        """The English name of the role, key of the translation."""
        return ROLE_NAMES[Role(self.role)]

    def span(self, at: datetime) -> Span:
        """Tell where the grant stands at this time."""
        return span(self.start, self.end, at)


class Invitation(models.Model):
    """A one-time link to set name and password. Its token is not stored: see `queries.token_of`.

    person: who is invited; empty for the first administrator, who gives the address when using the link.
    nonce: 32 random hexadecimal digits that go into the token.
    """

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="invitations")
    nonce = models.CharField(max_length=32, unique=True)
    invited_by = RefField()
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first; used or withdrawn, never both."""

        ordering = ("-invited_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True), name="invitation_used_or_withdrawn"
            ),
        )

    def __str__(self) -> str:
        """Give the reference."""
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        """The reference of this invitation."""
        return Ref("invitation", str(self.pk))

    def state(self, at: datetime) -> InvitationState:
        """Tell whether it is open, used, withdrawn or past its time."""
        return invitation_state(
            used=self.used_at is not None, withdrawn=self.withdrawn_at is not None, expires_at=self.expires_at, at=at
        )
