# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The outbox: mails to persons, written in the deed's transaction and delivered by a job."""
