# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the council of Valmire did: the deliberation on the programme, a rejected motion, one still to come, and what was asked.

Groups and offices are made up; every position is given in its best form.
"""

from dataclasses import dataclass
from datetime import timedelta

from datacity.kernel.words import Words
from datacity.programme.acts import actions
from datacity.programme.acts.actions import Raised, Tabled
from datacity.programme.acts.models import Act, Point
from datacity.programme.acts.rules import PointState, Vote
from datacity.web.demo.stage import Stage

_TOGETHER, _CHANGE, _OTHERWISE, _FREE = "Valmire ensemble", "Valmire en transition", "Autrement Valmire", "Indépendants"


@dataclass(frozen=True)
class Asked:
    """A point of the debate. owner: slug of who is in charge, "" for nobody. due: days after the first start; negative is late.

    clause and answer: how it ended, with a clause or, without one, as a refusal; no answer while it is open. soon: before the edition opened.
    """

    office: str
    group: str
    words: Words
    owner: str
    due: int
    clause: str = ""
    answer: Words | None = None
    soon: bool = False


POINTS = (
    Asked("conseillère d’opposition", _OTHERWISE,
          Words("Que la sécurité des données, des idées et des projets soit un engagement de résultat, et pas seulement de moyens.",
                "That the security of data, ideas and projects be a duty of result, and not only of means."),
          "ville-de-valmire", 30, "projet de convention, article 4",
          Words("L’article distingue les deux : la tenue des délais d’alerte et l’absence de fuite constatée sont des engagements de résultat, avec un contrôle.",
                "The article tells the two apart: alert delays and the absence of an observed leak are duties of result, with a check.")),
    Asked("conseiller délégué à l’égalité", _CHANGE,
          Words("Que l’on protège aussi les données collectives : un immeuble, une rue, un groupe d’habitants.",
                "That collective data be protected too: a building, a street, a group of residents."),
          "ville-de-valmire", 30, "politique de l’édition, examen collectif",
          Words("Une table dont l’unité est petite ou qui expose un groupe passe par un examen collectif, publié avec la décision.",
                "A table whose unit is small or that exposes a group goes through a collective review, published with the decision."), soon=True),
    Asked("conseillère d’opposition", _OTHERWISE,
          Words("Que ce qui est fait avec les données de la ville reste partagé et gratuit, sans brevet ni rachat qui le ferme.",
                "That what is made with the city’s data stay shared and free, with no patent or purchase that closes it."),
          "ville-de-valmire", 40),
    Asked("conseiller d’opposition", _FREE,
          Words("Que l’on examine la conduite sociale et fiscale des partenaires avant de signer avec eux.",
                "That the social and fiscal conduct of partners be looked at before signing with them."),
          "ville-de-valmire", -6),
    Asked("conseillère déléguée à l’inclusion", _TOGETHER,
          Words("Que les habitants éloignés du numérique aient des tutoriels et des mots simples, et quelqu’un à qui parler.",
                "That residents far from the digital world have tutorials, plain words, and somebody to talk to."),
          "", 25),
    Asked("conseillère d’opposition", _FREE,
          Words("Qu’aucune donnée ouverte ne permette de reconnaître quelqu’un, et que cela soit mesuré, pas promis.",
                "That no open data let anybody be recognised, and that this be measured, not promised."),
          "ville-de-valmire", 30, "politique de l’édition, diffusion",
          Words("Rien ne sort sans un risque mesuré, nos propres attaques et une décision signée ; le rapport est public, avec ce qu’il reste à craindre.",
                "Nothing leaves without a measured risk, our own attacks and a signed decision; the report is public, with what is left to fear."), soon=True),
    Asked("conseiller délégué au numérique", _TOGETHER,
          Words("Qu’aucun algorithme ne décide à la place des personnes.", "That no algorithm decide in place of people."),
          "ville-de-valmire", 30, "projet de convention, article 9",
          Words("Un calcul conseille ; chaque décision a une personne, une qualité et une raison, ou elle ne peut pas être enregistrée.",
                "A computation advises; each decision has a person, a capacity and a reason, or it cannot be recorded.")),
    Asked("conseillère déléguée à la mobilité", _CHANGE,
          Words("Que la position en direct de chaque trottinette soit publiée, pour que chacun puisse en trouver une.",
                "That the live position of each scooter be published, so that anybody can find one."),
          "direction-de-la-mobilite", 20, "",
          Words("Un identifiant qui se suit d’heure en heure laisse rebâtir des trajets. Les places occupées par zone et par heure sont publiées à la place.",
                "An identifier followed from hour to hour lets trips be rebuilt. Occupied places by zone and hour are published instead.")),
)  # fmt: skip


def sit(on: Stage) -> None:
    """Table the acts, enter what the council did, and what was asked; answer what was answered before the edition opened."""
    year = on.today.year
    motion = _table(on, f"{year} VN 3", "motion", _MOTION)
    act = _table(on, f"{year} VN 4", "deliberation", _DELIBERATION)
    _decide(on, motion, "rejected", (12, 37, 2))
    _decide(on, act, "adopted", (41, 4, 6))
    for number, asked in enumerate(POINTS, start=1):
        if not act.points.filter(number=number).exists():
            owner = on.organisation(asked.owner) if asked.owner else None
            due_on = on.today + timedelta(days=asked.due)
            raised = Raised(asked.office, asked.words, asked.group, owner, due_on)
            actions.raise_point(act, raised, by=on.person("councillor"), at=on.on(91, "18:00"))
    _end(on, soon=True, days_ago=90, hour="11:00")


def deliberation(on: Stage) -> Act:
    """Give the act the edition rests on."""
    return Act.objects.get(reference=f"{on.today.year} VN 4")


def answer(on: Stage) -> None:
    """Answer and refuse what took longer, and table what comes next."""
    _end(on, soon=False, days_ago=15, hour="17:30")
    reference = f"{on.today.year} VN 9"
    if not Act.objects.filter(reference=reference).exists():
        tabled = Tabled(
            reference,
            "motion",
            Words("Une fiche en mots simples pour chaque jeu de données", "A page in plain words for each dataset"),
            on.today + timedelta(days=9),
            Words(
                "Le vœu demande que chaque jeu de données publié dise en cinq phrases ce qu’il compte, ce qu’il ne compte pas et à qui poser une question.",
                "The motion asks that each published dataset say in five sentences what it counts, what it does not, and whom to ask.",
            ),
        )
        actions.table(tabled, by=on.person("manager"), at=on.on(15, "17:40"))


_MOTION = (
    Words("Un accès payant et prioritaire aux données de la ville", "Paid priority access to the city’s data"),
    Words(
        "Le vœu proposait de financer le programme par un accès plus rapide, payé par les entreprises qui le souhaitent.",
        "The motion proposed to fund the programme by faster access, paid for by the firms that want it.",
    ),
)
_DELIBERATION = (
    Words(
        "Le programme d’innovation par les données et sa convention",
        "The programme of innovation with data, and its convention",
    ),
    Words(
        "La délibération ouvre le programme et fixe ce que la convention avec les partenaires doit garantir.",
        "The deliberation opens the programme and sets what the convention with the partners must guarantee.",
    ),
)


def _table(on: Stage, reference: str, kind: str, texts: tuple[Words, Words]) -> Act:
    made = Act.objects.filter(reference=reference).first()
    if made is None:
        at = on.on(92, "09:00")
        tabled = Tabled(reference, kind, texts[0], on.moment(92, "09:00").date(), texts[1])
        made = actions.table(tabled, by=on.person("manager"), at=at)
    return made


def _decide(on: Stage, act: Act, outcome: str, votes: tuple[int, int, int]) -> None:
    if act.decided_on is None:
        vote = Vote(outcome, on.moment(91, "17:00").date(), "roll_call", *votes)
        actions.enter_outcome(act, vote, by=on.person("manager"), at=on.on(91, "17:00"))


def _end(on: Stage, *, soon: bool, days_ago: int, hour: str) -> None:
    """Answer by a clause, or refuse, the points that end at this moment."""
    for number, asked in enumerate(POINTS, start=1):
        point = Point.objects.get(act=deliberation(on), number=number)
        if asked.answer is None or asked.soon is not soon or point.state != PointState.OPEN:
            continue
        by, at = on.person("manager"), on.on(days_ago, hour)
        if asked.clause:
            actions.answer(point, asked.clause, asked.answer, by=by, at=at)
        else:
            actions.refuse(point, asked.answer, by=by, at=at)
