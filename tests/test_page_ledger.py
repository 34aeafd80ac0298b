"""The claims page: every figure with its verdict in word and sign, the article first, counts as the ledger has them."""

from xml.etree import ElementTree

import pytest

from kkb_helpers import claims, wording
from kkb_helpers.page import ledger
from kkb_helpers.page.sections import SECTIONS


@pytest.fixture
def ctx(page_of):
    """A data folder that holds nothing: arithmetic alone."""
    return page_of({})


def tables_in(html) -> dict[str, list[list[str]]]:
    """The rows of every table of a fragment by its caption, head first."""
    root = ElementTree.fromstring(f"<div>{html}</div>")
    return {
        "".join(t.find("caption").itertext()): [["".join(c.itertext()) for c in row] for row in t.iter("tr")]
        for t in root.iter("table")
    }


def test_every_verdict_has_a_sign_of_its_own_and_a_meaning():
    assert set(ledger.VERDICTS) == set(claims.VERDICTS) == set(ledger.ORDER)
    signs = [sign for sign, _ in ledger.VERDICTS.values()]
    assert len(set(signs)) == len(signs)
    assert all(meaning.endswith(".") for _, meaning in ledger.VERDICTS.values())


def test_the_article_comes_first_in_its_order(ctx):
    (rows,) = tables_in(ledger.article(ctx).html).values()
    assert rows[0] == ["No.", "Pernyataan", "Per tanggal", "Nilai", "Penyebut", "Hitung ulang", "Putusan", "Sebab"]
    assert [row[0] for row in rows[1:]] == [f"A{n:02}" for n in range(1, 12)]


@pytest.mark.parametrize(
    ("key", "verdict", "words"),
    [
        ("A03", "✓ cocok", "93,30 persen"),
        ("A04", "≈ pembulatan", "seharusnya 87,44"),
        ("A07", "✓ cocok", "32,86 persen dari 1.552"),
        ("A08", "÷ penyebut berbeda", "32,86"),
        ("A09", "✕ bertentangan", "dua indikator"),
        ("A11", "? tidak dapat dihitung", "325 + 212 = 537"),
    ],
)
def test_a_statement_carries_its_verdict_and_why(ctx, key, verdict, words):
    (rows,) = tables_in(ledger.article(ctx).html).values()
    row = next(row for row in rows if row[0] == key)
    assert row[6] == verdict
    assert words in " ".join(row)


def test_the_book_groups_every_other_figure_by_verdict_the_gravest_first(ctx):
    tables = tables_in(ledger.book(ctx).html)
    assert next(iter(tables)) == "Angka terbitan: bertentangan"
    assert list(tables)[-1] == "Angka terbitan: tidak dapat dihitung"
    ids = [row[0] for rows in tables.values() for row in rows[1:]]
    assert sorted(ids) == sorted(k for k in claims.ledger() if not k.startswith("A"))


def test_the_counts_of_the_cover_are_those_of_the_ledger(ctx):
    rows = ledger.judged(ctx)
    said = ledger.counted(rows)
    assert sum(wording.numbers_in(said)) == len(claims.ledger())
    assert f"{(rows['putusan'] == claims.CONTRADICTS).sum()} bertentangan" in said
    assert f"Dari {wording.number(len(rows))} angka terbitan: {said}." in ledger.cover(ctx).html


def test_says_what_the_figures_were_checked_against(page_of):
    import pandas as pd

    assert "dibandingkan dengan data bila" in ledger.cover(page_of({})).html
    rows = pd.DataFrame({"village_code": ["36.01.01.2001"], "period": "2024-06", "pus": 9, "unmet_need": 1})
    rows = rows.assign(source_file="contoh-x.csv", source_row=2).astype({"pus": "Int64", "unmet_need": "Int64"})
    ledger.judged.cache_clear()
    assert "data contoh (sintetis)" in ledger.cover(page_of({"siga_pus": rows})).html


def test_the_sentinel_names_the_area_and_counts_what_contradicts(ctx):
    block = SECTIONS["klaim_penutup"](ctx)
    assert (block.sentinel["kode"], block.sentinel["periode"]) == ("36", "2024-06")
    assert block.sentinel["summary"]["warnings"] == 12
    head = block.files["claims.csv"].decode().splitlines()[0]
    assert head == ",".join(claims.HEADINGS.values())
