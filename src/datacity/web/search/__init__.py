# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The search over everything public: one index file in the home, fed by the apps, kept current by a job after each public deed."""
