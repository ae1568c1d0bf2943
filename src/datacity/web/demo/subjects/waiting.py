# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What was refused in Valmire, and what is still on its way."""

from datacity.kernel.words import Words
from datacity.web.demo.files import others
from datacity.web.demo.subjects.released import KEEP_ALL
from datacity.web.demo.subjects.subject import Days, Decision, Meaning, Opinion, Review, Subject

_NO = ("no", "Rien dans le fichier ne le permet.")
_CIVIC = "Direction de la vie citoyenne"

COMPLAINTS = Subject(
    title=Words("Signalements des habitants", "Complaints of residents"),
    summary=Words(
        "Signalements reçus par la ville, un par ligne, avec leur motif, leur quartier et la tranche d’âge.",
        "Complaints the city received, one a row, with subject, district and age group.",
    ),
    unit=Words("un signalement", "one complaint"),
    producer=_CIVIC,
    filename="signalements_individuels.csv",
    content=others.complaints,
    days=Days(deposited=14, described=14, protected=13, presented=13, reviewed=12, opined=12, decided=11),
    depositor="works",
    axes={
        "personal": ("yes", "Chaque ligne est l’histoire d’une personne, avec son nom et son téléphone dans le fichier déposé."),
        "collective": ("yes", "Un quartier ou un immeuble peut être désigné comme bruyant ou dangereux."),
        "business": _NO,
        "security": ("possible", "Les rues mal éclairées et les peurs des habitants s’y lisent."),
    },
    plan=(
        "plan = 1\n\n[privacy]\nk = 5\n\n"
        + "".join(f'[columns."{name}"]\nrole = "identifier"\n\n' for name in ("Nom", "Téléphone", "Adresse", "Message"))
        + '[columns."Jour"]\nrole = "quasi_identifier"\nmethod = "generalise"\nhierarchy = "date"\nlevel = "year"\n\n'
        + "".join(f'[columns."{name}"]\nrole = "quasi_identifier"\nmethod = "keep"\n\n' for name in ("Quartier", "Âge"))
        + '[columns."Motif"]\nrole = "sensitive"\n'
    ),
    meanings={"Motif": Meaning("De quoi l’habitant se plaint.")},
    review=Review(
        groups="Les habitants de petits immeubles et les personnes âgées qui signalent souvent.",
        harms="Un voisin peut reconnaître qui s’est plaint de lui ; un quartier peut être dit dangereux.",
        safeguards="Aucun seuil ne suffit : quand presque tous ceux d’un même âge se plaignent du bruit, on sait de quoi chacun s’est plaint.",
        hearing="Le conseil de quartier des Tanneries a été entendu ; il demande des totaux par rue et par an, jamais de lignes.",
        outcome="must_stay",
    ),
    opinion=Opinion(
        "unfavourable",
        "Les habitants ont écrit à la ville pour être aidés, pas pour être publiés. Même sans nom, une ligne par signalement laisse deviner qui s’est plaint de qui.",
    ),
    decision=Decision(
        "refused",
        "Je suis l’avis et la revue collective : une ligne par signalement peut désigner quelqu’un. La direction préparera des totaux par quartier et par an.",
    ),
)  # fmt: skip

LOANS = Subject(
    title=Words("Prêts des bibliothèques", "Library loans"),
    summary=Words("Prêts des bibliothèques municipales, par bibliothèque, genre et tranche d’âge.", "Loans of the city’s libraries, by library, kind and age group."),
    unit=Words("une bibliothèque, un genre et une tranche d’âge", "one library, one kind and one age group"),
    producer=_CIVIC,
    filename="prets_bibliotheques.csv",
    content=others.loans,
    days=Days(deposited=10, described=10, protected=9, presented=9),
    depositor="works",
    axes={
        "personal": ("yes", "Ce que quelqu’un lit dit ce qu’il pense ; le fichier déposé a une ligne par prêt."),
        "collective": ("possible", "Un quartier peut être jugé sur ses lectures."),
        "business": _NO,
        "security": _NO,
    },
    plan=(
        'plan = 1\n\n[privacy]\nk = 11\n\n[columns."Numéro de lecteur"]\nrole = "identifier"\n\n[columns."Genre"]\nrole = "sensitive"\n\n'
        '[aggregate]\nby = ["Bibliothèque", "Genre", "Âge"]\nunit_column = "Numéro de lecteur"\nmeasures = [ { name = "prets", function = "count", unit = "prêts" } ]\n\n'
        '[cells]\nprofile = "person-k"\n'
    ),
    themes=("culture",),
    keywords=("bibliothèque", "lecture"),
)  # fmt: skip

ACCIDENTS = Subject(
    title=Words("Accidents de cyclistes", "Injuries of cyclists"),
    summary=Words("Accidents corporels de cyclistes, par mois, quartier et tranche d’âge.", "Injuries of cyclists, by month, district and age group."),
    unit=Words("un accident", "one injury"),
    producer="Direction de la mobilité",
    filename="accidents_velo.csv",
    content=others.accidents,
    days=Days(deposited=8, described=8, protected=7, presented=7, opined=6),
    depositor="agent",
    axes={
        "personal": ("possible", "Le jour, l’heure et la rue d’un accident se retrouvent dans la presse."),
        "collective": ("no", "Aucun groupe n’est désigné par un accident."),
        "business": _NO,
        "security": _NO,
    },
    plan=(
        'plan = 1\n\n[privacy]\nk = 5\n\n[columns."Rue"]\nrole = "identifier"\n\n[columns."Heure"]\nrole = "identifier"\n\n'
        '[columns."Jour"]\nrole = "quasi_identifier"\nmethod = "generalise"\nhierarchy = "date"\nlevel = "quarter"\n\n'
        + "".join(f'[columns."{name}"]\nrole = "quasi_identifier"\nmethod = "keep"\n\n' for name in ("Quartier", "Âge"))
        + '[columns."Gravité"]\nrole = "sensitive"\n'
    ),
    themes=("mobilité", "santé"),
    keywords=("vélo", "accident", "sécurité routière"),
    period_days=365,
    opinion=Opinion(
        "conditions",
        "Le trimestre et le quartier suffisent à agir, et chaque ligne ressemble à quatre autres au moins.",
        "Que la rue et l’heure ne reviennent dans aucune version suivante.",
    ),
)  # fmt: skip

TREES = Subject(
    title=Words("Arbres plantés et abattus", "Trees planted and felled"),
    summary=Words("Arbres plantés ou abattus par la ville, un par ligne.", "Trees the city planted or felled, one a row."),
    unit=Words("un arbre", "one tree"),
    producer="Direction de l’espace public",
    filename="arbres_actes.csv",
    content=others.trees,
    days=Days(deposited=6, described=5, protected=5),
    depositor="works",
    axes={
        "personal": ("no", "Les arbres sont ceux des rues et des parcs de la ville."),
        "collective": ("no", "Un arbre ne désigne personne."),
        "business": _NO,
        "security": _NO,
    },
    plan=KEEP_ALL,
    themes=("nature en ville",),
    keywords=("arbre", "plantation"),
    period_days=420,
)  # fmt: skip

COMPOST = Subject(
    title=Words("Composteurs de quartier", "Neighbourhood compost bins"),
    summary=Words("Apports aux composteurs de quartier, semaine par semaine.", "What neighbourhood compost bins received, week by week."),
    unit=Words("un composteur pendant une semaine", "one bin during one week"),
    producer="Direction du climat et de l’habitat",
    filename="composteurs_apports.csv",
    content=others.compost,
    days=Days(deposited=4, described=3, exact=True),
    depositor="works",
    themes=("déchets",),
    keywords=("compost", "déchets"),
    period_days=56,
)  # fmt: skip

CANTEENS = Subject(
    title=Words("Inscriptions à la cantine", "School meals registrations"),
    summary=Words("Inscriptions à la cantine par école, niveau et régime.", "School meals registrations by school, level and diet."),
    unit=Words("une école, un niveau et un régime", "one school, one level and one diet"),
    producer=_CIVIC,
    filename="cantines_inscriptions.csv",
    content=others.canteens,
    days=Days(deposited=9, described=9, protected=8, presented=8, exact=True),
    depositor="works",
    axes={
        "personal": ("yes", "Le fichier déposé a une ligne par enfant ; un régime peut dire une religion ou une maladie."),
        "collective": ("possible", "Une école peut être montrée du doigt par ses régimes."),
        "business": _NO,
        "security": _NO,
    },
    plan=(
        'plan = 1\n\n[privacy]\nk = 11\n\n[columns."Enfant"]\nrole = "identifier"\n\n[columns."Régime"]\nrole = "sensitive"\n\n'
        '[aggregate]\nby = ["École", "Niveau", "Régime"]\nunit_column = "Enfant"\nmeasures = [ { name = "inscrits", function = "count", unit = "enfants" } ]\n\n'
        '[cells]\nprofile = "person-k"\n'
    ),
    themes=("éducation",),
    keywords=("école", "cantine"),
)  # fmt: skip

FOUNTAINS = Subject(
    title=Words("Fontaines à boire", "Drinking fountains"),
    summary=Words("Fontaines à boire de la ville, avec les mois où elles coulent.", "Drinking fountains of the city, with the months in which they run."),
    unit=Words("une fontaine", "one fountain"),
    producer="Direction de l’espace public",
    filename="fontaines.csv",
    content=others.fountains,
    days=Days(deposited=6, described=6, protected=5, presented=5, exact=True),
    depositor="works",
    axes={"personal": _NO, "collective": _NO, "business": _NO, "security": ("no", "Les fontaines sont dans la rue, leur réseau n’est pas montré.")},
    plan=KEEP_ALL,
    themes=("eau",),
    keywords=("eau", "fontaine"),
)  # fmt: skip

FINES = Subject(
    title=Words("Amendes de stationnement", "Parking fines"),
    summary=Words("Amendes de stationnement par jour et par quartier.", "Parking fines by day and district."),
    unit=Words("une amende", "one fine"),
    producer="Direction de l’espace public",
    filename="amendes_jointure.csv",
    content=others.fines,
    days=Days(deposited=2, described=1),
    depositor="works",
)  # fmt: skip

SENSORS = Subject(
    title=Words("Capteurs de niveau des bacs", "Level sensors of bins"),
    summary=Words("Capteurs de niveau.", "Level sensors."),
    unit=Words("un capteur", "one sensor"),
    producer="Direction de la mobilité",
    filename="capteurs_bacs.csv",
    content=others.sensors,
    days=Days(deposited=3, exact=True),
    depositor="agent",
)  # fmt: skip
SENSORS_REFUSED = "Ce fichier est la liste des agents d’astreinte avec leur téléphone, envoyée par erreur à la place des capteurs. Déposez le bon fichier."

TOILETS = Subject(
    title=Words("Toilettes publiques", "Public toilets"),
    summary=Words("Toilettes publiques de la ville.", "Public toilets of the city."),
    unit=Words("un équipement", "one facility"),
    producer="Direction de la mobilité",
    filename="toilettes_publiques.csv",
    content=others.toilets,
    days=Days(deposited=0),
    depositor="agent",
)  # fmt: skip
