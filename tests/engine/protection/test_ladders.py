# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What each ladder makes of a value, level by level, and that it never splits what it has joined."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import h3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacity.engine.catalogue import ColumnType
from datacity.engine.protection.bench import bench
from datacity.engine.protection.gate import check_table, protect
from datacity.engine.protection.ladders.addresses import ADDRESS
from datacity.engine.protection.ladders.choice import NAMES, ladders_for
from datacity.engine.protection.ladders.codes import INSEE_COMMUNE, IRIS, POSTAL_CODE, WHOLE, prefix_ladder
from datacity.engine.protection.ladders.ladder import Ladder
from datacity.engine.protection.ladders.numbers import bounds_ladder, width_ladder
from datacity.engine.protection.ladders.points import GRID
from datacity.engine.protection.ladders.times import DATE, DATE_WEEK, DATETIME, DATETIME_WEEK, TIME
from datacity.kernel.errors import Invalid, Missing
from tests.engine.protection.conftest import plan_of, rows_of


def climb(ladder: Ladder, type_: str, values: list[object]) -> list[list[object]]:
    """Give each value at every level of a ladder."""
    with bench() as connection:
        connection.execute(f"CREATE TABLE source (i INTEGER, v {type_})")
        connection.execute(f"INSERT INTO source SELECT unnest(range(len(?1))), unnest(?1::{type_}[])", [values])
        levels = ", ".join(ladder.rewrite('source."v"', level).sql for level in range(len(ladder.levels)))
        return [list(row) for row in connection.execute(f"SELECT {levels} FROM source ORDER BY i").fetchall()]


def test_dates_climb_from_the_day_to_the_year():
    assert climb(DATE, "DATE", [date(2026, 11, 24), None]) == [
        [date(2026, 11, 24), "2026-11", "2026-Q4", "2026", "*"],
        [None, None, None, None, "*"],
    ]


def test_weeks_climb_to_the_year_of_their_thursday():
    assert climb(DATE_WEEK, "DATE", [date(2027, 1, 1), date(2026, 12, 31)]) == [
        [date(2027, 1, 1), "2026-W53", "2026", "*"],
        [date(2026, 12, 31), "2026-W53", "2026", "*"],
    ]


def test_moments_climb_over_hour_and_day():
    moment = datetime(2026, 11, 24, 18, 21, 25)  # noqa: DTZ001 -- typed tables hold UTC without zone

    assert climb(DATETIME, "TIMESTAMP", [moment])[0][1:] == [
        moment.replace(minute=0, second=0), date(2026, 11, 24), "2026-11", "2026-Q4", "2026", "*",
    ]  # fmt: skip
    assert climb(DATETIME_WEEK, "TIMESTAMP", [moment])[0][3:] == ["2026-W48", "2026", "*"]


def test_times_climb_to_the_hour_and_the_quarter_of_the_day():
    assert climb(TIME, "VARCHAR", ["05:59", "23:10:05", None]) == [
        ["05:59", "05:00", "00:00-05:59", "*"],
        ["23:10:05", "23:00", "18:00-23:59", "*"],
        [None, None, None, "*"],
    ]


def test_codes_climb_to_the_department_with_corsica_and_overseas():
    assert climb(INSEE_COMMUNE, "VARCHAR", ["75056", "2A004", "97411", "98735"]) == [
        ["75056", "75", "*"], ["2A004", "2A", "*"], ["97411", "974", "*"], ["98735", "987", "*"],
    ]  # fmt: skip
    assert climb(IRIS, "VARCHAR", ["751010101", "2B0330101"]) == [
        ["751010101", "75101", "75", "*"], ["2B0330101", "2B033", "2B", "*"],
    ]  # fmt: skip
    assert climb(POSTAL_CODE, "VARCHAR", ["75011", "01000"]) == [
        ["75011", "750", "75", "*"],
        ["01000", "010", "01", "*"],
    ]
    assert climb(POSTAL_CODE, "BIGINT", [75011]) == [[75011, "750", "75", "*"]]
    assert climb(prefix_ladder((3, 1)), "VARCHAR", ["abcde", "ab"]) == [
        ["abcde", "abc", "a", "*"],
        ["ab", "ab", "a", "*"],
    ]


def test_numbers_climb_by_doubling_intervals():
    rows = climb(width_ladder(10), "BIGINT", [0, 9, 10, -1, 319, 320, None])

    assert [row[1] for row in rows] == ["[0, 10[", "[0, 10[", "[10, 20[", "[-10, 0[", "[310, 320[", "[320, 330[", None]
    assert [row[6] for row in rows] == ["[0, 320["] * 3 + ["[-320, 0[", "[0, 320[", "[320, 640[", None]
    assert {row[7] for row in rows} == {"*"}


def test_decimal_intervals_hold_the_number_that_is_their_bound():
    rows = climb(width_ladder(0.1), "DOUBLE", [0.3, 0.7, 0.2999, float("inf")])

    assert [row[1] for row in rows] == ["[0.3, 0.4[", "[0.7, 0.8[", "[0.2, 0.3[", "*"]


def test_numbers_climb_between_stated_bounds_by_dropping_every_second_one():
    rows = climb(bounds_ladder((0, 18, 65)), "BIGINT", [-1, 0, 17, 18, 65])

    assert [row[1] for row in rows] == ["]-∞, 0[", "[0, 18[", "[0, 18[", "[18, 65[", "[65, +∞["]
    assert [row[2] for row in rows] == ["]-∞, 18[", "]-∞, 18[", "]-∞, 18[", "[18, +∞[", "[18, +∞["]


@pytest.mark.parametrize(
    ("address", "street", "city"),
    [
        ("12 bis rue des Lilas, 75011 Valmire", "rue des Lilas, 75011 Valmire", "75011 Valmire"),
        (
            "Appt 4, 12 avenue du 8 mai 1945 75012 Valmire-sur-Orne",
            "avenue du 8 mai, 75012 Valmire-sur-Orne",
            "75012 Valmire-sur-Orne",
        ),
        ("M. Jean Untel, 3 Place Verte, 75011 Valmire", "Place Verte, 75011 Valmire", "75011 Valmire"),
        ("Lieu-dit Les Ormes, 75011 Valmire", "75011 Valmire", "75011 Valmire"),
        ("12 rue des Lilas", "*", "*"),
        ("Jean Untel", "*", "*"),
        (None, None, None),
    ],
)
def test_address_loses_person_flat_and_number_and_what_is_not_known_falls_to_the_next_level(address, street, city):
    assert climb(ADDRESS, "VARCHAR", [address]) == [[address, street, city, "*"]]


def test_grid_square_is_that_of_the_published_example_of_the_projection():
    # IOGP guidance note 7-2, method 9820: 50 N 5 E is 3 962 799.45 east, 2 999 718.85 north
    rows = climb(GRID, "STRUCT(lon DOUBLE, lat DOUBLE)", [{"lon": 5.0, "lat": 50.0}, {"lon": 500.0, "lat": 50.0}, None])

    assert rows[0][1:] == [
        "CRS3035RES200mN2999600E3962600", "CRS3035RES1000mN2999000E3962000",
        "CRS3035RES10000mN2990000E3960000", "CRS3035RES100000mN2900000E3900000", "*",
    ]  # fmt: skip
    assert [row[1] for row in rows[1:]] == [None, None]


def test_projection_agrees_with_the_published_example_to_the_centimetre():
    with bench() as connection:
        found = connection.execute("SELECT round(laea_east(5, 50), 2), round(laea_north(5, 50), 2)").fetchall()

    assert found == [(3962799.45, 2999718.85)]


def test_hexagons_are_parents_of_the_finest_cell(table, tmp_path: Path):
    points = [(2.3522 + i / 977, 48.8566 + i / 1013) for i in range(50)]
    typed = table(["p STRUCT(lon DOUBLE, lat DOUBLE)"], [[{"lon": lon, "lat": lat}] for lon, lat in points])

    protect(typed, plan_of('[columns.p]\nmethod = "generalise"\nlevel = "resolution_7"'), tmp_path / "out.parquet")

    wanted = [h3.cell_to_parent(h3.latlng_to_cell(lat, lon, 10), 7) for lon, lat in points]
    assert [row[0] for row in rows_of(tmp_path / "out.parquet")] == wanted
    assert len(set(wanted)) > 3


DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1))
CASES = [
    (DATE, "DATE", DATES),
    (DATE_WEEK, "DATE", DATES),
    (DATETIME, "TIMESTAMP", st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))),  # noqa: DTZ001
    (DATETIME_WEEK, "TIMESTAMP", st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))),  # noqa: DTZ001
    (width_ladder(0.3, 0.1), "DOUBLE", st.floats(-1e6, 1e6)),
    (width_ladder(7), "BIGINT", st.integers(-(10**9), 10**9)),
    (bounds_ladder((-5, 0, 3.5, 10, 100)), "DOUBLE", st.floats(-200, 200)),
    (INSEE_COMMUNE, "VARCHAR", st.from_regex(r"(2[AB]|97|98|[0-9]{2})[0-9]{3}", fullmatch=True)),
    (POSTAL_CODE, "VARCHAR", st.text(max_size=6)),
    (IRIS, "VARCHAR", st.from_regex(r"(2[AB]|97|98|[0-9]{2})[0-9]{7}", fullmatch=True)),
    (WHOLE, "VARCHAR", st.text()),
    (prefix_ladder((6, 3, 1)), "VARCHAR", st.text()),
    (
        ADDRESS,
        "VARCHAR",
        st.builds(
            "{} {} {} {}".format,
            st.sampled_from(["", "1", "2 bis"]),
            st.sampled_from(["rue", "place", "lieu"]),
            st.sampled_from(["a,", "b 3,", "c"]),
            st.sampled_from(["", "75011 V", "75012 V"]),
        ),
    ),
    (
        GRID,
        "STRUCT(lon DOUBLE, lat DOUBLE)",
        st.fixed_dictionaries({"lon": st.floats(-5, 9), "lat": st.floats(42, 51)}),
    ),
]


@pytest.mark.parametrize(("ladder", "type_", "values"), CASES, ids=[f"{each[0].name}-{each[1]}" for each in CASES])
def test_values_joined_at_one_level_stay_joined_above(ladder, type_, values):
    @settings(max_examples=4)
    @given(st.lists(values, min_size=40, max_size=60))
    def holds(drawn):
        rows = [[str(value) for value in row] for row in climb(ladder, type_, drawn)]
        for level in range(len(ladder.levels) - 1):
            parents = {}
            for row in rows:
                assert parents.setdefault(row[level], row[level + 1]) == row[level + 1]
        counts = [len({row[level] for row in rows}) for level in range(len(ladder.levels))]
        assert counts == sorted(counts, reverse=True)

    holds()


def test_every_ladder_fits_some_type_and_every_type_has_one():
    assert {name for type_ in ColumnType for name in ladders_for(type_)} == set(NAMES)
    assert all(ladders_for(type_) for type_ in ColumnType)


HIERARCHY = "75011;75;*\n75012;75;*\n13001;13;*\n"


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        ("75011;75;*\n75012;75;*\n", "protection.hierarchy_lacks", {"values": "13001"}),
        ("75011;75;*\n75012;75\n13001;13;*\n", "protection.hierarchy_ragged", {"line": 2, "found": 2, "expected": 3}),
        (HIERARCHY + "75011;75;*\n", "protection.hierarchy_twice", {"line": 4, "first": 1, "value": "75011"}),
        ("75011;a;x\n75012;a;y\n13001;b;x\n", "protection.hierarchy_splits", {"line": 2, "parent": "y", "other": "x"}),
        ("", "protection.hierarchy_size", {"rows": 0}),
    ],
)
def test_hierarchy_file_is_refused_with_its_line_and_nothing_is_written(table, tmp_path: Path, text, code, values):
    typed = table(["cp VARCHAR"], [["75011"], ["75012"], ["13001"], [None]])
    plan = plan_of('[columns.cp]\nmethod = "generalise"\nhierarchy = "cp.csv"\nlevel = 1')
    (tmp_path / "cp.csv").write_text(HIERARCHY, encoding="utf-8")
    protect(typed, plan, tmp_path / "works.parquet", hierarchies=tmp_path)
    (tmp_path / "cp.csv").write_text(text, encoding="utf-8")
    before = sorted(tmp_path.iterdir())

    with pytest.raises(Invalid) as refusal:
        protect(typed, plan, tmp_path / "out.parquet", hierarchies=tmp_path)

    assert refusal.value.code == code
    assert values.items() <= dict(refusal.value.values).items()
    assert sorted(tmp_path.iterdir()) == before
    assert rows_of(tmp_path / "works.parquet") == [("75",), ("75",), ("13",), (None,)]


def test_hierarchy_of_numbers_fits_numbers_however_they_are_written(table, tmp_path: Path):
    (tmp_path / "h.csv").write_text("1;low;*\n2.50;low;*\n30;high;*\n", encoding="utf-8")
    typed = table(["v DOUBLE"], [[1.0], [2.5], [30.0]])

    protect(
        typed,
        plan_of('[columns.v]\nmethod = "generalise"\nhierarchy = "h.csv"\nlevel = 1'),
        tmp_path / "o.parquet",
        hierarchies=tmp_path,
    )

    assert rows_of(tmp_path / "o.parquet") == [("low",), ("low",), ("high",)]


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ('hierarchy = "absent.csv"\nlevel = 1', "protection.hierarchy_missing"),
        ('hierarchy = "date"\nlevel = 1', "protection.ladder_type"),
        ('hierarchy = "postal_code"\nlevel = 9', "protection.level"),
        ('hierarchy = "postal_code"\nlevel = "two_digit"', "protection.level"),
        ("level = 1", "protection.ladder_missing"),
    ],
)
def test_ladder_that_does_not_fit_is_refused(table, column, code):
    typed = table(["cp VARCHAR"], [["75011"]])

    with pytest.raises((Invalid, Missing)) as refusal:
        check_table(plan_of(f'[columns.cp]\nmethod = "generalise"\n{column}'), typed)

    assert refusal.value.code == code


def test_intervals_without_width_are_refused_and_a_level_name_finds_its_ladder(table):
    typed = table(["age BIGINT", "day DATE"], [[1, date(2026, 1, 1)]])

    with pytest.raises(Invalid, match="need a width or bounds"):
        check_table(plan_of('[columns.age]\nmethod = "generalise"\nlevel = 1'), typed)
    check_table(plan_of('[columns.day]\nmethod = "generalise"\nlevel = "week"'), typed)


def test_duckdb_week_format_is_iso():
    assert duckdb.sql("SELECT strftime(DATE '2021-01-03', '%G-W%V')").fetchall() == [("2020-W53",)]
