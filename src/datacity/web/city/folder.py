# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A city's folder becomes a `City`: every key checked against the table, every refusal with file, line and key."""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from datacity.frame.city import City, Directorate, District, Logo, Names, Noun
from datacity.frame.nouns import NOUNS
from datacity.kernel.errors import Invalid
from datacity.kernel.policy import Parameter
from datacity.kernel.words import LANGUAGES, Words
from datacity.web.city import areas, documents, keys, names, pictures, wording
from datacity.web.city.documents import Document, Steps

Values = dict[Steps, Any]
"""Way to a value → the value as the table reads it."""


def read(folder: Path, parameters: Iterable[Parameter]) -> City:
    """Read a city's folder. parameters: the policy parameters that the apps declare.

    Raises Invalid for a folder that is none, a file or key that is unknown, or a value that is not allowed.
    """
    known = _files(folder)
    documents_ = {name: documents.read(folder / name) for name in keys.FILES if name in known}
    checked = {name: _checked(document) for name, document in documents_.items() if name != keys.POLICY}
    city = documents_[keys.CITY]
    values = checked[keys.CITY]
    districts = _districts(documents_.get(keys.DISTRICTS), checked.get(keys.DISTRICTS, {}))
    languages, usual = _languages(city, values)
    nouns, sentences = _words(documents_.get(keys.WORDS), checked.get(keys.WORDS, {}))
    found = City(
        names=_names(city, values),
        colour=values.get(("brand", "colour"), ""),
        logo=_logo(folder, city, values, known),
        line=_both(values, ("brand", "line")),
        languages=languages,
        usual=usual,
        directorates=_directorates(documents_.get(keys.DIRECTORATES), checked.get(keys.DIRECTORATES, {})),
        districts=districts,
        areas=_areas(folder, known, districts),
        nouns=nouns,
        sentences=sentences,
        policy=_policy(documents_.get(keys.POLICY), parameters),
    )
    _refuse_left_over(known, found, values)
    return found


def _files(folder: Path) -> set[str]:
    try:
        found = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    except OSError as error:
        raise Invalid(
            "city.no_folder", "The folder of the city cannot be read: {folder}.", folder=str(folder)
        ) from error
    if keys.CITY not in found:
        raise Invalid(
            "city.no_city",
            "The folder of the city holds no {file}: {folder}.",
            hint="Begin with the example in the guide “Make it your city”.",
            file=keys.CITY,
            folder=str(folder),
        )
    return found


def _refuse_left_over(found: set[str], city: City, values: Values) -> None:
    """Refuse a file that nothing reads: mostly a wrong name, whose content would silently not count."""
    wanted = {*keys.FILES, keys.AREAS, "README.md"} | ({values["brand", "logo"]} if city.logo else set())
    for name in sorted(found - wanted):
        near = difflib.get_close_matches(name, sorted(wanted), n=1, cutoff=0.0)[0]
        raise Invalid(
            "city.file",
            "The folder of the city holds {file}, which nothing reads.",
            hint="Did you mean {near}? Correct its name or take it away.",
            file=name,
            near=near,
        )


def _checked(document: Document) -> Values:
    """Give every value of a file as its key reads it. Raises Invalid for an unknown key or a wrong value."""
    table = {key.path: key for key in keys.TABLE if key.file == document.name}
    values: Values = {}
    for steps, value in document.leaves():
        key = table.get(keys.pattern(steps, document.name))
        if key is None:
            _refuse_key(document, steps, table)
        try:
            values[steps] = key.read(value)
        except ValueError:
            document.refuse(steps, value, key.allowed)
    return values


def _refuse_key(document: Document, steps: Steps, known: Iterable[str]) -> NoReturn:
    """Raise Invalid for a key nobody reads, with the nearest one that is."""
    here = documents.shown(steps)
    if document.name == keys.WORDS and steps[0] == "noun" and len(steps) > 1 and steps[1] not in NOUNS:
        allowed = sorted(NOUNS)
        near = difflib.get_close_matches(str(steps[1]), allowed, n=1, cutoff=0.0)[0]
        here, near = f"noun.{steps[1]}", f"noun.{near}"
    else:
        near = difflib.get_close_matches(keys.pattern(steps, document.name), sorted(known), n=1, cutoff=0.0)[0]
    raise Invalid(
        "city.key",
        "{file}, line {line}: there is no key {key}.",
        hint="The nearest one is {near}; the reference page lists all.",
        field=here,
        file=document.name,
        line=document.line(steps),
        key=here,
        near=near,
    )


def _required(document: Document, values: Values, steps: Steps) -> Any:
    if steps not in values:
        raise Invalid(
            "city.missing",
            "{file}, line {line}: {key} is missing.",
            field=documents.shown(steps),
            file=document.name,
            line=document.line(steps),
            key=documents.shown(steps),
        )
    return values[steps]


def _both(values: Values, steps: Steps) -> Words | None:
    french, english = (values.get((*steps, code), "") for code in LANGUAGES)
    return Words(french or english, english or french) if french or english else None


def _names(document: Document, values: Values) -> Names:
    _required(document, values, ("form",))
    usual = names.forms(_required(document, values, ("name", "fr")), values.get(("name", "en"), ""))
    own = {
        part: Words(
            values.get(("name", "french", part), getattr(usual, part).fr),
            values.get(("name", "english", part), getattr(usual, part).en),
        )
        for part in ("at", "of", "whole")
    }
    whole_of = values.get(("name", "french", "of"))
    if whole_of and ("name", "french", "whole") not in values:
        own["whole"] = Words(f"la ville {whole_of}", own["whole"].en)
    return Names(usual.name, **own, title=names.title(own["whole"]))


def _logo(folder: Path, document: Document, values: Values, found: set[str]) -> Logo | None:
    steps: Steps = ("brand", "logo")
    if steps not in values:
        return None
    if values[steps] not in found:
        document.refuse(steps, values[steps], "the name of a file in this folder")
    return pictures.read(folder / values[steps])


def _languages(document: Document, values: Values) -> tuple[tuple[str, ...], str]:
    """Give the languages in their order, and the usual one."""
    order = values.get(("languages", "order"), LANGUAGES)
    usual = values.get(("languages", "default"), order[0])
    if usual not in order:
        document.refuse(("languages", "default"), usual, ", ".join(order))
    return tuple(order), usual


def _directorates(document: Document | None, values: Values) -> tuple[Directorate, ...]:
    if document is None:
        return ()
    places = range(len(document.values.get("directorate", ())))
    _refuse_twice(document, values, "directorate", "slug", places)
    return tuple(
        Directorate(
            _required(document, values, ("directorate", place, "slug")), _named(document, values, "directorate", place)
        )
        for place in places
    )


def _districts(document: Document | None, values: Values) -> tuple[District, ...]:
    if document is None:
        return ()
    places = range(len(document.values.get("district", ())))
    _refuse_twice(document, values, "district", "code", places)
    return tuple(
        District(_required(document, values, ("district", place, "code")), _named(document, values, "district", place))
        for place in places
    )


def _named(document: Document, values: Values, table: str, place: int) -> Words:
    french = _required(document, values, (table, place, "fr"))
    return Words(french, values.get((table, place, "en"), french))


def _refuse_twice(document: Document, values: Values, table: str, key: str, places: Iterable[int]) -> None:
    seen: set[str] = set()
    for place in places:
        value = values.get((table, place, key))
        if value in seen:
            document.refuse((table, place, key), value, f"a {key} that no other {table} has")
        seen.add(str(value))


def _areas(folder: Path, found: set[str], districts: tuple[District, ...]) -> bytes:
    return areas.read(folder / keys.AREAS, [each.code for each in districts]) if keys.AREAS in found else b""


def _words(
    document: Document | None, values: Values
) -> tuple[Mapping[str, Mapping[str, Noun]], Mapping[str, Mapping[str, str]]]:
    if document is None:
        return {}, {}
    nouns: dict[str, dict[str, Noun]] = {code: {} for code in LANGUAGES}
    for name in document.values.get("noun", {}):
        if ("noun", name, "fr") in values:
            nouns["fr"][name] = _french_noun(document, values, name)
        if ("noun", name, "en") in values:
            many = _required(document, values, ("noun", name, "en_many"))
            nouns["en"][name] = Noun(values["noun", name, "en"], many)
    sentences: dict[str, dict[str, str]] = {code: {} for code in LANGUAGES}
    for place in range(len(document.values.get("sentence", ()))):
        product = _required(document, values, ("sentence", place, "product"))
        if product not in wording.product_sentences():
            near = difflib.get_close_matches(product, wording.product_sentences(), n=1, cutoff=0.0)[0]
            document.refuse(("sentence", place, "product"), product, f"a sentence of the product, for example “{near}”")
        for code in LANGUAGES:
            if ("sentence", place, code) in values:
                own = values["sentence", place, code]
                if wording.places(own) != wording.places(product):
                    document.refuse(("sentence", place, code), own, f"a text with the places of “{product}”")
                sentences[code][product] = values["sentence", place, code]
    return nouns, sentences


def _french_noun(document: Document, values: Values, name: str) -> Noun:
    """Give the French noun. Raises Invalid for another gender than that of the word it replaces."""
    one = values["noun", name, "fr"]
    many = _required(document, values, ("noun", name, "fr_many"))
    gender = _required(document, values, ("noun", name, "fr_gender"))
    term = NOUNS[name]
    if gender != term.gender:
        document.refuse(
            ("noun", name, "fr_gender"),
            gender,
            f"{term.gender}, the gender of “{term.fr}”; a word of the other gender needs its sentences one by one",
        )
    if one[0].lower() == "h" and ("noun", name, "fr_elides") not in values:
        document.refuse(("noun", name, "fr"), one, "a word with h together with fr_elides = true or false")
    return Noun(one, many, bool(values.get(("noun", name, "fr_elides"), names.elides(one))))


def _policy(document: Document | None, parameters: Iterable[Parameter]) -> Mapping[str, Any]:
    """Give the values that differ from the product's, each within the bounds of its parameter."""
    if document is None:
        return {}
    declared = {parameter.name: parameter for parameter in parameters}
    found: dict[str, Any] = {}
    for table, values in document.values.items():
        for key, value in values.items() if isinstance(values, dict) else ((None, values),):
            steps: Steps = (table, key) if key else (table,)
            name = ".".join(map(str, steps))
            if name not in declared:
                _refuse_key(document, steps, declared)
            try:
                found[name] = declared[name].check(value)
            except Invalid:
                document.refuse(steps, value, declared[name].allowed())
    return found
