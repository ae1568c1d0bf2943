# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The ladder of postal addresses written as text: address, street, city, all.

A street keeps its name, postal code and city and loses number, flat, building and name of person.
What is not recognised falls to the next level, never to a finer one: without a known word for a
street the row gets its city, without a postal code it gets `*`.
"""

from datacity.engine.protection.ladders.ladder import TOP, Ladder, by_level

_KINDS = (
    "rue|avenue|av|boulevard|bd|bld|place|pl|quai|impasse|imp|chemin|ch|cours|square|sq|passage|villa|cité|cite|all[ée]e|route|rte|"
    "sentier|venelle|voie|esplanade|promenade|mail|parvis|rond-point|faubourg|fbg|galerie|hameau|montée|ruelle|traverse|sente|résidence"
)
# From the last group of five digits on: postal code, then the city's name.
_CITY = r"regexp_extract({column}, '.*\b(\d{5}\s+[^,;\d]*[^,;\d\s])', 1)"
# From the word for a street to the next comma, the postal code or the end; a number at its end is a house number.
_STREET = (
    rf"trim(regexp_replace(regexp_extract(regexp_replace({{column}}, '\d{{5}}\s+[^,;\d]+.*$', ''), "
    rf"'(?i)\b((?:{_KINDS})\b[.]?\s+[^,;]*)', 1), '\s+\d+\s*(?i:bis|ter|quater|[a-d])?\s*$', ''))"
)
_CITY_OR_STAR = f"CASE WHEN {{column}} IS NULL THEN NULL WHEN {_CITY} = '' THEN '*' ELSE {_CITY} END"
_STREET_OR_CITY = (
    f"CASE WHEN {{column}} IS NULL THEN NULL WHEN {_CITY} = '' THEN '*' WHEN {_STREET} = '' THEN {_CITY} "
    f"ELSE {_STREET} || ', ' || {_CITY} END"
)

ADDRESS = Ladder("address", ("address", "street", "city", TOP), by_level(("{column}", _STREET_OR_CITY, _CITY_OR_STAR)))
