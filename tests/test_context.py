"""What is computed once for all pages: the same however it is shared out, and a fingerprint for each area."""

import shutil

import pandas as pd
import pytest

from kkb_helpers import areas, indicators, ingest, sample, store
from kkb_helpers.classification import COMPONENTS
from kkb_helpers.page import context
from kkb_helpers.params import Params, Period
from kkb_helpers.store import Tables

JUNE = Period("2024-06")
VILLAGES = [
    areas.children(code, "desa")["code"].iloc[at]
    for code, at in (("36.01", 0), ("36.01", -1), ("36.02", 0), ("76.01", 0))
]


def couples(*months: str) -> pd.DataFrame:
    """Table `siga_pus` of four villages in three kabupaten of two provinces."""
    rows = [(code, month, 100 + at, 10 + at) for month in months for at, code in enumerate(VILLAGES)]
    frame = pd.DataFrame(rows, columns=["village_code", "period", "pus", "unmet_need"])
    return frame.astype({"pus": "Int64", "unmet_need": "Int64"}).assign(source_file="a.csv", source_row=2)


def kampung() -> pd.DataFrame:
    """Table `kampung` with one snapshot, so that nothing has changed."""
    scores = {name: pd.array([2] * len(VILLAGES), "Int64") for name in COMPONENTS}
    words = {"as_of": "2024-06-01", "kampung_kb": "Melati", "klasifikasi": "Dasar", "klasifikasi_hitung": "Dasar"}
    indices = {f"index_{name}{end}": 2.0 for name in ("input", "proses", "output") for end in ("", "_hitung")}
    frame = pd.DataFrame({"village_code": VILLAGES, **scores})
    return frame.assign(**words, **indices, source_file="b.csv", source_row=2)


def statistics() -> pd.DataFrame:
    """Table `portal_statistics`, which no indicator is computed from, with more rows than any other."""
    rows = pd.DataFrame({"village_code": VILLAGES * 50, "as_of": "2024-06-01"})
    return rows.assign(source_file="c.html", source_row=range(len(rows)))


def prepared(folder, frames: dict, when: str = "2024-06"):
    """Write tables into a data folder and compute; give the folder of what was computed."""
    for name, frame in frames.items():
        store.write(folder / "tables", name, frame)
    return context.prepare(folder, when)


def fingerprints(cache) -> dict[str, str]:
    found = Tables.open(cache).read("slices")
    return dict(zip(found["area_code"], found["sha256"], strict=True))


@pytest.fixture(autouse=True)
def no_import(monkeypatch):
    """The tables are made here: there are no exports to import."""
    monkeypatch.setattr("kkb_helpers.ingest.refresh", lambda folder: ingest.Report())


def test_shared_out_it_is_what_the_indicators_give_at_once():
    def tables() -> Tables:
        return Tables.of({"siga_pus": couples("2024-05", "2024-06"), "kampung": kampung()})

    past, moved, figures, received, _ = context._computed(tables(), JUNE, "internal")
    pd.testing.assert_frame_equal(figures, indicators.compute(tables(), JUNE, context.LEVELS))
    pd.testing.assert_frame_equal(moved, indicators.changes(tables(), JUNE))
    pd.testing.assert_frame_equal(received, indicators.received(tables(), JUNE))
    whole = indicators.history(tables(), JUNE, levels=context.LEVELS[1:], months=context.HISTORY_MONTHS)
    pd.testing.assert_frame_equal(past, whole)


@pytest.mark.parametrize(
    "frames",
    [
        {"kampung": kampung()},
        {"kampung": kampung(), "portal_statistics": statistics()},
        {"siga_pus": couples("2024-06"), "portal_statistics": statistics()},
        {"siga_pus": couples("2024-05", "2024-06")},
    ],
    ids=["one snapshot", "a broad page", "months and a broad page", "months"],
)
@pytest.mark.parametrize("when", ["2024-06", "2023-01"])
def test_what_is_computed_of_few_tables_can_be_read(tmp_path, frames, when):
    cache = prepared(tmp_path, frames, when)
    ctx = context.Context(Params(area="36.01", period=when), cache)
    codes = set(ctx.rows["area_code"])
    assert codes >= {"36", "36.01", "36.02", VILLAGES[0][:8]}
    assert all(code.startswith("36.01.") for code in codes if len(code) > 5)
    assert len(ctx.past) >= 0 and len(ctx.changes) >= 0
    assert set(fingerprints(cache)) == {"36", "36.01", "36.02", "76", "76.01"}


def test_tables_just_made_give_what_they_give_when_they_are_read(tmp_path):
    sample.write(tmp_path)
    made = ingest.commands.refresh(tmp_path)
    stored = Tables.open(tmp_path / "tables")
    assert set(made.frames) == set(stored.names) >= {"kampung", "siga_groups", "partners", "coordination"}
    for name, frame in made.frames.items():
        pd.testing.assert_frame_equal(frame, stored.read(name))
    at_once = context.prepare(tmp_path, "2024-06", made=made)
    before = {path.name: path.read_bytes() for path in at_once.iterdir()}
    shutil.rmtree(at_once)
    assert context.prepare(tmp_path, "2024-06") == at_once
    assert {path.name: path.read_bytes() for path in at_once.iterdir()} == before
    assert before[context.TEXT].count(b"\n") == len(store.read_figures(at_once, "rows")) + 1


class TestFingerprints:
    def changed(self, folder, frames, before) -> set[str]:
        """The areas whose fingerprint is another once a table is."""
        now = fingerprints(prepared(folder, frames))
        return {code for code in before if now[code] != before[code]}

    @pytest.fixture
    def before(self, tmp_path):
        return fingerprints(prepared(tmp_path, {"siga_pus": couples("2024-06"), "kampung": kampung()}))

    def test_the_same_tables_give_the_same(self, tmp_path, before):
        again = tmp_path / "lagi"
        assert self.changed(again, {"siga_pus": couples("2024-06"), "kampung": kampung()}, before) == set()

    def test_what_was_computed_already_is_no_part_of_them(self, tmp_path, before):
        cache = context.cache_of(tmp_path / "tables", JUNE)
        own = context._computed(Tables.open(tmp_path / "tables"), JUNE, "internal")[-1]
        found = context.slices(own, Tables.open(cache))
        assert dict(zip(found["area_code"], found["sha256"], strict=True)) == before

    def test_a_name_in_one_kabupaten_renews_it_and_its_province(self, tmp_path, before):
        renamed = kampung()
        renamed.loc[renamed["village_code"].str.startswith("36.01"), "kampung_kb"] = "Mawar"
        assert self.changed(tmp_path, {"kampung": renamed}, before) == {"36", "36.01"}

    def test_rows_of_another_file_renew_their_kabupaten_and_its_province(self, tmp_path, before):
        moved = couples("2024-06")
        moved.loc[moved["village_code"].str.startswith("76.01"), "source_file"] = "b.csv"
        assert self.changed(tmp_path, {"siga_pus": moved}, before) == {"76", "76.01"}

    def test_another_table_that_becomes_the_broadest_elsewhere_renews_nothing_here(self, tmp_path, before):
        more = pd.concat([kampung(), kampung().tail(1).assign(kampung_kb="Mawar")], ignore_index=True)
        assert self.changed(tmp_path, {"kampung": more}, before) == {"76", "76.01"}

    def test_a_figure_of_a_neighbour_renews_all_of_the_province_and_no_other(self, tmp_path, before):
        more = couples("2024-06")
        more.loc[more["village_code"].str.startswith("36.02"), "unmet_need"] = 50
        assert self.changed(tmp_path, {"siga_pus": more}, before) == {"36", "36.01", "36.02"}
