"""One parser of cells, by the kind of their column."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkb_helpers import cells


def one(cell, kind="count"):
    reading = cells.read_column([cell], kind)
    value = reading.column.iloc[0]
    return None if pd.isna(value) else value, (reading.faults[0].kind if reading.faults else "")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *[
            ("0", 0),
            ("007", 7),
            ("1.552", 1552),
            ("1.234.567", 1234567),
            (" 12 ", 12),
            ("12.0", 12),
            ("1.552,00", 1552),
        ],
        *[("1 552", 1552), ("1\u00a0552", 1552), ("1'552", 1552), ("'12", 12), (12.0, 12), (1552, 1552), ("36,0", 36)],
    ],
)
def test_a_count(cell, value):
    assert one(cell) == (value, "")


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        *[(1.552, cells.FRACTION), ("54,72", cells.FRACTION), ("54.7", cells.FRACTION), ("1,552", cells.COMMA)],
        *[("-5", cells.NEGATIVE), (-5.0, cells.NEGATIVE), ("-1", cells.SENTINEL), (9999.0, cells.SENTINEL)],
        *[("99999", cells.SENTINEL), ("1E+5", cells.SENTINEL), ("inf", cells.WORD), ("nan", cells.WORD)],
        *[("1e400", cells.SENTINEL), ("9007199254740993", cells.RANGE), (float("inf"), cells.RANGE)],
        *[("O", cells.WORD), ("1l", cells.WORD), ("²", cells.WORD), ("dua", cells.WORD), (True, cells.LOGICAL)],
        *[(dt.date(2024, 2, 1), cells.DATE), (dt.datetime(2024, 2, 1), cells.DATE), (dt.time(1), cells.DATE)],
        *[("", cells.BLANK), (None, cells.BLANK), ("  ", cells.BLANK), ("-", cells.MARK), ("—", cells.MARK)],
        *[("…", cells.MARK), ("n/a", cells.MARK), ("0*", cells.MARK), ("belum lapor", cells.MARK)],
        *[("#DIV/0!", cells.ERROR), ("#N/A", cells.ERROR), (cells.WITHOUT_VALUE, cells.FORMULA)],
    ],
)
def test_what_is_no_count_is_missing_with_its_fault(cell, fault):
    assert one(cell) == (None, fault)


@pytest.mark.parametrize("cell", ["１２３", "١٢٣"])
def test_digits_of_another_script_are_read_and_noted(cell):
    assert one(cell) == (123, cells.DIGITS)


def test_below_zero_among_others_minus_one_is_no_sentinel():
    assert [f.kind for f in cells.read_column(["-1", "-4", "2"], "count").faults] == [cells.NEGATIVE] * 2


def test_two_ways_of_writing_a_count_are_a_clash_with_one_of_each():
    reading = cells.read_column(["1.448", "7", "1,448"], "count")
    assert reading.clash == ((0, "1.448"), (2, "1,448"))
    assert reading.column.isna().all()


def test_a_dot_for_thousands_and_one_for_decimals_clash():
    assert cells.read_column(["1.448", "12.5"], "count").clash == ((0, "1.448"), (1, "12.5"))


def test_two_ways_of_writing_a_percentage_are_a_clash():
    assert cells.read_column(["54,72", "54.72"], "percent").clash == ((0, "54,72"), (1, "54.72"))


@pytest.mark.parametrize("cell", ["54,72", "54.72", 54.72, "54,72 %", "54,72 persen", "54,720"])
def test_a_percentage(cell):
    assert one(cell, "percent") == (54.72, "")


def test_a_percentage_that_never_passes_one_is_asked_about():
    assert cells.read_column([0.5472, 0.3, 0.0], "percent").scale
    assert not cells.read_column(["0,00", "100,00"], "percent").scale
    assert not cells.read_column(["0", "0"], "percent").scale


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Ya", True),
        ("ADA", True),
        ("1", True),
        (True, True),
        (1.0, True),
        ("tidak ada", False),
        ("false", False),
        (0, False),
        ("", None),
        ("-", None),
    ],
)
def test_a_flag_keeps_belum_isi_apart_from_tidak(cell, value):
    assert one(cell, "flag") == (value, "")


def test_a_word_that_is_no_flag_is_a_fault():
    assert one("mungkin", "flag") == (None, cells.WORD)


def test_a_score_stays_within_its_range():
    assert cells.read_column(["1", "4"], "score").faults == []
    assert [f.kind for f in cells.read_column(["0", "4"], "score", highest=3).faults] == [cells.RANGE] * 2


def test_a_class_is_one_of_four_however_written():
    assert one("MANDIRI ", "class") == ("Mandiri", "")
    assert one("Maju", "class") == (None, cells.WORD)


@pytest.mark.parametrize("name", ["NA", "None", "null", "nan"])
def test_a_name_that_looks_like_nothing_stays_a_name(name):
    assert one(name, "place") == (name, "")


def test_text_is_one_line_without_invisible_characters():
    assert cells.text_of("LIMBORO RAMBU-\nRAMBU\u200b\u202e ") == "LIMBORO RAMBU- RAMBU"


@pytest.mark.parametrize(
    ("cell", "code"),
    [("2001", "2001"), (2001.0, "2001"), (3601012001.0, "3601012001"), ("36.10", "36.10"), ("'0101", "0101")],
)
def test_a_code_is_text(cell, code):
    assert one(cell, "code") == (code, "")


@pytest.mark.parametrize("cell", [36.1, 72.0, 101.0])
def test_a_code_that_came_as_a_number_is_refused(cell):
    assert one(cell, "code") == ("", cells.NUMBER)


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("JANUARI", "01"),
        ("Mei", "05"),
        ("Agt", "08"),
        ("Nopember", "11"),
        ("9", "09"),
        (9.0, "09"),
        ("Sept.", "09"),
        ("2025-09", "2025-09"),
        ("September 2025", "2025-09"),
        ("09/2025", "2025-09"),
        (dt.date(2025, 9, 1), "2025-09"),
    ],
)
def test_a_month(cell, month):
    assert one(cell, "month") == (month, "")


@pytest.mark.parametrize("cell", ["2025-13", "Januair", "13", "", "triwulan 1"])
def test_a_month_that_cannot_be_read(cell):
    assert one(cell, "month") == ("", cells.MONTH)


@pytest.mark.parametrize(
    ("cell", "semester"), [("Sem 2 2024", "2024-S2"), ("Semester I 2025", "2025-S1"), ("2024-S2", "2024-S2")]
)
def test_a_semester(cell, semester):
    assert one(cell, "semester") == (semester, "")


@given(st.integers(0, 10**9).filter(lambda n: n not in cells.SENTINELS))
def test_a_count_written_in_indonesian_is_read_back(n):
    assert one(f"{n:,}".replace(",", ".")) == (n, "")


@given(
    st.lists(
        st.one_of(
            st.text(max_size=12), st.floats(), st.integers(-(10**15), 10**15), st.booleans(), st.none(), st.dates()
        ),
        max_size=8,
    ),
    st.sampled_from(["count", "score", "percent", "index", "flag", "class", "text", "code", "month", "semester"]),
)
def test_any_column_gives_a_value_or_a_fault_and_never_an_error(column, kind):
    reading = cells.read_column(column, kind)
    assert len(reading.column) == len(column)
    if kind in ("count", "score"):
        whole = reading.column.dropna()
        assert (whole >= 0).all()
        assert (
            len(whole) + len({f.at for f in reading.faults if f.kind != cells.DIGITS}) >= len(column) or reading.clash
        )
