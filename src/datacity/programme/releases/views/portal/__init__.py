# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages everybody reads: the catalogue and the datasets, drawn from what is sealed."""
