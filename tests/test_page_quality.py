"""The data-quality page: true for tiny tables, and a sentence where there is nothing to show."""

import io
from xml.etree import ElementTree

import pandas as pd
import pytest
from openpyxl import load_workbook

from kkb_helpers import areas, checks, store
from kkb_helpers.page.quality import arrival, completeness, contradictions, duties, folder, gaps, revisions, sides
from kkb_helpers.page.sections import SECTIONS

CILEGON = "36.72"
VILLAGES = list(areas.children(CILEGON, "desa")["code"])  # 43
SOURCE = {"source_file": "uji.csv", "source_row": 2}


def couples(codes, month) -> pd.DataFrame:
    rows = pd.DataFrame({"village_code": codes, "period": month, "pus": 100, "unmet_need": 10, **SOURCE})
    return rows.astype({"pus": "Int64", "unmet_need": "Int64"})


def finding(**more) -> dict:
    plain = {
        "code": "X301",
        "severity": "PERINGATAN",
        "file": "uji.csv",
        "sheet": "",
        "row": "7",
        "column": "KESERTAAN BKB",
        "area_code": VILLAGES[0],
        "found": "KESERTAAN BKB 12 lebih besar dari SASARAN BKB 10 (selisih 2)",
        "expected": "paling banyak 10",
        "action": "Periksa isian di sumber, lalu unduh ulang.",
    }
    return plain | more


def tables_in(html) -> dict[str, list[list[str]]]:
    """The rows of every table of a fragment by its caption, head first."""
    root = ElementTree.fromstring(f"<div>{html}</div>")
    return {
        "".join(t.find("caption").itertext()): [["".join(c.itertext()) for c in row] for row in t.iter("tr")]
        for t in root.iter("table")
    }


@pytest.fixture
def ctx(page_of):
    """PUS of 43 villages in April and June, of 42 in June; May did not arrive."""
    rows = pd.concat([couples(VILLAGES, "2024-04"), couples(VILLAGES[1:], "2024-06")], ignore_index=True)
    register = pd.DataFrame([{"name": "uji.csv", "sha256": "a" * 64, "kind": "siga_pus", "year": "2024", "rows": "86"}])
    found = [
        finding(),
        finding(row="9", found="KESERTAAN BKB 31 lebih besar dari SASARAN BKB 10 (selisih 21)"),
        finding(
            code="X307", column="PUS", area_code=VILLAGES[1], found="UNMET NEED ada, PUS kosong", expected="keduanya"
        ),
        finding(code="R212", severity="CATATAN", found="=HYPERLINK(1)", action="Tidak perlu tindakan."),
    ]
    return page_of({"siga_pus": rows}, findings=pd.DataFrame(found), register=register)


def test_effect_is_the_difference_that_a_finding_states():
    found = pd.Series(["a (selisih 1.578)", "b (selisih 3,5)", "c", "d (selisih -7)"])
    assert list(folder.effect(found)) == [1578.0, 3.5, 1.0, 7.0]


def test_a_file_says_what_became_of_its_rows(ctx):
    (rows,) = tables_in(arrival.files(ctx).html).values()
    assert rows[1][:1] + rows[1][2:] == ["uji.csv", "2024", "86", "85", "0", "4"]
    assert "1 berkas diterima, 86 baris; semua baris cocok dengan daftar wilayah rujukan." in arrival.leads(ctx)


def test_completeness_by_month_starts_with_the_first_month_of_a_table(ctx):
    rows = next(iter(tables_in(completeness.by_month(ctx, CILEGON)).values()))
    assert rows[0] == ["Tabel", "Apr 2024 (%)", "Jun 2024 (%)"]
    of = {row[0]: row[1:] for row in rows}
    assert of["SIGA, PUS dan unmet need"] == ["100,0", "97,7"]
    assert of["SIGA, Keluarga BKB"] == ["", "tidak ada"]


def test_shades_say_below_75_from_complete():
    low, high, none = completeness.shaded(pd.Series([74.0, 100.0, None]), "tidak ada")
    assert low.background.startswith("var(--kkb-heat-1")
    assert high.background.startswith("var(--kkb-heat-6")
    assert none == "tidak ada"


def test_names_the_kecamatan_that_lack_something(ctx):
    html = completeness.kecamatan(ctx).html
    assert "1 dari 8 kecamatan di Banten tidak lengkap" in html
    (rows,) = tables_in(html).values()
    assert rows[1][0] == areas.name_of(VILLAGES[0][:8])


def test_names_the_tables_and_months_that_are_missing(ctx):
    html = gaps.absent(ctx).html
    assert "13 dari 14 tabel belum ada untuk Juni 2024:" in html
    assert "Isian mitra: Unduh borang: kkb template partners." in html
    assert "SIGA, PUS dan unmet need: Mei 2024." in html
    assert "Tidak ada baris tanpa desa/kelurahan" in html


def test_lists_rows_without_a_village(page_of):
    ctx = page_of({"siga_pus": couples(VILLAGES, "2024-06")})
    lost = pd.DataFrame(
        [
            {
                "village_code": "",
                "kelurahan": "Antah",
                "kecamatan": "Berantah",
                "kabupaten": "Cilegon",
                "reason": "nama tidak dikenal",
                "source_file": "uji.csv",
                "source_row": 3,
            }
        ]
    )
    store.write(ctx.p.tables, "unmatched", lost)
    folder.everything.cache_clear()
    (rows,) = tables_in(gaps.without_village(ctx)).values()
    assert rows[1] == ["uji.csv", "3", "Antah, Berantah, Cilegon", "nama tidak dikenal"]


def test_the_findings_of_most_effect_come_first_alike_ones_counted(ctx):
    block = contradictions.findings(ctx)
    tables = tables_in(block.html)
    assert [row[0] for row in tables["Temuan menurut aturan"][1:]] == ["X301", "X307", "R212"]
    worst = next(rows for caption, rows in tables.items() if caption.startswith("X301 PERINGATAN"))
    assert len(worst) == 2
    assert "selisih 21" in worst[1][1]
    assert worst[1][3:] == ["uji.csv, baris 9", "2"]


def test_the_workbook_holds_all_findings_defanged(ctx):
    sheet = load_workbook(io.BytesIO(contradictions.findings(ctx).files["findings.xlsx"]))["Temuan"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 5
    found = [row[8] for row in rows]
    assert "'=HYPERLINK(1)" in found
    assert not [text for row in rows for text in row if str(text).startswith("=")]


def test_a_rule_is_said_without_braces():
    for key in checks.CHECKS:
        said = contradictions.sentence_of(key)
        assert said
        assert "{" not in said
    assert contradictions.sentence_of("Z999") == "Z999"


def test_revisions_come_largest_first_with_both_files(ctx):
    assert "Tidak ada angka yang direvisi" in revisions.revisions(ctx).html
    rows = [
        ("siga_pus", VILLAGES[0], "2024-06", "pus", "100", "103", "3", "a.csv", "b.csv"),
        ("siga_pus", VILLAGES[1], "2024-06", "pus", "1500", "1400", "-100", "a.csv", "b.csv"),
    ]
    names = ["table", "area_code", "time", "column", "old", "new", "difference", "file_old", "file_new"]
    assert set(names) <= set(checks.REVISION_COLUMNS)
    text = pd.DataFrame(rows, columns=names).reindex(columns=[*names, "kind", "sha256_old"]).to_csv(index=False)
    (ctx.p.tables / "revisions.csv").write_text(text, encoding="utf-8")
    html = revisions.revisions(ctx).html
    (rows,) = tables_in(html).values()
    assert rows[1][4:] == ["1.500", "1.400", "-100", "a.csv", "b.csv"]
    assert rows[2][6] == "+3"
    assert "2 angka berbeda" in html


def test_portal_against_siga_by_kabupaten(page_of):
    kampung = pd.DataFrame({"village_code": VILLAGES[:4], "as_of": "2024-06-01", "kampung_kb": "Melati", **SOURCE})
    siga = pd.DataFrame({"village_code": VILLAGES, "as_of": "2024-06-30", "jumlah_kampung_kb": 0, **SOURCE})
    siga.loc[[0, 1, 9], "jumlah_kampung_kb"] = 1
    from kkb_helpers.classification import COMPONENTS

    for column in (*COMPONENTS, "index_input_hitung", "index_proses_hitung", "index_output_hitung"):
        kampung[column] = 2
    kampung["klasifikasi"] = kampung["klasifikasi_hitung"] = "Dasar"
    ctx = page_of({"kampung": kampung, "siga_kkb": siga.astype({"jumlah_kampung_kb": "Int64"})})
    html = sides.portal_against_siga(ctx).html
    (rows,) = tables_in(html).values()
    assert rows[0][1:3] == ["Portal, 1 Jun 2024", "SIGA, 30 Jun 2024"]
    assert rows[1] == ["Kota Cilegon", "4", "3", "+1", "2", "1"]
    assert rows[-1][0] == "Jumlah"
    assert "selisih +1. Selisih terbesar di Kota Cilegon (+1)." in html


def test_a_check_that_saw_nothing_did_not_run(ctx):
    seen = [("C221", "uji.csv", 86, "sel"), ("C227", "uji.csv", 0, "baris"), ("X301", "", 85, "baris")]
    frame = pd.DataFrame(seen, columns=["rule", "file", "seen", "unit"]).assign(severity="PERINGATAN")
    store.write_csv(ctx.p.tables / "checks.csv", frame[store.SEEN_COLUMNS])
    html = duties.ran(ctx).html
    (rows,) = tables_in(html).values()
    of = {row[0]: row for row in rows}
    assert of["C227"][3:] == ["tidak dijalankan", ""], "no form was filled in"
    assert of["X301"][3:] == ["85 baris", "2"]
    assert of["C221"][3:] == ["86 sel", "0"]
    assert of["X302"][3:] == ["tidak dijalankan", ""], "nothing is known of it"
    assert f"2 dari {len(checks.CHECKS)} pemeriksaan dijalankan" in html
    assert len(rows) - 1 == len(checks.CHECKS)


def test_what_to_do_names_who(ctx):
    (rows,) = tables_in(duties.to_do(ctx).html).values()
    assert rows[1] == [
        "Petugas pelaporan",
        "Periksa isian di sumber, lalu unduh ulang.",
        "Kota Cilegon (3)",
        "3 temuan",
    ]
    assert ["Admin kabupaten/kota", "Isian mitra"] in [[row[0], row[2]] for row in rows]


def test_sentinel_counts_warnings(ctx):
    assert SECTIONS["mutu_penutup"](ctx).sentinel["summary"] == {"warnings": 3}


@pytest.mark.parametrize("name", sorted(n for n in SECTIONS if n.startswith("mutu_") and n != "mutu_data"))
def test_every_section_stands_without_data(page_of, name):
    assert str(SECTIONS[name](page_of({})).html) or name == "mutu_penutup"
