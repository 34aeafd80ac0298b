"""An export kind is recognised by its whole header."""

import pandas as pd
import pytest
from pandera.errors import SchemaError

from kkb_helpers import sources, workbook
from kkb_helpers.files import Sheet


def sheet(*rows, name="", hidden=False):
    return Sheet(name, [list(row) for row in rows], list(range(1, len(rows) + 1)), hidden)


def header_of(source, without=(), **changed):
    return [changed.get(c.name, c.header) for c in source.columns if c.name not in without]


def recognised(*rows):
    return sources.recognise([sheet(*rows)])


@pytest.mark.parametrize("source", sources.KINDS.values(), ids=lambda s: s.name)
def test_every_table_has_a_schema_that_takes_a_right_row_and_refuses_a_wrong_code(source):
    schema = sources.schema(source.table)
    samples = {"period": "2025-09", "as_of": "2025-09-30", "source_row": 2}
    samples |= {"village_code": "36.01.01.2001", "area_code": "36.01"}
    row = {name: samples.get(name, "x" if str(c.dtype).startswith("str") else 1) for name, c in schema.columns.items()}
    frame = pd.DataFrame([row]).astype({name: str(c.dtype) for name, c in schema.columns.items()})
    assert len(schema.validate(frame)) == 1
    area = source.key[0]
    with pytest.raises(SchemaError, match=area):
        schema.validate(frame.assign(**{area: "2001"}))


@pytest.mark.parametrize("name", sources.FORMS)
def test_a_form_holds_the_columns_that_its_workbook_gives(name):
    area, *rest = workbook.TIDY_COLUMNS[name]
    assert [area, *rest] == [sources.key_of(name)[0], "period", *sources.columns_of(name), "source_file", "source_row"]


@pytest.mark.parametrize("source", sources.REGISTRY.values(), ids=lambda s: s.name)
class TestEveryKind:
    def test_is_recognised_by_its_header(self, source):
        found = recognised(header_of(source))
        assert found.header.source is source
        assert (found.header.missing, found.header.unknown, found.rivals) == ((), {}, ())

    def test_is_recognised_under_titles_in_lower_case_with_spaces(self, source):
        titles = [f" {label.lower()}\u00a0 " for label in header_of(source)]
        found = recognised(["Laporan"], [], ["Periode", "2025"], ["NO", *titles])
        assert (found.header.source, found.header_number) == (source, 4)

    def test_lacking_one_required_column_is_recognised_and_says_which(self, source):
        lacking = [c for c in source.columns if c.required and c.is_value][-1]
        found = recognised(header_of(source, without=[lacking.name])).header
        if found is not None and found.source is source:
            assert lacking in found.missing

    def test_has_names_of_its_own_for_each_column(self, source):
        labels = [label for c in source.columns for label in c.labels]
        assert len(labels) == len(set(labels))
        assert all(name.isidentifier() for name in (c.name for c in source.columns))


def test_no_label_makes_a_header_of_a_row_of_data():
    found = recognised(["SULAWESI BARAT", "MAJENE", "BANGGAE", "2001", "PAMBOBORANG", "1", "2"])
    assert found.header is None


def test_a_group_without_a_column_of_its_own_is_asked_about():
    kind = sources.REGISTRY["siga_bkb"]
    bare = header_of(kind, without=[c.name for c in kind.columns if not c.required])
    assert recognised(bare).header.has_own is False
    shared = [*bare, "MATERI KESPRO", "MATERI LAINNYA"]
    assert recognised(shared).header.has_own is False
    assert recognised([*shared, "MATERI 1000 HPK"]).header.source is kind


def test_groups_that_share_most_columns_are_told_apart():
    for name in ("siga_bkr", "siga_pikr", "siga_bkl"):
        source = sources.REGISTRY[name]
        own = next(c for c in source.measures if set(c.labels) & sources.own_labels(source))
        few = header_of(source, without=[c.name for c in source.measures if not c.required and c is not own])
        assert recognised(few).header.source is source


def test_the_misspelt_and_the_right_spelling_are_one_column():
    right = header_of(sources.REGISTRY["siga_pikr"])
    assert "MATERI PKBR" in right
    assert recognised(["MATERI PBKR" if label == "MATERI PKBR" else label for label in right]).header.unknown == {}


def test_a_repeated_label_is_kept_with_both_positions():
    labels = header_of(sources.REGISTRY["siga_pus"])
    assert recognised([*labels, "PUS"]).header.repeated == {"pus": [labels.index("PUS"), len(labels)]}


def test_a_letter_of_another_script_is_another_label():
    labels = header_of(sources.REGISTRY["siga_methods"], pa="РА")  # Cyrillic
    assert [c.name for c in recognised(labels).header.missing] == ["pa"]


def test_an_unnamed_first_column_and_a_number_are_not_data_but_another_unnamed_column_is_listed():
    labels = header_of(sources.REGISTRY["siga_pus"])
    assert recognised(["", *labels]).header.unknown == {}
    assert recognised([*labels, ""]).header.unknown == {len(labels): ""}


def test_signs_of_comparison_are_part_of_a_label():
    assert sources.label_of("> 2019") == "> 2019"
    assert sources.label_of("JUMLAH BUMIL >=32  MINGGU") == "JUMLAH BUMIL >=32 MINGGU"
    assert sources.label_of("BER-KB\n") == "BER KB"


def test_the_third_sheet_is_found_by_its_header():
    labels = header_of(sources.REGISTRY["siga_pus"])
    found = sources.recognise([sheet(["Petunjuk"]), sheet([]), sheet(labels, name="Data")])
    assert found.sheet.name == "Data"


def test_two_sheets_with_a_header_are_rivals():
    labels = header_of(sources.REGISTRY["siga_pus"])
    found = sources.recognise([sheet(labels, name="A"), sheet(labels, name="B")])
    assert [name for name, _ in found.rivals] == ["B"]


def test_a_table_of_two_kinds_is_two_rivals():
    pus, methods = (sources.REGISTRY[n] for n in ("siga_pus", "siga_methods"))
    both = list(dict.fromkeys([*header_of(pus), *header_of(methods)]))
    assert len(recognised(both).rivals) == 1


def test_a_hidden_sheet_is_named_and_not_read():
    labels = header_of(sources.REGISTRY["siga_pus"])
    found = sources.recognise([sheet(labels, name="Gaib", hidden=True)])
    assert (found.header, found.hidden) == (None, ("Gaib",))


def test_a_header_beyond_the_first_rows_is_not_looked_for():
    labels = header_of(sources.REGISTRY["siga_pus"])
    assert recognised(*[["Judul"]] * sources.HEADER_WITHIN, labels).header is None


def test_an_unknown_header_names_the_nearest_kind():
    labels = header_of(sources.REGISTRY["siga_krs"])[:9]
    assert recognised(labels).nearest.source.name == "siga_krs"
