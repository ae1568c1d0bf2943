# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The optimal search (`method = "search"`): the combination of levels that keeps most and still holds, with its proof.

settling    a plan settled on a table: levels chosen, failing rows known
encoding    table and ladders become numbers        trees, population   what some conditions need beside
problem     the numbers                             packing             columns in groups, tables of merged tuples
searching   which node next, when to stop           witnesses           nodes refuted all over the lattice
checking    one node checked                        conditions, overall which classes may not stay
weighing    the metrics                             uniqueness          estimates for a population
counting, judging, bounding, witnessing             the inner loops, compiled (`compiling`)
certificates                                        what was checked, for others to check again
"""
