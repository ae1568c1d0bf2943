# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Words of headers that speak of persons, groups, firms or protection, in French and English, without accents."""

SENSITIVE: dict[str, frozenset[str]] = {
    "name": frozenset({"prenom", "prenoms", "patronyme", "firstname", "lastname", "surname", "forename", "civilite"}),
    "contact": frozenset({"telephone", "tel", "phone", "gsm", "email", "mail", "courriel", "fax"}),
    "address": frozenset({"adresse", "address", "domicile"}),
    "birth": frozenset({"naissance", "birth", "birthdate", "birthday", "dob", "age", "ages"}),
    "sex": frozenset({"sexe", "sex", "gender"}),
    "identity": frozenset({"nir", "nss", "passeport", "passport", "cni", "matricule", "iban", "rib", "secu", "ssn"}),
    "family": frozenset(
        {
            "enfant",
            "enfants",
            "conjoint",
            "matrimoniale",
            "matrimonial",
            "marital",
            "menage",
            "household",
            "children",
            "spouse",
        }
    ),
    "work": frozenset({"profession", "metier", "occupation", "csp", "pcs", "employeur", "employer", "diplome"}),
    "money": frozenset(
        {
            "revenu",
            "revenus",
            "income",
            "salaire",
            "salary",
            "rsa",
            "quotient",
            "impot",
            "dette",
            "allocation",
            "allocations",
        }
    ),
    "health": frozenset(
        {
            "sante",
            "health",
            "maladie",
            "handicap",
            "disability",
            "diagnostic",
            "medical",
            "medicale",
            "patient",
            "pathologie",
            "vaccin",
            "allergie",
            "disease",
            "ald",
        }
    ),
    "belief": frozenset({"religion", "religieux", "culte", "croyance", "confession", "belief"}),
    "opinion": frozenset({"syndicat", "syndical", "syndicale", "politique", "political", "adherent", "militant"}),
    "origin": frozenset({"ethnie", "ethnic", "ethnicity", "race", "nationalite", "nationality", "immigre", "immigres"}),
    "justice": frozenset(
        {"condamnation", "infraction", "infractions", "casier", "delit", "conviction", "offence", "plainte", "plaintes"}
    ),
    "sexuality": frozenset({"sexuelle", "sexual", "lgbt"}),
    "biometrics": frozenset({"biometrie", "biometric", "empreinte", "fingerprint", "adn", "dna", "visage", "face"}),
}
"""By family; the families of article 9 and 10 of the GDPR are in `SPECIAL`."""

SPECIAL = frozenset({"health", "belief", "opinion", "origin", "justice", "sexuality", "biometrics"})
DIRECT = frozenset({"name", "contact", "identity"})
PERSONAL = DIRECT | SPECIAL | frozenset({"birth", "sex", "family", "work", "money"})

PERSON = frozenset(
    {
        "auteur",
        "author",
        "photographe",
        "photographer",
        "copyright",
        "credit",
        "credits",
        "contact",
        "responsable",
        "interlocuteur",
        "agent",
        "redacteur",
        "conducteur",
        "driver",
        "proprietaire",
        "owner",
        "locataire",
        "beneficiaire",
        "usager",
        "eleve",
        "salarie",
        "demandeur",
        "titulaire",
        "nom",
        "name",
        "prenom",
        "editeur",
        "createur",
        "creator",
    }
)
AUTHOR = frozenset(
    {
        "auteur",
        "author",
        "photographe",
        "photographer",
        "copyright",
        "credit",
        "credits",
        "editeur",
        "user",
        "uid",
        "createur",
        "creator",
    }
)
ACCOUNT = frozenset({"user", "username", "uid", "login", "utilisateur", "pseudo", "compte", "account"})
DEVICE = frozenset(
    {
        "device",
        "imei",
        "mac",
        "badge",
        "plaque",
        "immatriculation",
        "plate",
        "vehicule",
        "vehicle",
        "bike",
        "scooter",
        "trottinette",
        "abonne",
        "subscriber",
        "client",
        "customer",
        "usager",
        "carte",
        "card",
        "cookie",
        "telephone",
    }
)
IDENTIFIER = frozenset(
    {
        "id",
        "ids",
        "identifiant",
        "identifier",
        "uuid",
        "guid",
        "objectid",
        "fid",
        "ref",
        "reference",
        "numero",
        "num",
        "no",
        "key",
        "cle",
        "idbase",
        "code",
    }
)

BUSINESS = frozenset(
    {
        "siren",
        "siret",
        "entreprise",
        "entreprises",
        "societe",
        "company",
        "raison",
        "sociale",
        "chiffre",
        "turnover",
        "marge",
        "margin",
        "cout",
        "cost",
        "client",
        "clients",
        "fournisseur",
        "supplier",
        "exploitant",
        "operateur",
        "operator",
        "amenageur",
        "gestionnaire",
        "ouvrage",
        "concessionnaire",
        "delegataire",
        "titulaire",
        "enseigne",
        "montant",
    }
)
SECURITY = frozenset(
    {
        "camera",
        "cameras",
        "videosurveillance",
        "videoprotection",
        "cctv",
        "alarme",
        "alarm",
        "digicode",
        "password",
        "passe",
        "token",
        "secret",
        "transformateur",
        "transformer",
        "gaz",
        "gas",
        "fibre",
        "chaufferie",
        "datacenter",
        "caserne",
        "patrouille",
        "patrol",
        "police",
        "defense",
        "acces_securise",
        "serveur",
        "server",
        "ip",
    }
)
COLLECTIVE = frozenset(
    {
        "pauvrete",
        "poverty",
        "chomage",
        "unemployment",
        "delinquance",
        "crime",
        "sdf",
        "homeless",
        "voyageurs",
        "prostitution",
        "hebergement",
        "squat",
        "plainte",
        "plaintes",
        "signalement",
        "signalements",
        "hlm",
        "sociaux",
        "qpv",
        "migrants",
        "coursiers",
        "couriers",
        "trajet",
        "trajets",
        "trip",
        "trips",
    }
)

FIRST_NAMES = frozenset(  # a block of words reads better than three hundred quoted ones
    """
adam adele adrien agathe agnes aicha alain albert alex alexandra alexandre alexis alice aline amandine amelie amina anais andre andrea anita anna anne
antoine antonin arnaud arthur astrid audrey aurelie aurelien axel bastien beatrice benjamin benoit bernard bertrand brigitte bruno camille carla carole caroline
catherine cecile celine chantal charles charlotte chloe christelle christian christine christophe claire clara claude claudine clement coralie corinne cyril damien
daniel daniele david delphine denis diane didier dominique dylan edouard eleonore elena elisabeth elise emilie emma emmanuel emmanuelle eric erwan estelle
etienne eva evelyne fabien fabienne fabrice fanny farid fatima fatou fernand florence florent florian franck francois francoise frank frederic frederique gabriel
gabrielle gaelle gael gaetan genevieve geraldine germain gerard ghislaine gilbert gilles guillaume gustave guy hakim helene henri herve hugo hugues ibrahim ines
ingrid irene isabelle jacqueline jacques jean jeanne jeannine jennifer jerome joel joelle johanna john jonathan jose josephine josiane judith jules julia julie
julien juliette justine karim karine katia kevin khadija laetitia laura laure laurence laurent lea leila leo leon liliane lionel lisa loic louis louise luc lucas
lucie lucien ludovic lydia lydie madeleine magali manon marc marcel marguerite maria mariam marie marine marion marlene martin martine mathieu mathilde maurice
max maxime melanie michel michele mickael mireille mohamed mohammed monique morgane mourad myriam nabil nadia nadine natacha nathalie nathan nicolas nicole noemie
nora noemi odile olga oliver olivier pascal pascale patrice patricia patrick paul pauline peter philippe pierre quentin rachel rachid raphael raymond regine regis
remi renaud rene richard robert roger roland romain rosa samir samira samuel sandra sandrine sara sarah sebastien serge sofia sonia sophie stephane stephanie
suzanne sylvain sylvie tania teo theo theodore therese thibault thierry thomas tiphaine tom valentin valerie vanessa veronique victor victoria vincent virginie
viviane xavier yann yannick yasmine yves yvette yvonne zoe
""".split()  # noqa: SIM905 -- see above
)
"""Frequent first names in France, without accents; a hint next to a shape, never proof."""
