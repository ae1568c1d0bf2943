# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The few words shared by every part: refusals, verdicts, references, canonical JSON."""
