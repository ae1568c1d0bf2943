# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The style guide: every component in every state on one page; the target of pictures and accessibility tests."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from datacity.frame import city, parts
from datacity.frame.columns import Column, Kind
from datacity.frame.filters import ChoiceFilter, DayFilter
from datacity.frame.forms import Form
from datacity.frame.inputs import CheckboxesField, DayField, EurosField, RadioField, TextField, UploadField, WordsField
from datacity.frame.now import Item
from datacity.frame.request import Request
from datacity.frame.rewording import reword
from datacity.frame.tables import Table
from datacity.kernel.errors import Conflict
from datacity.kernel.words import Words

STREETS = (
    "Quai des Tanneurs",
    "Pont de l’Orme",
    "Rue du Marché",
    "Avenue de la Gare",
    "Parc des Rives",
    "Place des Halles",
    "Élan du Nord",
)
STATES = (("checked", "Vérifié", "success"), ("estimated", "Estimé", "warning"), ("failed", "En panne", "danger"))
DAY = date(2026, 3, 27)


class SampleForm(Form):
    """One field of each kind."""

    title = WordsField(
        label=reword("Titre du jeu de données", "fr"), help_text="Dites en peu de mots ce que contient le fichier."
    )
    email = forms.EmailField(
        label="Votre adresse électronique", help_text="Nous écrivons seulement pour suivre ce dossier."
    )
    on = DayField(label="Date du relevé", help_text="Par exemple, 27 3 2026")
    kind = forms.ChoiceField(
        label="Domaine",
        choices=[("", "Choisissez"), ("mobility", "Mobilité"), ("energy", "Énergie"), ("sport", "Sport")],
    )
    who = RadioField(
        label="Vous déposez ce fichier",
        choices=[("company", "Pour une entreprise"), ("association", "Pour une association"), ("self", "En votre nom")],
        hints={"company": "Vous aurez besoin du numéro SIRET."},
    )
    uses = CheckboxesField(
        label="À quoi peut-il servir ?",
        choices=[("map", "Une carte"), ("study", "Une étude")],
        required=False,
        hints={"study": "Par exemple un mémoire."},
    )
    cost = EurosField(label="Coût de la mesure", required=False)
    about = TextField(label="Décrivez le fichier en quelques phrases", max_length=300, rows=4)
    file = UploadField(
        label="Le fichier",
        help_text="CSV, XLSX, JSON, GeoJSON ou Parquet, 200 Mo au plus.",
        accept=(".csv", ".xlsx", ".json", ".geojson", ".parquet"),
    )
    agree = forms.BooleanField(
        label="J’ai le droit de transmettre ce fichier à la ville",
        help_text="Sans ce droit, ne le déposez pas : demandez d’abord.",
    )


class SampleTable(Table):
    """A list with all it can have."""

    caption = "Passages par compteur"
    columns = (
        Column("place", "Compteur", head=True, sort="place", link=lambda row: f"#{row['n']}"),
        Column("on", "Jour", kind=Kind.DAY, sort="on"),
        Column("passages", "Passages", kind=Kind.NUMBER, sort="passages"),
        Column("bytes", "Taille", kind=Kind.SIZE, sort="bytes"),
        Column("state", "État", kind=Kind.TAG, value=lambda row: (row["state_name"], row["tone"])),
    )
    filters = (
        ChoiceFilter("state", "État", [(code, name) for code, name, _tone in STATES]),
        DayFilter("since", "À partir du", field="on"),
    )
    search = ("place",)
    search_label = "Nom du compteur"
    order = "-passages"
    name = "compteurs"


class EmptyTable(SampleTable):
    """The same list when nothing fits."""

    caption = "Compteurs déplacés"
    name = "deplaces"


def rows() -> list[dict[str, Any]]:
    """Give 120 rows of a counter that does not exist."""
    found = []
    for n in range(120):
        code, name, tone = STATES[n % 3]
        found.append(
            {
                "n": n,
                "place": f"{STREETS[n % 7]} {n + 1}",
                "on": date(2026, 1 + n % 12, 1 + n % 28),
                "passages": 37 * (n + 5) ** 2 % 9001,
                "bytes": 997 * (n + 1) ** 3,
                "state": code,
                "state_name": name,
                "tone": tone,
            }
        )
    return found


@require_safe
def style_guide(request: Request) -> HttpResponse:
    """Show every component; with `?form=refused` the form says what a refusal looks like."""
    wrong = SampleForm(
        QueryDict("email=marie.dupont%40&on_day=31&on_month=2&on_year=2026&cost=12%2C345&about=Des+arbres.")
    )
    if request.GET.get("form") == "refused":
        wrong.is_valid()
        wrong.refuse(Conflict("style_guide.sample", "Somebody else has already sent this form."))
    table = SampleTable(rows(), request.GET, path=request.path)
    context = {
        "blank": SampleForm(auto_id="blank_%s"),
        "form": wrong,
        "table": table,
        "empty_table": EmptyTable([], QueryDict("t_q=pont"), path=request.path, prefix="t"),
        **_samples(),
    }
    return render(request, "pages/style_guide.html", context)


@require_safe
def progress(request: Request) -> HttpResponse:
    """Give the progress block alone, as a job's page asks for it again and again."""
    done = min(int(request.GET.get("done", "0")[:3] or 0) + 20, 100) if request.GET.get("done", "0").isdigit() else 100
    poll = f"{reverse('pages:style_guide_progress')}?done={done}" if done < 100 else ""
    context = {"done": done, "total": 100, "label": "Protection du fichier", "note": "", "poll": poll, "share": done}
    return render(request, "frame/parts/progress.html", context)


def _samples() -> dict[str, Any]:
    return {
        "facts": [
            ("Producteur", f"Direction de la mobilité, {city.here().names.name.fr}"),
            ("Mise à jour", "Chaque nuit ; dernière : 13 novembre 2026"),
            ("Période couverte", "Janvier 2019 à novembre 2026"),
            (
                "Licence",
                "Licence Ouverte 2.0 : vous pouvez réutiliser ces données, même pour vendre un service, en citant la source",
            ),
            ("Qualité", "96 % des jours complets ; 2 compteurs en panne"),
            ("Territoire", ""),
        ],
        "answers": [
            parts.Row("Titre", Words(fr="Passages de vélos", en="Bike counts"), "#", ""),
            parts.Row("Coût", "1 200 €", "#", ""),
        ],
        "tasks": [
            ("Le fichier", "#", "Terminé", "success", ""),
            ("La description", "#", "À compléter", "info", "Deux colonnes sont sans unité."),
            ("La protection", "", "Pas encore possible", "neutral", "Décrivez d’abord le fichier."),
        ],
        "way": [
            ("Dépôt", "done", "#", "Reçu le 2 mars 2026"),
            ("Description", "done", "", ""),
            ("Protection", "current", "#", "Chez l’agent responsable des données"),
            ("Autorisation", "todo", "", "Par une personne nommée"),
            ("Publication", "todo", "", ""),
        ],
        "views_label": reword("Vues du jeu de données", "fr"),
        "views": [("Tableau", "#", True, 5), ("Colonnes", "#", False, 12), ("Historique", "#", False, None)],
        **_things(),
    }


def _things() -> dict[str, Any]:
    return {
        "events": [
            parts.Event(
                date(2026, 3, 27), "Version 2 publiée", "Ana Vidal, adjointe", "Ajout de l’année 2025.", "#", "success"
            ),
            parts.Event(
                date(2026, 3, 2),
                "Avis avec conditions",
                "Délégué à la protection des données",
                "Regrouper les heures de nuit.",
                "",
                "warning",
            ),
            parts.Event(date(2026, 2, 12), Words(en="File received"), "", "", "", "neutral"),
        ],
        "files": [
            (
                "passages-velo-v2.csv",
                "#",
                "CSV",
                1_200_000,
                "Pas sûr du format ? Prenez celui-ci : il s’ouvre dans un tableur.",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            ),
            ("passages-velo-v2.parquet", "#", "Parquet", 210_000, "Pour l’analyse en Python ou en R.", ""),
        ],
        "bars": [("0 à 100", 12), ("100 à 1 000", 30), ("Plus de 1 000", 7)],
        "call": "/api/explore/v2.1/catalog/datasets/passages-velo/records?where=passages>1000&order_by=passages desc&limit=20",
        "sha": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "now": [Item("Donner un avis sur « Passages de vélos »", "#", DAY, "now", "Demandé par Ana Vidal")],
        "next": [],
        "waiting": [Item("Autorisation de « Travaux de voirie »", "#", None, "waiting", "Ana Vidal, adjointe")],
        "today": date(2026, 3, 29),
        "now_title": "Maintenant",
        "next_title": "Ensuite",
        "waiting_title": "En attente d’autres personnes",
        "now_empty": "Rien ne vous attend.",
        "next_empty": "Rien n’est prévu pour vous.",
        "waiting_empty": "Vous n’attendez personne.",
        "mixed": Words(en="Only written in English"),
        "spelling": "Combien de vélos ? Voir « Comptages » : 12 345 passages; tout est là !",
    }
