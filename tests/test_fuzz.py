"""Whatever a file holds, the import ends in tables or in findings, never in another error.

`KKB_FUZZ_SECONDS=600 .venv/bin/pytest tests/test_fuzz.py` runs the last test for ten minutes, instead of for twenty
seconds.
A file that ended otherwise is kept beside the test's temporary folder, and its seed is in the message.
"""

import os
import random
import time
import unicodedata
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_helpers import areas, cells, files, ingest, privacy, sources
from kkb_helpers.errors import KkbError
from kkb_helpers.ingest.rows import Table, _Sorting

from .hostile import build

SECONDS = float(os.environ.get("KKB_FUZZ_SECONDS", 20))
KINDS = ("count", "score", "percent", "index", "flag", "class", "text", "code", "month", "semester")
ANY_CELL = st.one_of(
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.text(alphabet="0123456789.,- '%eE+\u00a0", max_size=20),
)
LABELS = sorted({label for source in sources.REGISTRY.values() for column in source.columns for label in column.labels})

LABELS_OF_ROW = ("NO", "PROVINSI", "KABUPATEN", "KECAMATAN", "KELURAHAN", "PUS", "UNMET NEED", "BULAN", "")
ROW = ("7", "BANTEN", "LEBAK", "WARUNGGUNUNG", "SUKARAJA", "1", "2", "JANUARI", "")
ROW_CELLS = ("", " ", None, "BANTEN", "LEBAK", "PROVINSI", "KELURAHAN", "JUMLAH", "TOTAL", "1", "2", 3.0, "JANUARI")
ROW_CHANGES = (
    st.dictionaries(st.integers(0, 8), st.sampled_from(ROW_CELLS), max_size=2),
    st.sampled_from([dict(enumerate(LABELS_OF_ROW)), {at: f"({at + 1})" for at in range(8)}]),
    st.sampled_from([dict.fromkeys(range(2, 9), ""), dict.fromkeys(range(1, 5), " ")]),
    st.dictionaries(st.integers(0, 8), st.just(""), min_size=5),
)
# Every word that the rules for labels know, and some that glue to them.
LABEL_WORDS = (
    {
        word
        for value in vars(privacy.headers).values()
        if isinstance(value, frozenset)
        for word in value
        if isinstance(word, str) and word.isupper()
    }
    | set(privacy.headers._TELLING.partition("|")[2].split("|"))
    | {"ID", "E", "TANGGAL", "TEMPAT", "KELUARGA", "USERNAME"}
)


def wide(word: str) -> str:
    """Write a word in the wide letters of East Asian type."""
    return word.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


class TestCells:
    @given(st.lists(ANY_CELL, max_size=12), st.sampled_from(KINDS))
    @settings(max_examples=300, deadline=None)
    def test_a_cell_gives_a_value_or_a_fault(self, column, kind):
        reading = cells.read_column(column, kind)
        assert len(reading.column) == len(column)
        if kind in ("count", "score"):
            assert (reading.column.dropna() >= 0).all() and (reading.column.dropna() <= cells.LARGEST).all()
        if not reading.clash and kind in ("count", "score", "percent", "index"):
            silent = set(range(len(column))) - {fault.at for fault in reading.faults}
            assert reading.column.iloc[sorted(silent)].notna().all(), "a missing number has its fault"

    @given(
        st.integers(min_value=0, max_value=10**12),
        st.sampled_from(["", "'", " "]),
        st.sampled_from(["", " ", "\u00a0"]),
    )
    def test_a_count_is_read_back_however_it_is_grouped(self, number, before, after):
        for mark in (".", " ", "\u00a0", "'"):
            text = before + f"{number:,}".replace(",", mark) + after
            value = cells.read_column([text], "count").column.iloc[0]
            assert number in cells.SENTINELS or value == number

    @given(st.text(max_size=60))
    def test_text_of_a_cell_is_one_clean_line(self, text):
        clean = cells.text_of(text)
        assert clean == " ".join(clean.split()) == cells.text_of(clean)
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in clean)


class TestShortWays:
    """What is quick for nearly every file gives what the long way gives for any."""

    @given(
        st.lists(st.lists(st.text(alphabet="a1é .-", max_size=3), min_size=3, max_size=3), max_size=8),
        st.sampled_from(["\n", "\r\n", "\r", "\n\r"]),
        st.text(alphabet='a;"\r\n', max_size=3),
        st.sampled_from(["", "", "\ufeff", "sep=;\n\ufeff"]),
    )
    @settings(max_examples=400, deadline=None)
    def test_columns_of_a_text_are_its_records(self, records, end, last, first):
        text = first + end.join(";".join(record) for record in records) + last
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files.delimited, "_delimiter", lambda _: ";")
            quick = self.sheet(text)
            patch.setattr(files.delimited, "_columns", lambda *_: None)
            assert quick == self.sheet(text)

    def sheet(self, text: str) -> object:
        try:
            sheet = files.read_text(text)
        except files.Unreadable as error:
            return error.what, error.row
        columns = [list(map(column.__getitem__, range(len(column)))) for column in sheet.columns if len(column)]
        return list(sheet.rows), sheet.rows[1:2], sheet.numbers, columns

    def test_rows_of_columns_are_those_asked_for(self):
        rows = files.read_text("".join(f"{at};x\n" for at in range(200))).rows
        whole = [[str(at), "x"] for at in range(200)]
        assert list(rows) == whole
        for asked in (
            0,
            63,
            64,
            199,
            -1,
            -200,
            slice(3, 60),
            slice(60, 70),
            slice(None, 64),
            slice(-5, 60),
            slice(-3, None),
        ):
            assert rows[asked] == whole[asked]

    def test_a_row_near_the_top_is_made_once(self):
        rows = files.read_text(";".join(map(str, range(2000))) + "\n" + ";" * 1999 + "1\n").rows
        assert rows[0] is rows[0]

    def test_the_quick_way_is_taken(self):
        assert isinstance(files.read_text("A;B\n1;2\n\n;\n3;4").rows, files.sheet.Lines)

    @given(st.lists(ANY_CELL, max_size=12))
    def test_a_column_is_its_cells(self, made):
        column = cells.Column.of(made)
        assert all(
            type(cell) is type(was) and (cell == was or was != was)
            for cell, was in zip(map(column.__getitem__, range(len(made))), made, strict=True)
        )
        assert sum(column.counts) == len(made)
        assert [column.number[first] for first in column.first] == list(range(len(column.distinct)))
        odd = column.where(at % 2 for at in range(len(column.distinct)))
        assert odd.tolist() == [at for at in range(len(made)) if column.number[at] % 2]
        assert all(column.take(odd)[at] is column[row] for at, row in enumerate(odd))

    @given(st.sampled_from([1, 2, 4]).flatmap(lambda kinds: st.lists(st.one_of(*ROW_CHANGES[:kinds]), max_size=10)))
    @settings(max_examples=1000, deadline=None)
    def test_rows_are_sorted_by_their_columns_as_one_by_one(self, changes):
        rows = [[change.get(at, cell) for at, cell in enumerate(ROW)] for change in changes]
        sheet = files.Sheet("", [list(LABELS_OF_ROW), *rows], list(range(1, len(rows) + 2)))
        header = sources.recognise([sheet]).header
        quick = Table.under(header, sheet)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_Sorting, "odd_rows", lambda self, sheet: list(range(self.start, len(sheet.rows))))
            assert quick == Table.under(header, sheet)

    @pytest.mark.parametrize("fold", [str, str.lower, str.capitalize, wide, "\u200b".join])
    def test_no_label_of_personal_data_is_passed_over(self, fold):
        words = sorted(LABEL_WORDS)
        labels = [fold(word) for word in words] + [f"{fold(a)}_{fold(b)}" for a in words for b in words]
        known = list(filter(privacy.headers.kind_of.__wrapped__, labels))
        assert len(known) > 1000
        assert set(known) <= {labels[at] for at in privacy.headers.may_tell(privacy.content.Texts([labels]))[0]}

    @given(st.lists(st.lists(st.one_of(ANY_CELL, st.text(alphabet="0٣٠٣٠ .-@＠e\ud800", max_size=30)))))
    @settings(max_examples=400, deadline=None)
    def test_no_cell_with_personal_data_is_passed_over(self, columns):
        def is_worth_it(cell) -> bool:
            if isinstance(cell, str):
                long = cell.isascii() and len(cell) >= 6
                return bool(privacy.content.kinds(cell) or (long and privacy.content._WORTH_A_LOOK.search(cell)))
            return isinstance(cell, int | float) and 10**15 <= cell < 10**16

        texts = privacy.content.Texts(columns)
        looked_at = texts.worth_a_look()
        assert len(looked_at) == len(columns)
        for cells_of_one, places in zip(columns, looked_at, strict=True):
            assert places == sorted(set(places))
            assert {at for at, cell in enumerate(cells_of_one) if is_worth_it(cell)} <= set(places)
        for cells_of_one, places in zip(columns, privacy.headers.may_tell(texts), strict=True):
            assert all(isinstance(cells_of_one[at], str) for at in places)

    def test_cells_that_tell_nothing_are_not_looked_at(self):
        columns = [["36.01.01.2001", "Sukamaju", 12, 1.5, None], ["", "1234567", "e 15"]]
        assert privacy.content.Texts(columns).worth_a_look() == [[0], []]
        assert privacy.headers.may_tell(privacy.content.Texts([["JUMLAH", "NAMA KADER"]])) == [[1]]

    @given(
        st.one_of(
            st.lists(st.one_of(st.integers(0, 10**14), st.sampled_from(sorted(cells.SENTINELS))).map(str)),
            st.lists(st.one_of(st.integers(-2, 10**6), st.integers(0, 10**6).map(float), st.floats(width=16))),
            st.lists(
                st.one_of(st.sampled_from([9999, 1.0, 0, -1, 10**400]), st.integers(10**11, 10**13), st.booleans())
            ),
            st.lists(st.text(alphabet="aB1 .\t\x00é|²٣", max_size=4)),
            st.lists(st.sampled_from(["Sukamaju", " Sukamaju ", "Suka  maju", cells.WITHOUT_VALUE, "12", ""])),
        ),
        st.sampled_from(["count", "text", "place", "score", "code"]),
    )
    @settings(max_examples=1000, deadline=None)
    def test_plain_columns_are_read_as_cell_by_cell(self, made, kind):
        quick = cells.read_column(made, kind)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cells, "_plain", lambda *_: None)
            slow = cells.read_column(made, kind)
        pd.testing.assert_series_equal(quick.column, slow.column)
        assert (quick.faults, quick.clash, quick.scale) == (slow.faults, slow.clash, slow.scale)

    @pytest.mark.parametrize(
        ("column", "kind", "is_plain"),
        [
            (["0", "12", "9998"], "count", True),
            ([1, 2.0, 10**12], "count", True),
            (["Suka Maju", "Sukamaju "], "place", True),
            (["0", "9999"], "count", False),
            ([0, 9999.0], "count", False),
            ([True, False], "count", False),
            (["12", 12], "count", False),
            ([0.5], "count", False),
            (["Suka\tMaju"], "place", False),
        ],
    )
    def test_which_columns_are_plain(self, column, kind, is_plain):
        assert (cells._plain(column, kind) is not None) is is_plain


class TestNames:
    @given(st.text(max_size=60))
    def test_folding_a_name_twice_is_folding_it_once(self, name):
        for fold in (areas.normalise, areas.bare, sources.label_of, privacy.headers.fold):
            assert fold(fold(name)) in (fold(name), fold(fold(fold(name))))

    @given(st.text(max_size=60))
    def test_a_name_is_an_area_or_an_error_with_words(self, name):
        try:
            assert areas.resolve(name).code in {
                a for level in ("provinsi", "kabupaten") for a in areas.frame(level)["code"]
            }
        except KkbError as error:
            assert error.messages[0]

    @given(st.text(max_size=60))
    def test_a_code_is_one_of_the_lists_or_none(self, text):
        code = areas.canonical_code(text)
        assert code is None or areas.get(code).code == code

    @given(st.text(min_size=1, max_size=80))
    def test_a_files_name_in_messages_holds_no_personal_data(self, name):
        assert not privacy.content.kinds(privacy.safe_name(name))


class TestHeaders:
    @given(st.lists(st.one_of(st.sampled_from(LABELS), st.text(max_size=20)), max_size=20))
    @settings(max_examples=150, deadline=None)
    def test_a_header_is_taken_for_a_kind_only_with_its_columns(self, labels):
        recognition = sources.recognise([files.Sheet("", [labels, ["x"] * len(labels)], [1, 2])])
        if (header := recognition.header) is not None:
            required = [column for column in header.source.columns if column.required]
            assert len(header.missing) <= 0.2 * len(required)
            assert all(sources.label_of(labels[at]) in column.labels for at, column in header.columns.items())

    @given(st.sampled_from(LABELS), st.sampled_from([" {}", "{} ", "{}\u00a0", "\u200b{}", "{}\n"]), st.booleans())
    def test_a_label_is_known_however_it_is_spaced(self, label, around, lower):
        assert sources.label_of(around.format(label.lower() if lower else label)) == sources.label_of(label)


class TestPersonalData:
    @given(
        st.integers(min_value=1, max_value=31),
        st.integers(min_value=1, max_value=12),
        st.integers(min_value=0, max_value=99),
        st.integers(min_value=1, max_value=9999),
        st.booleans(),
        st.sampled_from(["", " ", ".", "-", "\u00a0", "\u2013"]),
        st.text(alphabet="abc ,:;()/", max_size=10),
    )
    def test_every_nik_is_found_in_every_writing(self, day, month, year, serial, woman, mark, around):
        digits = f"760000{day + 40 * woman:02d}{month:02d}{year:02d}{serial:04d}"
        written = mark.join([digits[:6], digits[6:12], digits[12:]])
        for cell in (around + written + around, written, int(digits), float(digits), digits + ".0"):
            assert privacy.content.NIK in privacy.content.kinds(cell)

    @given(st.integers(min_value=0, max_value=10**15 - 1), st.floats(min_value=0, max_value=100))
    def test_no_smaller_number_is_one(self, number, share):
        assert privacy.content.NIK not in privacy.content.kinds(number) | privacy.content.kinds(str(share))

    @given(st.sampled_from(areas.frame("desa")["code"].tolist()), st.sampled_from(areas.frame("desa")["code"].tolist()))
    def test_no_code_of_an_area_is_one(self, one, other):
        for text in (one, one.replace(".", ""), f"{one} {other}", f"{one}, {other}", f"{one}-{other}"):
            assert not privacy.content.kinds(text)


def seeds() -> dict[str, bytes]:
    """Small good files of every form."""
    return {
        "a.csv": build.text(*build.pus()),
        "b.csv": build.text(*build.pus("1.552", (*build.FIRST, 5, 1, "JANUARI"), ("JUMLAH", "", "", "", 15, 2, ""))),
        "c.xlsx": build.workbook(*build.pus(), write=lambda book, sheet: sheet.write_comment("A1", "x")),
        "d.xls": build.old_workbook(*build.pus()),
        "e.xls": b"<table>"
        + b"".join(b"<tr><td>" + b"</td><td>".join(str(c).encode() for c in row) for row in build.pus())
        + b"</table>",
        "f.csv": b"\xff\xfe" + build.text(*build.pus()).decode().encode("utf-16-le"),
        "g.xlsx": build.workbook(("Nama", *build.PUS), ("x", *build.FIRST, 10, 1, build.MONTH)),
    }


WORDS = (
    *(label.encode() for label in LABELS),
    *(
        b";",
        b"\n",
        b'"',
        b"\x00",
        b"\xff",
        b"=1",
        b"1.552",
        b"1,552",
        b"9" * 400,
        b"-",
        b"<table>",
        b"<td rowspan=9999 colspan=9999>",
    ),
    *(
        b"JUMLAH",
        b"NaN",
        b"1e400",
        b"\xe2\x80\xae",
        build.NIK.encode(),
        b"\r",
        b"sep=;\n",
        b'<c r="B2" t="s"><v>99999</v></c>',
    ),
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Change some bytes, or swap, repeat or drop pieces; of a workbook, in the text of one of its parts."""
    if data.startswith(b"PK") and chance.random() < 0.8:
        part = chance.choice(
            ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"]
        )
        return build.changed(data, part, lambda held: spoilt(held, chance))
    return spoilt(data, chance)


def spoilt(data: bytes, chance: random.Random) -> bytes:
    held = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        at, end = sorted(chance.randrange(len(held) + 1) for _ in range(2))
        match chance.randrange(6):
            case 0:
                held[at:at] = chance.choice(WORDS)
            case 1:
                held[at : at + 1] = bytes([chance.randrange(256)])
            case 2:
                del held[at : min(end, at + 40)]
            case 3:
                held[at:at] = held[at : min(end, at + 200)] * chance.choice([1, 3])
            case 4:
                held[at : at + 4] = chance.randbytes(4)
            case 5:
                held = held[:at] + chance.choice(WORDS) + held[min(end, at + 30) :]
    return bytes(held)


@pytest.mark.filterwarnings("ignore")
def test_any_bytes_end_in_tables_or_findings(tmp_path):
    began, number, ends = time.monotonic(), 0, Counter()
    good = list(seeds().items())
    while time.monotonic() - began < SECONDS:
        chance = random.Random(number)
        name, data = good[number % len(good)]
        path = tmp_path / name
        path.write_bytes(mutated(data, chance))
        used = time.process_time()
        try:
            report = ingest.check_paths([path], tmp_path / "data", year=2025, as_of="2025-10-01")
            ends[report.exit_code] += 1
            assert report.exit_code or report.files[0].rows
            assert not report.exit_code or len(report.findings)
        except KkbError as error:
            ends[error.exit_code] += 1
            assert error.messages
        except Exception as error:
            kept = tmp_path.parent / f"fuzz-{number}-{name}"
            kept.write_bytes(path.read_bytes())
            raise AssertionError(f"seed {number}, kept as {kept.name}: {error!r}") from error
        assert time.process_time() - used < 5, f"seed {number}: a file of a few KB takes too long"
        assert not (tmp_path / "data").exists()
        number += 1
    assert number < 50 or {0, 3, 4} <= set(ends), f"the files are too good or too bad: {ends}"
