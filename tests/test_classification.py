"""The twelve-component rule against the portal's own cases and against a second, brute-force implementation."""

import itertools
import time
from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest

from kkb_helpers.classification import (
    CLASSES,
    COMPONENTS,
    MAXIMUM,
    THRESHOLDS,
    classify,
    moves,
    reported_nothing,
    score,
    shortfall,
)
from kkb_helpers.errors import QualityError

INPUT, PROSES, OUTPUT = COMPONENTS[:5], COMPONENTS[5:8], COMPONENTS[8:]


@pytest.fixture(scope="module")
def golden(project):
    """The 26 cases run on the portal's SQL in PostgreSQL: raw columns, scores, indices, class."""
    return pd.read_csv(project / "tests/fixtures/classification_vectors.csv").set_index("case")


@pytest.fixture(scope="module")
def random_scores():
    """50,000 random score combinations."""
    rng = np.random.default_rng(7)
    return pd.DataFrame({c: rng.integers(1, MAXIMUM[c] + 1, 50_000) for c in COMPONENTS})


def row(**scores):
    """One Kampung KB with all components 1 but those given."""
    return pd.DataFrame([dict.fromkeys(COMPONENTS, 1) | scores])


# --- the second implementation: plain Python, by whole sums and by trying everything ---


@cache
def class_by_sums(sums):
    """The class of three group sums, read off the rule's own words."""
    a, b, c = sums[0] / 5 >= 3, sums[1] / 3 >= 3, sums[2] / 4 >= 3
    if a and b and c:
        return "Berkelanjutan"
    if (a or b) and c:
        return "Mandiri"
    return "Berkembang" if a and b else "Dasar"


@cache
def best_additions(sums):
    """Try every addition to the sums: the cheapest to a higher class, then the highest class, then earliest groups."""
    now = CLASSES.index(class_by_sums(sums))
    tries = []
    for extra in itertools.product(range(18 - sums[0] + 1), range(12 - sums[1] + 1), range(16 - sums[2] + 1)):
        then = CLASSES.index(class_by_sums(tuple(s + e for s, e in zip(sums, extra, strict=True))))
        if then > now:
            tries.append((sum(extra), -then, -extra[0], -extra[1], extra))
    return min(tries)[-1] if tries else (0, 0, 0)


@cache
def spread(scores, maxima, points):
    """Try every way to give `points` to the components of a group: the one with most in the earliest."""
    ways = itertools.product(*(range(m - s + 1) for s, m in zip(scores, maxima, strict=True)))
    return max(way for way in ways if sum(way) == points)


def brute_force(scores):
    """Give points, class reached and components of one tuple of twelve scores."""
    groups = scores[:5], scores[5:8], scores[8:]
    maxima = tuple(tuple(MAXIMUM[c] for c in group) for group in (INPUT, PROSES, OUTPUT))
    sums = tuple(map(sum, groups))
    extra = best_additions(sums)
    added = [p for group, top, e in zip(groups, maxima, extra, strict=True) for p in spread(group, top, e)]
    text = ";".join(f"{c}:+{n}" for c, n in zip(COMPONENTS, added, strict=True) if n)
    return sum(extra), class_by_sums(tuple(s + e for s, e in zip(sums, extra, strict=True))), text


# --- score ---


def test_score_gives_the_portals_points(golden):
    pd.testing.assert_frame_equal(score(golden), golden[list(COMPONENTS)].astype("Int64"))


@pytest.mark.parametrize(
    ("column", "component", "points_by_percent"),
    [
        ("poktan_pct", "output_poktan", {9.5: 2, 9.49: 1, 20.5: 2, 20.51: 3, 30.5: 3, 31: 4}),
        ("cpr_pct", "output_cpr", {29.5: 2, 29.4: 1, 40.5: 2, 41.5: 3, 50.5: 3, 50.6: 4}),
        ("mkjp_pct", "output_mkjp", {19.4: 1, 19.5: 2, 22.5: 2, 23.5: 3, 24.5: 3, 24.6: 4}),
        ("unmet_pct", "output_unmet", {12.5: 2, 12.6: 1, 9.5: 2, 9.4: 3, 6.5: 4, 6.6: 3}),
    ],
)
def test_percentages_are_rounded_half_even_before_the_cut(golden, column, component, points_by_percent):
    raw = pd.concat([golden.loc[["poktan_9"]]] * len(points_by_percent)).assign(**{column: list(points_by_percent)})
    assert score(raw)[component].tolist() == list(points_by_percent.values())


def test_what_is_missing_scores_as_not_recorded(golden):
    empty = golden.loc[["profil_only_full"]].astype(object)
    empty[:] = pd.NA
    assert (score(empty) == 1).all(axis=None)


def test_members_without_a_working_group_score_nothing(golden):
    raw = golden.loc[["profil_only_full"]].assign(pokja_ada=False)
    assert score(raw)["input_pokja"].tolist() == [1]


def test_score_names_a_missing_column(golden):
    with pytest.raises(QualityError, match="kolom regulasi, cpr_pct tidak ada"):
        score(golden.drop(columns=["cpr_pct", "regulasi"]))


def test_thresholds_name_their_version_and_source():
    assert THRESHOLDS.version
    assert "portal" in THRESHOLDS.source
    with pytest.raises(TypeError):
        THRESHOLDS.rising["output_cpr"] = ("cpr_pct", (1, 2, 3))


# --- classify ---


def test_classify_gives_the_portals_indices_and_class(golden):
    expected = golden[["index_input", "index_proses", "index_output", "klasifikasi"]].astype({"klasifikasi": "str"})
    pd.testing.assert_frame_equal(classify(golden), expected, check_exact=True)


def test_classify_agrees_with_brute_force(random_scores):
    expected = [class_by_sums((sum(s[:5]), sum(s[5:8]), sum(s[8:]))) for s in random_scores.itertuples(index=False)]
    assert classify(random_scores)["klasifikasi"].tolist() == expected
    assert set(expected) == set(CLASSES)


def test_indices_are_rounded_as_postgresql_rounds_a_numeric():
    scores = pd.concat([row(), row(proses_operasional=2), row(proses_operasional=2, proses_lintas_sektor=2)])
    assert classify(scores)["index_proses"].tolist() == [1.0, 1.33, 1.67]


def test_a_missing_component_leaves_its_index_and_the_class_missing():
    result = classify(row(output_cpr=pd.NA, input_pokja=3).astype("Int64"))
    assert result[["index_input", "index_proses"]].to_numpy().tolist() == [[1.4, 1.0]]
    assert result[["index_output", "klasifikasi"]].isna().all(axis=None)


@pytest.mark.parametrize("scores", [{"input_sarana": 4}, {"input_pokja": 5}, {"output_cpr": 0}, {"output_cpr": 2.5}])
def test_a_score_that_the_rule_does_not_know_gives_no_class(scores):
    assert classify(row(**scores))["klasifikasi"].isna().all()
    assert shortfall(row(**scores)).isna().all(axis=None)


def test_classify_names_a_missing_column():
    with pytest.raises(QualityError, match="kolom output_unmet tidak ada"):
        classify(row().drop(columns="output_unmet"))


def test_classify_keeps_the_index_and_takes_no_rows():
    assert classify(row().set_axis(["desa-7"])).index.tolist() == ["desa-7"]
    assert classify(row().head(0)).empty
    assert shortfall(row().head(0)).empty


# --- shortfall ---


def test_shortfall_agrees_with_brute_force(random_scores):
    expected = [brute_force(tuple(map(int, s))) for s in random_scores.itertuples(index=False)]
    assert list(shortfall(random_scores).itertuples(index=False, name=None)) == expected


def test_adding_the_components_reaches_the_class_within_the_maxima(random_scores):
    lacking = shortfall(random_scores)
    after = random_scores.copy()
    for component in COMPONENTS:
        after[component] += lacking["components"].str.extract(rf"{component}:\+(\d)")[0].fillna("0").astype(int)
    assert (after <= pd.Series(MAXIMUM)).all(axis=None)
    assert classify(after)["klasifikasi"].equals(lacking["class_reached"])
    assert (after - random_scores).sum(axis=1).tolist() == lacking["points"].tolist()
    rank = {name: position for position, name in enumerate(CLASSES)}
    higher = lacking["class_reached"].map(rank) > classify(random_scores)["klasifikasi"].map(rank)
    assert (higher == (classify(random_scores)["klasifikasi"] != "Berkelanjutan")).all()


def test_a_berkembang_lacks_output_only(golden):
    assert shortfall(golden.loc[["proses_9_of_12"]]).iloc[0].tolist() == [1, "Berkelanjutan", "output_poktan:+1"]


def test_on_a_tie_input_comes_before_proses():
    # Sums 13, 7 and 11 lack 2, 2 and 1: Mandiri costs 3 either way, Berkembang costs 4.
    tied = dict(zip(COMPONENTS, (4, 3, 2, 2, 2, 3, 2, 2, 3, 3, 3, 2), strict=True))
    assert shortfall(row(**tied)).iloc[0].tolist() == [
        3,
        "Mandiri",
        "input_sumber_dana:+1;input_poktan:+1;output_poktan:+1",
    ]


def test_on_a_tie_the_higher_class_comes_first():
    # Sums 13, 7 and 10 lack 2 each: Berkembang by input and proses costs 4, and so does Mandiri by input and output.
    tied = dict(zip(COMPONENTS, (4, 3, 2, 2, 2, 3, 2, 2, 3, 3, 2, 2), strict=True))
    assert shortfall(row(**tied))["class_reached"].tolist() == ["Mandiri"]


def test_berkelanjutan_lacks_nothing(golden):
    assert shortfall(golden.loc[["loophole_zero_unmet"]]).iloc[0].tolist() == [0, "Berkelanjutan", ""]


def test_shortfall_of_the_whole_country_takes_seconds(random_scores):
    country = pd.concat([random_scores, random_scores.head(34_000)], ignore_index=True)
    started = time.process_time()
    shortfall(country)
    assert time.process_time() - started < 10


# --- moves ---


def snapshot(*rows):
    """A frame of `kampung` rows from (village, name, class[, scores]); the scores do not matter but for all-ones."""
    return pd.concat(
        [
            row(input_pokja=2, **(extra[0] if extra else {})).assign(village_code=v, kampung_kb=n, klasifikasi=k)
            for v, n, k, *extra in rows
        ]
    ).astype({"village_code": "str", "kampung_kb": "str", "klasifikasi": "str"})


EMPTY = {"input_pokja": 1}


def test_moves_of_each_kind():
    before = snapshot(
        ("36.01.01.2001", "Melati", "Dasar"),
        ("36.01.01.2002", "Mawar", "Berkelanjutan"),
        ("36.01.01.2003", "Anggrek", "Mandiri"),
        ("36.01.01.2004", "Kenanga", "Dasar"),
    )
    after = snapshot(
        ("36.01.01.2001", "KAMPUNG KB MELATI", "Mandiri"),
        ("36.01.01.2002", "Mawar", "Mandiri"),
        ("36.01.01.2003", "Anggrek", "Mandiri"),
        ("36.01.01.2005", "Dahlia", "Dasar"),
    )
    expected = [
        ("36.01.01.2001", "KAMPUNG KB MELATI", "Dasar", "Mandiri", "naik"),
        ("36.01.01.2002", "Mawar", "Berkelanjutan", "Mandiri", "turun"),
        ("36.01.01.2003", "Anggrek", "Mandiri", "Mandiri", "tetap"),
        ("36.01.01.2004", "Kenanga", "Dasar", None, "hilang"),
        ("36.01.01.2005", "Dahlia", None, "Dasar", "baru"),
    ]
    found = moves(before, after).astype(object)
    assert list(found.where(found.notna(), None).itertuples(index=False, name=None)) == expected


def test_a_first_report_is_no_rise():
    before = row(**EMPTY).assign(village_code="36.01.01.2001", kampung_kb="Melati", klasifikasi="Dasar")
    assert moves(before, before.assign(output_cpr=4, klasifikasi="Mandiri"))["gerak"].tolist() == ["baru terlapor"]
    assert moves(before, before)["gerak"].tolist() == ["tetap"]


def test_two_in_a_village_are_matched_by_name():
    before = snapshot(("36.01.01.2001", "Melati", "Dasar"), ("36.01.01.2001", "Mawar", "Dasar"))
    after = snapshot(("36.01.01.2001", "MAWAR ", "Mandiri"), ("36.01.01.2001", "Anggrek", "Dasar"))
    found = moves(before, after).set_index("kampung_kb")["gerak"].to_dict()
    assert found == {"Anggrek": "baru", "MAWAR ": "naik", "Melati": "hilang"}


def test_one_that_became_two_is_matched_by_name():
    before = snapshot(("36.01.01.2001", "Melati", "Dasar"))
    after = snapshot(("36.01.01.2001", "Mawar", "Dasar"), ("36.01.01.2001", "Melati", "Mandiri"))
    assert Counter(moves(before, after)["gerak"]) == {"baru": 1, "naik": 1}


def test_two_of_the_same_name_in_a_village_are_paired_once_each():
    both = snapshot(("36.01.01.2001", "Melati", "Dasar"), ("36.01.01.2001", "Melati", "Mandiri"))
    assert moves(both, both)["gerak"].tolist() == ["tetap", "tetap"]


def test_a_missing_class_gives_no_move():
    before = snapshot(("36.01.01.2001", "Melati", None))
    assert moves(before, before.assign(klasifikasi="Dasar"))["gerak"].isna().all()


def test_reported_nothing_is_all_ones():
    scores = pd.concat([row(), row(output_cpr=2), row(output_cpr=pd.NA)], ignore_index=True)
    assert reported_nothing(scores).tolist() == [True, False, False]
