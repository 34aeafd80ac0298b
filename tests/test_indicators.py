"""Indicators: sums checked by mental arithmetic, one golden file an indicator, and what every one of them keeps.

Run this file as a program to write golden files that are missing; read each before it is committed.
"""

import io
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kkb_helpers import areas, indicators
from kkb_helpers.classification import COMPONENTS
from kkb_helpers.errors import QualityError, UsageError
from kkb_helpers.indicators import (
    COLUMNS,
    LEVELS,
    REGISTRY,
    changes,
    compute,
    counts,
    history,
    previous,
    received,
    registry,
    sums,
    units,
)
from kkb_helpers.store import Tables

GOLDEN = Path(__file__).parent / "golden"
# Two kecamatan of Pandeglang (339 villages) and one of Lebak (345). A has two Kampung KB, D has none.
A, B, C, D = "36.01.01.2001", "36.01.01.2002", "36.01.02.2001", "36.01.02.2002"
E = "36.02.01.2002"
SHOWN = ["36.01.01", "36.01.02", "36.02.01", "36.01", "36.02", "36"]
GOLDEN_COLUMNS = ["area_code", *COLUMNS[6:10], *COLUMNS[11:]]


def table(text: str, **constants) -> pd.DataFrame:
    """Read a small table written as text; counts become Int64, words of truth boolean, a dot is missing."""
    frame = pd.read_csv(io.StringIO(text), sep=r"\s+", na_values=".", dtype={"village_code": str, "area_code": str})
    for name in frame.select_dtypes("number"):
        frame[name] = frame[name].astype("Int64")
    for name in frame.columns:
        if frame[name].dropna().isin(["ya", "tidak"]).all() and frame[name].notna().any():
            frame[name] = frame[name].map({"ya": True, "tidak": False}).astype("boolean")
    rows = pd.array(range(2, len(frame) + 2), dtype="Int64")
    return frame.assign(**constants, source_row=rows)


def kampung(rows: list[tuple], as_of: str = "2024-06-01") -> pd.DataFrame:
    """Make rows of `kampung`: (village, name, the class exported, the class recomputed, twelve scores as digits)."""
    scores = pd.DataFrame([[int(digit) for digit in row[4]] for row in rows], columns=list(COMPONENTS), dtype="Int64")
    words = pd.DataFrame(
        [row[:4] for row in rows],
        columns=["village_code", "kampung_kb", "klasifikasi", "klasifikasi_hitung"],
        dtype="str",
    )
    numbers = pd.array(range(2, len(rows) + 2), dtype="Int64")
    return words.join(scores).assign(as_of=as_of, source_file="klasifikasi.xlsx", source_row=numbers)


@pytest.fixture(scope="module")
def tables() -> Tables:
    """All fourteen tables, each of a few rows."""
    return _tables()


def _tables() -> Tables:
    frames = {
        # Pandeglang has portal rows, Lebak none: SIGA stands in for it.
        "kampung": kampung(
            [
                (A, "Mawar", "Mandiri", "Mandiri", "434232213444"),
                (A, "Melati", "Berkelanjutan", "Berkelanjutan", "444334434444"),
                (B, "Anggrek", "Dasar", "Dasar", "111111111111"),
                (C, "Dahlia", None, "Berkembang", "333333333222"),
            ]
        ),
        "profile": table(
            """village_code pokja_pengurusan pokja_sk pokja_pelatihan pokja_jumlah pokja_jumlah_terlatih
                plkb_pendamping regulasi rkm jumlah_mekanisme_operasional keluarga remaja uppka pikr""".replace(
                "\n", " "
            )
            + f"""
            {A} ya    ya    ya    10 4 ya ya    ya    5 100 50 10 5
            {A} ya    tidak tidak 10 0 ya tidak tidak 4 100 50 20 0
            {B} tidak .     .     0  2 ya .     tidak 0 .   30 5  3
            {C} .     .     .     .  . .  .     .     . 60  20 0  2
            """,
            as_of="2024-06-01",
            source_file="rekap.xlsx",
        ),
        "siga_kkb": table(
            f"""village_code jumlah_kampung_kb
            {A} 9
            {B} 1
            {C} 0
            {D} 1
            {E} 1
            """,
            as_of="2024-05-31",
            source_file="kkb.csv",
        ),
        "siga_rdk": table(
            f"""village_code jumlah_rumah_dataku paripurna di_kampung_kb
            {A} 2 1 2
            {B} 1 0 1
            {C} 0 1 0
            {E} 1 1 .
            """,
            as_of="2024-05-31",
            source_file="rdk.csv",
        ),
        # B: nobody to serve, yet five are counted. C: unmet need is not known.
        "siga_pus": table(
            f"""village_code period pus unmet_need
            {A} 2024-05 100 12
            {B} 2024-05 10  5
            {A} 2024-06 100 10
            {B} 2024-06 0   5
            {C} 2024-06 200 .
            {E} 2024-06 50  5
            """,
            source_file="pus.csv",
        ),
        "siga_methods": table(
            f"""village_code period pa iud implan vasektomi tubektomi kb_modern
            {A} 2024-05 60  5  5  0 0 50
            {A} 2024-06 70  5  10 1 4 60
            {B} 2024-06 0   0  0  0 0 0
            {C} 2024-06 110 20 .  0 0 100
            {D} 2024-06 9   1  1  1 1 8
            {E} 2024-06 30  2  3  0 0 25
            """,
            source_file="metode.csv",
        ),
        "siga_groups": table(
            f"""village_code period kind yang_ada yang_lapor materi_1000_hpk
            {A} 2024-05 bkb   2 1 1
            {A} 2024-06 bkb   2 2 6
            {A} 2024-06 bkr   1 1 .
            {A} 2024-06 bkl   1 0 .
            {A} 2024-06 uppka 1 1 .
            {A} 2024-06 pikr  1 1 .
            {B} 2024-06 bkb   1 2 2
            {C} 2024-06 bkb   3 . 1
            {E} 2024-06 bkr   4 3 .
            """,
            source_file="poktan.csv",
        ),
        "siga_group_targets": table(
            f"""village_code period sasaran_bkb kesertaan_bkb sasaran_bkr kesertaan_bkr sasaran_bkl kesertaan_bkl
            {A} 2024-06 80 40 60 15 20 30
            {B} 2024-06 0  3  40 10 .  5
            {E} 2024-06 20 5  10 1  10 4
            """,
            source_file="sasaran.csv",
        ),
        "siga_bkb_families": table(
            f"""village_code period keluarga_anggota keluarga_hadir
            {A} 2024-05 40 10
            {A} 2024-06 40 30
            {B} 2024-06 20 25
            {E} 2024-06 10 .
            """,
            source_file="bkb_keluarga.csv",
        ),
        "elsimil_pregnant": table(
            f"""village_code jumlah_bumil bumil_terdampingi konsumsi_ttd
            {A} 20 10 9
            {B} 0  1  1
            {E} 8  6  .
            """,
            as_of="2024-06-05",
            source_file="bumil.csv",
        ),
        "siga_krs": table(
            f"""village_code period jumlah_keluarga_sasaran jumlah_krs jamban_tidak_layak air_minum_tidak_layak
            {A} 2023-S2 200 50 20 10
            {B} 2023-S2 100 40 0  5
            {E} 2023-S2 100 10 4  .
            {A} 2024-S2 1   1  1  1
            """,
            source_file="krs.csv",
        ),
        # Karang Taruna in D works where there is no Kampung KB.
        "partners": table(
            f"""village_code period organisasi
            {A} 2024-06 PKK
            {A} 2024-06 LSM
            {C} 2024-05 PKK
            {D} 2024-06 Karang_Taruna
            """,
            source_file="mitra.xlsx",
        ),
        "funding": table(
            """area_code period sumber alokasi realisasi
            36.01 2024-Q1 BOKB   1000 900
            36.01 2024-Q2 BOKB   1000 250
            36.01 2024-Q2 Pro_PN 1000 1000
            36.02 2024-Q2 BOKB   3000 .
            """,
            source_file="dana.xlsx",
        ),
        "coordination": table(
            """area_code period kind sk_nomor date terlaksana
            36.01 2023-Q4 tim_koordinasi 12/2023 2023-11-01 .
            36.01 2024-Q2 monev          .       2024-06-20 ya
            36.02 2024-Q2 tim_koordinasi .       .          .
            36.02 2024-Q2 monev          .       2024-06-21 tidak
            """,
            source_file="koordinasi.xlsx",
        ),
    }
    made = Tables.of(frames)
    # The second row of siga_pus of June, B, and a row of another month, which is not at this period.
    made.findings = pd.DataFrame(
        {
            "code": ["X301", "KKB-X307", "X301", "K403"],
            "file": ["pus.csv", "pus.csv", "pus.csv", "pus.csv"],
            "row": ["5", "5", "2", "4"],
            "area_code": [B, B, A, A],
        }
    )
    return made


def row(frame: pd.DataFrame, code: str, name: str) -> pd.Series:
    """Give the one row of an area and indicator."""
    found = frame[(frame["area_code"] == code) & (frame["indicator_id"] == name)]
    assert len(found) == 1, f"{len(found)} rows of {name} in {code}"
    return found.iloc[0]


def figures(frame: pd.DataFrame, code: str, name: str) -> tuple:
    """Give numerator, denominator, reporting, expected of one area and indicator."""
    return tuple(row(frame, code, name)[["numerator", "denominator", "reporting", "expected"]])


def golden_text(name: str, made: Tables) -> str:
    """Write what an indicator is on the fixture, for the areas that the fixture is about."""
    frame = compute(made, "2024-06", ids=[name]).set_index("area_code").loc[SHOWN].reset_index()
    return frame[GOLDEN_COLUMNS].to_csv(index=False, lineterminator="\n", float_format="%.6f")


@pytest.mark.parametrize("name", REGISTRY)
def test_indicator_gives_its_golden_file(name, tables):
    """A golden file was read and reckoned by hand once; a missing one fails."""
    file = GOLDEN / f"{name}.csv"
    assert file.is_file(), f"tests/golden/{name}.csv is missing: run this file as a program, then check it by hand"
    assert golden_text(name, tables) == file.read_text(encoding="utf-8")


def test_every_golden_file_is_of_an_indicator():
    assert {file.stem for file in GOLDEN.glob("*.csv")} == set(REGISTRY)


@pytest.mark.parametrize("item", REGISTRY.values(), ids=REGISTRY)
def test_indicator_has_all_its_words(item):
    for words in (item.label, item.label_en, item.numerator, item.definition, item.source, item.target_rule):
        assert words.strip() == words != ""
    assert item.definition.endswith(".")
    assert (item.denominator == "") == (item.unit == "count")
    assert item.unit in indicators.UNITS and item.better in ("up", "down", "context")
    assert item.sasaran in indicators.SASARAN and item.unit_of_report in ("desa", "kampung", "kabupaten", "baris")
    assert item.minimum >= 1 and item.decimals in (0, 2)
    assert set(item.tables) <= set(indicators.TITLES)
    assert item.function.__name__ == item.id
    assert not item.persons or item.minimum >= 30


def test_registry_holds_the_catalogue_in_its_order():
    names = list(REGISTRY)
    assert names[:4] == ["village_coverage", "kampung_count", "formation_achievement", "dasar_share"]
    assert len([name for name in names if not name.endswith("_received_share")]) == 51
    assert names[-14:] == [f"{name}_received_share" for name in indicators.TITLES]
    assert [item.sasaran for item in REGISTRY.values()] == sorted(item.sasaran for item in REGISTRY.values())


def test_columns_and_kinds_are_those_of_the_contract(tables):
    frame = compute(tables, "2024-06")
    assert list(frame.columns) == COLUMNS
    for name in ("numerator", "denominator", "reporting", "expected"):
        assert frame[name].dtype == "Int64"
    assert frame["value"].dtype == float and not np.isinf(frame["value"]).any()
    assert not frame.duplicated(["indicator_id", "area_code"]).any()
    areas_shown = 35 + 28 + 2 + 1
    assert len(frame) == areas_shown * len(REGISTRY)


def test_zero_denominator_with_a_positive_numerator_has_no_value_but_stays_in_the_sum(tables):
    frame = compute(tables, "2024-06", levels=LEVELS, ids=["unmet_need"])
    village = row(frame, B, "unmet_need")
    assert (village["numerator"], village["denominator"], village["reporting"]) == (5, 0, 1)
    assert np.isnan(village["value"])
    assert figures(frame, "36.01.01", "unmet_need") == (15, 100, 2, 7)


def test_missing_is_not_zero(tables):
    """C does not say its unmet need: its 200 PUS are not in the denominator."""
    frame = compute(tables, "2024-06", levels=LEVELS, ids=["unmet_need"])
    assert figures(frame, "36.01", "unmet_need") == (15, 100, 2, 339)
    lonely = row(frame, "36.01.02", "unmet_need")
    assert lonely["reporting"] == 0 and pd.isna(lonely["numerator"]) and pd.isna(lonely["denominator"])
    assert np.isnan(lonely["value"]) and lonely["as_of"] == "" and lonely["source"] == ""


def test_rate_is_the_ratio_of_sums_not_the_mean_of_rates(tables):
    """S05: 15/100 and 5/50 give 20/150, not the mean of 15 and 10."""
    assert row(compute(tables, "2024-06"), "36", "unmet_need")["value"] == pytest.approx(100 * 20 / 150)


@pytest.mark.parametrize("name", REGISTRY)
def test_sums_agree_at_every_level(name, tables):
    """Shares of what arrived also count the kabupaten that sent nothing, which have no row of their own."""
    frame = compute(tables, "2024-06", levels=LEVELS, ids=[name])
    item = REGISTRY[name]
    lowest = "kabupaten" if item.unit_of_report == "kabupaten" else "desa"
    columns = ["numerator", "denominator", "reporting"]
    if item.unit == "percent of target":
        columns.remove("denominator")
    if name.endswith("_received_share"):
        columns = ["numerator"]
    by_level = frame.groupby("level")[columns].sum().loc[list(LEVELS[LEVELS.index(lowest) :])]
    assert len(by_level.drop_duplicates()) == 1, by_level


def test_coverage_counts_villages_and_the_count_counts_kampung_kb(tables):
    frame = compute(tables, "2024-06")
    assert figures(frame, "36.01", "village_coverage") == (3, 339, 339, 339)
    assert row(frame, "36.01", "kampung_count")["value"] == 4
    assert figures(frame, "36.01", "formation_achievement") == (4, 339, 339, 339)


def test_siga_stands_in_only_where_the_portal_has_no_row(tables):
    """A has nine in SIGA, which is not asked; E of Lebak has one, of the only village known there."""
    frame = compute(tables, "2024-06")
    assert figures(frame, "36.02", "village_coverage") == (1, 1, 1, 345)
    assert row(frame, "36.01", "kampung_count")["source"] == "Portal Kampung KB, Klasifikasi"
    assert row(frame, "36.02", "kampung_count")["source"] == "SIGA, Kampung KB"
    province = row(frame, "36", "kampung_count")
    assert province["value"] == 5 and province["as_of"] == "2024-05-31/2024-06-01"
    assert province["source"] == "Portal Kampung KB, Klasifikasi (1 kab/kota) + SIGA, Kampung KB (1 kab/kota)"


def test_five_shares_of_class_sum_to_a_hundred(tables):
    names = [f"{name}_share" for name in ("dasar", "berkembang", "mandiri", "berkelanjutan", "unreported")]
    frame = compute(tables, "2024-06", ids=names)
    shares = frame[frame["area_code"] == "36.01"]
    assert shares["value"].sum() == pytest.approx(100) and set(shares["denominator"]) == {4}
    assert dict(zip(shares["indicator_id"], shares["numerator"], strict=True)) == {
        "dasar_share": 0,
        "berkembang_share": 1,
        "mandiri_share": 1,
        "berkelanjutan_share": 1,
        "unreported_share": 1,
    }


def test_a_kampung_kb_without_any_class_is_in_no_share():
    made = Tables.of(
        {
            "kampung": kampung(
                [(A, "Mawar", "Mandiri", "Mandiri", "434232213444"), (B, "Melati", None, None, "434232213444")]
            )
        }
    )
    frame = compute(made, "2024-06")
    assert figures(frame, "36.01", "mandiri_share") == (1, 1, 1, 2)
    assert figures(frame, "36.01", "data_use_share") == (1, 1, 1, 2)
    assert row(frame, "36.01", "kampung_count")["value"] == 2


def test_exported_class_outranks_the_recomputed():
    made = Tables.of({"kampung": kampung([(A, "Mawar", "Dasar", "Mandiri", "434232213444")])})
    frame = compute(made, "2024-06", ids=["dasar_share", "mandiri_share"])
    assert row(frame, "36.01", "dasar_share")["value"] == 100 and row(frame, "36.01", "mandiri_share")["value"] == 0


def test_share_of_villages_and_achievement_of_the_target_are_two_things(tables):
    """2 Kampung KB Mandiri or above: of 339 villages, and of ceil(0.6 x 339) = 204."""
    frame = compute(tables, "2024-06")
    assert figures(frame, "36.01", "mandiri_plus_share") == (2, 339, 339, 339)
    assert figures(frame, "36.01", "mandiri_plus_achievement") == (2, 204, 339, 339)
    assert row(frame, "36.01", "mandiri_plus_share")["target"] == 60
    assert row(frame, "36.01", "mandiri_plus_achievement")["target"] == 100


def test_kecamatan_have_no_target(tables):
    frame = compute(tables, "2024-06")
    kecamatan = row(frame, "36.01.01", "formation_achievement")
    assert kecamatan["numerator"] == 3 and pd.isna(kecamatan["denominator"]) and np.isnan(kecamatan["value"])
    assert np.isnan(kecamatan["target"]) and kecamatan["status"] == ""


def test_group_months_of_a_quarter_are_summed_and_stocks_are_not(tables):
    """BKB of Pandeglang: 1/2 in May, 2/2 and 2/1 in June. PUS of the quarter are those of June."""
    frame = compute(tables, "2024-Q2")
    assert figures(frame, "36.01", "bkb_reporting") == (5, 5, 2, 339)
    assert figures(frame, "36.01", "unmet_need") == (15, 100, 2, 339)
    assert row(frame, "36.01", "bkb_reporting")["as_of"] == "2024-Q2"
    assert row(frame, "36.01", "unmet_need")["as_of"] == "2024-06"


def test_months_that_a_quarter_lacks_are_named(tables):
    missing = indicators.missing_months(tables, "2024-Q2")
    assert missing["siga_pus"] == ("2024-04",)
    assert missing["siga_group_targets"] == ("2024-04", "2024-05")
    assert indicators.missing_months(tables, "2024-06") == {}


def test_area_without_a_row_in_a_table_has_an_empty_row(tables):
    frame = compute(tables, "2024-06")
    empty = row(frame, "36.02", "mandiri_plus_share")
    assert empty["reporting"] == 0 and np.isnan(empty["value"]) and empty["expected"] == 345


def test_semester_is_the_newest_that_had_ended(tables):
    assert row(compute(tables, "2024-06"), "36.01", "krs_share")["as_of"] == "2023-S2"
    assert figures(compute(tables, "2024-12"), "36.01", "krs_share") == (1, 1, 1, 339)


def test_snapshots_of_kabupaten_exported_on_different_days_both_count():
    made = Tables.of(
        {
            "kampung": pd.concat(
                [
                    kampung([(A, "Mawar", "Dasar", "Dasar", "111111111112")], "2024-05-30"),
                    kampung([(E, "Melati", "Dasar", "Dasar", "111111111112")], "2024-06-01"),
                ],
                ignore_index=True,
            )
        }
    )
    province = row(compute(made, "2024-06"), "36", "kampung_count")
    assert province["value"] == 2 and province["as_of"] == "2024-05-30/2024-06-01"


def test_snapshot_counts_until_ten_days_after_the_period():
    made = Tables.of({"kampung": kampung([(A, "Mawar", "Dasar", "Dasar", "111111111112")], "2024-06-10")})
    assert row(compute(made, "2024-05"), "36.01", "kampung_count")["value"] == 1
    late = Tables.of({"kampung": kampung([(A, "Mawar", "Dasar", "Dasar", "111111111112")], "2024-06-11")})
    assert np.isnan(row(compute(late, "2024-05"), "36.01", "kampung_count")["value"])


def test_impossible_rows_are_those_of_the_period(tables):
    """Of six rows of June and before in `siga_pus`, four are of June; row 5 (B) is broken, twice; row 2 is of May."""
    frame = compute(tables, "2024-06", levels=("desa", "provinsi"), ids=["impossible_values_share"])
    assert figures(frame, B, "impossible_values_share")[0] == 1
    assert figures(frame, A, "impossible_values_share")[0] == 0
    assert figures(frame, "36", "impossible_values_share")[0] == 1


def test_units_are_villages_with_their_rows_summed(tables):
    found = units(tables, "2024-06", "groups_reporting").set_index("village_code")
    assert found.loc[A].tolist() == [5, 6]
    assert pd.isna(found.loc[C, "numerator"])
    found = units(tables, "2024-06", "pokja_members_trained_share")
    assert found["village_code"].tolist() == [A, A, B, C]
    assert units(tables, "2024-06", "bokb_absorption")["area_code"].tolist() == ["36.01", "36.02"]


def test_previous_month_is_the_month_before_and_no_other(tables):
    before = previous(tables, "2024-06", "unmet_need").set_index("area_code")
    assert before.loc["36.01", "previous_numerator"] == 17 and before.loc["36.01", "previous_as_of"] == "2024-05"
    assert "36.02" not in before.index
    later = Tables.of({"siga_pus": tables.read("siga_pus").replace({"period": {"2024-06": "2024-07"}})})
    assert previous(later, "2024-07", "unmet_need").empty


def test_change_is_in_points_and_knows_what_is_better(tables):
    found = changes(tables, "2024-06").set_index(["indicator_id", "area_code"])
    assert found.loc[("unmet_need", "36.01"), "change"] == pytest.approx(15 - 100 * 17 / 110)
    assert bool(found.loc[("unmet_need", "36.01"), "improved"]) is True
    assert pd.isna(found.loc[("bkb_1000hpk_ratio", "36.01"), "improved"])
    assert "impossible_values_share" not in found.index.get_level_values(0)


def test_snapshot_is_compared_with_the_one_before_of_the_same_source():
    older = kampung([(A, "Mawar", "Dasar", "Dasar", "111111111112")], "2024-03-31")
    newer = kampung([(A, "Mawar", "Dasar", "Dasar", "111111111112"), (B, "Melati", "Dasar", "Dasar", "2" * 12)])
    siga = table(f"village_code jumlah_kampung_kb\n{A} 1", as_of="2024-01-01", source_file="kkb.csv")
    both = Tables.of({"kampung": pd.concat([older, newer], ignore_index=True), "siga_kkb": siga})
    before = previous(both, "2024-06", "kampung_count").set_index("area_code").loc["36.01"]
    assert (before["previous_value"], before["previous_as_of"]) == (1, "2024-03-31")
    only_siga_before = Tables.of({"kampung": newer, "siga_kkb": siga})
    assert previous(only_siga_before, "2024-06", "kampung_count").empty


def test_a_repeated_vintage_is_no_change():
    rows = table(
        f"""village_code period sasaran_bkb kesertaan_bkb
        {A} 2024-05 80 40
        {A} 2024-06 80 40
        {B} 2024-05 80 40
        {B} 2024-06 80 44
        """,
        source_file="sasaran.csv",
    )
    before = previous(Tables.of({"siga_group_targets": rows}), "2024-06", "bkb_participation", levels=("desa",))
    assert before["area_code"].tolist() == [B]


def test_vintage_says_since_when_figures_stand():
    rows = "\n".join(
        f"{code} {month} 80 {reached}"
        for code, reached_by_month in ((A, (40, 44, 44)), (B, (9, 9, 9)), (E, (5, 5, 6)))
        for month, reached in zip(("2024-04", "2024-05", "2024-06"), reached_by_month, strict=True)
    )
    made = Tables.of({"siga_group_targets": table(f"village_code period sasaran_bkb kesertaan_bkb\n{rows}")})
    found = indicators.vintage(made, "2024-06")
    assert found.to_numpy().tolist() == [["36.01", "2024-05"], ["36.02", "2024-06"]]
    assert indicators.vintage(made, "2024-05").to_numpy().tolist() == [["36.01", "2024-05"], ["36.02", "2024-04"]]
    assert indicators.vintage(made, "2024-07").empty


def test_achievement_of_another_target_is_no_comparison():
    """Pandeglang had to have 255 at the end of 2023 and 339 at that of 2024: coverage compares, achievement not."""
    shots = [kampung([(A, "Mawar", "Dasar", "Dasar", "111111111112")], day) for day in ("2023-12-31", "2024-06-01")]
    made = Tables.of({"kampung": pd.concat(shots, ignore_index=True)})
    names = previous(made, "2024-06", ["village_coverage", "formation_achievement"], levels=("kabupaten",))
    assert names["indicator_id"].tolist() == ["village_coverage"]


def test_history_has_a_block_a_time():
    older = kampung([(A, "Mawar", "Dasar", "Dasar", "111111111112")], "2024-03-31")
    newer = kampung([(A, "Mawar", "Dasar", "Dasar", "111111111112"), (B, "Melati", "Dasar", "Dasar", "2" * 12)])
    made = Tables.of({"kampung": pd.concat([older, newer], ignore_index=True), "siga_pus": _tables().read("siga_pus")})
    frame = history(made, "2024-06", ids=["kampung_count", "unmet_need"], levels=("kabupaten",))
    assert list(frame.columns) == COLUMNS
    series = frame[frame["area_code"] == "36.01"][["indicator_id", "period", "as_of", "numerator"]]
    assert series.to_numpy().tolist() == [
        ["kampung_count", "2024-03", "2024-03-31", 1],
        ["kampung_count", "2024-06", "2024-06-01", 2],
        ["unmet_need", "2024-05", "2024-05", 17],
        ["unmet_need", "2024-06", "2024-06", 15],
    ]
    assert history(Tables.of({}), "2024-06").empty


def test_counts_are_those_of_what_is_computed():
    found = counts(_tables(), "2024-06", ("kabupaten",), ["kampung_count", "unmet_need"])
    whole = compute(_tables(), "2024-06", ("kabupaten",), ["kampung_count", "unmet_need"])
    assert (found["status"] == "").all()
    pd.testing.assert_frame_equal(found.drop(columns="status"), whole.drop(columns="status"))


def test_what_is_known_of_a_time_is_not_computed_again_and_told_the_same(monkeypatch):
    levels = ("kecamatan", "kabupaten", "provinsi")

    def asked(tables: Tables) -> dict[str, pd.DataFrame]:
        return {
            "changes": changes(tables, "2024-06", levels=levels),
            "history": history(tables, "2024-06", levels=levels[1:]),
            "now": compute(tables, "2024-06", levels),
            "a month before": compute(tables, "2024-05", levels),
        }

    one = _tables()
    found = asked(one)
    pd.testing.assert_frame_equal(found["history"], history(_tables(), "2024-06", levels=levels[1:]))
    pd.testing.assert_frame_equal(found["now"], compute(_tables(), "2024-06", levels))
    pd.testing.assert_frame_equal(found["a month before"], compute(_tables(), "2024-05", levels))
    with monkeypatch.context() as nothing_is_computed:
        nothing_is_computed.setattr(sums, "units_found", None)
        for name, frame in asked(one).items():
            pd.testing.assert_frame_equal(frame, found[name])


def test_status_follows_the_path_and_needs_three_points():
    """Cilegon has 43 villages: on 1 June 2024 the path asks for ceil((0.75 + 0.25 x 153/366) x 43) = 37."""
    villages = areas.children("36.72", "desa")["code"].tolist()
    days = {"2023-12-31": 33, "2024-03-31": 35, "2024-06-01": 37}

    def made(counts: dict[str, int]) -> Tables:
        shots = [
            kampung([(code, "Mawar", "Dasar", "Dasar", "111111111112") for code in villages[:n]], day)
            for day, n in counts.items()
        ]
        return Tables.of({"kampung": pd.concat(shots, ignore_index=True)})

    def status(counts: dict[str, int], period: str = "2024-06") -> str:
        return row(compute(made(counts), period), "36.72", "village_coverage")["status"]

    assert status(days) == "sesuai jalur"
    assert status({**days, "2024-06-01": 36}) == "perlu percepatan"
    assert status({**days, "2024-06-01": 43}) == "target tercapai"
    assert status({"2023-12-31": 33, "2024-06-01": 37}) == "tren belum cukup"
    assert status({"2023-12-31": 33}, "2023-12") == "target tercapai"
    assert status({"2024-06-01": 37}, "2023-12") == "tidak ada data"


def test_incomplete_province_gets_no_status_and_only_its_part_of_the_target(tables):
    """Pandeglang and Lebak are 684 of Banten's 1,552 villages; of Lebak one is known."""
    province = row(compute(tables, "2024-06"), "36", "formation_achievement")
    assert (province["numerator"], province["denominator"], province["expected"]) == (5, 684, 1552)
    assert province["status"] == "tren belum cukup"


def test_target_is_known_where_the_figure_is_not(tables):
    lebak = row(compute(Tables.of({"siga_pus": tables.read("siga_pus")}), "2024-06"), "36.02", "kampung_count")
    assert (lebak["target"], lebak["status"], lebak["reporting"]) == (345, "tidak ada data", 0)


def test_incomplete_points_make_no_trend():
    """Of SIGA's snapshots of Cilegon the first two name 10 of 43 villages: the third stands alone."""
    villages = areas.children("36.72", "desa")["code"].tolist()

    def snapshot(day: str, named: int) -> pd.DataFrame:
        rows = "\n".join(f"{code} {int(place < 40)}" for place, code in enumerate(villages[:named]))
        return table(f"village_code jumlah_kampung_kb\n{rows}", as_of=day, source_file="kkb.csv")

    def status(named: int) -> str:
        days = [("2023-12-31", named), ("2024-03-31", named), ("2024-06-01", 43)]
        made = Tables.of({"siga_kkb": pd.concat([snapshot(*day) for day in days], ignore_index=True)})
        return row(compute(made, "2024-06"), "36.72", "village_coverage")["status"]

    assert (status(43), status(10)) == ("sesuai jalur", "tren belum cukup")


def test_received_names_every_table(tables):
    frame = received(tables, "2024-06").set_index(["table", "area_code"])
    assert set(frame.index.get_level_values(0)) == set(indicators.TITLES)
    assert frame.loc[("siga_pus", "36.01"), ["received", "expected", "as_of"]].tolist() == [3, 339, "2024-06"]
    assert frame.loc[("kampung", "36.01"), ["received", "expected"]].tolist() == [4, 4]
    assert frame.loc[("kampung", "36.02"), ["received", "expected"]].tolist() == [0, 1]
    assert frame.loc[("funding", "36"), ["received", "expected"]].tolist() == [2, 8]
    assert ("funding", "36.01.01") not in frame.index


def test_unknown_indicator_and_unknown_code_say_what_to_do(tables):
    with pytest.raises(UsageError, match=r"Indikator mcprr tidak dikenal\. Pilih dari: village_coverage"):
        compute(tables, "2024-06", ids=["mcprr"])
    strange = table("village_code period pus\n36.01.01.9999 2024-06 1", source_file="pus.csv")
    with pytest.raises(QualityError, match=r"Kode desa tidak ada dalam daftar rujukan: 36\.01\.01\.9999\. Impor ulang"):
        compute(Tables.of({"siga_pus": strange}), "2024-06")


def test_one_kabupaten_alone_has_the_figures_it_has_among_all(tables):
    alone = compute(tables.within("36.01"), "2024-06", levels=("kabupaten", "kecamatan"))
    among = compute(tables, "2024-06", levels=("kabupaten", "kecamatan"))
    among = among[among["area_code"].str.startswith("36.01") & (among["indicator_id"] != "impossible_values_share")]
    alone = alone[alone["indicator_id"] != "impossible_values_share"]
    pd.testing.assert_frame_equal(alone.reset_index(drop=True), among.reset_index(drop=True))


@pytest.mark.slow
def test_the_whole_country_takes_seconds():
    """All indicators of one month for 83,762 villages and seven thousand areas; processor time, not the clock's."""
    made = national()
    compute(made, "2024-06", ids=["mcpr"])
    began = time.process_time()
    frame = compute(made, "2024-06")
    assert time.process_time() - began < 3
    villages = frame[(frame["level"] == "provinsi") & (frame["indicator_id"] == "siga_pus_received_share")]
    assert villages["numerator"].sum() == 83_762


def national() -> Tables:
    """Give one made-up month of every monthly and snapshot table for the whole country."""
    rng = np.random.default_rng(5)
    codes = areas.frame("desa")["code"].astype("str")
    columns = {
        name: [c for c in _tables().read(name).columns if c not in ("village_code", "period", "as_of", "kind")]
        for name in registry.VILLAGE_TABLES + registry.KAMPUNG_TABLES
    }

    def column(name: str, like: pd.Series) -> object:
        if like.dtype == "boolean":
            return pd.array(rng.integers(0, 2, len(codes)).astype(bool), dtype="boolean")
        if like.dtype == "Int64":
            return pd.array(rng.integers(1, 5, len(codes)), dtype="Int64")
        return "Dasar" if name.startswith("klasifikasi") else "contoh.csv"

    frames = {}
    for name, wanted in columns.items():
        small = _tables().read(name)
        when = small["period"].iloc[-1] if "period" in small else small["as_of"].iloc[0]
        when = "2023-S2" if name == "siga_krs" else when
        key = "period" if "period" in small else "as_of"
        frame = pd.DataFrame({"village_code": codes, key: when, **{c: column(c, small[c]) for c in wanted}})
        if name == "siga_groups":
            frame = pd.concat([frame.assign(kind=kind) for kind in registry.GROUP_KINDS], ignore_index=True)
        frames[name] = frame
    return Tables.of(frames)


@pytest.fixture(scope="module")
def real(real_exports, tmp_path_factory) -> pd.DataFrame:
    """Indicators of the real exports, September 2025."""
    from kkb_helpers import ingest

    folder = tmp_path_factory.mktemp("real")
    ingest.import_paths([real_exports], folder, year=2025, as_of="2025-10-01")
    return compute(Tables.open(folder / "tables"), "2025-09")


@pytest.mark.real
@pytest.mark.parametrize(
    ("code", "name", "numerator", "denominator"),
    [
        ("76.05", "mcpr", 13481, 26140),
        ("76.05", "unmet_need", 2719, 26140),
        ("76.05", "bkb_participation", 7029, 15704),
        ("76.05", "bkb_reporting", 103, 104),
        ("76.03", "village_coverage", 123, 181),
        ("76", "village_coverage", 585, 648),
    ],
)
def test_real_rates_are_those_reckoned_by_hand(real, code, name, numerator, denominator):
    assert figures(real, code, name)[:2] == (numerator, denominator)


@pytest.mark.real
@pytest.mark.parametrize(("code", "count"), [("76.05", 82), ("76.03", 126), ("76", 589)])
def test_real_counts_are_those_reckoned_by_hand(real, code, count):
    assert row(real, code, "kampung_count")["value"] == count


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for _name in REGISTRY:
        if not (GOLDEN / f"{_name}.csv").exists():
            (GOLDEN / f"{_name}.csv").write_text(golden_text(_name, _tables()), encoding="utf-8")
