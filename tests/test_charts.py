"""Charts: what was drawn is read off the artists; words, colours and sizes off the sheet and the SVG."""

import itertools
import os
import re
from collections import Counter

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from kkb_helpers import charts, wording
from kkb_helpers.charts.colours import readable
from kkb_helpers.charts.sheet import Panel, spread, text_width, wrap, write

ALT = "Batang contoh, Kabupaten Pandeglang, Juni 2024: 54,72 persen."
MONTHS = [f"2024-{m:02d}" for m in range(1, 7)]
YEAR = [f"2023-{m:02d}" for m in range(6, 13)] + MONTHS
LONG = "Kepulauan Siau Tagulandang Biaro Ku"  # 35 characters
NAMES = ["Angsana", "Banjar", "Bojong", "Carita"]
DISTRICTS = [
    *("Kabupaten Pandeglang", "Kabupaten Lebak", "Kabupaten Tangerang", "Kabupaten Serang"),
    *("Kota Tangerang", "Kota Cilegon", "Kota Serang", "Kota Tangerang Selatan"),
]
SHORT = [name.removeprefix("Kabupaten ") for name in DISTRICTS]  # as the pages name them on a funnel
CODES = ["36.01", "36.02", "36.03", "36.04", "36.71", "36.72", "36.73", "36.74"]
SNAPSHOTS = [("2023-08-23", 190), ("2023-12-31", 297), ("2024-03-31", 301), ("2024-06-01", 306)]
GOALS = [("2023-12-31", 255), ("2024-12-31", 339)]
ROWS = [
    ("31 Desember 2023", {"Dasar": 90, "Berkembang": 72, "Mandiri": 40, "Berkelanjutan": 22, "Belum lapor": 73}),
    ("1 Juni 2024", {"Dasar": 81, "Berkembang": 85, "Mandiri": 62, "Berkelanjutan": 36, "Belum lapor": 42}),
]
METHODS = {"Suntik": 8200, "Pil": 2100, "Kondom": 240, "Implan": 1800, "IUD": 640, "Vasektomi": 20}
MKJP = ["Implan", "IUD", "Vasektomi", "Tubektomi"]
GROUPS = {k: [(50 + i, 104) for i in range(6)] for k in ("BKB", "BKR", "BKL", "UPPKA", "PIK-R")}
RATES = dict(zip(DISTRICTS, [10.4, 12.3, 11.2, 11.9, 9.4, 8.2, 10.9, 9.1], strict=True))
SIZES = [120_000, 150_000, 400_000, 210_000, 260_000, 60_000, 90_000, 180_000]
N = np.linspace(20_000, 430_000, 60)
SPREAD = np.sqrt(0.105 * 0.895 / N) * 100
LIMITS = {
    "n": N,
    "low_95": 10.5 - 1.96 * SPREAD,
    "high_95": 10.5 + 1.96 * SPREAD,
    "low_998": 10.5 - 3.09 * SPREAD,
    "high_998": 10.5 + 3.09 * SPREAD,
}
FLOWS = {
    ("Dasar", "Dasar"): 70,
    ("Dasar", "Mandiri"): 14,
    ("Mandiri", "Dasar"): 2,
    ("Belum lapor", "Dasar"): 12,
    ("Baru", "Belum lapor"): 9,
    ("Dasar", "Hilang"): 1,
}
TILES = [(n, v, charts.tiles_of(CODES)[c]) for n, v, c in zip(DISTRICTS, RATES.values(), CODES, strict=True)]
PANELS = [(n, [("2023-12-31", 80 + i), ("2024-06-01", 90 + i)]) for i, n in enumerate(DISTRICTS)]

CASES = {
    "path": (charts.path, (SNAPSHOTS, GOALS), {}),
    "path above": (
        charts.path,
        ([("2023-08-23", 884), ("2024-06-01", 1600)], [("2023-12-31", 1164), ("2024-12-31", 1552)]),
        {},
    ),
    "path reached": (charts.path, ([("2024-12-31", 339)], GOALS), {}),
    "path after the last milestone": (charts.path, ([("2025-10-01", 123)], GOALS), {}),
    "path without target": (charts.path, (SNAPSHOTS, []), {}),
    "path nothing": (charts.path, ([("2024-06-01", None)], GOALS), {}),
    "path near zero": (charts.path, ([("2023-08-23", 0), ("2023-12-31", 3), ("2024-12-31", 5)], GOALS), {}),
    "classes": (charts.classes, (ROWS,), {}),
    "classes small": (charts.classes, ([("1 Juni 2024", {"Mandiri": 1, "Belum lapor": 39})],), {}),
    "classes zero": (charts.classes, ([("1 Juni 2024", {})],), {}),
    "trend": (charts.trend, (MONTHS, {"Unmet need": [10.74, 10.7, 10.72, 10.6, 10.52, 10.4]}), {}),
    "trend two": (
        charts.trend,
        (
            YEAR,
            {"Pandeglang": [60, 61, 60.2, None, None, 60, 61, 62, 61, 60, 61, 62, 61], "Provinsi Banten": [60.0] * 13},
        ),
        {"provisional": True},
    ),
    "trend target": (charts.trend, (MONTHS, {"BKB": [12, 30, None, 44, 60, 82]}), {"target": 75}),
    "trend flat": (charts.trend, (MONTHS, {"BKB": [100.0] * 6}), {}),
    "trend zero": (charts.trend, (MONTHS, {"BKB": [0.0] * 6}), {}),
    "trend one month": (charts.trend, (MONTHS[:1], {"BKB": [40.0]}), {}),
    "trend gaps": (charts.trend, (MONTHS, {"BKB": [None, 50, None, 52, None, None]}), {}),
    "trend high": (charts.trend, (MONTHS, {"BKB": [70.0, 80, 88, 90, 95, 98]}), {}),
    "trend over": (charts.trend, (MONTHS, {"BKB": [80.0, 80, 88, 90, 95, 104]}), {}),
    "trend broken": (
        charts.trend,
        (MONTHS, {"BKB": [40.0, 41, 42, 55, 56, 57], "Banten": [50.0, 50, 50, 51, 51, 51]}),
        {"breaks": {MONTHS[3]: "sumber berganti", MONTHS[5]: "register diperbarui"}, "partial": MONTHS[1:2]},
    ),
    "trend nothing": (charts.trend, (MONTHS, {"BKB": [None] * 6}), {}),
    "ranking": (charts.ranking, (NAMES, [41.5, 96, None, "ditekan"]), {"own": "Banjar", "reference": 54.72}),
    "ranking long": (charts.ranking, ([LONG, "Kota X"], [30, 99.5]), {"own": LONG, "reference": 54.72}),
    "bars": (charts.bars, (["2016", "2017", "sesudah 2019"], [1, 11, 101]), {}),
    "bars missing": (charts.bars, (["2016", LONG], [None, "ditekan"]), {"unit": "%", "decimals": 1}),
    "ranking nothing": (charts.ranking, (NAMES, [None] * 4), {}),
    "methods": (charts.method_mix, (METHODS, MKJP), {}),
    "methods withheld": (charts.method_mix, (METHODS | {"Vasektomi": "<5"}, MKJP), {}),
    "pair": (charts.bar_pair, ([("BOKB Triwulan I 2024", 1.25e9, 4e8), ("Pro PN", 3.4e8, None)],), {}),
    "reporting": (charts.reporting, (MONTHS, GROUPS), {}),
    "reporting one month": (charts.reporting, (MONTHS[:1], {"BKB": [(50, 104)]}), {}),
    "reporting a year": (charts.reporting, (YEAR, {"BKB": [(None, 1040)] * 3 + [(1000, 1040)] * 10}), {}),
    "strip": (charts.strip, ([("Unmet need", RATES, 10.5), ("mCPR", {}, None)],), {"own": DISTRICTS[0]}),
    "strip long": (
        charts.strip,
        ([("Ibu hamil terdampingi yang mengonsumsi tablet tambah darah", RATES, 10.5)],),
        {"own": "Kabupaten Kepulauan Siau Tagulandang Biaro"},
    ),
    "strip equal": (charts.strip, ([("BKB", dict.fromkeys(DISTRICTS, 90.0), 90.0)],), {"own": DISTRICTS[0]}),
    "funnel": (
        charts.funnel,
        (SHORT, SIZES, list(RATES.values()), LIMITS),
        {"reference": 10.5, "own": SHORT[0], "flagged": SHORT[1:6], "small": ["Kota Serang"]},
    ),
    "tiles": (charts.tile_map, (TILES,), {"better": "down"}),
    "tiles long": (charts.tile_map, ([(LONG, None, (0, 0)), ("B", "ditekan", (0, 1))],), {}),
    "panels": (charts.small_multiples, ([*PANELS, (LONG, [])],), {}),
    "moves": (charts.moves, (FLOWS,), {"before": "31 Desember 2023", "after": "1 Juni 2024"}),
    "moves nothing": (charts.moves, ({},), {"before": "a", "after": "b"}),
}
every_case = pytest.mark.parametrize("name", CASES)


def drawn(name: str):
    """Draw a case; give its axes."""
    kind, args, kwargs = CASES[name]
    _, ax = charts.figure(kind.height(*args, **kwargs))
    return kind(ax, *args, **kwargs)


def of(ax, gid: str):
    """Give the one artist with a name."""
    found = [a for a in (*ax.lines, *ax.patches) if a.get_gid() == gid]
    assert len(found) == 1, (gid, [a.get_gid() for a in (*ax.lines, *ax.patches)])
    return found[0]


def words(ax) -> list[str]:
    return [t.get_text() for t in ax.texts]


def hue(name: str) -> tuple:
    return mpl.colors.to_rgba(charts.palette()[name][0])


# --- every kind --------------------------------------------------------------------------------------------------


def test_every_kind_has_a_case():
    assert {kind.__name__ for kind, _, _ in CASES.values()} == set(charts.KINDS)


@every_case
def test_text_neither_overlaps_nor_leaves_the_sheet(name):
    ax = drawn(name)
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    width, height = ax.figure.get_size_inches() * 72
    boxes = [(t.get_text(), t.get_window_extent(canvas.get_renderer())) for t in ax.texts]
    for text, box in boxes:
        assert box.x0 >= -1 and box.x1 <= width + 1, f"{text!r} is cut at the side"
        assert box.y0 >= -1 and box.y1 <= height + 1, f"{text!r} is cut above or below"
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 1 or down < 2, f"{one!r} overlaps {other!r}"


@every_case
def test_text_is_of_one_size_and_horizontal(name):
    assert {(t.get_fontsize(), t.get_rotation()) for t in drawn(name).texts} == {(13, 0)}


@every_case
def test_marks_stay_on_the_sheet(name):
    ax = drawn(name)
    for line in ax.lines:
        points = line.get_transform().transform(np.column_stack(line.get_data()).astype(float))
        points = points[~np.isnan(points).any(axis=1)]
        width, height = ax.figure.get_size_inches() * 72
        assert (points >= -1).all() and (points <= (width + 1, height + 1)).all(), line.get_gid()


@every_case
def test_one_axes_no_second_scale(name):
    ax = drawn(name)
    assert ax.figure.axes == [ax]
    assert not ax.child_axes


@every_case
def test_svg(name):
    kind, args, kwargs = CASES[name]
    svg = charts.draw(kind, *args, id="mcpr", alt=ALT, **kwargs)
    assert svg == charts.draw(kind, *args, id="mcpr", alt=ALT, **kwargs), "the same values, the same bytes"
    assert len(svg) < 12_000
    assert f'role="img" aria-label="{ALT}"' in svg
    assert all(i.startswith("mcpr") for i in re.findall(r'\bid="([^"]*)"', svg))
    assert svg.count('<g aria-hidden="true">') == 1 and "<text" not in svg.partition("<g ")[0]
    assert "<text" in svg and "<script" not in svg and "http" not in svg
    assert not re.search(r"#[0-9a-f]{6}", re.sub(r"var\(--kkb-[a-z0-9-]+,#[0-9a-f]{6}\)", "", svg)), (
        "a colour that is none"
    )
    assert set(re.findall(r"--kkb-([a-z0-9-]+)", svg)) <= set(charts.palette())
    assert set(re.findall(r'font-size="(\d+)"', svg)) == {"13"}


@every_case
def test_the_text_of_the_svg_is_that_of_the_sheet(name):
    kind, args, kwargs = CASES[name]
    svg = charts.draw(kind, *args, id="mcpr", alt=ALT, **kwargs)
    assert Counter(re.findall(r"<text[^>]*>([^<]*)</text>", svg)) == Counter(
        t.replace("&", "&amp;").replace("<", "&lt;") for t in words(drawn(name))
    )


def test_two_charts_of_one_page_share_no_id():
    ids = [
        i for id in ("a", "b") for i in re.findall(r'\bid="([^"]*)"', charts.draw(charts.classes, ROWS, id=id, alt=ALT))
    ]
    assert sorted(ids) == ["a", "a-hatch", "b", "b-hatch"]
    assert "url(#a-hatch)" in charts.draw(charts.classes, ROWS, id="a", alt=ALT)


@pytest.mark.parametrize("alt", ["mcpr", "x" * 301])
def test_an_alternative_text_too_short_or_too_long_is_refused(alt):
    with pytest.raises(ValueError, match=rf"'mcpr': got {len(alt)} characters; expected 20 to 300"):
        charts.draw(charts.classes, ROWS, id="mcpr", alt=alt)


def test_a_text_keeps_its_place_in_any_font():
    """Where it is put it is anchored, whoever laid it out; what is not seen or stands nowhere is not written."""
    fig, ax = charts.figure(100)
    ax.set_axis_off()
    ax.set(xlim=(0, 360), ylim=(100, 0))
    for ha, x in (("left", 10), ("center", 20), ("right", 30)):
        write(ax, x, 50, f"{ha} kita", ha=ha, bold=ha == "left")
        ax.text(x, 80, f"{ha} lain", ha=ha, color=charts.palette()["ink"][0])
    write(ax, 40, 50, "atas\nbawah")
    write(ax, 40, 60, "tak terlihat").set_visible(False)
    write(ax, float("nan"), 60, "di mana")
    texts = re.findall(
        r'<text x="(\S+)" y="(\S+)" [^>]*?(?:text-anchor="(\w+)")?( font-weight="600")?>(.*?)</text>',
        charts.svg(fig, "a", ALT),
    )
    assert [(x, anchor, said) for x, _, anchor, _, said in texts if "kita" in said] == [
        ("10", "", "left kita"),
        ("20", "middle", "center kita"),
        ("30", "end", "right kita"),
    ]
    assert [(x, anchor) for x, _, anchor, _, said in texts if "lain" in said] == [
        ("10", ""),
        ("20", "middle"),
        ("30", "end"),
    ]
    assert {y for _, y, _, _, said in texts if "kita" in said} == {"50"}
    assert [bold != "" for _, _, _, bold, said in texts if said == "left kita"] == [True]
    assert [said for *_, said in texts if said in ("atas", "bawah", "tak terlihat", "di mana")] == ["atas", "bawah"]


def test_a_curve_is_written_as_a_curve():
    kind, args, kwargs = CASES["moves"]
    svg = charts.draw(kind, *args, id="moves", alt=ALT, **kwargs)
    assert re.search(r' d="M\S+ \S+C[\d. ]+L', svg)


def test_texts_are_escaped():
    svg = charts.draw(charts.ranking, ["<b>&"], [3], id="a", alt='kutip " dan < di sini, cukup panjang')
    assert "&lt;b&gt;&amp;</text>" in svg
    assert 'aria-label="kutip &quot; dan &lt; di' in svg


def test_a_drawing_leaves_nothing_for_the_next():
    first = charts.draw(charts.classes, ROWS, id="a", alt=ALT)
    with pytest.raises(ValueError):
        charts.draw(charts.ranking, NAMES, [1, 2, 3, 4], id="a", alt="")
    assert charts.draw(charts.classes, ROWS, id="a", alt=ALT) == first


def test_the_reader_s_own_settings_change_nothing():
    before = charts.draw(charts.trend, *CASES["trend"][1], id="a", alt=ALT)
    with mpl.rc_context({"font.size": 40, "lines.linewidth": 9, "figure.dpi": 200, "text.color": "red"}):
        assert charts.draw(charts.trend, *CASES["trend"][1], id="a", alt=ALT) == before


def test_alone_is_a_file_of_its_own():
    import xml.etree.ElementTree as ET

    drawing = charts.draw(charts.classes, ROWS, id="a", alt=ALT)
    file = charts.alone(drawing, "Sepertiga & lebih")
    root = ET.fromstring(file)  # our own text
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].text == "Sepertiga & lebih"
    assert root.get("width") == "360" and root.get("aria-label") == ALT
    assert "var(" not in file
    assert file == charts.draw(charts.classes, ROWS, id="a", alt=ALT, title="Sepertiga & lebih", standalone=True)


# --- colours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", [0, 1], ids=["light", "dark"])
def test_contrast(paper):
    colours = {name: pair[paper] for name, pair in charts.palette().items()}
    on_paper = {name: charts.contrast(colour, colours["paper"]) for name, colour in colours.items()}
    assert all(on_paper[name] >= 4.5 for name in ("ink", "muted", "accent", "target")), on_paper
    marks = ["grey", "accent", "target", *(n for n in colours if n.startswith("class-"))]
    assert all(on_paper[name] >= 3 for name in marks), on_paper
    for name in colours:
        if name.startswith("on-"):
            assert charts.contrast(colours[name], colours[name.removeprefix("on-")]) >= 4.5, name


@pytest.mark.parametrize("paper", [0, 1], ids=["light", "dark"])
def test_the_ordered_scales_are_ordered_in_greyscale(paper):
    for scale, steps in (("class", 4), ("heat", 6)):
        contrasts = [
            charts.contrast(charts.palette()[f"{scale}-{i}"][paper], charts.palette()["paper"][paper])
            for i in range(1, steps + 1)
        ]
        assert contrasts == sorted(contrasts)
        assert all(b / a > 1.1 for a, b in itertools.pairwise(contrasts)), contrasts


def test_parts_of_a_bar_are_parted_by_paper():
    ax = drawn("classes small")
    assert of(ax, "Mandiri").get_edgecolor() == hue("paper")
    assert of(ax, "Mandiri").get_linewidth() >= 1


def test_every_colour_has_one_name_and_a_variable():
    light = [pair[0] for pair in charts.palette().values()]
    assert len(set(light)) == len(light)
    for name, pair in charts.palette().items():
        assert f"--kkb-{name}:{pair[0]};" in charts.css()
        assert f"--kkb-{name}:{pair[1]};" in charts.css().partition("prefers-color-scheme:dark")[2]


def test_contrast_is_that_of_wcag():
    assert charts.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert charts.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert readable("#ffffff") == "#000000"


def test_shades_go_with_what_is_better():
    up = charts.shade([0, 50, 100, None, "ditekan"])
    assert [b[:16] for b, _ in up[:3]] == ["var(--kkb-heat-1", "var(--kkb-heat-4", "var(--kkb-heat-6"]
    assert up[3:] == [("", ""), ("", "")]
    assert charts.shade([0, 50, 100], "down")[0] == up[2]
    assert charts.shade([0, 100], "context") == charts.shade([7, 7]) == [("", ""), ("", "")]
    assert charts.shade([]) == []


def test_a_withheld_value_leaves_no_trace():
    def both(value):  # what a caller withholds is text: the chart never sees 1 or 4
        return charts.draw(charts.ranking, NAMES, [10, 20, 30, "<5" if value < 5 else value], id="a", alt=ALT)

    assert both(1) == both(4) != both(5)


# --- lines -------------------------------------------------------------------------------------------------------


def test_trend_draws_its_values_and_leaves_gaps():
    ax = drawn("trend two")
    own = of(ax, "Pandeglang")
    assert own.get_ydata()[[0, 12]].tolist() == [60, 61]
    assert np.flatnonzero(np.isnan(own.get_ydata())).tolist() == [3, 4]
    assert mpl.colors.to_rgba(own.get_color()) == hue("accent")
    assert mpl.colors.to_rgba(of(ax, "Provinsi Banten").get_color()) == hue("grey")
    assert wording.MISSING in words(ax)
    assert {"61,00%", "60,00%", "Pandeglang", "Provinsi", "Banten"} <= set(words(ax)), "labels at the ends, no legend"
    assert ax.get_legend() is None


def test_a_provisional_last_month_is_hollow():
    assert of(drawn("trend two"), "Pandeglang:akhir").get_markerfacecolor() == charts.palette()["paper"][0]
    assert of(drawn("trend"), "Unmet need:akhir").get_markerfacecolor() == charts.palette()["accent"][0]


def test_a_scale_that_is_not_from_zero_says_so():
    assert "Sumbu mulai dari 10,2%, bukan dari 0" in words(drawn("trend"))
    assert not any("bukan dari 0" in w for w in words(drawn("trend target")))
    assert "0%" in words(drawn("trend target"))


def test_a_percentage_ends_at_a_hundred_unless_a_value_is_above_it():
    assert {"60%", "80%", "100%"} <= set(words(drawn("trend high"))) and "120%" not in words(drawn("trend high"))
    over = drawn("trend over")
    assert any("da nilai di atas 100%" in w for w in words(over))
    assert of(over, "BKB").get_ydata()[-1] == 104, "shown as it is"
    assert not any("di atas 100%" in w for name in ("trend high", "trend flat") for w in words(drawn(name)))
    assert max(of(drawn("trend over"), "BKB").get_ydata()) <= max(
        float(w[:-1]) for w in words(over) if w.endswith("0%") and w[:-1].isdigit()
    )


def test_no_line_leads_across_a_break_and_a_month_of_few_units_is_hollow():
    ax = drawn("trend broken")
    for name in ("BKB", "Banten"):
        xs, ys = of(ax, name).get_data()
        assert xs[np.isnan(ys)].tolist() == [2.5, 4.5]
    assert of(ax, f"putus:{MONTHS[3]}").get_xdata() == (2.5, 2.5)
    assert "sumber berganti" in words(ax)
    few = of(ax, "BKB:sebagian")
    assert few.get_xdata() == [1] and few.get_markerfacecolor() == charts.palette()["paper"][0]
    dots = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert [[5, 57]] in dots, "a month alone after a break"


def test_trend_names_the_last_month_and_the_year_once():
    texts = words(drawn("trend two"))
    assert "Jun" in texts and texts.count("2024") == 1 and texts.count("2023") == 1


def test_a_single_month_between_gaps_is_a_dot():
    ax = drawn("trend gaps")
    dots = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert [[1, 50]] in dots and [[3, 52]] in dots


def test_path_draws_counts_goals_and_the_gap():
    ax = drawn("path")
    assert of(ax, "capaian").get_ydata() == (190, 297, 301, 306)
    assert of(ax, "jalur").get_ydata() == (255, 339)
    assert of(ax, "selisih").get_ydata() == (306, 339)
    assert {"33 lagi", "sasaran 339", "306", "0"} <= set(words(ax))
    zero = next(line for line in ax.lines if tuple(line.get_ydata()) == (0, 0))
    assert zero.get_transform().transform((0, 0))[1] == of(ax, "capaian").get_transform().transform((0, 0))[1]


def test_path_above_at_and_after_its_goal():
    assert "48 di atas" in words(drawn("path above"))
    assert "tercapai" in words(drawn("path reached"))
    ax = drawn("path after the last milestone")
    assert of(ax, "jalur").get_ydata() == (255, 339, 339), "after the last milestone the target holds"
    assert "216 lagi" in words(ax)
    assert not any("lagi" in w for w in words(drawn("path without target")))


def test_small_multiples_share_one_scale_from_zero():
    ax = drawn("panels")
    heights = {name: np.diff(of(ax, name).get_transform().transform([(0, 0), (0, 100)])[:, 1])[0] for name in DISTRICTS}
    assert len({round(h, 6) for h in heights.values()}) == 1
    assert wording.MISSING in words(ax)
    assert list(of(ax, DISTRICTS[2]).get_ydata()) == [82, 92]


def test_sparkline():
    svg = charts.sparkline([1, 2, None, 3, 2.5], ALT)
    assert svg.count("M") == 2 and "<circle" in svg and f'aria-label="{ALT}"' in svg
    assert charts.sparkline([None, None], ALT) == ""
    assert charts.sparkline([5], ALT).count("<circle") == 1


# --- bars --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ranking", "ranking long", "bars", "methods", "pair"])
def test_bars_start_at_zero(name):
    ax = drawn(name)
    bars = [p for p in ax.patches if p.get_gid()]
    assert bars
    for bar in bars:
        assert bar.get_x() == 0
    scales = {round(float(b.get_data_transform().get_matrix()[0, 0]), 6) for b in bars}
    assert len(scales) == 1, "one scale for all bars"


def test_classes_draw_counts_on_one_scale():
    ax = drawn("classes")
    widths = [(p.get_gid(), p.get_width()) for p in ax.patches]
    assert widths == [(k, v) for _, row in ROWS for k, v in row.items()]
    assert len({round(p.get_data_transform().get_matrix()[0, 0], 9) for p in ax.patches}) == 1
    newest = list(ax.patches)[-5:]
    assert [p.get_x() for p in newest] == [0, 81, 166, 228, 264]


def test_belum_lapor_is_apart_and_hatched():
    last, unreported = list(drawn("classes").patches)[-2:]
    assert unreported.get_hatch() and not last.get_hatch()
    ends = last.get_data_transform().transform((last.get_x() + last.get_width(), 0))[0]
    assert unreported.get_data_transform().transform((unreported.get_x(), 0))[0] - ends >= 10
    assert "<pattern" in charts.draw(charts.classes, ROWS, id="a", alt=ALT)


def test_classes_are_labelled_directly():
    texts = words(drawn("classes"))
    assert {*charts.CLASSES, "Belum", "lapor", "1 Juni 2024: 306 Kampung KB", "36", "42"} <= set(texts)
    assert {"Dasar", "0"} <= set(words(drawn("classes small"))), "a class without Kampung KB is said"


def test_ranking_is_ordered_and_says_what_is_missing():
    ax = drawn("ranking")
    assert [p.get_gid() for p in ax.patches] == ["Banjar", "Angsana"]
    assert [p.get_width() for p in ax.patches] == [96, 41.5]
    assert of(ax, "Banjar").get_facecolor() == hue("accent")
    assert of(ax, "Angsana").get_facecolor() == hue("grey")
    assert {"96,00%", "tidak ada data", "ditekan", "provinsi 54,72%"} <= set(words(ax))
    assert set(of(ax, "acuan").get_xdata()) == {54.72}


def test_bars_keep_the_order_given():
    ax = drawn("bars")
    assert [(p.get_gid(), p.get_width()) for p in ax.patches] == [("2016", 1), ("2017", 11), ("sesudah 2019", 101)]
    assert [p.get_y() for p in ax.patches] == sorted((p.get_y() for p in ax.patches), reverse=True), "the first on top"
    assert {"1", "11", "101"} <= set(words(ax))
    assert {"tidak ada data", "ditekan"} <= set(words(drawn("bars missing")))


def test_ranking_where_lower_is_better():
    _, ax = charts.figure(200)
    charts.ranking(ax, NAMES, [3, 1, 2, 4], better="down")
    assert [p.get_width() for p in ax.patches] == [1, 2, 3, 4]


def test_a_value_above_a_hundred_is_not_cut():
    _, ax = charts.figure(200)
    charts.ranking(ax, ["A", "B"], [131, 50], reference=100)
    bar = of(ax, "A")
    assert bar.get_width() == 131
    assert bar.get_data_transform().transform((131, 0))[0] < 360


def test_methods_set_mkjp_off():
    ax = drawn("methods")
    assert [p.get_gid() for p in ax.patches] == ["Implan", "IUD", "Vasektomi", "Suntik", "Pil", "Kondom"]
    assert {p.get_gid() for p in ax.patches if p.get_facecolor() == hue("accent")} == {"Implan", "IUD", "Vasektomi"}
    assert "MKJP: 2.460 (18,9%)" in words(ax)


def test_a_withheld_method_takes_the_sums_with_it():
    texts = words(drawn("methods withheld"))
    assert "MKJP" in texts and "<5" in texts
    assert not any("%" in t or ":" in t for t in texts)


def test_realisation_lies_inside_allocation():
    ax = drawn("pair")
    assert of(ax, "BOKB Triwulan I 2024:alokasi").get_width() == 1.25e9
    assert of(ax, "BOKB Triwulan I 2024:realisasi").get_width() == 4e8
    assert "Rp400 juta dari Rp1,25 miliar" in words(ax)
    assert wording.MISSING in words(ax)


def test_reporting_draws_shares_of_a_hundred_from_zero():
    ax = drawn("reporting")
    columns = of(ax, "BKB").get_xydata()
    assert columns[::3, 1].tolist() == [0] * 5
    assert columns[1::3, 1] == pytest.approx([(50 + i) / 104 * 100 for i in range(5)])
    assert of(ax, "BKB:akhir").get_xydata()[:2].tolist() == [[5, 0], [5, pytest.approx(55 / 104 * 100)]]
    scale = of(ax, "BKB").get_transform()
    assert scale.transform((0, 100))[1] - scale.transform((0, 0))[1] == pytest.approx(20)
    assert "55 dari 104" in words(ax)
    assert sum(w == "–" for w in words(drawn("reporting a year"))) == 3


# --- areas among each other --------------------------------------------------------------------------------------


def test_strip_draws_every_area_and_marks_its_own():
    ax = drawn("strip")
    assert sorted(of(ax, "Unmet need").get_xydata()[:, 0]) == sorted(list(RATES.values())[1:])
    assert of(ax, f"Unmet need:{DISTRICTS[0]}").get_xydata().tolist() == [[10.4, 0]]
    assert set(of(ax, "Unmet need:acuan").get_xdata()) == {10.5}
    assert {"8,20%", "12,30%", "10,40%", "provinsi 10,50%", "tidak ada data"} <= set(words(ax))


def test_funnel_draws_points_limits_and_names_the_flagged():
    ax = drawn("funnel")
    points = [line for line in ax.lines if line.get_gid() == "titik"]
    assert sorted(len(c.get_xydata()) for c in points) == [1, 6], "Kota Serang has too few: hollow, apart"
    hollow = next(c for c in points if len(c.get_xydata()) == 1)
    assert hollow.get_xydata().tolist() == [[90_000, 10.9]]
    assert hollow.get_markerfacecolor() == charts.palette()["paper"][0]
    assert of(ax, SHORT[0]).get_xydata().tolist() == [[120_000, 10.4]]
    assert {"Pandeglang", "Lebak", "99,8%", "95%", "provinsi"} <= set(words(ax))
    assert "Kota Serang" not in words(ax)
    curve = of(ax, "high_95")
    assert np.nanmax(np.abs(curve.get_ydata() - LIMITS["high_95"])) == 0


def test_tiles_lie_like_the_map_and_carry_name_and_value():
    ax = drawn("tiles")
    places = {p.get_gid(): p.get_xy() for p in ax.patches}
    assert places["Kota Cilegon"][0] < places["Kabupaten Tangerang"][0]
    assert places["Kota Cilegon"][1] < places["Kabupaten Pandeglang"][1]
    assert of(ax, "Kota Cilegon").get_facecolor() == hue("heat-6"), "lower is better, darker is better"
    assert "8,20%" in words(ax)


def test_every_layout_has_a_tile_for_each_kabupaten():
    from kkb_helpers import areas

    for province, tiles in charts.places.TILES.items():
        assert set(tiles) == set(areas.children(province, "kabupaten")["code"])
        assert len(set(tiles.values())) == len(tiles)


def test_a_province_without_layout_is_laid_out_in_order():
    assert charts.tiles_of(["11.01", "11.02", "11.03", "11.04", "11.05"])["11.04"] == (1, 0)
    assert charts.tiles_of([]) == {}


def test_moves_accent_the_way_up():
    ax = drawn("moves")
    assert of(ax, "Dasar>Mandiri").get_facecolor() == hue("accent")
    assert of(ax, "Belum lapor>Dasar").get_facecolor() == hue("accent")
    assert of(ax, "Mandiri>Dasar").get_facecolor() == hue("target")
    assert of(ax, "Baru>Belum lapor").get_facecolor() == of(ax, "Dasar>Dasar").get_facecolor() == hue("grid")
    assert {"Dasar 85", "Dasar 84", "Mandiri 14", "Hilang 1", "Baru 9"} <= set(words(ax))
    heights = {p.get_gid(): np.ptp(p.get_path().vertices[[0, 7], 1]) for p in ax.patches if ">" in p.get_gid()}
    assert heights["Dasar>Dasar"] / heights["Dasar>Mandiri"] == pytest.approx(5)


# --- the sheet ---------------------------------------------------------------------------------------------------


def test_a_panel_puts_values_on_the_sheet():
    panel = Panel(10, 20, 100, 50, x=(0, 10), y=(0, 5))
    _, ax = charts.figure(100, 200)
    ax.set(xlim=(0, 200), ylim=(100, 0))
    assert panel.across(5) == 60 and panel.down(5) == 20 and panel.down(0) == 70
    assert panel.on(ax).transform((5, 5)).tolist() == [60, 80], "display counts from below"


def test_labels_are_moved_apart_and_kept_inside():
    placed = spread([10, 12, 99], [20, 20, 20], 0, 100, gap=5)
    assert placed == [10, 35, 90]
    assert spread([50, 40], [10, 10], 0, 100, gap=0) == [50, 40]
    assert spread([99, 98], [20, 20], 0, 100, gap=0) == [90, 70]


def test_names_are_broken_at_words():
    lines = wrap(LONG, 120)
    assert " ".join(lines) == LONG
    assert all(text_width(line) <= 120 for line in lines)
    assert wrap("Kota", 1) == ["Kota"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_forked_children_read_the_font_each_for_itself():
    """A font opened before the fork is one place in one file: children that read on in it at once read rubbish."""
    from kkb_helpers.charts import sheet

    sheet.text_width("a")
    signs = [chr(code) for code in range(0xC0, 0x17F)]  # none of which a page has warmed
    expected = repr([sheet.text_width(sign) for sign in signs]).encode()
    sheet._advance.cache_clear()
    sheet.text_width("a")
    pipes = []
    for _ in range(6):
        out, into = os.pipe()
        if os.fork() == 0:
            try:
                os.write(into, repr([sheet.text_width(sign) for sign in signs]).encode())
            finally:
                os._exit(0)
        os.close(into)
        pipes.append(out)
    for out in pipes:
        with os.fdopen(out, "rb") as told:
            assert told.read() == expected
        os.wait()
