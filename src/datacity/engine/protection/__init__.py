# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The gate: plan, measure, protect, attack, report.

plan       what shall be done to each column, read from and written to TOML
proposals  a first plan for a described table
gate       `protect` and `preview`: the plan applied to a table
risk       what is left to fear, before and after
attacks    the platform tries to break its own result
reports    the same in words, French and English
ladders    how a value is said less precisely, step by step
cells      aggregates, threshold profiles, primary suppression
"""
