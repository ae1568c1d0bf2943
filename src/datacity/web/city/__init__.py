# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The folder in which a city says what is its own: read, checked, refused with file, line and key.

`keys` is the table of everything that may be written; `folder` reads; `documents` finds the line of a key; `names` knows the
French forms of a name; `pictures` checks the logo; `areas` the outlines of districts; `wording` puts the city's own words into every
sentence of the product; `register` enters the directorates into the register of organisations.
"""
