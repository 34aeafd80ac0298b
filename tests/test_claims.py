"""Published figures: each of the article's statements comes out as its figures say, by no verdict written down."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from kkb_helpers import areas, claims, indicators
from kkb_helpers.claims import AGREES, CONTRADICTS, OPEN, OTHER_WHOLE, ROUNDED, VERDICTS, Claim
from kkb_helpers.store import Tables

EMPTY = Tables.of({})


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    return claims.check(EMPTY).set_index("id")


def claim(key: str, value: str, checks: str = "", **more) -> Claim:
    """A figure of Banten, 2024, of no account but its value and relations."""
    plain = dict.fromkeys(Claim.__dataclass_fields__, "")
    return Claim(**plain | {"id": key, "value": value, "checks": checks, "area_code": "36", "as_of": "2024"} | more)


def verdict(checks: str, value: str, *others: Claim, **more) -> tuple[str, str]:
    """Judge one figure among others: verdict and reason."""
    book = {c.id: c for c in (claim("Z0", value, checks, **more), *others)}
    row = claims.check(EMPTY, book).iloc[0]
    return row["putusan"], row["sebab"]


# The ledger


def test_the_ledger_holds_the_article_first_and_every_collected_figure():
    ids = list(claims.ledger())
    assert ids[:11] == [f"A{n:02}" for n in range(1, 12)]
    assert ids[11:114] == [f"F{n:03}" for n in range(1, 104)]


@pytest.mark.parametrize("entry", claims.ledger().values(), ids=lambda c: c.id)
def test_every_entry_is_whole(entry):
    assert entry.statement
    assert entry.publisher
    assert entry.url
    assert "://" not in entry.url
    assert entry.unit
    assert entry.as_of or entry.stated_time
    assert re.fullmatch(r"\d+(\.\d+)?", entry.value)
    assert areas.get(entry.area_code)
    assert bool(entry.indicator) == bool(entry.part)
    for step in filter(None, entry.checks.split(";")):
        name, _, operands = step.partition(" ")
        assert name in claims.RULES
        assert set(re.findall(r"[A-Z]\d+", operands)) <= set(claims.ledger())
        assert name == "readings" or entry.id not in re.findall(r"[A-Z]\d+", operands), "a figure proves itself"


def test_every_indicator_of_the_ledger_exists():
    from kkb_helpers import indicators

    named = {key for c in claims.ledger().values() if c.indicator for key in c.indicator.split("+")}
    assert named <= set(indicators.REGISTRY)


def test_every_rule_is_used():
    used = {step.split(" ")[0] for c in claims.ledger().values() for step in c.checks.split(";")}
    assert used - {""} == set(claims.RULES)


# The article


@pytest.mark.parametrize(
    ("key", "expected", "words"),
    [
        ("A01", AGREES, ["Hitungan tepat"]),
        ("A02", AGREES, ["Hitungan tepat"]),
        ("A03", AGREES, ["1.552 desa/kelurahan", "1 Juni 2024"]),
        ("A04", ROUNDED, ["87,436", "dipotong", "seharusnya 87,44"]),
        ("A05", AGREES, ["Melebihi", "193"]),
        ("A06", ROUNDED, ["931,2 dibulatkan ke atas menjadi 932"]),
        ("A07", AGREES, ["932", "32,86 persen dari 1.552", "35,22 persen dari 1.448"]),
        ("A08", OTHER_WHOLE, ["32,86 persen", "54,72 adalah terhadap 932", "35,22 persen dari 1.448"]),
        ("A09", CONTRADICTS, ["Kampung KB Mandiri di sini", "Kampung KB Mandiri dan Berkelanjutan di A07"]),
        ("A10", OPEN, ["Penyebutnya tidak disebut", "(325 + 212) / 1.357"]),
        ("A11", OPEN, ["325 + 212 = 537, lalu 510: turun 27", "325, lalu 510: naik 185", "disimpan"]),
    ],
)
def test_the_article(judged, key, expected, words):
    row = judged.loc[key]
    assert row["putusan"] == expected
    assert [word for word in words if word not in row["sebab"]] == []


@pytest.mark.parametrize(
    ("key", "expected", "words"),
    [
        ("F009", OPEN, ["Naik 91"]),
        ("F014", AGREES, ["32,86 persen dari 1.552", "35,22 persen dari 1.448"]),
        ("F016", CONTRADICTS, ["1.164, bukan 1.161", "mungkin salah ketik", "873"]),
        ("F020", CONTRADICTS, ["Turun 564", "salinan lama", "23 Agustus 2023"]),
        ("F036", OPEN, ["Naik 24 dari 11"]),
        ("F039", AGREES, ["Jumlah bagiannya sama"]),
        ("F057", AGREES, ["Jumlah bagiannya sama", "daftar rujukan"]),
        ("F058", OPEN, ["selisih 1"]),
        ("F067", CONTRADICTS, ["20,13 persen, bukan 16,4"]),
        ("F069", CONTRADICTS, ["9.046"]),
        ("F070", CONTRADICTS, ["Turun 4.954 dari 14.000"]),
        ("F072", CONTRADICTS, ["422", "kurang 20 dari 442"]),
        ("F079", OPEN, ["Naik 26 dari 34 (30 Juni 2025) dalam 53 hari"]),
        ("F091", AGREES, ["Jumlah bagiannya sama"]),
        ("F094", CONTRADICTS, ["11.300.000", "596.367"]),
        ("F095", CONTRADICTS, ["8.689.824", "7.654"]),
        ("G01", CONTRADICTS, ["27,82 persen, bukan 33"]),
        ("G03", AGREES, ["Jumlah bagiannya sama"]),
    ],
)
def test_the_contradictions_among_publishers(judged, key, expected, words):
    row = judged.loc[key]
    assert row["putusan"] == expected
    assert [word for word in words if word not in row["sebab"]] == []


def test_every_verdict_is_one_of_the_five_words_and_has_its_reason(judged):
    assert set(judged["putusan"]) == set(VERDICTS)
    assert (judged["sebab"].str.len() > 10).all()
    assert list(claims.check(EMPTY).columns) == list(claims.HEADINGS)
    assert judged.loc["F001", ["per_tanggal", "nilai"]].tolist() == ["Juni 2024", "1.552 desa/kelurahan"]
    assert judged.loc["F039", "per_tanggal"] == "tanpa tanggal, perkiraan 2025-2026"


def test_numbers_are_written_the_indonesian_way(judged):
    text = " ".join(judged[["nilai", "hitung_ulang"]].to_numpy().ravel())
    assert not re.search(r"\d\.\d{1,2}(?!\d)", text)


# The rules


@pytest.mark.parametrize(
    ("value", "expected", "word"),
    [
        ("66.67", AGREES, ""),
        ("66.7", AGREES, ""),
        ("67", AGREES, ""),
        ("66.66", ROUNDED, "dipotong, seharusnya 66,67"),
        ("66.68", CONTRADICTS, "66,67 persen, bukan 66,68"),
        ("40", OTHER_WHOLE, "40 adalah terhadap 5"),
        ("50", CONTRADICTS, "bukan 50"),
    ],
)
def test_percent(value, expected, word):
    found, reason = verdict("percent Y1/Y2 | Y1/Y3", value, claim("Y1", "2"), claim("Y2", "3"), claim("Y3", "5"))
    assert found == expected
    assert word in reason


def test_percent_rounded_up_where_down_is_nearer():
    found, reason = verdict("percent Y1/Y2", "34", claim("Y1", "1"), claim("Y2", "3"))
    assert found == ROUNDED
    assert "dibulatkan ke atas, seharusnya 33" in reason


@pytest.mark.parametrize(("value", "expected"), [("33", OPEN), ("34", CONTRADICTS)])
def test_percent_of_a_whole_nobody_named(value, expected):
    ways = "percent_open Y1/Y2 | Y1/Y1+Y2"
    assert verdict(ways, value, claim("Y1", "1"), claim("Y2", "2"))[0] == expected


@pytest.mark.parametrize(
    ("value", "expected", "word"),
    [
        ("30", AGREES, ""),
        ("29", CONTRADICTS, "75 persen dari 40 adalah 30, bukan 29"),
        ("36", CONTRADICTS, "mungkin salah ketik"),
    ],
)
def test_portion(value, expected, word):
    found, reason = verdict("portion 75*Y1", value, claim("Y1", "40"))
    assert found == expected
    assert word in reason


@pytest.mark.parametrize(("value", "word"), [("4", "3,3 dibulatkan ke atas"), ("3", "3,3 dibulatkan ke bawah")])
def test_portion_of_no_whole_number(value, word):
    found, reason = verdict("portion 30*Y1", value, claim("Y1", "11"))
    assert found == ROUNDED
    assert word in reason


@pytest.mark.parametrize(
    ("checks", "value", "other", "expected"),
    [
        ("equals Y1+5", "15", "10", AGREES),
        ("equals Y1+5", "16", "10", CONTRADICTS),
        ("difference Y1-5", "5", "10", AGREES),
        ("difference Y1-5", "6", "10", OPEN),
        ("at_least Y1", "10", "10", AGREES),
        ("at_least Y1", "9", "10", CONTRADICTS),
        ("part_of Y1", "10", "10", OPEN),
        ("part_of Y1", "11", "10", CONTRADICTS),
        ("same Y1", "10", "10", AGREES),
        ("same Y1", "11", "10", CONTRADICTS),
        ("since Y1", "10", "10", OPEN),
        ("since Y1", "9", "10", CONTRADICTS),
        ("before Y1", "10", "10", OPEN),
        ("before Y1", "11", "10", CONTRADICTS),
        ("change Y1", "9", "10", OPEN),
        ("readings Y1 | Y1+5 : Y1", "1", "10", OPEN),
        ("villages", "1552", "10", AGREES),
        ("villages", "1551", "10", OPEN),
    ],
)
def test_relations(checks, value, other, expected):
    assert verdict(checks, value, claim("Y1", other))[0] == expected


def test_a_figure_meant_approximately_agrees_within_half_its_step():
    about = claim("Y1", "14000", precision="1000")
    assert verdict("same Y1", "13620", about)[0] == ROUNDED
    assert verdict("same Y1", "13400", about)[0] == CONTRADICTS
    assert verdict("before Z1", "14000", claim("Z1", "13700"), precision="1000")[0] == OPEN


def test_one_number_for_two_measures_contradicts():
    assert verdict("named Y1", "10", claim("Y1", "10", measure="b"), measure="a")[0] == CONTRADICTS
    assert verdict("named Y1", "10", claim("Y1", "10", measure="a"), measure="a")[0] == OPEN


def test_the_gravest_of_several_checks_speaks():
    others = (claim("Y1", "10"), claim("Y2", "5"))
    assert verdict("equals Y1;part_of Y1", "10", *others)[0] == AGREES
    assert verdict("equals Y1;part_of Y2", "10", *others)[0] == CONTRADICTS
    assert verdict("", "10", *others)[0] == OPEN


def test_verdicts_follow_the_figures_not_the_ids():
    book = dict(claims.ledger())
    book["F004"] = replace(book["F004"], value="1356")
    book["F012"] = replace(book["F012"], value="931")
    judged = claims.check(EMPTY, book).set_index("id")
    assert judged.loc["A04", "putusan"] == CONTRADICTS
    assert judged.loc["A07", "putusan"] == CONTRADICTS


# Against the tables

SULBAR = {"76.01": 59, "76.02": 101, "76.03": 126, "76.04": 167, "76.05": 82, "76.06": 54}


def siga(counts: dict[str, int], source: str = "kkb.csv", as_of: str = "2025-10-01") -> Tables:
    """Table siga_kkb with every village of the kabupaten given, their Kampung KB all in the first."""
    frames = []
    for code, count in counts.items():
        villages = areas.children(code, "desa")["code"]
        rows = pd.DataFrame({"village_code": villages, "jumlah_kampung_kb": 0, "as_of": as_of, "source_file": source})
        rows["source_row"] = range(2, len(rows) + 2)
        rows.loc[0, "jumlah_kampung_kb"] = count
        frames.append(rows)
    table = pd.concat(frames, ignore_index=True)
    return Tables.of({"siga_kkb": table.astype({"jumlah_kampung_kb": "Int64"})})


def test_a_figure_the_tables_hold_is_compared_with_them():
    judged = claims.check(siga(SULBAR | {"76.05": 83, "76.06": 53})).set_index("id")
    assert judged.loc["F085", "putusan"] == AGREES
    assert "Cocok dengan data per 1 Oktober 2025" in judged.loc["F085", "sebab"]
    assert "Cocok dengan data" in judged.loc["F091", "sebab"]  # 589 all the same
    assert judged.loc["F087", "putusan"] == CONTRADICTS
    assert "Data per 1 Oktober 2025 memberi 83, selisih 1" in judged.loc["F087", "sebab"]


def test_an_area_the_tables_cover_in_part_is_not_compared():
    judged = claims.check(siga({"76.01": 59})).set_index("id")
    assert "belum memuat 5 kabupaten/kota" in judged.loc["F091", "sebab"]
    assert judged.loc["F091", "putusan"] == AGREES  # by its parts


def test_data_of_another_time_are_not_compared():
    judged = claims.check(siga(SULBAR, as_of="2024-10-01")).set_index("id")
    assert "Data per" not in judged.loc["F085", "sebab"]
    assert "Tidak ada pembilang" in judged.loc["F092", "sebab"]
    assert judged.loc["F085", "putusan"] == OPEN


def test_of_a_time_without_a_row_nothing_is_computed(monkeypatch):
    asked = []
    real = indicators.counts
    monkeypatch.setattr(
        indicators, "counts", lambda *asking: asked.append((asking[0].area, asking[1].text)) or real(*asking)
    )
    claims.check(siga(SULBAR))
    assert ("76.05", "2025-12") in asked  # published of "2025"
    assert {when for _, when in asked} == {"2025-12"}


def test_what_is_dated_by_the_period_is_compared_where_its_rows_are_older():
    figure = replace(claims.ledger()["F085"], id="Z1", as_of="2025-12", part="denominator", checks="")
    book = {"Z1": replace(figure, indicator="impossible_values_share"), "Z2": replace(figure, id="Z2")}
    judged = claims.check(siga(SULBAR, as_of="2025-10-01"), book).set_index("id")
    assert "Data per Desember 2025" in judged.loc["Z1", "sebab"]
    assert "Data per" not in judged.loc["Z2", "sebab"]


def test_made_up_data_confirm_nothing_and_it_is_said():
    made_up = siga(SULBAR, source="contoh-kkb.csv")
    judged = claims.check(made_up).set_index("id")
    assert judged.loc["F085", "putusan"] == OPEN
    assert claims.ARITHMETIC_ONLY in judged.loc["F085", "sebab"]
    assert not judged["sebab"].str.contains("Cocok dengan data").any()
    assert claims.ARITHMETIC_ONLY not in judged.loc["F001", "sebab"]  # of Banten these tables hold nothing
    assert "data contoh (sintetis)" in claims.note(made_up)
    assert "sintetis" not in claims.note(siga(SULBAR))


@pytest.mark.parametrize(
    ("stated", "found", "same"),
    [
        ("2024-06-01", "2024-06-01", True),
        ("2024-06", "2024-06-30", True),
        ("2024-06", "2024-07-10", True),
        ("2024-06", "2024-07-11", False),
        ("2024-06", "2024-05-31", False),
        ("2024", "2024-01-02", True),
        ("2024", "2025-01-02", False),
        ("2024-S2", "2024-S2", True),
        ("2024-S2", "2024-S1", False),
        ("2024-06", "2024-05-31/2024-06-30", False),
        ("2024-06", "2024-06", True),
        ("2024-06", "", False),
    ],
)
def test_time_of_a_claim_and_of_data(stated, found, same):
    assert claims._same_time(stated, found) is same
