"""The page: one file without code, script or request; what is wrong with it is found before it is published."""

import base64
import tempfile

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_helpers import render
from kkb_helpers.params import ROOT

SENTINEL = {
    "kode": "36.01",
    "periode": "2024-06",
    "sha256_input": "abc",
    "title": "Laporan Kampung KB Kabupaten Pandeglang, Juni 2024",
    "synthetic": True,
    "summary": {"warnings": 0},
}


def display(data: dict, **metadata):
    return nbformat.v4.new_output("display_data", data, metadata=metadata)


def cell(*outputs, source="show(p)"):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), execution_count=1)


def last(**changes):
    return cell(display({render.SENTINEL_MIME: SENTINEL | changes, "text/plain": ""}))


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def page_text(*cells, failure="") -> str:
    made = notebook(*cells)
    return render.to_html(made, render.page_of(made, "36.01", "2024-06", failure))


COVER = cell(display({"text/html": "<h1>Kabupaten Pandeglang</h1><p>36.01</p>", "text/plain": "Kabupaten"}))
SECTIONS = cell(
    display({"text/html": "<section><h2>Ringkasan</h2><p>a</p></section><section><h2>Dana &amp; B</h2></section>"})
)


class TestPage:
    def test_is_fit_to_publish(self):
        assert render.problems(page_text(COVER, SECTIONS, last())) == []

    def test_says_what_it_is(self):
        text = page_text(COVER, SECTIONS, last())
        assert '<html lang="id">' in text
        assert "<title>Laporan Kampung KB Kabupaten Pandeglang, Juni 2024</title>" in text
        assert f'content="{render.POLICY}"' in text
        assert text.count("<h1") == 1
        assert 'href="#laporan"' in text

    def test_the_contents_list_stands_between_the_cover_and_the_first_section(self):
        text = page_text(COVER, SECTIONS, last())
        assert text.index("</h1>") < text.index('<nav class="contents"') < text.index("<section>")
        assert '<li><a href="#bagian-1">Ringkasan</a></li>' in text
        assert '<li><a href="#bagian-2">Dana &amp; B</a></li>' in text
        assert '<h2 id="bagian-2">Dana &amp; B</h2>' in text

    def test_a_heading_keeps_its_own_id(self):
        text = page_text(cell(display({"text/html": '<h2 class="a" id="dana">Dana</h2><h2>B</h2>'})), last())
        assert '<a href="#dana">' in text

    def test_shows_no_code(self):
        text = page_text(cell(display({"text/html": "<p>isi</p>"}), source="rahasia = 1"), last())
        assert "rahasia" not in text

    def test_begins_after_the_parameters(self):
        parameters = nbformat.v4.new_code_cell("area = 1", metadata={"tags": ["parameters"]})
        injected = nbformat.v4.new_code_cell("area = 2", metadata={"tags": ["injected-parameters"]})
        guide = nbformat.v4.new_markdown_cell("Ubah wilayah di bawah ini.")
        text = page_text(guide, parameters, injected, nbformat.v4.new_markdown_cell("Pembuka."), COVER, last())
        assert "Ubah wilayah" not in text
        assert "Pembuka." in text

    def test_says_that_its_figures_are_made_up_at_the_top_and_on_each_printed_page(self):
        text = page_text(COVER, last())
        assert text.index("DATA CONTOH (SINTETIS): angka dibangkitkan") < text.index("<h1>")
        assert '@top-right { content: "DATA CONTOH (SINTETIS)"' in text
        assert "SINTETIS" not in page_text(COVER, last(synthetic=False))

    def test_prints_code_name_period_and_page_numbers(self):
        text = page_text(COVER, last())
        assert '@top-left { content: "36.01 Kabupaten Pandeglang · Juni 2024"' in text
        assert 'counter(page) " dari " counter(pages)' in text

    def test_a_page_without_h1_gets_its_title(self):
        assert "<h1>Laporan Kampung KB Kabupaten Pandeglang, Juni 2024</h1>" in page_text(last())

    def test_an_unfinished_page_says_so(self):
        error = nbformat.v4.new_output(
            "error", ename="KeyError", evalue="<x>", traceback=["\x1b[31mKeyError\x1b[0m: <x>"]
        )
        text = page_text(COVER, cell(error), failure="KeyError di sel 2")
        assert "LAPORAN TIDAK SELESAI, jangan dibagikan. KeyError di sel 2" in text
        assert "KeyError: &lt;x&gt;" in text

    def test_is_the_same_each_time(self):
        assert page_text(COVER, SECTIONS, last()) == page_text(COVER, SECTIONS, last())


class TestSafety:
    def test_markdown_is_words_alone(self):
        source = "[a](javascript:b) [c](https://contoh.id/x) [d](#e) ![f](https://contoh.id/g.png) <script>a</script>"
        text = page_text(nbformat.v4.new_markdown_cell(source), last())
        assert "&lt;script&gt;" in text
        assert "c (https://contoh.id/x)" in text
        assert '<a href="#e">d</a>' in text
        assert render.problems(text) == []

    def test_text_is_escaped(self):
        outputs = [display({"text/plain": "<img src=x onerror=a>"}), nbformat.v4.new_output("stream", text="<b>\n")]
        text = page_text(cell(*outputs), last())
        assert "&lt;img src=x onerror=a&gt;" in text
        assert "<pre>&lt;b&gt;" in text

    def test_only_known_kinds_of_output_are_shown(self):
        text = page_text(cell(display({"application/javascript": "alert(1)", "text/latex": "$x$"})), last())
        assert "alert" not in text
        assert "$x$" not in text

    def test_stderr_is_for_the_log(self):
        assert "FutureWarning" not in page_text(
            cell(nbformat.v4.new_output("stream", name="stderr", text="FutureWarning: x")), last()
        )

    def test_a_title_cannot_leave_its_place(self):
        text = page_text(COVER, last(title="</title><script>a</script>"))
        assert "<script" not in text
        assert render.problems(text) == []

    def test_css_text_cannot_leave_its_string(self):
        assert render._css_text('a"}</style>') == '"a\\22 \\7d \\3c /style\\3e "'

    @pytest.mark.parametrize(
        ("fragment", "said"),
        [
            ("<script>a</script>", "unsur <script>"),
            ("<iframe></iframe>", "unsur <iframe>"),
            ('<p onclick="a">b</p>', "atribut onclick pada <p>"),
            ("<svg onload='a'></svg>", "atribut onload pada <svg>"),
            ('<a href="javascript:a">b</a>', "acuan ke luar pada <a>: javascript:a"),
            ('<a href="https://contoh.id">b</a>', "acuan ke luar pada <a>: https://contoh.id"),
            ('<a href="../x">b</a>', "acuan ke luar pada <a>: ../x"),
            ('<img src="a.png" alt="b">', "acuan ke luar pada <img>: a.png"),
            ('<img src="data:image/png;base64,AA" alt="">', "gambar tanpa teks alternatif"),
            ('<svg><use xlink:href="http://a/b#c"></use></svg>', "acuan ke luar pada <use>"),
            ('<p style="background:url(http://a/b)">c</p>', "gaya memuat acuan ke luar"),
            ("<style>@import 'a.css';</style>", "gaya memuat acuan ke luar"),
            ('<meta http-equiv="refresh" content="0;url=http://a">', "meta http-equiv 'refresh'"),
            ("<form></form>", "unsur <form>"),
            ("<h1>kedua</h1>", "harus ada satu h1, ada 2"),
            ("<div>", "tag penutup tanpa pembuka: main"),
        ],
    )
    def test_what_must_not_be_published_is_named(self, fragment, said):
        faults = render.problems(page_text(COVER, cell(display({"text/html": fragment})), last()))
        assert any(said in fault for fault in faults), faults

    def test_a_page_without_policy_language_or_title_is_refused(self):
        faults = render.problems("<html><body><h1>a</h1></body></html>")
        assert faults == [
            "kebijakan keamanan isi (CSP) tidak ada atau berbeda",
            "bahasa dokumen bukan id",
            "judul dokumen kosong",
        ]

    def test_a_page_that_is_too_large_is_refused(self):
        text = page_text(COVER, cell(display({"text/html": f"<p>{'x' * 600_000}</p>"})), last())
        assert "paling besar 600000" in render.problems(text)[0]


PIECES = [
    *("<!DOCTYPE html>", "<!doctype html>", '<html lang="id">', "<html lang='en'>", "</html>", "<HTML LANG='id'>"),
    *("<title>", "</title>", "<style>", "</style>", "</style >", "<script>", "</script>", "<textarea>", "</textarea>"),
    *("<h1>", "</h1>", "<H1>", "<div>", "</div>", "<div/>", "<br>", "<br/>", "</br>", "<p onclick=x()>", "</p>"),
    *('<p onclick="x()">', '<a href="https://contoh.id">', '<a href="#isi">', '<a href="a&#46;html">', "</a>"),
    *('<a HREF="//x">', '<a href="b" href="//x">', '<img alt="" src="data:image/png;base64,AA">', '<img src="a.png">'),
    *('<p title="a>b">', '<p title="a<b">', '<p style="background:url(//x)">', '<p style="a&#40;url(//x)">'),
    *('<svg viewBox="0 0 1 1">', "</svg>", '<use xlink:href="//x"/>', "<!-- x -->", "<![CDATA[x]]>", "<?x?>", "</>"),
    *("@import 'a'", "url(//x)", "a < b", "a > b", "a &lt; b", "teks", " ", "\n", "<", ">", "</", '"', "&", "\0"),
    '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;">',
    '<meta http-equiv="refresh" content="0">',
]


POLICY_TAG = '<meta http-equiv="Content-Security-Policy" content="{}">'


def seen(reader) -> tuple:
    return reader.problems, reader.open_tags, reader.h1, reader.policy, reader.language, reader.title


class TestPlainPages:
    @settings(max_examples=1000)
    @given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
    def test_a_plain_page_reads_as_any_parser_reads_it(self, text):
        plain, full = render._PageReader(), render._PageReader()
        full.feed(text)
        full.close()
        if plain.walk(text):
            assert [list(dict.fromkeys(seen(plain)[0])), *seen(plain)[1:]] == [
                list(dict.fromkeys(seen(full)[0])),
                *seen(full)[1:],
            ]

    @pytest.mark.parametrize(
        "tags",
        [
            "".join(map(POLICY_TAG.format, ("default-src *", render.POLICY, "default-src *"))),
            '<html lang="en"><html lang="id"><html lang="en">',
        ],
    )
    def test_the_last_word_counts_where_it_was_said_before(self, tags):
        plain, full = render._PageReader(), render._PageReader()
        full.feed(tags)
        assert plain.walk(tags)
        assert seen(plain) == seen(full)

    def test_our_pages_are_plain(self):
        assert render._PageReader().walk(page_text(COVER, SECTIONS, last()))

    @pytest.mark.parametrize("odd", ["<p class=a>", "<!-- a -->", "<script>", "<style><b></style>", "a < b", "</p a>"])
    def test_what_some_reader_may_read_otherwise_is_not_plain(self, odd):
        assert not render._PageReader().walk(f"<!DOCTYPE html><p>{odd}</p>")


class TestFiles:
    def test_are_taken_out_of_the_outputs(self):
        content = base64.b64encode(b"a,b\n").decode()
        found = render.attached_files(
            notebook(cell(display({render.FILE_MIME: {"name": "charts/a.svg", "base64": content}})))
        )
        assert found == {"charts/a.svg": b"a,b\n"}

    @pytest.mark.parametrize("name", ["../a", "/a", "a/b/c", "C:\\a", "", ".a", "a b", "charts/../../a"])
    def test_never_lead_out_of_the_folder(self, name):
        with pytest.raises(ValueError, match="tidak diperbolehkan"):
            render.attached_files(notebook(cell(display({render.FILE_MIME: {"name": name, "base64": ""}}))))


class TestNotebookThatIsKept:
    def made(self):
        parameters = nbformat.v4.new_code_cell(f'data = "{ROOT}/data"', metadata={"tags": ["injected-parameters"]})
        told = nbformat.v4.new_output("stream", text=f"baca {ROOT}/data/x\n")
        file = display({render.FILE_MIME: {"name": "a.csv", "base64": "QQ=="}})
        made = notebook(parameters, cell(told, file), last())
        made.metadata.papermill = {"input_path": f"{ROOT}/notebooks/a.ipynb", "parameters": {"data": f"{ROOT}/data"}}
        made.cells[1].metadata.papermill = {"start_time": "2024-06-01T00:00:00"}
        return made

    def test_names_no_machine(self):
        assert str(ROOT) not in nbformat.writes(render.clean(self.made(), "district_report.ipynb"))
        assert render.clean(self.made(), "a.ipynb").metadata.papermill.input_path == "a.ipynb"

    def test_says_of_data_elsewhere_no_way_there(self):
        assert render.scrub(f'data = "../..{tempfile.gettempdir()}/ekspor"') == 'data = "…/ekspor"'
        assert render.scrub('data = "../ekspor" ... dan seterusnya') == 'data = "../ekspor" ... dan seterusnya'

    def test_holds_no_files_and_no_times(self):
        cleaned = render.clean(self.made(), "a.ipynb")
        assert len(cleaned.cells[1].outputs) == 1
        assert "papermill" not in cleaned.cells[1].metadata

    def test_folds_its_code_away(self):
        assert render.clean(self.made(), "a.ipynb").cells[1].metadata.jupyter.source_hidden is True

    def test_leaves_the_notebook_that_ran_as_it_is(self):
        made = self.made()
        render.clean(made, "a.ipynb")
        assert len(made.cells[1].outputs) == 2

    def test_is_a_notebook_and_the_same_each_time(self):
        texts = [nbformat.writes(render.clean(self.made(), "a.ipynb")) for _ in range(2)]
        nbformat.validate(nbformat.reads(texts[0], 4))
        assert texts[0] == texts[1]


class TestSentinel:
    def test_is_that_of_the_last_cell(self):
        assert render.sentinel(notebook(COVER, last()))["kode"] == "36.01"

    def test_of_an_earlier_cell_does_not_count(self):
        assert render.sentinel(notebook(last(), COVER)) is None


def test_pack_gives_page_notebook_and_files():
    file = display({render.FILE_MIME: {"name": "indicators.csv", "base64": base64.b64encode(b"x").decode()}})
    value, files = render.pack(notebook(COVER, cell(file), last()), "36.01", "2024-06", "district_report.ipynb")
    assert sorted(files) == ["indicators.csv", "report.html", "report.ipynb"]
    assert value["problems"] == []
    assert value["sentinel"]["sha256_input"] == "abc"
