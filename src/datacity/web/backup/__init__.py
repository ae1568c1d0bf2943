# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Backup and restore of a home: one archive made while everything goes on, checked, and brought back into an empty folder.

`archive` is the file and its list of hashes, `databases` a database as it is at one moment, `making` the order in which a home is
read, `checking` and `restoring` read it again, `state` what is known of the last one, `tasks` the nightly job.
"""
