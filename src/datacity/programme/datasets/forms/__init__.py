# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a steward types in the workshop, one module a subject; shape only, the actions decide."""
