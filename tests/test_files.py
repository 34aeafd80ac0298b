"""Bytes of unknown origin -> sheets of cells with the row numbers of Excel."""

import io
import struct
import tracemalloc
import zipfile
from unittest import mock

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_helpers import files
from kkb_helpers.cells import WITHOUT_VALUE
from kkb_helpers.files import inside


def workbook(write, **options) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, options)
    write(book)
    book.close()
    return buffer.getvalue()


def csv_file(text: str, encoding: str = "utf-8") -> files.File:
    return files.File("a.csv", text.encode(encoding))


def rows(file: files.File) -> list[list]:
    return list(file.sheets[0].rows)


@pytest.mark.parametrize("mark", files.DELIMITERS)
def test_the_delimiter_is_found(mark):
    assert rows(csv_file(f"A{mark}B{mark}C\n1{mark}2{mark}3\n")) == [["A", "B", "C"], ["1", "2", "3"]]


def test_a_decimal_comma_does_not_hide_the_semicolon():
    assert rows(csv_file("A;B\n1,5;2\n2,5;3\n"))[1] == ["1,5", "2"]


def test_a_sep_line_decides_and_counts_as_a_row():
    file = csv_file("sep=,\nA,B\n1;5,2\n")
    assert (rows(file), file.sheets[0].numbers) == ([["A", "B"], ["1;5", "2"]], [2, 3])


def test_two_delimiters_that_fit_as_well_are_refused():
    with pytest.raises(files.Unreadable, match="pemisah kolom tidak jelas"):
        rows(csv_file("A;B,C\n1;2,3\n"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    file = csv_file("A;B\nCafé;é\n", encoding)
    assert rows(file)[1] == ["Café", "é"]


def test_utf16_of_both_orders():
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert rows(files.File("a.csv", mark + "A;B\n1;2".encode(encoding))) == [["A", "B"], ["1", "2"]]


def test_an_invalid_byte_in_utf8_is_named():
    with pytest.raises(files.Unreadable, match="pengodean") as fault:
        rows(files.File("a.csv", "Café;B\n".encode() + b"\xff;2\n"))
    assert fault.value.row == 8


def test_a_line_break_in_quotes_keeps_the_row_numbers_of_excel():
    sheet = csv_file('A;B\n"LIMBORO\nRAMBU";1\n\nC;2\n').sheets[0]
    assert sheet.numbers == [1, 2, 4]
    assert sheet.rows[1] == ["LIMBORO\nRAMBU", "1"]


def test_mixed_line_ends_are_one_row_each():
    assert csv_file("A;B\r\n1;2\r3;4\n5;6").sheets[0].numbers == [1, 2, 3, 4]


def test_an_open_quote_is_named_with_its_row():
    with pytest.raises(files.Unreadable, match="tanda kutip") as fault:
        rows(csv_file('A;B\n1;2\n"3;4\n5;6\n'))
    assert fault.value.row == 3


def test_a_cell_of_two_megabytes_is_refused():
    with pytest.raises(files.Unreadable, match="sel terlalu panjang"):
        rows(csv_file("A;B\n" + "x" * 2**21 + ";1\n"))


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"", "kosong"),
        (b"  \r\n", "kosong"),
        (b"%PDF-1.7", "PDF"),
        (b"PAR1....", "Parquet"),
        (b"\x80\x04\x95\x00", "biner"),
        (b"A;B\x001;2", "biner"),
        (b"PK\x03\x04rest", "zip rusak"),
        (b"<html><table>", "html"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 64 + "EncryptedPackage".encode("utf-16-le"), "terkunci"),
        (b"A;B\n1;2", "csv"),
        (b"MIME-Version: 1.0\nX-Document-Type: Workbook\n", "halaman web tersimpan (MHTML)"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML Excel 2003"),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>', "html"),
        (b'{"PUS": [1, 2]}', "JSON"),
        (b'[{"PUS": 1}]', "JSON"),
        (b"[Catatan];PUS\n1;2", "csv"),
    ],
)
def test_the_content_decides_what_a_file_is(data, content):
    assert files.File("a.xlsx", data).content == content


def test_a_workbook_keeps_types_row_numbers_and_what_calamine_blanks():
    def write(book):
        sheet, hidden = book.add_worksheet("Data"), book.add_worksheet("Gaib")
        sheet.write_row(2, 1, ["A", 1, "007", True])
        sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 2, "=1+1", None, "")
        sheet.write_formula(3, 3, "=1+1", None, 2)
        hidden.write(0, 0, "x")
        hidden.hide()

    data, hidden = files.File("a.xlsx", workbook(write)).sheets
    assert data.rows[2] == ["", "A", 1, "007", True]
    assert data.rows[3] == ["", "#DIV/0!", WITHOUT_VALUE, 2, ""]
    assert (data.numbers[2], data.hidden, hidden.hidden) == (3, False, True)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A2" t="e"><v>#N/A</v></c>', "#N/A"),
        ("<c r='A2' t='e'><v>#N/A</v></c>", "#N/A"),
        ('<c r="A2"><f>B2</f></c>', WITHOUT_VALUE),
        ('<c r="A2"><f ca="1">B2</f></c>', WITHOUT_VALUE),
        ('<c r="A2"><f/></c>', WITHOUT_VALUE),
        ('<c r="A2"><f\n>B2</f></c>', WITHOUT_VALUE),
        ('<x:c r="A2"><x:f>B2</x:f></x:c>', WITHOUT_VALUE),
        ('<c r="A2"/>', ""),
    ],
)
def test_an_error_and_a_formula_without_a_result_are_told_however_they_are_written(cell, text):
    (sheet,) = with_sheet(
        f'<row r="1"><c r="A1"><v>7</v></c></row><row r="2">{cell}<c r="B2"><v>1</v></c></row>'
    ).sheets
    assert sheet.rows[1] == [text, 1]


def test_a_text_longer_than_any_cell_of_a_workbook_is_refused_with_its_row():
    def with_text(length: int) -> files.File:
        cell = f'<c r="A1" t="inlineStr"><is><t>{"x" * length}</t></is></c>'
        return with_sheet(f'<row r="1"><c r="B1"><v>7</v></c></row><row r="2">{cell.replace("A1", "A2")}</row>')

    assert len(with_text(files.workbooks.MAX_TEXT).sheets[0].rows[1][0]) == files.workbooks.MAX_TEXT
    with pytest.raises(files.Unreadable, match="sel terlalu panjang") as fault:
        with_text(files.workbooks.MAX_TEXT + 1).sheets  # noqa: B018
    assert fault.value.row == 2


def test_a_truncated_workbook_is_unreadable():
    whole = workbook(lambda book: book.add_worksheet().write(0, 0, "A"))
    assert files.File("a.xlsx", whole[:-300]).content == "zip rusak"


def test_a_flipped_byte_is_unreadable():
    whole = bytearray(workbook(lambda book: book.add_worksheet().write_column(0, 0, range(500))))
    with zipfile.ZipFile(io.BytesIO(bytes(whole))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    whole[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
    with pytest.raises(files.Unreadable, match="rusak"):
        _ = files.File("a.xlsx", bytes(whole)).sheets


def with_part(name: str, content: bytes) -> files.File:
    buffer = io.BytesIO(workbook(lambda book: book.add_worksheet().write(0, 0, "A")))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return files.File("a.xlsx", buffer.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_definition_is_seen(encoding):
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert with_part("xl/evil.xml", text.encode(encoding)).part_with_entities == "xl/evil.xml"


def test_a_member_is_unpacked_once(monkeypatch):
    file, unpacked, really = with_part("xl/more.xml", b"<x/>"), [], zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile, "open", lambda self, info: unpacked.append(info.filename) or really(self, info)
    )
    parts = [dict(file.members()), dict(file.xml_parts())]
    assert parts[0]["xl/more.xml"] == parts[1]["xl/more.xml"] == b"<x/>"
    assert sorted(unpacked) == sorted(info.filename for info in file.zip)


def with_sheet(rows: str) -> files.File:
    """A workbook whose one sheet has these rows."""
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    start = f'<worksheet xmlns="{spreadsheet}" xmlns:x="{spreadsheet}"><sheetData>'
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(lambda book: book.add_worksheet()))) as empty,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for info in empty.infolist():
            is_sheet = info.filename == "xl/worksheets/sheet1.xml"
            archive.writestr(info, f"{start}{rows}</sheetData></worksheet>" if is_sheet else empty.read(info))
    return files.File("a.xlsx", buffer.getvalue())


@pytest.mark.parametrize("name", ["docProps/more.xml", "xl/worksheets/sheet9.xml"])
@pytest.mark.parametrize(
    ("offset", "value"),
    [(20, 10**6), (8, 1), (10, 99)],
    ids=["longer than the file", "behind a password", "packed in an unknown way"],
)
def test_a_part_that_cannot_be_unpacked_makes_a_workbook_unreadable(name, offset, value):
    buffer = io.BytesIO(with_part("xl/more.xml", b"<x/>").data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(name, b"<x/>")
    data = bytearray(buffer.getvalue())
    directory = data.rfind(b"PK\x01\x02")
    wide = "<I" if offset == 20 else "<H"
    struct.pack_into(wide, data, directory + offset, value)
    if offset == 20:
        struct.pack_into(wide, data, directory + 24, value)  # and as long unpacked
    file = files.File("a.xlsx", bytes(data))
    assert file.part_with_entities == ""
    with pytest.raises(files.Unreadable, match="buku kerja rusak"):
        _ = file.sheets


class TestReach:
    """How far the cells of a workbook go, by their own places: where it is too far, it is not opened."""

    BEFORE = st.sampled_from([" ", "\t", "\n", "\f ", ' s="1" ', ' s="1"', " s = '1' ", ' k="a = b"'])
    BLANKS = st.sampled_from(["", "", "", " ", "\r\n", "\f"])

    @staticmethod
    def place(draw, name: str, place: str) -> str:
        """An attribute `r`, in one of the ways in which it may be written."""
        before, one, other = draw(TestReach.BEFORE), draw(TestReach.BLANKS), draw(TestReach.BLANKS)
        quote = draw(st.sampled_from("\"'"))
        return f"{name}{before}r{one}={other}{quote}{place}{quote}"

    @given(data=st.data())
    @settings(deadline=None)
    def test_the_farthest_row_and_column_span_it_however_they_are_written(self, data):
        placed = data.draw(st.lists(st.tuples(st.integers(1, 16_384), st.integers(1, 1_048_576)), min_size=1))
        written = []
        for column, row in placed:
            letters = xlsxwriter.utility.xl_col_to_name(column - 1)
            letters = data.draw(st.sampled_from([letters, letters.lower()]))
            prefix, zeros = data.draw(st.sampled_from(["", "x:"])), data.draw(st.sampled_from(["", "", "000", "0" * 9]))
            written.append(f"<{self.place(data.draw, f'{prefix}c', f'{letters}{zeros}{row}')}/>")
        part = f'<row r="1">{"".join(written)}</row>'.encode()
        size = data.draw(st.sampled_from([inside._PIECE, 40, 64, 200]))
        with mock.patch.object(inside, "_PIECE", size):
            assert inside._spanned(part) == max(c for c, _ in placed) * max(r for _, r in placed)

    @given(data=st.data())
    @settings(deadline=None, max_examples=50)
    def test_a_sheet_is_opened_as_no_larger_rectangle(self, data):
        rows = []
        for row in data.draw(st.lists(st.one_of(st.none(), st.integers(1, 200)), min_size=1, max_size=8)):
            cells = [
                self.place(data.draw, "c", f"{xlsxwriter.utility.xl_col_to_name(at)}{row or 1}")
                if at is not None
                else "c"
                for at in data.draw(st.lists(st.one_of(st.none(), st.integers(0, 60)), max_size=8))
            ]
            start = self.place(data.draw, "row", str(row)) if row else "row"
            rows.append(f"<{start}>{''.join(f'<{cell}><v>1</v></c>' for cell in cells)}</row>")
        file = with_sheet("".join(rows))
        opened = file.sheets[0].rows
        assert inside.reach(file) >= len(opened) * max(map(len, opened), default=0)

    @pytest.mark.parametrize(
        ("part", "cells"),
        [
            ('<row r="20"><c r="B2"/></row>', 40),
            ('<row r="20"/>', 1),
            ('<row r="1"><c ref="Z99"/><c xr="Z99"/><c R="Z99"/><c>r="Z99"</c></row>', 4),
            ('<c r="A"/><c r="B3/>', 1),
            ('<c r="B3"/> =', 6),
            ('= <c r="B3"/>', 6),
            ('<c r="B3"/><c r="C2" =', 9),
            ('<row r="9"><c/><c/><c/></row><row r="2"><c/></row>', 27),
            ("<row><c/><c/></row><row><c/></row><row/>", 6),
            ('<x:row r="9"><x:c/><x:c/></x:row>', 18),
            ('<row r="9"><x:c/><x:c/></row>', 18),
            ("<c:c/><c:cat/><row2/><color/>", 1),
        ],
    )
    def test_what_is_a_place(self, part, cells):
        assert inside.reach(with_part("xl/more.xml", part.encode())) == cells

    @pytest.mark.parametrize(
        "far",
        [
            '<c r="XFD1048576"/>',
            '<c s="1"r="XFD1048576"/>',
            '<c s="1"\fr="XFD1048576"/>',
            '<c r="XFD0001048576"/>',
            f'<c r="XFD{"0" * 99}1"/>',
            '<c r="AAAAA1048576"/>',
            f'<c r="{"A" * 99}1"/>',
            f'<row r="1048576">{"<c/>" * 16}</row>',
            "r = " * 2_000_000,
            f'<c r{" " * 5_000_000}="XFD1048576"/>',
        ],
        ids=lambda far: far[:24],
    )
    def test_what_is_too_far(self, far):
        assert inside.reach(with_part("xl/media/image1.png", far.encode())) > inside.MAX_CELLS
        with mock.patch.object(inside, "_PIECE", 32):  # a row goes on in the next piece
            assert inside._spanned(far.encode()) > inside.MAX_CELLS

    def test_in_utf_16_too(self):
        assert inside.reach(with_part("xl/more.xml", '<c r="C7"/>'.encode("utf-16"))) == 21

    def test_much_that_is_no_cell_takes_little_memory(self):
        part = b"a =\xff" * 1_000_000
        tracemalloc.start()
        with mock.patch.object(inside, "_PIECE", 2**18):
            assert inside._spanned(part) == 0
        assert tracemalloc.get_traced_memory()[1] < 10 * len(part)
        tracemalloc.stop()


def test_a_member_that_points_outside_is_refused():
    with pytest.raises(files.Unreadable, match="menunjuk ke luar"):
        _ = with_part("../../evil.xml", b"<x/>").sheets


class TestPages:
    def sheets(self, html: str) -> list[files.Sheet]:
        return files.File("a.xls", html.encode()).sheets

    def test_spans_are_laid_out_as_a_browser_does(self):
        sheet = self.sheets("<table><tr><td rowspan=2>A<td colspan=2>B<tr><td>C<td>D</table>")[0]
        assert sheet.rows == [["A", "B", ""], ["", "C", "D"]]
        assert sheet.merged == ((0, 0, 1, 0), (0, 1, 0, 2))

    def test_scripts_and_styles_are_no_text_and_breaks_are_spaces(self):
        html = "<style>x</style><table><tr><td>A<br>B<script>alert('x')</script></td><td>1 &lt; 2</td></tr></table>"
        assert self.sheets(html)[0].rows == [["A B", "1 < 2"]]

    def test_a_table_inside_a_cell_is_a_sheet_of_its_own(self):
        outer, inner = self.sheets("<table><tr><td>A<table><tr><td>B</td></tr></table></td><td>C</td></tr></table>")
        assert (outer.rows, inner.rows) == ([["A", "C"]], [["B"]])

    def test_without_a_table_it_is_unreadable(self):
        with pytest.raises(files.Unreadable, match="tidak ada tabel"):
            self.sheets("<html><p>Silakan masuk</p></html>")

    def test_spans_beyond_reason_are_refused(self):
        row = "<tr>" + "<td rowspan=9999 colspan=1999>x</td>" + "</tr>"
        with pytest.raises(files.Unreadable, match=r"sel gabungan|terlalu banyak kolom"):
            self.sheets(f"<table>{row * 2000}</table>")

    @pytest.mark.parametrize("span", ["0", "-1", "x", "1e9", "²"])
    def test_a_span_that_is_none_is_one(self, span):
        assert self.sheets(f"<table><tr><td colspan='{span}'>A</td><td>B</td></tr></table>")[0].rows == [["A", "B"]]


def test_a_damaged_old_workbook_that_makes_the_reader_panic_is_unreadable(monkeypatch, capfd):
    data = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    data += struct.pack("<9L", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<109L", *[0] * 109)
    monkeypatch.setattr(files.biff, "reach", lambda data: 0)  # the look at its reach would have refused it
    with pytest.raises(files.Unreadable, match="isi tidak sesuai dengan bentuknya"):
        _ = files.File("a.xls", data + b"\0" * 511).sheets
    assert "panicked" not in capfd.readouterr().err


def test_an_old_workbook_whose_chain_has_no_end_is_unreadable():
    head = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<9L", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack(
        "<109L", 0, *[0xFFFFFFFF] * 108
    )
    round_and_round = struct.pack("<128L", *range(1, 128), 1)
    with pytest.raises(files.Unreadable, match="buku kerja rusak"):
        _ = files.File("a.xls", head + round_and_round + b"\0" * 512 * 130).sheets
