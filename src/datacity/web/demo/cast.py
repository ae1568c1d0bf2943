# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The people of Valmire and their organisations: all made up, with addresses ending in `.example`, which lead nowhere.

Telephone numbers come from the ranges the French regulator keeps for fiction (ARCEP, decision 2018-0881, annex: 01 99 00,
02 61 91, 03 53 01, 04 65 71, 05 36 49, 06 39 98).
"""

from dataclasses import dataclass

from datacity.kernel.words import Words
from datacity.programme.people.rules import OrganisationKind as Kind
from datacity.programme.people.rules import Role

PASSWORD = "essai-ville-ouverte"  # noqa: S105 -- printed at every start: it opens demo homes only
"""The one password of all accounts of the demonstration."""
TELEPHONE = "02 61 91 00 42"


@dataclass(frozen=True)
class Body:
    """An organisation of the fictional register."""

    slug: str
    name: Words
    kind: Kind


@dataclass(frozen=True)
class Part:
    """A person of the demonstration.

    key: short name in the story. roles: held everywhere. organisation, capacity: the mandate, when there is one. does: what to try as this person.
    password: whether the account can be signed in to; the others are reached by "See as".
    """

    key: str
    name: str
    roles: tuple[Role, ...]
    does: Words
    organisation: str = ""
    capacity: Words | None = None
    house: str = "valmire"
    password: bool = False

    @property
    def email(self) -> str:
        """The address of the account."""
        plain = self.name.lower().translate(str.maketrans("éèêëàâîïôöûüç’ ", "eeeeaaiioouuc-."))
        return f"{plain}@{self.house}.example"


BODIES = (
    Body("ville-de-valmire", Words("Ville de Valmire", "City of Valmire"), Kind.CITY),
    Body("direction-de-la-mobilite", Words("Direction de la mobilité", "Mobility directorate"), Kind.DIRECTORATE),
    Body(
        "direction-de-l-espace-public",
        Words("Direction de l’espace public", "Public space directorate"),
        Kind.DIRECTORATE,
    ),
    Body(
        "direction-du-climat-et-de-l-habitat",
        Words("Direction du climat et de l’habitat", "Climate and housing directorate"),
        Kind.DIRECTORATE,
    ),
    Body("direction-des-sports", Words("Direction des sports", "Sports directorate"), Kind.DIRECTORATE),
    Body(
        "direction-de-la-vie-citoyenne",
        Words("Direction de la vie citoyenne", "Civic life directorate"),
        Kind.DIRECTORATE,
    ),
    Body(
        "regie-electrique-de-valmire", Words("Régie électrique de Valmire", "Valmire electricity works"), Kind.OPERATOR
    ),
    Body("valmire-recharge", Words("Valmire Recharge", "Valmire Recharge"), Kind.OPERATOR),
    Body("trottivent", Words("Trottivent", "Trottivent"), Kind.OPERATOR),
    Body("universite-de-valmire", Words("Université de Valmire", "University of Valmire"), Kind.PARTNER),
    Body("valmire-a-velo", Words("Association Valmire à vélo", "Valmire by Bike association"), Kind.PARTNER),
    Body("atelier-carrefour", Words("Atelier Carrefour", "Atelier Carrefour"), Kind.TEAM),
)
CAST = (
    Part("administrator", "Aurélien Castagnède", (Role.ADMINISTRATOR,), Words("invite, donne et reprend les rôles", "invites, grants and ends roles"), password=True),
    Part("manager", "Solène Kerambrun", (Role.PROGRAMME_MANAGER,), Words("tient le registre et l’édition", "keeps the register and the edition"),
         "ville-de-valmire", Words("responsable du programme", "programme manager"), password=True),
    Part("agent", "Mathilde Orvault", (Role.AGENT,), Words("dépose des fichiers", "deposits files"),
         "direction-de-la-mobilite", Words("chargée d’études mobilité", "mobility analyst"), password=True),
    Part("works", "Idriss Belcastel", (Role.AGENT,), Words("dépose les fichiers de l’espace public", "deposits the files of public space"),
         "direction-de-l-espace-public", Words("coordinateur des travaux", "works coordinator")),
    Part("lead", "Bérengère Lussan", (Role.DIRECTORATE_LEAD,), Words("dirige la mobilité, dépose aussi", "leads mobility, deposits too"),
         "direction-de-la-mobilite", Words("directrice de la mobilité", "head of mobility")),
    Part("steward", "Nour Desbrières", (Role.DATA_STEWARD,), Words("décrit et protège les données", "describes and protects the data"),
         "ville-de-valmire", Words("administratrice des données", "data steward"), password=True),
    Part("officer", "Théodore Malaury", (Role.DATA_PROTECTION_OFFICER,), Words("donne son avis", "gives opinions"),
         "ville-de-valmire", Words("délégué à la protection des données", "data protection officer"), password=True),
    Part("representative", "Claire Fontanel", (Role.REPRESENTATIVE,), Words("décide de ce qui peut sortir", "decides what may leave"),
         "ville-de-valmire", Words("directrice générale adjointe, représentante du responsable de traitement", "deputy chief executive, controller’s representative"), password=True),
    Part("auditor", "Ludivine Prazac", (Role.AUDITOR,), Words("relit tout, ne change rien", "reads everything, changes nothing")),
    Part("councillor", "Émeric Vautour", (Role.COUNCILLOR,), Words("suit les décisions", "follows the decisions"),
         "ville-de-valmire", Words("conseiller municipal délégué au numérique", "councillor for digital affairs")),
    Part("delegate", "Oriane Guérande", (Role.PARTNER_DELEGATE,), Words("remet les données d’un service délégué", "hands over the data of a delegated service"),
         "regie-electrique-de-valmire", Words("responsable des données de la régie", "data manager of the works"), "regie-electrique"),
    Part("scooters", "Malo Tréguérec", (Role.PARTNER_DELEGATE,), Words("remet les données des trottinettes", "hands over the scooter data"),
         "trottivent", Words("responsable des relations avec la ville", "city relations manager"), "trottivent"),
    Part("chair", "Philippine Aubrac", (Role.JURY_CHAIR,), Words("présidera le jury", "will chair the jury"), house="universite-valmire"),
    Part("juror", "Bakary Sennevoy", (Role.JUROR,), Words("notera les candidatures", "will score the applications"), house="valmire-a-velo"),
    Part("mentor", "Judicaël Romanèche", (Role.MENTOR,), Words("accompagnera une équipe", "will support a team"), house="universite-valmire"),
    Part("applicant", "Zélie Montcornet", (Role.APPLICANT,), Words("préparera une candidature", "will prepare an application"),
         "atelier-carrefour", Words("cofondatrice", "co-founder"), "atelier-carrefour"),
    Part("moderator", "Côme Larrivée", (Role.MODERATOR,), Words("modérera les débats", "will moderate debates")),
    Part("appeal", "Apolline Vernoux", (Role.APPEAL_MEMBER,), Words("examinera les recours", "will look at appeals"), house="universite-valmire"),
    Part("resident", "Gaspard Quiberon", (Role.RESIDENT,), Words("habite la ville", "lives in the city"), house="habitants"),
)  # fmt: skip
"""Everybody, in the order shown. The fictional city has all roles the platform knows, so that each page can be seen by who it is for."""
