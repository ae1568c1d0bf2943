# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The closed list of licences and the sentence of attribution."""

from datetime import date

import pytest

from datacity.engine.catalogue.licences import DEFAULT, LICENCES, attribution, licence
from datacity.kernel.errors import Invalid


def test_attribution_names_source_title_date_and_licence() -> None:
    sentence = attribution("Ville de Valmire", "Comptages vélo", date(2026, 1, 2))

    assert (
        sentence.fr == "Ville de Valmire, «\u00a0Comptages vélo\u00a0», mis à jour le 02/01/2026, Licence Ouverte 2.0."
    )
    assert sentence.en == "Ville de Valmire, “Comptages vélo”, updated on 2026-01-02, Open Licence 2.0 (Etalab)."


def test_licence_outside_the_list_is_refused_and_the_list_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        licence("cc-by-nc")

    assert (caught.value.code, caught.value.values["known"]) == ("catalogue.licence_unknown", "lov2, odbl")
    assert licence(DEFAULT) == LICENCES["lov2"]
