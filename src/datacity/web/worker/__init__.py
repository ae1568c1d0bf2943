# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The worker: one process that gives journal positions, runs the jobs and keeps the schedules."""
