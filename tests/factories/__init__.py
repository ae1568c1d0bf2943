# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rows for tests, one module an app: plain functions that call the real actions."""
