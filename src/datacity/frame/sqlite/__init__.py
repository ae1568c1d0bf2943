# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Django's SQLite backend under the regime of a house where many processes write.

Write-ahead log, `synchronous=FULL`, every write behind one lock file. Name it in the settings as
`"ENGINE": "datacity.frame.sqlite"`; no option is needed.
"""
