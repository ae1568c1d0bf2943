# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The names of levels as people read them; a name that is not here (`width_10`, `200m`) is shown as it is."""

from datacity.kernel.words import msg

LEVEL_TITLES = {
    "moment": msg("exact moment"),
    "hour": msg("hour"),
    "day": msg("day"),
    "week": msg("week"),
    "month": msg("month"),
    "quarter": msg("quarter"),
    "year": msg("year"),
    "iso_year": msg("year of the week"),
    "time": msg("exact time"),
    "quarter_of_day": msg("quarter of the day"),
    "code": msg("whole code"),
    "three_digits": msg("first three digits"),
    "two_digits": msg("first two digits"),
    "commune": msg("commune"),
    "department": msg("department"),
    "iris": msg("IRIS area"),
    "address": msg("whole address"),
    "street": msg("street"),
    "city": msg("city"),
    "point": msg("exact point"),
    "number": msg("exact number"),
    "value": msg("whole value"),
    "resolution_10": msg("hexagon of about 0.015 km²"),
    "resolution_9": msg("hexagon of about 0.1 km²"),
    "resolution_8": msg("hexagon of about 0.7 km²"),
    "resolution_7": msg("hexagon of about 5 km²"),
    "resolution_6": msg("hexagon of about 36 km²"),
    "resolution_5": msg("hexagon of about 250 km²"),
    "200m": msg("200 m square"),
    "1km": msg("1 km square"),
    "10km": msg("10 km square"),
    "100km": msg("100 km square"),
    "all": msg("nothing but *"),
}
