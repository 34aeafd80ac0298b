"""The analyst's desk: a choice of area, indicator and period, shown as the report would draw and word it.

What is shown is an ordinary output (HTML and plain text) that the widgets above it renew, so a notebook run without a
front end, or opened without trust, still holds the table, the trend and the ranking.
"""

from dataclasses import replace
from functools import cached_property

import pandas as pd

from ... import areas
from ...errors import KkbError
from ...store import Tables
from ..context import Context
from ..elements import Block, missing
from ..portable import bundle
from ..sections import section
from .choice import Choice, Chosen
from .controls import Controls
from .view import lay_out


@section("desk")
def desk(ctx: Context) -> "Desk":
    """Put an analyst's desk on the page, with the area and period of the parameters on it."""
    return Desk(ctx)


class Desk(Block):
    """A desk: widgets, and below them what they choose. As a block it is what the first choice shows."""

    def __init__(self, ctx: Context):
        self.ctx = ctx
        self._tables: dict[str, Tables] = {}
        first = ctx.p if ctx.p.area != areas.NATION else replace(ctx.p, area=self.provinces[0])
        self.choice = Choice(first).settled()
        self.shown = self.data()
        found = lay_out(self.shown)
        super().__init__(found.html, found.files)

    @cached_property
    def received(self) -> pd.DataFrame:
        """Which areas have a row in any table: the completeness of every table, as computed for all."""
        return Tables.open(self.ctx.cache).read("received")

    @property
    def provinces(self) -> list[str]:
        """The codes of the provinces in the data."""
        return sorted(self.received.loc[self.received["level"].eq("provinsi"), "area_code"].unique())

    def tables(self, province: str) -> Tables:
        """Give the tables of a province, read once."""
        if province not in self._tables:
            self._tables[province] = Tables.open(self.ctx.p.tables, province)
        return self._tables[province]

    def data(self) -> Chosen:
        """Give the data of the choice."""
        return Chosen(self.choice.p, self.ctx.cache, self.choice, self.tables(self.choice.around[0]))

    def choose(self, **changed: str) -> None:
        """Choose anew: area, period (of the parameters), indicator, kecamatan, detail; shows what is chosen."""
        p = replace(self.choice.p, **{k: v for k, v in changed.items() if k in ("area", "period")})
        rest = {k: v for k, v in changed.items() if k not in ("area", "period")}
        self.choice = replace(self.choice, p=p, **rest).settled()
        self.shown = self.data()
        try:
            found = lay_out(self.shown)
        except KkbError as error:
            found = Block(missing(str(error)))
        self.html, self.files = found.html, found.files

    def _ipython_display_(self):
        from IPython.display import display

        controls = Controls(self)
        widgets = controls.box._repr_mimebundle_()
        display({**widgets, "text/plain": "Menu pilihan: jalankan sel ini untuk memakainya."}, raw=True)
        controls.output = display(bundle(self), raw=True, display_id=True)
