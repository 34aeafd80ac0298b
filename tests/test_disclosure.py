"""Small counts of persons: hidden, and hidden well enough that nothing else shown gives them away."""

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_helpers import claims, disclosure
from kkb_helpers.indicators import REGISTRY, compute
from kkb_helpers.page import annex, context, exhibits
from kkb_helpers.store import Tables

INTERNAL, PUBLIC = disclosure.RULES["internal"], disclosure.RULES["public"]


def audit(cells: pd.DataFrame, by_row, by_column, known, truth=None) -> pd.DataFrame:
    """What a reader works out of each cell: the number of values it can have, adding up rows and columns again and
    again. known: what a cell or sum says, as (least, most). truth: the counts, where a mark alone does not tell a count
    hidden for being small from one hidden with it; the reader is taken to know which is which, and to know of the
    latter that it is nought or above the limit.

    Written anew from the definition, cell by cell, so that it shares no fault with the package.
    """
    low = {key: known(value)[0] for key, value in _cells(cells)}
    high = {key: known(value)[1] for key, value in _cells(cells)}
    if truth is not None:
        for key, value in _cells(cells):
            n, limit = truth.loc[key], 7 if value == "*" else 4
            if isinstance(value, str) and not 1 <= n <= limit:
                low[key], high[key] = limit + 1 if n else 0, 10**6
    lines = [([(r, c) for c in cells.columns], known(by_row[r])) for r in cells.index]
    lines += [([(r, c) for r in cells.index], known(by_column[c])) for c in cells.columns]
    for _ in range(200):
        before = (dict(low), dict(high))
        for keys, (least, most) in lines:
            for key in keys:
                others = [k for k in keys if k != key]
                low[key] = max(low[key], least - sum(high[k] for k in others))
                high[key] = min(high[key], most - sum(low[k] for k in others))
        assert all(low[key] <= high[key] for key in low), "the reader knows something false"
        if before == (low, high):
            break
    return pd.DataFrame({c: {r: high[r, c] - low[r, c] + 1 for r in cells.index} for c in cells.columns})


def _cells(cells):
    return [((r, c), cells.loc[r, c]) for r in cells.index for c in cells.columns]


def inside(value):
    """What the internal profile's page says of a cell; whoever knows the rule knows that `ditekan` is five or more."""
    if value == "<5":
        return 1, 4
    return (5, 10**6) if value == "ditekan" else (int(value), int(value))


def outside(value):
    """What the public profile's page says of a cell."""
    if value == "*":
        return 1, 7
    return (0, 0) if value == 0 else (max(8, int(value) - 2), int(value) + 2)


class TestCross:
    def test_the_smallest_above_the_limit_is_hidden_with_it(self):
        counts = pd.DataFrame({"a": [3, 50, 40], "b": [20, 60, 30], "c": [50, 70, 90]}, index=["x", "y", "z"])
        found = disclosure.crossed(counts, {}, "internal")
        assert found.cells.loc["x"].tolist() == ["<5", "ditekan", 50]
        assert found.cells.loc["y"].tolist() == [50, 60, 70], "nothing more than needed in rows"
        assert found.cells["a"].tolist() == ["<5", 50, "ditekan"], "and the smallest of the column"
        assert found.by_row.tolist() == [73, 180, 160]
        assert found.by_column.tolist() == [93, 110, 210]

    def test_the_choice_is_the_same_each_time(self):
        counts = pd.DataFrame(np.random.default_rng(3).poisson([[3, 20, 20, 20]], (12, 4)), columns=list("abcd"))
        first, second = (disclosure.crossed(counts, {}, "internal").cells for _ in range(2))
        pd.testing.assert_frame_equal(first, second)

    def test_a_zero_is_no_small_count(self):
        counts = pd.DataFrame({"a": [0, 30], "b": [40, 50]})
        assert disclosure.crossed(counts, {}, "internal").hidden == 0

    def test_missing_stays_missing(self):
        counts = pd.DataFrame({"a": pd.array([pd.NA, 30], "Int64"), "b": pd.array([40, 50], "Int64")})
        found = disclosure.crossed(counts, {}, "internal")
        assert found.cells.loc[0, "a"] is pd.NA
        assert found.by_row.tolist() == [40, 80]

    def test_a_sum_of_columns_that_is_shown_is_a_line_too(self):
        counts = pd.DataFrame({"iud": [2, 40], "implan": [30, 50], "pil": [90, 80], "suntik": [70, 60]})
        found = disclosure.crossed(counts, {"MKJP": ["iud", "implan"]}, "internal")
        assert found.cells.loc[0, "implan"] == "ditekan", "else 32 - 30 would give the two away"
        assert found.sums["MKJP"].tolist() == [32, 90]

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(
            st.lists(st.one_of(st.integers(0, 12), st.integers(0, 300)), min_size=4, max_size=4), min_size=3, max_size=7
        )
    )
    def test_rows_and_columns_leave_each_small_count_four_values(self, counts):
        truth = pd.DataFrame(counts, columns=list("abcd"))
        found = disclosure.crossed(truth, {}, "internal")
        values = audit(found.cells, found.by_row, found.by_column, inside, truth)
        everything_hidden = truth.map(lambda n: "<5" if 1 <= n <= 4 else "ditekan")
        best = audit(everything_hidden, found.by_row, found.by_column, inside, truth)  # the sums themselves stay exact
        for key, value in _cells(found.cells):
            assert value != "<5" or values.loc[key] >= min(4, best.loc[key])

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.integers(0, 60), min_size=5, max_size=5))
    def test_public_numbers_are_rounded_and_keep_the_secret(self, counts):
        truth = pd.DataFrame([counts], columns=list("abcde"))
        found = disclosure.crossed(truth, {}, "public")
        for value in [*found.cells.loc[0], *found.by_row, *found.by_column, found.total]:
            assert value == "*" or value % 5 == 0
        sums = [
            {key: value if value != "*" else "?" for key, value in sums.items()}
            for sums in (found.by_row, found.by_column)
        ]
        values = audit(found.cells, *sums, lambda v: (0, 10**9) if v == "?" else outside(v), truth)
        shown = [v for v in found.cells.loc[0] if not isinstance(v, str) and v]
        for count, (key, value) in zip(counts, _cells(found.cells), strict=True):
            if value == "*" and 1 <= count <= 7:
                assert values.loc[key] >= 4 or not shown


def rows_of(counts: dict[str, tuple[int, int]], indicator: str = "mcpr") -> pd.DataFrame:
    """Rows of an indicator, code -> (numerator, denominator); the level follows from the code."""
    levels = {2: "provinsi", 5: "kabupaten", 8: "kecamatan", 13: "desa"}
    rows = [
        {
            "indicator_id": indicator,
            "area_code": code,
            "level": levels[len(code)],
            "period": "2024-06",
            "as_of": "2024-06",
            "numerator": n,
            "denominator": d,
            "value": 100 * n / d if d else np.nan,
        }
        for code, (n, d) in counts.items()
    ]
    return pd.DataFrame(rows).astype({"numerator": "Int64", "denominator": "Int64"})


def of(rows: pd.DataFrame, code: str) -> pd.Series:
    return rows.set_index("area_code").loc[code]


class TestFigures:
    def test_kecamatan_and_above_keep_their_counts_inside(self):
        found = disclosure.protect(rows_of({"36.01.01": (3, 400), "36.01": (3, 400)}), "internal")
        assert found["numerator"].tolist() == [3, 3]
        assert found["value"].isna().all()
        assert set(found["value_mark"]) == {"pembilang di bawah 5"}

    def test_a_percentage_of_few_is_not_shown_and_says_why(self):
        found = disclosure.protect(rows_of({"36.01.01": (10, 24), "36.01.02": (10, 25)}), "internal")
        assert found["value_mark"].tolist() == ["penyebut di bawah 25", ""]
        assert found["value"].tolist()[1] == 40

    def test_villages_hide_small_counts_and_one_more(self):
        counts = {
            "36.01.01": (113, 400),
            "36.01.01.2001": (3, 100),
            "36.01.01.2002": (50, 150),
            "36.01.01.2003": (60, 150),
        }
        found = disclosure.protect(rows_of(counts), "internal")
        assert found["numerator_mark"].tolist() == ["", "<5", "ditekan", ""]
        assert found["numerator"].isna().tolist() == [False, True, True, False]
        assert of(found, "36.01.01.2002")["value_mark"] == "ditekan", "with 150 and a percentage it could be worked out"
        assert of(found, "36.01.01.2003")["value"] == 40

    def test_institutions_stay_exact(self):
        counts = {"36.01.01": (3, 4), "36.01.01.2001": (1, 1)}
        for profile in ("internal", "public"):
            found = disclosure.protect(rows_of(counts, "groups_reporting"), profile)
            assert found["numerator"].tolist() == [3, 1]
            assert found["value"].tolist() == [75, 100]

    def test_public_rounds_counts_and_computes_from_them(self):
        found = disclosure.protect(rows_of({"36.01": (133, 412), "36.02": (0, 50), "36.03": (8, 60)}), "public")
        assert found["numerator"].tolist() == [135, 0, 10]
        assert found["denominator"].tolist() == [410, 50, 60]
        assert found["value"].tolist()[0] == 100 * 135 / 410
        assert found["value_mark"].tolist()[1] == "pembilang di bawah 5"

    def test_public_leaves_out_persons_below_kecamatan(self):
        found = disclosure.protect(rows_of({"36.01.01": (50, 400), "36.01.01.2001": (50, 400)}), "public")
        assert found["level"].tolist() == ["kecamatan"]

    def test_public_hides_what_a_sum_would_tell(self):
        counts = {"36.01": (19, 400), "36.01.01": (7, 100), "36.01.02": (12, 300)}
        found = disclosure.protect(rows_of(counts), "public")
        assert of(found, "36.01.01")["numerator_mark"] == "*"
        assert of(found, "36.01.02")["numerator_mark"] == "*", "18 to 22 less 8 to 12 leaves six or seven"

    def test_an_area_without_a_count_leaves_the_others_to_add_up(self):
        rows = rows_of(
            {
                "36.01.01": (63, 400),
                "36.01.01.2001": (3, 100),
                "36.01.01.2002": (60, 200),
                "36.01.01.2003": (0, 0),
            }
        )
        rows.loc[3, ["numerator", "denominator"]] = pd.NA
        found = disclosure.protect(rows, "internal")
        assert found["numerator_mark"].tolist() == ["", "<5", "ditekan", ""], "63 less 60 is three"
        assert found["value_mark"].tolist()[3] == "", "what is missing is not hidden"

    def test_areas_of_other_dates_are_in_the_sum_too(self):
        rows = rows_of({"36": (19, 400), "36.01": (7, 100), "36.02": (12, 300)})
        rows["as_of"] = ["2024-05-01/2024-06-01", "2024-05-01", "2024-06-01"]
        found = disclosure.protect(rows, "public")
        assert found["numerator_mark"].tolist() == ["", "*", "*"]

    def test_a_count_that_two_indicators_share_is_hidden_in_both(self):
        """The village without a row of couples is in one sum and not in the other: together they would tell it."""
        modern = {"36.01.01": (113, 400), "36.01.01.2002": (50, 150), "36.01.01.2003": (63, 250)}
        methods = {"36.01.01": (40, 116), "36.01.01.2001": (1, 3), "36.01.01.2002": (20, 50), "36.01.01.2003": (19, 63)}
        found = disclosure.protect(
            pd.concat([rows_of(modern), rows_of(methods, "mkjp_share")], ignore_index=True), "internal"
        )
        mine = {name: part.set_index("area_code") for name, part in found.groupby("indicator_id")}
        assert mine["mkjp_share"].loc["36.01.01.2001", "denominator_mark"] == "<5"
        assert mine["mkjp_share"].loc["36.01.01.2002", "denominator_mark"] == "ditekan"
        assert mine["mcpr"].loc["36.01.01.2002", "numerator_mark"] == "ditekan", (
            "else 116 - 63 - 50 gives the three away"
        )
        assert disclosure.related("mkjp_share")[:2] == ["mkjp_share", "mcpr"]

    def test_a_change_from_or_to_a_hidden_value_is_not_told(self):
        now = disclosure.protect(rows_of({"36.01": (50, 400), "36.02": (50, 400)}).assign(better="up"), "internal")
        before = pd.DataFrame(
            {
                "indicator_id": "mcpr",
                "area_code": ["36.01", "36.02"],
                "previous_value": [0.75, 10.0],
                "previous_numerator": pd.array([3, 40], "Int64"),
                "previous_denominator": pd.array([400, 400], "Int64"),
                "previous_as_of": "2024-05",
                "value": 12.5,
                "change": [11.75, 2.5],
                "improved": pd.array([True, True], "boolean"),
            }
        )
        found = disclosure.comparable(before, now, "internal")
        assert found["area_code"].tolist() == ["36.02"]
        assert found["change"].tolist() == [2.5]
        assert found["improved"].tolist() == [True]

    def test_a_file_holds_marks_where_pages_do(self):
        counts = {"36.01.01": (113, 400), "36.01.01.2001": (3, 100), "36.01.01.2002": (110, 300)}
        found = disclosure.written(disclosure.protect(rows_of(counts), "internal"))
        assert found["numerator"].tolist() == [113, "<5", "ditekan"]
        assert not set(disclosure.MARKS) & set(found.columns)

    @pytest.mark.parametrize("numerator", [1, 2, 3, 4])
    def test_nothing_left_in_a_row_depends_on_a_hidden_count(self, numerator):
        counts = {"36.01.01": (110, 400), "36.01.01.2001": (numerator, 100), "36.01.01.2002": (110 - numerator, 300)}
        found = disclosure.protect(rows_of(counts), "internal")
        assert found.drop(columns="value").astype(str).iloc[1:].to_csv() == TestFigures._told, "the same whatever it is"
        assert found["value"].isna().tolist()[1:] == [True, True]

    _told = (
        ",indicator_id,area_code,level,period,as_of,numerator,denominator,numerator_mark,denominator_mark,value_mark\n"
        "1,mcpr,36.01.01.2001,desa,2024-06,2024-06,,100,<5,,ditekan\n"
        "2,mcpr,36.01.01.2002,desa,2024-06,2024-06,,300,ditekan,,ditekan\n"
    )


@pytest.fixture(scope="module")
def everything():
    """Every indicator of the sample down to the villages."""
    context.prepare(context.SAMPLE, "2024-06")  # makes the sample where it is not there yet
    tables = Tables.open(context.SAMPLE / "tables")
    return compute(tables, "2024-06", ["desa", "kecamatan", "kabupaten", "provinsi"])


@pytest.mark.slow
class TestSample:
    def test_public_shows_no_other_number_of_persons(self, everything):
        found = disclosure.protect(everything, "public")
        found = found[found["indicator_id"].map(lambda name: REGISTRY[name].persons)]
        assert len(found) > 1000
        assert set(found["level"]) == {"kecamatan", "kabupaten", "provinsi"}
        for part in ("numerator", "denominator"):
            shown = found[part].dropna()
            assert (shown % 5 == 0).all()
            assert (
                found.loc[found[part].isna() & everything[part].notna().reindex(found.index), f"{part}_mark"]
                .ne("")
                .all()
            )
        rates = found.dropna(subset=["value"])
        assert np.allclose(rates["value"], 100 * rates["numerator"].astype(float) / rates["denominator"].astype(float))

    def test_villages_inside_cannot_be_worked_out_from_their_kecamatan(self, everything):
        found = disclosure.protect(everything, "internal")
        persons = found[found["indicator_id"].map(lambda name: REGISTRY[name].persons)]
        totals = persons.set_index(["indicator_id", "area_code"])
        hidden = 0
        for part in ("numerator", "denominator"):
            for place, villages in persons[persons["level"] == "desa"].groupby(
                ["indicator_id", persons["area_code"].str[:8]]
            ):
                marks = villages[f"{part}_mark"]
                if marks.eq("").all():
                    continue
                hidden += 1
                said = villages[part].astype(object).where(marks.eq(""), marks).dropna()
                cells = pd.DataFrame([said.tolist()])
                values = audit(
                    cells,
                    [totals.loc[place, part]],
                    dict.fromkeys(cells, "?"),
                    lambda v: (0, 10**9) if v == "?" else inside(v),
                )
                spare = any(not isinstance(v, str) and v for v in said)
                assert (values.where(cells == "<5", 4) >= 4).all(axis=None) or not spare
        assert hidden > 20, "the sample has small villages"


METHODS = list(exhibits.METHODS.values())
VILLAGES = {"36.01.01.2001": "36.01.01", "36.01.02.2001": "36.01.02", "36.01.03.2001": "36.01.03"}


def users(rows: list[list[int]]) -> dict[str, pd.DataFrame]:
    """Tables of one month: users of each method by village, and couples."""
    source = {"period": "2024-06", "source_file": "uji.csv", "source_row": 2}
    methods = pd.DataFrame(
        [
            {"village_code": code, **source, **dict(zip(METHODS, row, strict=True))}
            for code, row in zip(VILLAGES, rows, strict=True)
        ]
    )
    methods["kb_modern"] = methods[METHODS].sum(axis=1)
    methods = methods.assign(pa=methods["kb_modern"], kb_tradisional=0)
    couples = pd.DataFrame(
        [
            {"village_code": code, **source, "pus": 2 * sum(row), "unmet_need": sum(row) // 9}
            for code, row in zip(VILLAGES, rows, strict=True)
        ]
    )
    return {"siga_methods": methods, "siga_pus": couples}


#            iud implan mop mow suntik pil kondom mal
SECRET = [[40, 60, 3, 30, 300, 90, 20, 12], [50, 70, 9, 20, 280, 80, 25, 11], [45, 80, 8, 25, 310, 85, 30, 10]]


def finding(found: str, row: str) -> dict[str, str]:
    """A contradiction in a village's row, of which a page may show an example."""
    place = {"column": "peserta", "area_code": "36.01.01.2001", "file": "a.xlsx", "row": row}
    return {"code": "X301", "severity": "PERINGATAN", "found": found, "action": "Periksa.", **place}


class TestPages:
    def table(self, html: str, caption: str) -> pd.DataFrame:
        """The cells of the table under a caption, row heads as index."""
        found = re.search(rf"<caption><span>{re.escape(caption)}.*?</table>", html, re.S)[0]
        rows = [
            [
                unescape(re.sub("<[^>]+>", "", cell)).strip()
                for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
            ]
            for row in re.findall(r"<tr>(.*?)</tr>", found, re.S)
        ]
        return pd.DataFrame(rows[1:], columns=rows[0]).set_index(rows[0][0])

    def test_a_kecamatan_by_method_cell_of_three_cannot_be_worked_out(self, page_of):
        """P08 on what the page really prints: every number of the table is parsed from its HTML."""
        ctx = page_of(users(SECRET), area="36.01")
        html = str(exhibits.methods(ctx).html)
        printed = self.table(html, "Peserta KB modern menurut kecamatan dan metode")
        printed = printed.map(lambda text: int(text.replace(".", "")) if text[0].isdigit() else text)
        assert printed.loc["Sumur", "Vasektomi"] == "<5"
        names = list(exhibits.METHODS)
        cells, totals = printed.iloc[:3][names], printed.iloc[3]
        values = audit(cells, printed["Jumlah"], totals, inside)
        assert values.loc["Sumur", "Vasektomi"] >= 4
        long_acting = audit(cells[list(exhibits.LONG_ACTING)], printed["Jumlah MKJP"], totals, inside)
        assert long_acting.loc["Sumur", "Vasektomi"] >= 4
        assert "ditulis &lt;5" in html, "and the page says what the mark means"

    def test_a_share_of_fewer_than_five_is_not_told(self, page_of):
        few = [[40, 60, 1, 30, 300, 90, 20, 12], [50, 70, 1, 20, 280, 80, 25, 11], [45, 80, 1, 25, 310, 85, 30, 10]]
        block = exhibits.methods(page_of(users(few), area="36.01"))
        row = self.table(str(block.html), "Peserta KB modern menurut metode").loc["Vasektomi (MKJP)"]
        assert row.tolist() == ["3", "pembilang di bawah 5"]
        drawn = block.files["charts/mkjp_share.svg"].decode()
        assert ">3</text>" in drawn
        assert ">3 (" not in drawn

    def test_a_chart_of_hidden_numbers_is_the_same_whatever_they_are(self, page_of, tmp_path):
        """P12: the bytes of the drawing, its words and the file beside it do not know a hidden count."""
        drawings = set()
        for n in (1, 4):
            # Sums of 383 and 386, of 1,633 and 1,636: rounded they are the same.
            rows = [[43, 60, n, 34, 300, 90, 20, 9], [50, 70, 0, 0, 280, 80, 25, 11], [45, 80, 0, 0, 310, 85, 30, 10]]
            block = exhibits.methods(page_of(users(rows), area="36.01", profile="public"))
            drawings.add((block.files["charts/mkjp_share.svg"], str(block.html)))
        (drawing, html), *others = drawings
        assert not others
        assert b">ditekan</text>" in drawing
        assert "Vasektomi *" in html

    def test_a_trend_says_in_words_where_a_value_is_hidden(self, page_of):
        tables = users(SECRET)
        months = []
        for month, n in (("2024-04", 40), ("2024-05", 1), ("2024-06", 50)):
            months.append(tables["siga_pus"].assign(period=month, pus=300, unmet_need=n))
        block = exhibits.by_month(
            page_of({"siga_pus": pd.concat(months, ignore_index=True)}, area="36.01"), "unmet_need", ""
        )
        assert ">ditekan</text>" in block.files["charts/unmet_need.svg"].decode()
        assert "Ditekan Mei 2024" in str(block.html)
        assert "pembilang di bawah 5" in str(block.html)

    def test_public_has_no_exact_internal_file(self, page_of):
        findings = pd.DataFrame([finding("61 > 60", "7")])
        for profile, there in (("internal", True), ("public", False)):
            ctx = page_of(users(SECRET), area="36.01", findings=findings, profile=profile)
            block = annex.next_steps(ctx) + annex.quality(ctx)
            assert ("follow_up.xlsx" in block.files) is there
            assert ("follow_up.xlsx" in block.html) is there
            assert ("61 &gt; 60" in block.html) is there

    def test_an_example_of_a_finding_tells_no_small_count(self, page_of):
        findings = pd.DataFrame([finding("3 > 2", "7"), finding("61 > 60", "8")])
        html = annex.findings(page_of(users(SECRET), area="36.01", findings=findings))
        assert "61 &gt; 60" in html
        html = annex.findings(page_of(users(SECRET), area="36.01", findings=findings[:1]))
        assert "3 &gt; 2" not in html
        assert "nilainya kecil" in html

    def test_both_profiles_say_what_they_do(self, page_of):
        for profile in ("internal", "public"):
            ctx = page_of(users(SECRET), area="36.01", profile=profile)
            assert unescape(disclosure.explanation(profile)) in unescape(str(annex.limits(ctx).html))


def test_claims_tell_no_exact_count_of_persons_to_the_public(monkeypatch):
    asked = []
    monkeypatch.setattr(claims, "_against", lambda inside, claim, held, synthetic: asked.append(claim) or [])
    claims.check(Tables.of({}), persons=False)
    names = {name for claim in asked for name in claim.indicator.split("+") if name}
    assert names
    assert not any(REGISTRY[name].persons for name in names)
