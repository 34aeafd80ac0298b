"""The tidy tables: which kinds fill each, its columns, its key and its schema."""

from functools import cache

from .. import light
from .exports import ABREAST, REGISTRY
from .forms import FORMS
from .kinds import DTYPES, Column, Source
from .pages import PAGES

KINDS: dict[str, Source] = {**REGISTRY, ABREAST.name: ABREAST, **FORMS, **PAGES}
TABLES: dict[str, tuple[Source, ...]] = {
    table: tuple(s for s in KINDS.values() if s.table == table)
    for table in dict.fromkeys(s.table for s in KINDS.values())
}


@cache
def columns_of(table: str) -> dict[str, Column]:
    """Give the value columns of a tidy table by name: those of all kinds that fill it, in their order."""
    return {column.name: column for source in TABLES[table] for column in source.measures}


def key_of(table: str) -> tuple[str, ...]:
    """Give the columns whose values are unique in a tidy table."""
    return TABLES[table][0].key


def load_pandera():
    """Import pandera, with what it would else import when it judges its first table; give its module."""
    pandera = light.load("pandera.pandas")
    light.load("pandera.backends.pandas.builtin_checks")
    return pandera


@cache
def schema(table: str):
    """Give the pandera schema of a tidy table: the shape that every room may rely on."""
    pa = load_pandera()
    area = key_of(table)[0]
    code = r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$" if area == "village_code" else r"^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$"
    filled_in = table in FORMS
    time = "as_of" if "as_of" in key_of(table) else "period"
    pattern = {"as_of": r"\d{4}-\d{2}-\d{2}", "period": r"\d{4}-(\d{2}|S[12]|Q[1-4])"}[time]
    checks = {
        "count": lambda column: pa.Check.ge(0),
        "score": lambda column: pa.Check.in_range(1, column.highest),
        "percent": lambda column: pa.Check.ge(0),
        "index": lambda column: pa.Check.ge(0),
    }
    columns = {
        area: pa.Column(str, pa.Check.str_matches(code)),
        time: pa.Column(str, pa.Check.str_matches(f"^{pattern}$")),
        **{name: pa.Column(str) for source in TABLES[table] for name, _ in source.constants},
        **{
            c.name: pa.Column(
                DTYPES[c.kind], checks[c.kind](c) if c.kind in checks else None, nullable=filled_in or c.kind != "text"
            )
            for c in columns_of(table).values()
        },
        "source_file": pa.Column(str),
        "source_row": pa.Column("int64", pa.Check.ge(1)),
    }
    return pa.DataFrameSchema(columns, unique=list(key_of(table)), strict=True, ordered=True, name=table)
