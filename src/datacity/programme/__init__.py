# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The programme: one Django app per noun, in the order of its flow."""
