"""The sample: published totals, one story in all files, the same bytes for the same seed, and its messes in place."""

import itertools
import re
import tomllib

import numpy as np
import pandas as pd
import pytest

from kkb_helpers import sample
from kkb_helpers.classification import CLASSES, COMPONENTS, classify, moves, reported_nothing
from kkb_helpers.errors import UsageError
from kkb_helpers.sample import office, portal, siga, village

MONTHLY = ("data_bkb", "data_bkb_keluarga", "data_bkr", "data_bkl", "data_uppka", "data_pikr", "data_pus")
MONTHLY += ("data_mix_kontra", "sasaran_poktan_gabung")
PLACE = ["KABUPATEN", "KECAMATAN", "KELURAHAN"]
DAYS = [day.replace("-", "") for day in village.SNAPSHOTS]
PORTAL_HEADER = ["No", "Kampung KB", "Provinsi", "Kabupaten", "Kecamatan", "Desa"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder with the sample of Banten."""
    folder = tmp_path_factory.mktemp("data")
    sample.write(folder)
    return folder


@pytest.fixture(scope="module")
def csv(folder):
    """Read a CSV export by its name without the prefix."""
    return lambda name: pd.read_csv(folder / "raw" / f"contoh-{name}.csv", sep=";", dtype={"KODE": str})


@pytest.fixture(scope="module")
def classes(folder):
    """The four classification workbooks, oldest first, with the names of table `kampung`."""
    names = [*PORTAL_HEADER, *COMPONENTS, "index_input", "index_proses", "index_output", "klasifikasi"]
    frames = [read_workbook(folder, "classification", day).set_axis(names, axis=1) for day in DAYS]
    return [f.rename(columns={"Kampung KB": "kampung_kb"}).assign(village_code=village_of(f)) for f in frames]


@pytest.fixture(scope="module")
def profiles(folder):
    """The four Rekapitulasi workbooks, oldest first."""
    return [read_workbook(folder, "rekap-kampung", day) for day in DAYS]


def read_workbook(folder, kind, day):
    """One portal workbook as it stands."""
    return pd.read_excel(folder / "raw" / f"contoh-{kind}-table_{day}080000.xlsx", engine="calamine")


def village_of(frame):
    """A village's identity in a portal workbook."""
    return frame["Kabupaten"] + "/" + frame["Kecamatan"] + "/" + frame["Desa"]


# --- as published ---


def test_as_many_kampung_kb_as_published(classes):
    assert [len(c) for c in classes] == [884, 1357, 1412, 1448]
    in_cilegon = [(c["Kabupaten"] == "KOTA CILEGON").sum() for c in classes]
    assert in_cilegon[:2] == [11, 35]


def test_as_many_mandiri_and_berkelanjutan_as_published(classes):
    higher = [c["klasifikasi"].isin(CLASSES[2:]).sum() for c in classes]
    assert (higher[1], higher[3]) == (325, 510)
    assert higher == sorted(higher)


def test_one_village_has_two_kampung_kb(classes):
    newest = classes[-1]
    assert newest["village_code"].nunique() == 1447
    per_kabupaten = newest.drop_duplicates("village_code")["Kabupaten"].value_counts()
    assert per_kabupaten.sum() == 1447
    assert newest["village_code"].value_counts().head(2).tolist() == [2, 1]
    twins = newest.loc[newest["village_code"].duplicated(keep=False), "kampung_kb"]
    assert twins.nunique() == 2


def test_no_kabupaten_has_more_kampung_kb_than_villages(classes):
    places = sample.villages()
    there = places.frame["kabupaten_text"].value_counts()
    for c in classes:
        assert (c["Kabupaten"].value_counts().reindex(there.index) <= there).all()


# --- one story ---


def test_classes_follow_from_the_scores(classes):
    for c in classes:
        expected = classify(c)
        assert c["klasifikasi"].tolist() == expected["klasifikasi"].tolist()
        np.testing.assert_array_equal(c["index_proses"], expected["index_proses"])
        assert set(c["klasifikasi"]) == set(CLASSES)


def test_output_scores_follow_from_the_recap(classes, profiles):
    """CPR of a Kampung KB by hand: seven methods over PUS, cut at 30, 41 and 51 per cent."""
    p, c = profiles[-1], classes[-1]
    assert p["Kampung KB"].tolist() == c["kampung_kb"].tolist()
    users = p[["IUD", "MOW", "MOP", "Kondom", "Implan", "Suntik", "Pil"]].sum(axis=1)
    percent = (100 * users / p["Pus"].where(p["Pus"] > 0)).round()
    assert (1 + sum((percent >= cut).astype(int) for cut in (30, 41, 51))).tolist() == c["output_cpr"].tolist()
    # Score 3 and 4 of the first component: members recorded, or training, or both.
    points = (p["Pokja Jumlah"] > 0).astype(int) + p["Pokja Pelatihan"].eq(1) + 2
    assert points.where(p["Pokja Pengurusan"].eq(1), 1).tolist() == c["input_pokja"].tolist()


def test_most_rise_and_a_few_fall(classes):
    for before, after in itertools.pairwise(classes):
        kinds = moves(before, after)["gerak"].value_counts()
        assert kinds["naik"] > 10 * kinds["turun"] > 0
        assert kinds["baru terlapor"] > 0
    assert "hilang" in moves(classes[1], classes[2])["gerak"].tolist()


def test_identities_of_siga_hold(csv):
    mix, krs, bumil = csv("data_mix_kontra"), csv("data_verval_krs_2024_sem1"), csv("2024-elsimil-bumil")
    methods = ["SUNTIK", "PIL", "KONDOM", "IMPLAN", "IUD", "VASEKTOMI", "TUBEKTOMI", "MAL"]
    assert (mix[methods].sum(axis=1) == mix["KB MODERN"]).all()
    assert (mix["KB MODERN"] + mix["KB TRADISIONAL"] == mix["PA"]).all()
    assert (krs["JUMLAH KRS"] + krs["JUMLAH TIDAK BERESIKO"] == krs["JUMLAH KELUARGA SASARAN"]).all()
    assert (krs.filter(like="KESEJAHTERAAN").sum(axis=1) == krs["JUMLAH KRS"]).all()
    assert (krs["JUMLAH KELUARGA SASARAN"] <= krs["JUMLAH KELUARGA"]).all()
    for verb in ("MENDAPATKAN", "MENGKOMSUMSI"):
        assert (bumil[f"{verb} TTD"] + bumil[f"TIDAK {verb} TTD"] == bumil["BUMIL TERDAMPINGI"]).all()
    assert (bumil["BUMIL TERDAMPINGI"] + bumil["BUMIL TIDAK TERDAMPINGI"] == bumil["JUMLAH BUMIL"]).all()


def test_users_and_unmet_need_fit_into_the_couples(csv):
    both = csv("data_pus").merge(csv("data_mix_kontra"), on=[*PLACE, "BULAN"])
    known = both[both["UNMET NEED"].notna()]
    assert (known["PA"] + known["UNMET NEED"] <= known["PUS"]).all()


def test_rates_of_the_districts_are_plausible(csv):
    both = csv("data_pus").dropna().merge(csv("data_mix_kontra"), on=[*PLACE, "BULAN"])
    sums = both[both["BULAN"] == "JUNI"].groupby("KABUPATEN").sum(numeric_only=True)
    krs = csv("data_verval_krs_2024_sem1").groupby("KABUPATEN").sum(numeric_only=True)
    assert (sums["KB MODERN"] / sums["PUS"]).between(0.55, 0.72).all()
    assert (sums["UNMET NEED"] / sums["PUS"]).between(0.06, 0.14).all()
    assert (krs["JUMLAH KRS"] / krs["JUMLAH KELUARGA SASARAN"]).between(0.12, 0.30).all()
    assert both["UNMET NEED"][both["BULAN"] == "JUNI"].sum() < both["UNMET NEED"][both["BULAN"] == "JANUARI"].sum()


def test_portal_and_siga_tell_of_the_same_village(csv, profiles):
    mix = csv("data_mix_kontra")
    mix = mix[mix["BULAN"] == "JUNI"].set_index(PLACE)["IMPLAN"]
    recap = profiles[-1].set_axis(["NO", "NAMA", "PROVINSI", *PLACE, *profiles[-1].columns[6:]], axis=1)
    recap = recap[recap["Implan"] > 0].drop_duplicates(PLACE).set_index(PLACE)["Implan"]
    assert recap.corr(mix) > 0.99


# --- files ---


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    again = sample.write(tmp_path)
    assert {p.name: p.read_bytes() for p in again} == {p.name: p.read_bytes() for p in (folder / "raw").iterdir()}


def test_another_seed_gives_other_figures_and_the_same_totals():
    places = sample.villages(seed=7)
    made = sample.units(places)
    frames, _ = portal.history(made, places)
    higher = [f.loc[made.exists(n), "klasifikasi"].isin(CLASSES[2:]).sum() for n, f in enumerate(frames)]
    assert higher == list(village.MANDIRI_PLUS_COUNTS)
    assert not np.array_equal(made.pus, sample.units(sample.villages()).pus)


def test_a_seed_that_cannot_meet_the_totals_is_refused():
    made = sample.units(sample.villages())
    with pytest.raises(UsageError, match="1500 tidak tercapai"):
        portal.shift_for(made, 3, np.zeros(len(made.village)), 1500)


def test_every_file_says_that_it_is_an_example(folder):
    names = {p.name for p in (folder / "raw").iterdir()}
    assert all(name.startswith("contoh-") for name in names - {"import.toml"})
    assert len(names) == 8 + len(MONTHLY) + 3 + 2 + 3 + 1


def test_import_note_tells_year_or_day_of_each_file_that_does_not(folder):
    notes = tomllib.loads((folder / "raw" / "import.toml").read_text())["files"]
    assert {name for name, note in notes.items() if note == {"year": 2024}} == {f"contoh-{n}.csv" for n in MONTHLY}
    assert {name for name, note in notes.items() if note == {"as_of": "2024-06-30"}} == {
        "contoh-data_kkb.csv",
        "contoh-data_rdk.csv",
        "contoh-2024-elsimil-bumil.csv",
    }


def test_a_second_run_leaves_nothing_of_the_first(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "contoh-data_lama.csv").write_text("lama")
    (tmp_path / "raw" / "milik-sendiri.csv").write_text("tetap")
    assert not sample.is_written(tmp_path)
    sample.write(tmp_path)
    assert sample.is_written(tmp_path)
    assert not (tmp_path / "raw" / "contoh-data_lama.csv").exists()
    assert (tmp_path / "raw" / "milik-sendiri.csv").read_text() == "tetap"
    assert [p.name for p in tmp_path.iterdir()] == ["raw"]


@pytest.mark.parametrize("name", [*MONTHLY, "data_kkb", "data_rdk"])
def test_headers_are_those_of_the_real_exports(csv, real_exports, name):
    with (real_exports / f"{name}.csv").open() as real:
        assert list(csv(name).columns) == list(pd.read_csv(real, sep=";", nrows=0).columns)


@pytest.mark.parametrize(
    ("name", "real_name"),
    [
        ("2024-elsimil-bumil", "2025-elsimil-bumil"),
        ("data_verval_krs_2023_sem2", "data_verval_krs_2024_sem2"),
        ("data_verval_krs_2024_sem1", "data_verval_krs_2024_sem2"),
    ],
)
def test_headers_of_other_times_are_those_of_the_real_exports(csv, real_exports, name, real_name):
    assert list(csv(name).columns) == list(pd.read_csv(real_exports / f"{real_name}.csv", sep=";", nrows=0).columns)


def test_portal_headers_are_those_of_the_portal(folder, profiles):
    header = list(read_workbook(folder, "classification", DAYS[-1]).columns)
    assert header[:7] == [*PORTAL_HEADER, "Input Pokja"]
    assert header[10] == "Input PKB/PLKB"
    assert header[17:] == ["Output Unmet Need", "Index Input", "Index Proses", "Index Output", "Klasifikasi"]
    assert len(profiles[-1].columns) == 41
    assert list(profiles[-1].columns[-4:]) == ["Hamil", "Anak Segera", "Anak Kemudian", "Tidak Ingin Anak"]


def test_nothing_looks_like_a_person(folder):
    for path in (folder / "raw").glob("*.csv"):
        assert not re.search(r"\d{10}", path.read_text()), path.name
    for frame in (office.partners(sample.villages(), sample.units(sample.villages())), *read_office(folder)):
        assert not frame.astype(str).apply(lambda column: column.str.contains(r"\d{16}")).any(axis=None)


def read_office(folder):
    """The filled-in sheets of the offices' workbooks."""
    return [
        pd.read_excel(folder / "raw" / f"contoh-{name}.xlsx", engine="calamine")
        for name in ("partners", "funding", "coordination")
    ]


# --- what is wrong on purpose ---


def test_one_kecamatan_lacks_one_month_of_one_table(csv):
    def gaps(name):
        rows = csv(name)
        table = pd.crosstab([rows["KABUPATEN"], rows["KECAMATAN"]], rows["BULAN"])
        return [month for _, row in table.iterrows() for month in row.index[row == 0]]

    assert gaps("data_pus") == ["MEI"]
    assert gaps("data_mix_kontra") == []


@pytest.mark.parametrize("name", MONTHLY)
def test_some_villages_never_reported(csv, name):
    assert len(csv(name).drop_duplicates(PLACE)) == 1552 - 6


def test_groups_of_some_villages_never_report(csv):
    sums = csv("data_bkb").groupby(PLACE)[["YANG ADA", "YANG LAPOR"]].sum()
    assert 0 < ((sums["YANG ADA"] > 0) & (sums["YANG LAPOR"] == 0)).sum() <= 12


def test_fewer_groups_report_in_the_month_of_the_feast(csv):
    sums = csv("data_bkb").groupby("BULAN")[["YANG ADA", "YANG LAPOR"]].sum()
    share = sums["YANG LAPOR"] / sums["YANG ADA"]
    assert share["APRIL"] < share.drop("APRIL").min() - 0.05


def test_some_kampung_kb_reported_nothing(classes, profiles):
    for c, p in zip(classes, profiles, strict=True):
        nothing = reported_nothing(c).to_numpy()
        assert 20 < nothing.sum() < 200
        assert c.loc[nothing, "klasifikasi"].eq("Dasar").all()
        assert (c["klasifikasi"] == "Dasar").sum() > nothing.sum()
        blank = p["Pokja Pengurusan"].isna()
        assert blank.sum() > 0
        assert nothing[blank].all()
        assert p.loc[blank, "Jumlah Sumber Dana"].eq(1).all()


def test_a_handful_of_values_are_impossible(csv, profiles):
    def above(name, part, whole):
        frame = csv(name)
        return (frame[part] > frame[whole]).sum()

    assert above("sasaran_poktan_gabung", "KESERTAAN BKB", "SASARAN BKB") == 10
    assert above("data_bkr", "YANG LAPOR", "YANG ADA") == 2
    members = "JUMLAH KELUARGA ANGGOTA BKB"
    assert above("data_bkb_keluarga", f"{members} HADIR PERTEMUAN", members) == 2
    assert above("2024-elsimil-bumil", "BUMIL TERDAMPINGI", "JUMLAH BUMIL") == 3
    for p in profiles:
        assert (p["Pokja Jumlah Terlatih"] > p["Pokja Jumlah"]).sum() == 2
        recorded = p[p["Anak Segera"] > 0]
        parts = recorded.loc[:, "IUD":"Tidak Ingin Anak"].sum(axis=1)
        assert (parts > recorded["Pus"]).where(recorded["Pus"] > 0, False).sum() == 2


def test_a_few_record_methods_without_couples_and_score_four(classes, profiles):
    for c, p in zip(classes, profiles, strict=True):
        loophole = (p["Pus"] == 0) & (p["Suntik"] > 0)
        assert 0 < loophole.sum() < 10
        assert c.loc[loophole, "output_unmet"].eq(4).all()
        assert c.loc[loophole, "output_cpr"].eq(1).all()


def test_a_few_cells_are_blank(csv):
    assert csv("data_pus")["UNMET NEED"].isna().sum() == 4
    assert csv("sasaran_poktan_gabung")["KESERTAAN BKL"].isna().sum() == 2
    assert csv("data_bkb").notna().all(axis=None)


def test_a_few_villages_are_spelt_otherwise(csv):
    places = sample.villages()
    reference = set(places.frame["kabupaten_text"] + places.frame["kecamatan_text"] + places.frame["kelurahan"])
    kkb = csv("data_kkb")
    other = ~(kkb["KABUPATEN"] + kkb["KECAMATAN"] + kkb["KELURAHAN"]).isin(reference)
    assert 5 <= other.sum() <= 10
    assert kkb.loc[other, "KELURAHAN"].str.contains("  ").any()
    assert kkb.loc[other, "KELURAHAN"].str.contains("-").any()


def test_the_yearly_register_lags_and_knows_no_class(csv, classes):
    kkb = csv("data_kkb")
    assert 1400 < kkb["JUMLAH KAMPUNG KB"].sum() < len(classes[-1])
    assert kkb["JUMLAH KAMPUNG KB"].max() == 2
    assert (kkb[["2016", "2017", "2018", "2019", "> 2019"]].sum(axis=1) == kkb["JUMLAH KAMPUNG KB"]).all()
    assert (kkb["KAMPUNG KB MANDIRI"] == 0).all()


# --- what the offices fill in ---


def test_partners_cover_all_sasaran_and_leave_old_notes():
    places = sample.villages()
    frame = office.partners(places, sample.units(places))
    assert set(frame["sasaran"].dropna()) == {"1", "2", "3", "4"}
    old = frame["sasaran"].isna()
    assert 0.05 < old.mean() < 0.2
    assert frame.loc[old, "fungsi"].notna().all()
    assert "Perlindungan" in set(frame.loc[old, "fungsi"])
    assert frame.loc[~old, "fungsi"].isna().all()
    assert frame["date"].between("2024-01-01", "2024-06-30").all()
    assert set(places.frame["kabupaten"]) - set(frame["village_code"].str[:5]) == {"36.73"}
    assert {"PKK", "Karang Taruna", "Majelis taklim", "Tokoh agama", "LSM", "Dunia usaha"} <= set(frame["organisasi"])


def test_funds_are_spent_within_their_allocation():
    frame = office.funding(sample.villages())
    assert len(frame) == 8 * 2 * 2
    assert (frame["realisasi"] < frame["alokasi"]).all()
    assert set(frame["sumber"]) == {"BOKB", "Pro PN"}
    assert set(frame["period"]) == {"2024-Q1", "2024-Q2"}


def test_six_teams_seven_and_five_reviews():
    frame = office.coordination(sample.villages())
    assert (frame["kind"] == "tim_koordinasi").sum() == 6
    held = frame[frame["kind"] == "monev"].groupby("period")["terlaksana"].sum()
    assert held.to_dict() == {"2024-Q1": 7, "2024-Q2": 5}


# --- the country ---


@pytest.fixture(scope="module")
def country():
    """The whole country's villages and units."""
    places = sample.villages(national=True)
    return places, sample.units(places)


def test_the_country_has_every_village_and_bantens_totals(country):
    places, made = country
    assert len(places) == 83_762
    assert places.frame["kabupaten"].nunique() == 514
    counts = pd.Series(places.frame["kabupaten"].to_numpy()[made.village[made.exists(3)]]).value_counts()
    assert counts[list(village.KAMPUNG_COUNTS)].to_dict() == {k: v[3] for k, v in village.KAMPUNG_COUNTS.items()}
    assert counts.sum() > 60_000


def test_a_name_with_a_quote_is_written_as_csv(country, tmp_path):
    places, made = country
    names = siga.siga_names(places)
    assert any('"' in name for name in names)
    columns = siga.rdk(places, made.take(slice(len(places))), 0.0)
    siga.write_once(tmp_path / "rdk.csv", places, columns)
    back = pd.read_csv(tmp_path / "rdk.csv", sep=";", dtype=str, keep_default_na=False)
    assert back["KELURAHAN"].tolist() == names.tolist()
