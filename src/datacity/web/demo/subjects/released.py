# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The six datasets that Valmire has released."""

from dataclasses import replace

from datacity.kernel.words import Words
from datacity.web.demo.files import bikes, charging, energy, parking, sports, works
from datacity.web.demo.subjects.subject import Days, Decision, Meaning, Opinion, Review, Subject

KEEP_ALL = "plan = 1\n\n[privacy]\nk = 1\n"
"""The plan of a table in which nothing points at persons: every column is kept."""

BIKES = Subject(
    title=Words("Passages de vélos", "Bicycle counts"),
    summary=Words(
        "Passages de vélos comptés heure par heure par les compteurs permanents de la ville. Les trottinettes ne sont pas comptées. Une cellule vide "
        "est une heure où le compteur était en panne : ce n’est pas zéro.",
        "Bicycles counted hour by hour by the city’s permanent counters. Scooters are not counted. An empty cell is an hour when the counter was out of "
        "order: it is not zero.",
    ),
    unit=Words("un compteur pendant une heure", "one counter during one hour"),
    producer="Direction de la mobilité",
    filename="comptages_velo_horaires.csv",
    content=bikes.counts,
    days=Days(deposited=70, described=69, protected=68, presented=68, decided=66),
    depositor="agent",
    axes={
        "personal": ("no", "Un compteur compte des passages ; il ne reconnaît ni vélo ni personne."),
        "collective": ("no", "Les lieux sont des axes passants, pas des lieux fréquentés par un groupe particulier."),
        "business": ("no", "Les compteurs appartiennent à la ville."),
        "security": ("no", "Les emplacements sont visibles dans la rue."),
    },
    plan=KEEP_ALL,
    meanings={
        "Passages": Meaning("Nombre de vélos passés pendant l’heure qui commence, dans les deux sens.", "vélos"),
        "Heure": Meaning("Début de l’heure comptée, en heure légale."),
        "Température (°C)": Meaning("Température de l’air relevée au compteur.", "°C"),
        "Compteur en service": Meaning("NON quand le compteur était en panne : la cellule des passages est alors vide."),
    },
    themes=("mobilité",),
    keywords=("vélo", "comptage", "mobilité"),
    period_days=bikes.DAYS,
    decision=Decision("given", "Comptages globaux sur la voie publique, sans aucune donnée de personne. La sortie sert l’observatoire du vélo."),
)  # fmt: skip

CHARGING = Subject(
    title=Words("Points de recharge pour véhicules électriques", "Charge points for electric vehicles"),
    summary=Words(
        "Points de recharge ouverts au public à Valmire, un point par ligne et non une station par ligne : les informations de la station sont répétées.",
        "Charge points open to the public in Valmire, one row for each point and not for each station: what is said of the station is repeated.",
    ),
    unit=Words("un point de recharge", "one charge point"),
    producer="Valmire Recharge",
    filename="irve_statique_valmire.xlsx",
    content=charging.points,
    days=Days(deposited=63, described=62, protected=61, presented=61, decided=59),
    depositor="lead",
    axes={
        "personal": ("no", "Aucun point de recharge d’un logement individuel n’est dans le fichier."),
        "collective": ("no", "Une station ouverte au public ne dit rien d’un groupe."),
        "business": ("no", "La publication est une obligation de l’aménageur."),
        "security": ("no", "Les stations sont ouvertes au public et visibles."),
    },
    plan=KEEP_ALL,
    meanings={
        "puissance_nominale": Meaning("Puissance la plus haute que le point peut délivrer.", "kW"),
        "id_pdc_itinerance": Meaning("Identifiant fictif du point de recharge, de la forme FRXXXE…P…."),
        "date_mise_en_service": Meaning("Premier jour où le point a pu être utilisé."),
    },
    legal=("delegated_service", "Concession de recharge 2024-03, article 18"),
    organisation="",
    rhythm="à chaque changement",
    themes=("mobilité", "énergie"),
    keywords=("recharge", "véhicule électrique", "IRVE"),
    period_days=1,
    decision=Decision("given", "Équipements ouverts au public, dont la loi demande la publication. Aucune donnée de personne."),
)  # fmt: skip

WORKS = Subject(
    title=Words("Chantiers et emprises sur la voie publique", "Street works: sites and occupied areas"),
    summary=Words(
        "Emprises occupées par des chantiers sur la voie publique. Un chantier peut avoir plusieurs emprises : compter les chantiers ou compter les emprises "
        "ne donne pas le même nombre. Pour compter les chantiers, comptez les valeurs différentes de la colonne « chantier » ; pour mesurer la gêne, "
        "additionnez les m²·jours.",
        "Areas of public space occupied by works. One site may have several areas: counting sites and counting areas gives different numbers. To count "
        "sites, count the different values of “chantier”; to measure the nuisance, add up the m²·days.",
    ),
    unit=Words("une emprise d’un chantier", "one occupied area of a site"),
    producer="Direction de l’espace public",
    filename="emprises_chantiers.geojson",
    content=works.sites_and_areas,
    days=Days(deposited=56, described=54, protected=53, presented=52, decided=49),
    depositor="works",
    axes={
        "personal": ("no", "Les maîtres d’ouvrage privés sont réunis sous « Tiers privé », sans nom."),
        "collective": ("no", "Les chantiers se voient dans la rue."),
        "business": ("no", "Les dates sont celles de l’arrêté, affiché sur place."),
        "security": ("no", "Le tracé des réseaux n’est pas dans le fichier, seulement l’emprise au sol."),
    },
    plan=KEEP_ALL,
    meanings={
        "chantier": Meaning("Numéro du chantier ; il revient sur chacune de ses emprises."),
        "emprises_du_chantier": Meaning("Nombre d’emprises du même chantier.", "emprises"),
        "surface_m2": Meaning("Surface occupée au sol.", "m²"),
        "jours": Meaning("Durée autorisée, premier et dernier jour compris.", "jours"),
        "m2_jours": Meaning("Surface multipliée par la durée : la mesure de la gêne.", "m²·jours"),
    },
    licence="odbl",
    rhythm="chaque semaine",
    themes=("espace public",),
    keywords=("chantier", "travaux", "voirie", "emprise"),
    period_days=90,
    decision=Decision("given", "Les chantiers sont publics par leur arrêté. Aucun particulier n’est nommé dans la table."),
)  # fmt: skip

SPORTS = Subject(
    title=Words("Créneaux des équipements sportifs", "Slots of the sports halls"),
    summary=Words(
        "Créneaux hebdomadaires des équipements sportifs municipaux, avec l’équipe qui les reçoit : femmes, hommes ou mixte. Aucune personne n’est dans le fichier. "
        "Il sert à voir comment les heures de pointe sont partagées.",
        "Weekly slots of the municipal sports halls with the team they are given to: women, men or mixed. No person is in the file. It shows how the "
        "busy hours are shared.",
    ),
    unit=Words("un créneau hebdomadaire d’un équipement", "one weekly slot of one hall"),
    producer="Direction des sports",
    filename="creneaux_sportifs.csv",
    content=sports.slots,
    days=Days(deposited=46, described=45, protected=44, presented=44, reviewed=42, opined=41, decided=40),
    depositor="lead",
    axes={
        "personal": ("no", "Un créneau est donné à une équipe ; aucun nom, aucun effectif."),
        "collective": ("yes", "Les créneaux du soir réservés aux femmes disent où et quand des groupes de femmes se trouvent."),
        "business": ("no", "Les associations ne vendent rien sur ces créneaux."),
        "security": ("no", "Les horaires d’ouverture sont affichés à l’entrée."),
    },
    plan=KEEP_ALL,
    meanings={
        "Équipe": Meaning("À qui le créneau est donné : femmes, hommes ou mixte. C’est la catégorie de l’équipe, pas un compte de personnes."),
        "Durée (h)": Meaning("Durée du créneau.", "h"),
        "Vestiaires séparés": Meaning("OUI quand l’équipement a des vestiaires séparés."),
    },
    rhythm="chaque saison",
    themes=("sport", "égalité"),
    keywords=("sport", "égalité", "équipement"),
    period_days=7,
    review=Review(
        groups="Les équipes féminines, surtout le soir dans les équipements isolés.",
        harms="Quelqu’un pourrait attendre un groupe de femmes à la sortie d’un créneau tardif.",
        safeguards="L’éclairage extérieur est dans la table pour qu’on puisse le demander ; aucun nom d’association n’y est.",
        hearing="Trois clubs féminins ont été réunis à la Salle des Deux-Ponts ; deux demandent la publication, un s’en remet à la ville.",
        outcome="with_safeguards",
    ),
    opinion=Opinion(
        "unfavourable",
        "Un créneau de 21 h 30 réservé aux femmes, dans un équipement sans éclairage, dit à n’importe qui où attendre. Je recommande de retirer l’heure de fin après 20 h.",
    ),
    decision=Decision(
        "given",
        "La table permet aux clubs et aux élus de voir que les femmes reçoivent moins d’un créneau sur quatre aux heures de pointe.",
        against="Ces horaires sont déjà affichés à l’entrée de chaque équipement et dans le guide des sports. Deux des trois clubs entendus demandent la "
        "publication, qui appuie leur demande d’éclairage. Les retirer d’ici ne protégerait personne.",
    ),
)  # fmt: skip

ENERGY = Subject(
    title=Words("Énergie des logements par îlot", "Energy of dwellings by block"),
    summary=Words(
        "Consommation annuelle d’énergie des logements, par îlot et par énergie. Un îlot où moins de onze logements utilisent cette énergie reste caché : "
        "la cellule est vide et le dit.",
        "Yearly energy used by dwellings, by block and kind of energy. A block in which fewer than eleven dwellings use that energy stays hidden: the cell "
        "is empty and says so.",
    ),
    unit=Words("un îlot et une énergie", "one block and one kind of energy"),
    producer="Régie électrique de Valmire",
    filename="consommations_logements.csv",
    content=energy.meters,
    days=Days(deposited=38, described=37, protected=36, presented=35, opined=33, decided=31),
    depositor="delegate",
    organisation="regie-electrique-de-valmire",
    axes={
        "personal": ("yes", "Le fichier déposé a une ligne par logement : la consommation dit quand et comment on vit chez soi."),
        "collective": ("possible", "Un îlot très consommateur peut être montré du doigt."),
        "business": ("no", "La régie n’a pas de concurrent sur ces réseaux."),
        "security": ("no", "Un total annuel par îlot ne dit rien d’un réseau."),
    },
    plan=(
        'plan = 1\n\n[privacy]\nk = 11\n\n[columns."Logement"]\nrole = "identifier"\n\n'
        '[columns."Consommation (kWh)"]\nrole = "sensitive"\n\n'
        '[aggregate]\nby = ["Îlot", "Quartier", "Énergie"]\nunit_column = "Logement"\nmeasures = [\n'
        '  { name = "consommation_kwh", function = "sum", column = "Consommation (kWh)", unit = "kWh" },\n'
        '  { name = "logements", function = "count" },\n]\n\n[cells]\nprofile = "household-11"\n'
    ),
    meanings={
        "Îlot": Meaning("Pâté de maisons, numéroté par la ville."),
        "Énergie": Meaning("Énergie du chauffage principal."),
        "Consommation (kWh)": Meaning("Consommation d’une année pleine, relevée au compteur.", "kWh"),
    },
    legal=("delegated_service", "Contrat de régie 2021-07, article 14 ; code de la commande publique, L3131-2"),
    rhythm="chaque année",
    themes=("énergie", "habitat"),
    keywords=("énergie", "logement", "rénovation", "îlot"),
    period_days=365,
    opinion=Opinion(
        "conditions",
        "Le seuil de onze logements est le bon, et l’attaque de la plateforme n’a rien trouvé. La table peut sortir sous une condition.",
        "Que la version suivante garde exactement les mêmes îlots, pour qu’une différence entre deux années ne dise rien d’un logement.",
    ),
    decision=Decision("given", "La table sort avec le seuil de onze logements. Les îlots ne changeront pas d’une année à l’autre, comme l’avis le demande."),
)  # fmt: skip

PARKING = Subject(
    title=Words("Stationnement des trottinettes et vélos partagés", "Parking of shared scooters and bicycles"),
    summary=Words(
        "Fins de trajet des trottinettes et vélos partagés pendant une semaine, par zone et par heure. Une case que moins de onze comptes différents ont faite reste cachée.",
        "Ends of trips of shared scooters and bicycles during one week, by zone and hour. A cell made by fewer than eleven different accounts stays hidden.",
    ),
    unit=Words("une zone et une heure de la journée", "one zone and one hour of the day"),
    producer="Trottivent",
    filename="fins_de_trajet.csv",
    content=parking.trips,
    days=Days(deposited=30, described=29, protected=28, presented=28, opined=27, decided=26),
    depositor="scooters",
    organisation="trottivent",
    axes={
        "personal": ("yes", "Une fin de trajet la nuit, devant chez soi, suffit à reconnaître quelqu’un."),
        "collective": ("possible", "Les abords d’un foyer ou d’un lieu de culte peuvent se lire dans les zones."),
        "business": ("possible", "Les volumes d’un opérateur seul seraient un secret ; ils sont ici réunis."),
        "security": ("no", "Des zones de plusieurs rues ne montrent aucun point sensible."),
    },
    plan=(
        'plan = 1\n\n[privacy]\nk = 11\n\n[columns."Trajet"]\nrole = "identifier"\n\n[columns."Compte (pseudonyme)"]\nrole = "identifier"\n\n'
        '[columns."Heure"]\nrole = "quasi_identifier"\nmethod = "generalise"\nhierarchy = "time"\nlevel = "hour"\n\n'
        '[columns."Zone"]\nrole = "quasi_identifier"\nmethod = "keep"\n\n'
        '[aggregate]\nby = ["Zone", "Heure"]\nunit_column = "Compte (pseudonyme)"\nmeasures = [\n'
        '  { name = "fins_de_trajet", function = "count", unit = "trajets" },\n'
        '  { name = "duree_moyenne", function = "mean", column = "Durée (min)", unit = "min" },\n]\n\n[cells]\nprofile = "person-k"\n'
    ),
    meanings={
        "Zone": Meaning("Zone de stationnement, plusieurs rues ensemble."),
        "Heure": Meaning("Heure de la fin du trajet, en heure légale."),
        "Durée (min)": Meaning("Durée du trajet.", "min"),
    },
    legal=("charter", "Charte des engins partagés, engagement 7 : remise des données d’usage"),
    rhythm="chaque trimestre",
    themes=("mobilité", "espace public"),
    keywords=("trottinette", "vélo partagé", "stationnement"),
    period_days=7,
    opinion=Opinion("favourable", "Le jour, le compte et la position ne sortent pas ; onze comptes au moins font chaque case visible. Rien ne s’oppose à la sortie."),
    decision=Decision("given", "La table aide à placer les emplacements là où il en manque, et ne garde rien d’un trajet."),
)  # fmt: skip

SECOND_BIKES = replace(
    BIKES,
    filename="comptages_velo_horaires_v2.csv",
    number=2,
    change_note="Quatre semaines plus récentes, et deux compteurs de plus : rue de la Corderie et chemin du Gué.",
    days=Days(deposited=22, described=21, protected=21, presented=20, decided=19),
    decision=Decision("given", "Même table que la première version, avec deux compteurs de plus et quatre semaines plus récentes. Toujours aucune personne."),
)  # fmt: skip
SECOND_CHARGING = replace(
    CHARGING,
    filename="irve_statique_valmire_v2.xlsx",
    number=2,
    change_note="Le dépôt de bus, qui n’est pas ouvert au public, n’est plus dans le fichier.",
    days=Days(deposited=17, described=17, protected=16, presented=16, decided=15),
    decision=Decision("given", "Version corrigée : les huit points du dépôt de bus, fermé au public, sont retirés. La première version est reprise le même jour."),
)  # fmt: skip
WITHDRAWAL_REASON = (
    "La première version donnait l’emplacement et la puissance des huit points de recharge du dépôt de bus, un site fermé au public dont dépend le réseau de "
    "transport. Utilisez la version 2."
)  # fmt: skip

FIRST = (BIKES, CHARGING, WORKS)
"""What is public before the first page is shown."""
LATER = (SPORTS, ENERGY, PARKING)
"""What follows while the site is already open."""
SIX = (*FIRST, *LATER)
