# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The nouns of the glossary that a city may call otherwise, with the forms in which sentences use them.

Only nouns that mean one thing wherever they stand: "call" is also the call of a program, "act" and "vote" are verbs too, "text" is
any text; their sentences are replaced one by one. A test compares this list with the glossary and with the catalogues.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """What the product calls a thing. gender: of the French word, m or f. elides: whether "l’" stands before it."""

    fr: str
    fr_many: str
    gender: str
    en: str
    en_many: str
    elides: bool = False


NOUNS: Mapping[str, Term] = {
    "edition": Term("édition", "éditions", "f", "edition", "editions", elides=True),
    "organisation": Term("organisation", "organisations", "f", "organisation", "organisations", elides=True),
    "partner": Term("partenaire", "partenaires", "m", "partner", "partners"),
    "directorate": Term("direction", "directions", "f", "directorate", "directorates"),
    "mandate": Term("mandat", "mandats", "m", "mandate", "mandates"),
    "convention": Term("convention", "conventions", "f", "convention", "conventions"),
    "commitment": Term("engagement", "engagements", "m", "commitment", "commitments", elides=True),
    "collective review": Term("examen collectif", "examens collectifs", "m", "collective review", "collective reviews", elides=True),
    "deposit": Term("dépôt", "dépôts", "m", "deposit", "deposits"),
    "dataset": Term("jeu de données", "jeux de données", "m", "dataset", "datasets"),
    "clearance": Term("visa", "visas", "m", "clearance", "clearances"),
    "challenge": Term("défi", "défis", "m", "challenge", "challenges"),
    "application": Term("candidature", "candidatures", "f", "application", "applications"),
    "jury": Term("jury", "jurys", "m", "jury", "juries"),
    "decision": Term("décision", "décisions", "f", "decision", "decisions"),
    "experiment": Term("expérimentation", "expérimentations", "f", "experiment", "experiments", elides=True),
    "prototype": Term("prototype", "prototypes", "m", "prototype", "prototypes"),
    "re-use": Term("réutilisation", "réutilisations", "f", "re-use", "re-uses"),
    "contribution": Term("contribution", "contributions", "f", "contribution", "contributions"),
    "event": Term("événement", "événements", "m", "event", "events", elides=True),
    "lesson": Term("leçon", "leçons", "f", "lesson", "lessons"),
}  # fmt: skip
