"""The index: by need, failures first, and nothing of an input in it but text."""

import re

import pytest

from kkb_helpers import areas, render, site

SPARK = '<svg class="kkb-spark" aria-label="mCPR: dari 50,12 menjadi 51,57"><path d="M4 20L12 18" fill="x"/></svg>'


def record(code="36.01", status="ok", to_go=3, achievement=50.0, **changes):
    place = areas.get(code)
    figures = [["Desa/kelurahan ber-Kampung KB", "306 dari 339"], ["Capaian", "48,04 persen"], ["Unmet need", ""]]
    summary = {"to_go": to_go, "achievement": achievement, "figures": figures, "sparkline": SPARK, "warnings": 4}
    return {
        "area_code": code,
        "area_name": place.name,
        "target": place.folder,
        "notebook": "district_report.ipynb",
        "status": status,
        "reason": "",
        "summary": summary if status in site.GOOD else None,
        "outputs": [{"name": f"{place.folder}/follow_up.xlsx"}],
    } | changes


def about(**changes):
    facts = {"title": "Laporan", "period": "Juni 2024", "run_id": "r1", "finished_at": "t", "version": "kkb 0.1.0"}
    return site.About(**facts | changes)


def rows(page: str) -> list[str]:
    return re.findall(r'<a href="([\w.-]+)/report.html">', page)


def test_is_fit_to_publish():
    page = site.index([record(), record("36.02", "failed", reason="KeyError di sel 5: rahasia")], about(synthetic=True))
    assert render.problems(page, site.SIZE_LIMIT) == []
    assert "DATA CONTOH (SINTETIS)" in page


def test_the_neediest_stand_first():
    records = [
        record("36.01", to_go=3),
        record("36.02", to_go=9, achievement=60.0),
        record("36.03", to_go=9, achievement=40.0),
        record("36.04", to_go=None),
        record("36.71", to_go=9, achievement=None),
    ]
    order = [folder[:5] for folder in rows(site.index(records, about()))]
    assert order == ["36.03", "36.02", "36.71", "36.01", "36.04"]


def test_says_the_three_figures_and_where_the_report_is():
    page = site.index([record()], about())
    assert "<td>306 dari 339</td><td>48,04 persen</td><td>tidak ada data</td>" in page
    assert 'href="36.01-pandeglang/follow_up.xlsx"' in page
    assert "selesai, 4 temuan" not in page
    many = record(status="ok_with_warnings") | {"summary": {"warnings": 2036}}
    assert "selesai, 2.036 temuan" in site.index([many], about())
    assert "selesai, 4 temuan" in site.index([record(status="ok_with_warnings")], about())


def test_counts_in_words():
    assert "1 laporan kabupaten/kota, semuanya selesai." in site.index([record()], about())
    assert "1 dari 2 laporan kabupaten/kota selesai; 1 belum." in site.index(
        [record(), record("36.02", "died")], about()
    )


@pytest.mark.parametrize(("status", "words"), site.BAD.items())
def test_what_is_not_finished_stands_first_with_its_cause(status, words):
    page = site.index([record(), record("36.02", status, reason="Sebab")], about())
    assert f"<td>{words}</td>" in page
    assert page.index("36.02 Kabupaten Lebak") < page.index("Laporan kabupaten/kota</h2>")
    assert rows(page) == ["36.01-pandeglang"]


def test_a_failed_district_links_its_last_good_report_with_its_date():
    old = {"link": "36.02-lebak/report.html", "date": "1 Juni 2024"}
    page = site.index([record("36.02", "failed", reason="x", last_good=old), record("36.03", "died")], about())
    assert (
        '<a href="36.02-lebak/report.html" aria-label="Laporan lama 36.02 Kabupaten Lebak">per 1 Juni 2024</a>' in page
    )
    assert page.count("<td>tidak ada</td>") == 1
    assert render.problems(page, site.SIZE_LIMIT) == []


def test_the_message_of_an_error_in_code_stays_private():
    page = site.index([record("36.02", "failed", reason="KeyError di sel 5: 'isi sel'")], about())
    assert "KeyError di sel 5" in page
    assert "isi sel" not in page
    assert "Kode ganda." in site.index([record("36.02", "refused", reason="Kode ganda.")], about())


def test_pages_that_reports_share_are_linked():
    shared = record("36", notebook="province_overview.ipynb", target="province.html")
    page = site.index([record(), shared], about(page_titles={"province_overview.ipynb": "Gambaran provinsi"}))
    assert '<a href="province.html">Gambaran provinsi: Banten</a>' in page


def test_text_is_escaped():
    page = site.index([record("36.02", "refused", reason="<script>a</script>")], about(sources=("<b>x</b>",)))
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;x" in page


def test_a_sparkline_is_drawn_again_from_its_path_alone():
    assert site._sparkline(SPARK).count("<") == 3
    assert site._sparkline("Cell(text='satu titik')") == "satu titik"
    assert "script" not in site._sparkline('<svg><script></script><path d="M0 0"/></svg>')


def test_the_whole_country_stays_small():
    records = [record(code, status="ok_with_warnings") for code in areas.frame("kabupaten")["code"]]
    path = "".join(f"{'L' if i else 'M'}{4 + i * 7.5:.1f} 20.0" for i in range(13))
    for r in records:
        r["summary"]["sparkline"] = SPARK.replace("M4 20L12 18", path)
    page = site.index(records, about())
    assert render.problems(page, site.SIZE_LIMIT) == []
    assert len(rows(page)) == len(records) >= 514
