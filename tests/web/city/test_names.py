# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The forms of a name in sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.kernel.words import Words
from datacity.web.city import names

FORMS = {
    "Valmire": ("à Valmire", "de Valmire", "la ville de Valmire", "Ville de Valmire"),
    "Aigrelune": ("à Aigrelune", "d’Aigrelune", "la ville d’Aigrelune", "Ville d’Aigrelune"),
    "Étrelles-la-Neuve": ("à Étrelles-la-Neuve", "d’Étrelles-la-Neuve", "la ville d’Étrelles-la-Neuve", "Ville d’Étrelles-la-Neuve"),
    "Œuvry-Bas": ("à Œuvry-Bas", "d’Œuvry-Bas", "la ville d’Œuvry-Bas", "Ville d’Œuvry-Bas"),
    "Hautelorne": ("à Hautelorne", "d’Hautelorne", "la ville d’Hautelorne", "Ville d’Hautelorne"),
    "Le Pontel": ("au Pontel", "du Pontel", "la ville du Pontel", "Ville du Pontel"),
    "Les Essarts-Neufs": ("aux Essarts-Neufs", "des Essarts-Neufs", "la ville des Essarts-Neufs", "Ville des Essarts-Neufs"),
    "La Verdière": ("à La Verdière", "de La Verdière", "la ville de La Verdière", "Ville de La Verdière"),
    "Lesparre-Neuve": ("à Lesparre-Neuve", "de Lesparre-Neuve", "la ville de Lesparre-Neuve", "Ville de Lesparre-Neuve"),
    "Yvrecourt": ("à Yvrecourt", "d’Yvrecourt", "la ville d’Yvrecourt", "Ville d’Yvrecourt"),
    "Yolande": ("à Yolande", "de Yolande", "la ville de Yolande", "Ville de Yolande"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_french_contracts_and_elides(name: str) -> None:
    found = names.forms(name)

    assert (found.at.fr, found.of.fr, found.whole.fr, found.title.fr) == FORMS[name]
    assert (found.at.en, found.of.en, found.title.en) == (f"in {name}", f"of {name}", f"City of {name}")


@pytest.mark.parametrize(
    ("whole", "title"),
    [
        ("la métropole de X", "Métropole de X"),
        ("l’agglomération de X", "Agglomération de X"),
        ("le village", "Village"),
        ("Greater X", "Greater X"),
    ],
)
def test_a_register_writes_it_without_article(whole: str, title: str) -> None:
    assert names.title(Words(whole)).fr == title


@given(st.text(min_size=1, max_size=30).filter(str.strip))
def test_any_name_has_every_form_and_stays_readable_in_it(name: str) -> None:
    found = names.forms(name)

    rest = name.partition(" ")[2] or name
    assert all(rest in form.fr for form in (found.name, found.at, found.of, found.whole))
