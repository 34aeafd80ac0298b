"""What is asked for: which data, period and areas, and the jobs that follow."""

import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .. import areas, batch
from ..errors import UsageError
from ..params import PROFILES, ROOT, Params, Period, has_exports
from . import WARM, inputs

if TYPE_CHECKING:
    from .. import ingest

NOTEBOOKS = ROOT / "notebooks"
DISTRICT, PROVINCE = "district_report.ipynb", "province_overview.ipynb"
ONCE = {"data_quality.ipynb": "data_quality.html", "published_claims.ipynb": "claims.html"}
FOR = {"data_quality.ipynb": ("internal",)}  # findings repeat what stands in cells: exact, and not for the public
LAB_OPTIONS = (
    "--ServerApp.ip=127.0.0.1",
    f"--LabApp.app_settings_dir={Path(__file__).resolve().parents[1] / 'template' / 'lab'}",
)
COMPUTED, PARTS = ".computed", ".parts"
DRAFT_SECONDS = 3600


def warm() -> None:
    """Pay once, in the template, what each report would else pay first: imports, lists, one chart of each kind."""
    import pyarrow.parquet  # noqa: F401
    from scipy import special  # noqa: F401

    from .. import ingest, page, targets

    for level in ("provinsi", "kabupaten", "kecamatan", "desa"):
        areas.name_of(areas.frame(level)["code"].iloc[0])
    areas.village_counts()
    targets.has("formation_achievement")
    ingest.parts.program()
    _use_a_table()
    page.warm()


def _use_a_table() -> None:
    """Turn a table around, as pandas and pyarrow import much at first use; not a file, whose reading starts threads."""
    import pandas as pd
    import pyarrow as pa

    rows = {"village_code": ["36.01.01.2001"], "period": ["2024-01"], "pus": [1], "held": [True]}
    frame = pd.DataFrame(rows).astype({"pus": "Int64", "held": "boolean"})
    read = pa.Table.from_pandas(frame, preserve_index=False).to_pandas(use_threads=False)
    read.pivot_table(index="period", columns="held", values="pus").to_csv()


@dataclass(frozen=True)
class Plan:
    """The jobs of a run, all of one period, and the data folder they read.

    left_out: a line for each file that lies with the originals and is in no table.
    """

    jobs: list[batch.Job]
    period: str
    folder: Path
    cache: Path
    profile: str = "internal"
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What the command line asked for, as text; everything else follows from it and the data.

    Each property raises UsageError where the data cannot give what was asked.
    """

    data: str = "data"
    period: str | None = None
    names: tuple[str, ...] = ()
    profile: str = "internal"

    @cached_property
    def folder(self) -> Path:
        """The data folder; the synthetic sample where the default folder holds nothing."""
        return existing(self.data)

    @cached_property
    def _made(self) -> "ingest.Report":
        """What bringing the tables up to date comes to, with the tables that it made."""
        from .. import ingest

        return ingest.refresh(self.folder)

    @cached_property
    def left_out(self) -> tuple[str, ...]:
        """A line for each original that is in no table, once the tables are up to date."""
        from .. import ingest

        return ingest.refresh_apart(self.folder, lambda: tuple(self._made.left_out))

    @cached_property
    def tables(self) -> Path:
        """The folder of tables, up to date."""
        self.left_out  # noqa: B018
        return self.folder / "tables"

    @cached_property
    def text(self) -> str:
        """The data folder as a notebook's parameter: relative to the project, so that no report names this machine."""
        return parameter_of(self.data)

    @cached_property
    def times(self) -> dict[str, set[str]]:
        """The months and the dates of snapshots that the data hold."""
        return times_in(self.tables)

    @cached_property
    def when(self) -> Period:
        """The period of the run."""
        months, days = self.times["period"], self.times["as_of"]
        if not months and not days:
            raise UsageError(f"{self.folder}: belum ada tabel. Impor ekspor dahulu dengan `kkb import`.")
        newest = max(months or {d[:7] for d in days})
        if self.period is None:
            return Period(newest)
        when = Period(self.period)
        start = f"{when.months[0]}-01"
        if not set(when.months) & months and not any(start <= d <= when.snapshot_limit.isoformat() for d in days):
            have = f"{min(months)} sampai {max(months)}" if months else f"potret {', '.join(sorted(days))}"
            raise UsageError(f"Periode {when}: tidak ada datanya; yang ada {have}. Pilih periode lain dengan --period.")
        return when

    @cached_property
    def _present(self) -> list[str]:
        """The codes of the kabupaten/kota that the data have a row of."""
        return districts_in(self.tables)

    @cached_property
    def districts(self) -> list[str]:
        """The codes of the kabupaten/kota to report on, by code."""
        present = self._present
        if not self.names:
            return present
        chosen: list[str] = []
        problems: list[str] = []
        for name in self.names:
            try:
                area = areas.resolve(name)
            except UsageError as error:
                problems += error.messages
                continue
            inside = [code for code in present if code == area.code or code.startswith(area.code + ".")]
            if not inside:
                problems.append(
                    f"Wilayah {area.code} ({area.name}) tidak ada dalam data. Yang ada: {_some(present)}. "
                    "Impor ekspornya dahulu, atau pilih wilayah lain."
                )
            chosen += inside
        if problems:
            raise UsageError(problems)
        return sorted(set(chosen))

    def plan(self, meanwhile: Callable[[], None] = lambda: None) -> Plan:
        """Give the jobs: a report a kabupaten/kota, and the pages they share.

        meanwhile: what this process is to make ready while another one imports and computes.
        """
        from .. import ingest
        from ..page import context  # noqa: F401 - before the fork, as both need it

        made = ingest.refresh_apart(self.folder, self._ready, meanwhile)
        base, districts, everywhere, cache, left_out = made
        originals = inputs.Originals(self.folder)
        wanted = [(code, DISTRICT, areas.get(code).folder) for code in districts]
        wanted += self._shared(districts, everywhere)
        jobs = [
            job_of(replace(base, area=area), name, target, cache, originals.of(area)) for area, name, target in wanted
        ]
        return Plan(jobs, base.period, self.folder, cache, self.profile, left_out)

    def _ready(self) -> tuple[Params, list[str], list[str], Path, tuple[str, ...]]:
        """Compute what the pages need: the first's parameters, the codes of all districts, those of the provinces of
        the data, the folder of the figures, `left_out`.

        Tables that had to be made are computed from as they are, without reading them again.
        """
        from ..page import context

        period, districts = self.when.text, self.districts
        base = Params(area=districts[0], period=period, data=self.text, profile=self.profile)
        everywhere = sorted({code[:2] for code in self._present})
        cache = context.prepare(self.folder, period, self.profile, self._made)
        return base, districts, everywhere, cache, self.left_out

    def _shared(self, districts: list[str], everywhere: list[str]) -> Iterable[tuple[str, str, str]]:
        """Give area, notebook and target of the pages that reports share, as far as their notebooks exist.

        everywhere: the provinces of the data.
        """
        if (NOTEBOOKS / PROVINCE).is_file():
            for code in sorted({code[:2] for code in districts}):
                target = "province.html" if len(everywhere) == 1 else f"province-{code}.html"
                yield code, PROVINCE, target
        whole = everywhere[0] if len(everywhere) == 1 else areas.NATION
        for notebook, target in ONCE.items():
            if self.profile not in FOR.get(notebook, PROFILES):
                continue
            if (NOTEBOOKS / notebook).is_file():
                yield whole, notebook, target


def job_of(params: Params, notebook: str, target: str, cache: Path, originals: tuple[dict, ...]) -> batch.Job:
    """Give the job of one notebook and area."""
    from dataclasses import asdict

    from ..page.context import Context

    place, words = params.place, asdict(params)
    fingerprint = Context(params, cache).input_hash
    common = {**words, "area": place.province.code} if notebook == DISTRICT else None
    return batch.Job(place.code, place.name, target, NOTEBOOKS / notebook, words, fingerprint, originals, common)


def cluster(plan: Plan, scheduler: str) -> batch.Cluster:
    """Give the cluster at an address, for the jobs of a plan."""
    from . import cargo

    hold = cargo.Hold(plan.folder, plan.cache, plan.period, whole=frozenset(ONCE))
    return batch.Cluster(scheduler, WARM, hold, cargo.ENTER)


# --- the data folder -----------------------------------------------------------------------------------------------


def root_of(data: str) -> Path:
    """Give the data folder that an option names: absolute as it is, else from the project's root."""
    if "://" in data or data.startswith("\\\\"):
        raise UsageError(f"--data {data!r} bukan folder di komputer ini.")
    return (ROOT / data).resolve()


def existing(data: str) -> Path:
    """Give the data folder with exports; the sample, made when it is missing, where the default has none."""
    folder = root_of(data)
    if has_exports(folder):
        return folder
    if data != "data":
        raise UsageError(
            f"--data {data}: tidak ada ekspor di {folder}. Impor dahulu dengan `kkb import --data {data}`."
        )
    from .. import sample

    folder = ROOT / "data" / "sample"
    if not sample.is_written(folder):
        sample.write(folder)
    return folder


def parameter_of(data: str) -> str:
    """Give the data folder as text relative to the project's root; as it is where there is no way (another drive)."""
    if data == "data":
        return data
    try:
        return Path(os.path.relpath(root_of(data), ROOT)).as_posix()
    except ValueError:
        return root_of(data).as_posix()


def _columns(tables: Path, names: tuple[str, ...], width: int | None = None) -> Iterable[tuple[str, set[str]]]:
    """Give the distinct values of some columns of every table, cut at a width; few rows are in memory at once."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    for path in sorted(tables.glob("[!.]*.parquet")):
        if path.stem in ("unmatched", "portal_statistics"):  # the portal's pages alone are no ground for a report
            continue
        file = pq.ParquetFile(path)
        for name in names:
            if name in file.schema_arrow.names:
                found: set[str] = set()
                for rows in file.iter_batches(columns=[name], use_threads=False):
                    texts = rows[name] if width is None else pc.utf8_slice_codeunits(rows[name], 0, width)
                    found.update(pc.unique(texts.drop_null()).to_pylist())
                yield name, found


def times_in(tables: Path) -> dict[str, set[str]]:
    """Give the months (`period`) and the dates of snapshots (`as_of`) that any table holds."""
    found: dict[str, set[str]] = {"period": set(), "as_of": set()}
    for name, values in _columns(tables, ("period", "as_of")):
        found[name] |= {v for v in values if v and "S" not in v and "Q" not in v}
    return found


def districts_in(tables: Path) -> list[str]:
    """Give the codes of the kabupaten/kota that have a row in any table, sorted."""
    found = {code for _, codes in _columns(tables, ("village_code", "area_code"), width=5) for code in codes}
    return sorted(code for code in found if len(code) == 5)


def _some(codes: list[str], limit: int = 8) -> str:
    names = [f"{code} ({areas.name_of(code)})" for code in codes[:limit]]
    return ", ".join(names) + (f", dan {len(codes) - limit} lagi" if len(codes) > limit else "")


def findings(tables: Path):
    """Give what the checks found when tables were made."""
    from ..store import Tables

    return Tables.open(tables).findings


def seen(tables: Path):
    """Give how much each rule looked at when tables were made (`checks.seen_frame`)."""
    from ..store import Tables

    return Tables.open(tables).seen


def clean_caches(folder: Path, older_than: float) -> list[Path]:
    """Remove what was computed from tables, and read of files, longer ago than some days; it is made again when needed.

    Drafts that a killed import left go too, those of the last hour excepted: another import may be writing them.
    """
    limit = time.time() - older_than * 86_400
    removed = []
    for data in (folder, folder / "sample"):
        tables = data / "tables"
        kept = [*(tables / COMPUTED).glob("*"), *(tables / PARTS).glob("*")]
        drafts = [p for place in (data / "raw", tables, tables / PARTS) for p in place.glob(".*.draft")]
        for path in sorted({*kept, *drafts}):
            if path.stat().st_mtime <= (min(limit, time.time() - DRAFT_SECONDS) if path in drafts else limit):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                removed.append(path)
    return removed


# --- earlier runs --------------------------------------------------------------------------------------------------


def refuse_mixing(plan: Plan, out: Path) -> None:
    """Raise UsageError where a folder holds results of another profile: whoever publishes it would publish both."""
    folder = out / plan.period
    if not (folder / "manifest.jsonl").is_file():
        return
    records = batch.Manifest(folder).states().values()
    found = {record["params"].get("profile", plan.profile) for record in records} - {plan.profile}
    if found:
        raise UsageError(
            f"{folder} berisi laporan profil {', '.join(sorted(found))}; laporan profil {plan.profile} tidak boleh "
            f"bercampur dengannya. Pilih folder lain, misalnya --out hasil-{plan.profile}."
        )


def period_folder(out: Path, period: str | None) -> Path:
    """Give the folder of a period's results; of the one last run where none is named."""
    if period is not None:
        folder = out / Period(period).text
        if not (folder / "manifest.jsonl").is_file():
            raise UsageError(f"{folder}: belum ada proses untuk periode ini. Jalankan `kkb run --period {period}`.")
        return folder
    manifests = sorted(out.glob("*/manifest.jsonl"), key=lambda path: path.stat().st_mtime)
    if not manifests:
        raise UsageError(f"{out}: belum ada proses. Jalankan `kkb run`.")
    return manifests[-1].parent


def unfinished(out: Path, period: str | None) -> Plan:
    """Give the jobs of the last run that are not good, with their recorded parameters and today's data."""
    from .. import ingest
    from ..page import context

    folder = period_folder(out, period)
    jobs = batch.unfinished(folder, NOTEBOOKS)
    if not jobs:
        return Plan([], folder.name, folder, folder)
    first = Params(**jobs[0].params)
    data = first.folder

    def ready() -> tuple[Path, tuple[str, ...]]:
        made = ingest.refresh(data)
        return context.prepare(data, folder.name, first.profile, made), tuple(made.left_out)

    cache, left_out = ingest.refresh_apart(data, ready)
    return Plan(_renewed(jobs, data, cache), folder.name, data, cache, first.profile, left_out)


def _renewed(jobs: list[batch.Job], data: Path, cache: Path) -> list[batch.Job]:
    originals = inputs.Originals(data)
    wanted = [(Params(**job.params), job.notebook.name, job.target) for job in jobs]
    return [job_of(params, name, target, cache, originals.of(params.area)) for params, name, target in wanted]


def reasons(out: Path, period: str | None) -> list[tuple[dict, list[str]]]:
    """Give the jobs of the last run, each as its record and why it would run again today; no reason: it would not."""
    from ..page import context

    folder = period_folder(out, period)
    records = batch.last_run(folder)
    jobs = [batch.job_of_record(record, NOTEBOOKS) for record in records]
    first = Params(**jobs[0].params)
    renewed = _renewed(jobs, first.folder, context.prepare(first.folder, folder.name, first.profile))
    notebooks = {job.notebook: batch.notebook_sha256(job.notebook) for job in renewed}
    return [
        (record, batch.reasons(job, record, folder, notebooks[job.notebook]))
        for record, job in zip(records, renewed, strict=True)
    ]
