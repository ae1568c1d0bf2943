# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ladders of dates, moments and times of day.

Weeks do not fit into months (a week can begin in one and end in the next), so they have a ladder of
their own that goes on to the ISO year, the year the week's Thursday falls in (ISO 8601).
"""

from datacity.engine.protection.ladders.ladder import TOP, Ladder, by_level

_MONTH = "strftime({column}, '%Y-%m')"
_QUARTER = "year({column})::VARCHAR || '-Q' || quarter({column})::VARCHAR"
_YEAR = "strftime({column}, '%Y')"
_WEEK = "strftime({column}, '%G-W%V')"
_ISO_YEAR = "strftime({column}, '%G')"
_HOUR = "date_trunc('hour', {column})"
_DAY = "{column}::DATE"
_TIME_HOUR = "left({column}, 2) || ':00'"
_QUARTER_DAY = (
    "CASE WHEN left({column}, 2) < '06' THEN '00:00-05:59' WHEN left({column}, 2) < '12' THEN '06:00-11:59' "
    "WHEN left({column}, 2) < '18' THEN '12:00-17:59' WHEN {column} IS NOT NULL THEN '18:00-23:59' END"
)

DATE = Ladder("date", ("day", "month", "quarter", "year", TOP), by_level(("{column}", _MONTH, _QUARTER, _YEAR)))
DATE_WEEK = Ladder("date_week", ("day", "week", "iso_year", TOP), by_level(("{column}", _WEEK, _ISO_YEAR)))
DATETIME = Ladder(
    "datetime",
    ("moment", "hour", "day", "month", "quarter", "year", TOP),
    by_level(("{column}", _HOUR, _DAY, _MONTH, _QUARTER, _YEAR)),
)
DATETIME_WEEK = Ladder(
    "datetime_week",
    ("moment", "hour", "day", "week", "iso_year", TOP),
    by_level(("{column}", _HOUR, _DAY, _WEEK, _ISO_YEAR)),
)
TIME = Ladder("time", ("time", "hour", "quarter_of_day", TOP), by_level(("{column}", _TIME_HOUR, _QUARTER_DAY)))
