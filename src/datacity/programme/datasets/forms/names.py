# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How the words of the engine read on a page."""

from datacity.engine.catalogue import ColumnType, Confidence, Kind, Role
from datacity.engine.protection.parts import Function
from datacity.kernel.words import msg

TYPE_NAMES = {
    ColumnType.TEXT: msg("text"),
    ColumnType.INTEGER: msg("whole number"),
    ColumnType.NUMBER: msg("number"),
    ColumnType.BOOLEAN: msg("yes or no"),
    ColumnType.DATE: msg("date"),
    ColumnType.DATETIME: msg("date and time"),
    ColumnType.TIME: msg("time of day"),
    ColumnType.GEO_POINT: msg("place (a point)"),
    ColumnType.GEO_SHAPE: msg("place (a line or an area)"),
}
ROLE_NAMES = {
    Role.IDENTIFIER: msg("names somebody"),
    Role.QUASI_IDENTIFIER: msg("helps to recognise somebody"),
    Role.SENSITIVE: msg("must not be learnt about somebody"),
    Role.INSENSITIVE: msg("says nothing about persons"),
}
ROLE_TONES = {
    Role.IDENTIFIER: "danger",
    Role.QUASI_IDENTIFIER: "warning",
    Role.SENSITIVE: "danger",
    Role.INSENSITIVE: "neutral",
}
KIND_NAMES = {
    Kind.EMAIL: msg("Mail addresses"),
    Kind.PHONE: msg("Phone numbers"),
    Kind.NIR: msg("Social security numbers"),
    Kind.SIREN: msg("Register numbers of firms"),
    Kind.SIRET: msg("Register numbers of workplaces"),
    Kind.IBAN: msg("Bank accounts"),
    Kind.COORDINATES: msg("Coordinates"),
    Kind.IDENTIFIER: msg("Lasting identifier"),
    Kind.DEVICE: msg("Identifier of a device"),
    Kind.FREE_TEXT: msg("Free text"),
    Kind.PERSON_NAME: msg("Names of persons"),
    Kind.ACCOUNT: msg("Accounts or member numbers"),
    Kind.SENSITIVE_WORD: msg("Sensitive word"),
}
CONFIDENCE_NAMES = {
    Confidence.CERTAIN: msg("certain"),
    Confidence.LIKELY: msg("likely"),
    Confidence.POSSIBLE: msg("possible"),
}
LADDER_NAMES = {
    "date": msg("Less precise date"),
    "date_week": msg("Less precise date, by weeks"),
    "datetime": msg("Less precise moment"),
    "datetime_week": msg("Less precise moment, by weeks"),
    "time": msg("Less precise time"),
    "postal_code": msg("Part of a postal code"),
    "insee_commune": msg("Commune to department"),
    "iris": msg("IRIS area to commune"),
    "address": msg("Address to street or city"),
    "h3": msg("Place to hexagon"),
    "grid": msg("Place to square"),
    "interval": msg("Number to interval"),
    "prefix": msg("First characters only"),
    "whole": msg("All the same"),
}
FUNCTION_NAMES = {
    Function.COUNT: msg("how many rows"),
    Function.SUM: msg("total of"),
    Function.MEAN: msg("average of"),
    Function.MEDIAN: msg("middle value of"),
    Function.MIN: msg("smallest of"),
    Function.MAX: msg("largest of"),
}
PROFILE_NAMES = {
    "household-11": msg("Households: at least 11 in each cell"),
    "enterprise-3-85": msg("Firms: at least 3 in each cell, none above 85 %"),
    "energy-10": msg("Energy: at least 10 delivery points in each cell"),
    "person-k": msg("Persons: as many as the smallest group above"),
}
