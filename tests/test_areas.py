"""Names and codes, and the villages of an export matched to codes."""

import random

import pandas as pd
import pytest

from kkb_helpers import areas
from kkb_helpers.errors import UsageError


def place(provinsi="BANTEN", kabupaten="PANDEGLANG", kecamatan="SUMUR", kode="", kelurahan="SUMBERJAYA"):
    return dict(zip(areas.PLACE_COLUMNS, (provinsi, kabupaten, kecamatan, kode, kelurahan), strict=True))


def match(*places, **options):
    return areas.match_villages(pd.DataFrame(list(places), dtype=str), **options)


def code(*args, **kwargs):
    found = match(place(*args, **kwargs))["village_code"].iloc[0]
    return None if pd.isna(found) else found


class TestLookup:
    def test_code_name_and_slug_mean_the_same(self):
        assert {areas.resolve(t).code for t in ("36.01", "3601", "Pandeglang", "KAB. PANDEGLANG", "pandeglang")} == {
            "36.01"
        }

    @pytest.mark.parametrize("name", ["Serang", "tangerang"])
    def test_a_bare_name_of_two_areas_is_refused_with_both(self, name):
        with pytest.raises(UsageError, match=r"bermakna ganda: 36\.\d\d \(Kabupaten .+\) atau 36\.7\d \(Kota"):
            areas.resolve(name)

    def test_an_unknown_name_is_refused_with_the_near_miss(self):
        with pytest.raises(UsageError, match=r"Mungkin maksudnya: 36\.01 \(Kabupaten Pandeglang\)"):
            areas.resolve("Pandegelang")

    def test_a_code_that_is_a_number_is_refused(self):
        with pytest.raises(UsageError, match="harus teks, bukan float"):
            areas.resolve(36.1)

    def test_banten_counts_1552_villages(self):
        assert areas.village_counts()["36"] == 1552


class TestKabupaten:
    @pytest.mark.parametrize(
        "written",
        ["PANDEGLANG", "KAB. PANDEGLANG", "Kabupaten  Pandeglang", "36.01", "3601", "01 - PANDEGLANG", "PANDEGLNG"],
    )
    def test_spellings_of_a_kabupaten(self, written):
        assert code(kabupaten=written) == "36.01.01.2001"

    def test_a_bare_serang_is_decided_by_the_kecamatan(self):
        assert code(kabupaten="SERANG", kecamatan="KRAMATWATU", kelurahan="Kramatwatu").startswith("36.04.")
        assert code(kabupaten="SERANG", kecamatan="KASEMEN", kelurahan="Kasemen").startswith("36.73.")

    def test_a_kecamatan_of_another_kabupaten_is_not_taken(self):
        found = match(place(kabupaten="LEBAK", kecamatan="SUMUR")).iloc[0]
        assert pd.isna(found.village_code)
        assert found.reason == "kecamatan tidak dikenal"

    def test_an_unknown_kabupaten_says_so(self):
        assert match(place(kabupaten="ATLANTIS"))["reason"].tolist() == ["kabupaten tidak dikenal"]


class TestVillage:
    def test_kep_is_kepulauan(self):
        assert code("DKI JAKARTA", "KEPULAUAN SERIBU", "KEP. SERIBU UTARA", "", "PULAU PANGGANG") == "31.01.01.1001"

    @pytest.mark.parametrize(
        "written", ["sumberjaya", "SUMBER  JAYA", "SUMBER\nJAYA", "SUMBER-JAYA", "DESA SUMBERJAYA", " Sumberjaya\u200b"]
    )
    def test_spelling_of_a_name_makes_no_difference(self, written):
        found = match(place(kelurahan=written)).iloc[0]
        assert (found.village_code, found.how) == ("36.01.01.2001", "nama")

    def test_never_by_kabupaten_and_village_alone(self):
        assert code(kecamatan="", kelurahan="SUMBERJAYA") is None

    def test_the_last_four_digits_decide_over_the_name(self):
        found = match(place(kode="2002", kelurahan="SUMBERJAYA")).iloc[0]
        assert (found.village_code, found.how) == ("36.01.01.2002", "kode")

    @pytest.mark.parametrize("written", ["36.01.01.2001", "3601012001"])
    def test_a_whole_code_needs_no_names(self, written):
        assert code("", "", "", written, "") == "36.01.01.2001"

    def test_a_code_that_the_kecamatan_lacks_falls_back_on_the_name_and_says_so(self):
        found = match(place(kode="2999")).iloc[0]
        assert (found.village_code, found.how, found.reason) == ("36.01.01.2001", "nama", "kode tidak dikenal")

    def test_likeness_needs_a_clear_margin(self):
        assert code(kelurahan="SUMBERJAJA") == "36.01.01.2001"
        assert match(place(kelurahan="SUNGAI")).iloc[0]["reason"] == "desa tidak ditemukan di kecamatan"

    def test_names_that_differ_in_a_number_are_not_alike(self):
        assert areas._likeness("SUKAMAJU II", {"a": "SUKAMAJU III"})[2] is False
        assert areas._likeness("SUKAMAJV II", {"a": "SUKAMAJU 2", "b": "SUKAMAJU 3"})[::2] == ("a", True)

    def test_an_abbreviation_fits_one_name_alone(self):
        pool = {"a": "TANJUNG PUTRI", "b": "TANJUNG PURA"}
        assert areas._likeness("TJG PUTRI", pool)[::2] == ("a", True)
        assert areas._likeness("TJG PU", {**pool})[2] is False

    def test_two_villages_of_one_name_need_their_kind(self):
        assert code("SUMATERA UTARA", "TAPANULI TENGAH", "SORKAM BARAT", "", "SORKAM KANAN") is None
        assert code("SUMATERA UTARA", "TAPANULI TENGAH", "SORKAM BARAT", "", "KEL. SORKAM KANAN") == "12.01.10.1001"
        assert code("SUMATERA UTARA", "TAPANULI TENGAH", "SORKAM BARAT", "", "DESA SORKAM KANAN") == "12.01.10.2018"

    def test_a_likeness_does_not_take_a_village_that_the_file_names_already(self):
        rows = [place(kelurahan="SUMBERJAYA"), place(kelurahan="SUMBERJAJA")]
        assert match(*rows)["how"].tolist() == ["nama", "mirip"]
        together = match(*rows, block=pd.Series(["2025-01", "2025-01"]))
        assert together["how"].tolist() == ["nama", ""]
        apart = match(*rows, block=pd.Series(["2025-01", "2025-02"]))
        assert apart["how"].tolist() == ["nama", "mirip"]

    def test_two_names_like_one_village_are_both_left_for_review(self):
        rows = [place(kelurahan="SUMBERJAJA"), place(kelurahan="SUMBERJAVA")]
        found = match(*rows, block=pd.Series(["a", "a"]))
        assert found["reason"].tolist() == ["dua nama mirip dengan satu desa"] * 2
        assert found["near"].tolist() == ["36.01.01.2001"] * 2

    def test_the_index_of_the_rows_is_kept(self):
        rows = pd.DataFrame([place(), place(kelurahan="?"), place()], index=[7, 7, 3], dtype=str)
        found = areas.match_villages(rows)
        assert found.index.tolist() == [7, 7, 3]
        assert found["village_code"].isna().tolist() == [False, True, False]


class TestAliases:
    def test_a_file_with_codes_teaches_one_without(self):
        coded, bare = place(kode="2001", kelurahan="PODA"), place(kelurahan="PODA")
        taught = areas.learn_aliases(pd.DataFrame([coded], dtype=str), match(coded))
        assert taught == {("36.01.01", "PODA"): "36.01.01.2001"}
        assert code(kelurahan="PODA") is None
        assert match(bare, aliases=taught)[["village_code", "how"]].iloc[0].tolist() == ["36.01.01.2001", "alias"]

    def test_a_spelling_of_two_villages_teaches_nothing(self):
        rows = [place(kode="2001", kelurahan="PODA"), place(kode="2002", kelurahan="PODA")]
        assert areas.learn_aliases(pd.DataFrame(rows, dtype=str), match(*rows)) == {}

    def test_a_reference_name_is_never_an_alias_of_another_village(self):
        rows = [place(kode="2002", kelurahan="SUMBERJAYA")]
        assert areas.learn_aliases(pd.DataFrame(rows, dtype=str), match(*rows)) == {}


SHORT = {
    "TANJUNG": "TJ",
    "KARANG": "KR",
    "SUKA": "SK",
    "UTARA": "UTR",
    "SELATAN": "SLT",
    "KULON": "KLN",
    "WETAN": "WTN",
    "BARU": "BR",
}
LETTERS = "ABDEGHIKLMNOPRSTUWY"


def corrupt(name: str, dice: random.Random) -> str:
    """Write a name as offices do: one or two of case, spaces, line break, sign, typing error, abbreviation."""
    for way in dice.sample(["case", "space", "break", "sign", "typo", "short"], dice.choice([1, 1, 2])):
        at = dice.randrange(1, len(name))
        if way == "case":
            name = dice.choice([str.upper, str.lower, str.title])(name)
        elif way == "space":
            name = name.replace(" ", "  ") if " " in name else name[:at] + " " + name[at:]
        elif way == "break":
            name = name.replace(" ", "\n", 1) if " " in name else name[:at] + "\n" + name[at:]
        elif way == "sign":
            name = name.replace(" ", "-") if " " in name else name + "."
        elif way == "typo":
            new = dice.choice(LETTERS)
            name = dice.choice(
                [name[:at] + name[at + 1 :], name[:at] + new + name[at:], name[:at] + new + name[at + 1 :]]
            )
        else:
            name = " ".join(SHORT.get(word.upper(), word) for word in name.split(" "))
    return name


@pytest.mark.parametrize("code", ["36", "36.01", "36.01.01", "36.01.01.2001", "99", "36.0", "3", areas.NATION])
@pytest.mark.parametrize("level", list(areas.CODE_WIDTH))
def test_what_lies_inside_is_what_its_codes_say(code, level):
    listed = areas.frame(level)
    wanted = [c for c in listed["code"] if code in (areas.NATION, c) or c.startswith(f"{code}.")]
    found = areas.children(code, level)
    assert list(found["code"]) == wanted
    assert list(found.index) == list(range(len(wanted)))
    assert areas.names_inside(code, level) == dict(zip(found["code"], found["name"], strict=True))


@pytest.mark.parametrize("level", list(areas.CODE_WIDTH))
def test_the_reference_list_is_in_the_order_of_codes(level):
    codes = list(areas.frame(level)["code"])
    assert codes == sorted(set(codes)), "what lies inside an area is looked up by its place in the list"


@pytest.fixture(scope="module")
def corrupted():
    """2,000 villages of Banten as an office might write them, with their true codes."""
    dice = random.Random(36)
    villages = areas.children("36", "desa")
    chosen = [villages.iloc[dice.randrange(len(villages))] for _ in range(2000)]
    rows = pd.DataFrame(
        [
            place(
                kabupaten=areas.name_of(v.code[:5]),
                kecamatan=areas.name_of(v.code[:8]),
                kelurahan=corrupt(v["name"], dice),
            )
            for v in chosen
        ],
        dtype=str,
    )
    return rows, [v.code for v in chosen]


def test_of_2000_corrupted_names_none_gets_a_wrong_code(corrupted):
    rows, truth = corrupted
    found = areas.match_villages(rows)["village_code"]
    wrong = [(r, f, t) for r, f, t in zip(rows["kelurahan"], found, truth, strict=True) if pd.notna(f) and f != t]
    assert wrong == []
    assert found.notna().mean() >= 0.95


@pytest.mark.slow
def test_the_whole_country_matches_itself():
    villages = areas.frame("desa")
    rows = pd.DataFrame(
        {
            "provinsi": villages["code"].str[:2].map(areas.name_of),
            "kabupaten": villages["code"].str[:5].map(areas.name_of),
            "kecamatan": villages["code"].str[:8].map(areas.name_of),
            "kode": "",
            "kelurahan": villages["name"],
        }
    )
    found = areas.match_villages(rows)["village_code"]
    assert (found.isna() | (found == villages["code"])).all()
    assert found.isna().sum() == 32  # two villages of one name in one kecamatan, sixteen times
