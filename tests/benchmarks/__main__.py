"""`python -m tests.benchmarks`: makes the same pages in several ways and writes a table of seconds, ratios and memory.

Every way makes the same pages from the same notebooks and exports: the districts' and those they share. Everything is
counted from the command to the last file: start, import, checks, pages, index. To the stock ways, which could make only
some of the pages, the import and what all pages share are added as they were measured once. The floor (e) counts pages
alone, in warm processes.

a  a shell loop: the commands `papermill` and `jupyter nbconvert`, one page after another (or N at a time)
b  papermill's Python API and nbconvert's exporter, in N processes
c  ploomber-engine and nbconvert's exporter, in N processes (a Python that has it: --ploomber; never this one, for it
   slows papermill's import down)
d  `kkb run --jobs N`
e  the floor: the calls of the notebooks' cells, in N warm processes
f  `kkb run --jobs N` where the exports have been imported before

Of d and f the time from the first notebook's start to the last page's landing is told too: what e has a counterpart of.

Besides, once: `kkb check` of a recap of 514 Kampung KB (`recap`).
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from kkb_helpers.params import ROOT

from . import recap

WAYS = {
    "a": "`papermill` dan `jupyter nbconvert`, satu per satu dari shell",
    "b": "API papermill dan nbconvert",
    "c": "ploomber-engine dan nbconvert",
    "d": "`kkb run`",
    "e": "lantai: sel yang sama, proses hangat",
    "f": "`kkb run`, ekspor sudah diimpor",
}
AIMS = (  # way, against, districts, workers of d and of the other, at least
    ("d", "a", 8, 2, 1, 10.0),
    ("d", "a", 64, 2, 1, 15.0),
    ("d", "b", 8, 2, 2, 4.0),
)
FLOOR = 1.2
WORKER = Path(__file__).with_name("worker.py")


@dataclass
class Timing:
    """One way, measured once.

    pages: how many were made; seconds are for `wanted` pages, page_seconds without what comes before and after them.
    """

    way: str
    districts: int
    workers: int
    pages: int
    wanted: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    page_seconds: float | None = None
    note: str = ""


class Memory(threading.Thread):
    """Watches what a process and all it starts hold in memory at once, shared pages counted once (PSS)."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.peak, self.ended = pid, 0.0, threading.Event()

    def run(self):
        looking = 0.0
        while not self.ended.wait(max(1.0, 50 * looking)):  # it takes the processes' time, a fiftieth at most
            began = time.perf_counter()
            self.peak = max(self.peak, sum(map(_held, self._family())))
            looking = time.perf_counter() - began

    def _family(self) -> list[int]:
        import psutil

        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self.pid)
            return [self.pid, *(p.pid for p in root.children(recursive=True))]
        return []


def _held(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


@dataclass
class Spent:
    """What a command took, and what it printed."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    told: str
    page_seconds: float | None = None


def timed(command: list[str], **options) -> Spent:
    """Run a command. RuntimeError where it fails."""
    began, before = time.perf_counter(), _cpu_of_children()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    memory = Memory(process.pid)
    memory.start()
    told = process.communicate()[0]
    seconds = time.perf_counter() - began
    memory.ended.set()
    if process.returncode:
        raise RuntimeError(f"{command[:4]}: {told[-2000:]}")
    return Spent(seconds, _cpu_of_children() - before, memory.peak, told)


def _cpu_of_children() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Bench:
    """The data, the pages wanted, and each way of making them."""

    def __init__(self, data: Path, period: str, scratch: Path, ploomber: str | None):
        self.source, self.period, self.scratch, self.ploomber = data, period, scratch, ploomber
        self.jobs = self._jobs()

    def _jobs(self) -> list[dict]:
        """All pages of the data folder, as `kkb run` plans them."""
        from kkb_helpers.cli import planning

        folder = self._fresh("prepared")
        code = (
            f"from pathlib import Path; from kkb_helpers.page import context; context.prepare(Path({str(folder)!r}), "
        )
        self.shared = timed([sys.executable, "-c", f"{code}{self.period!r})"], env=_environment())
        self.prepared = folder
        jobs = planning.Asked(planning.parameter_of(str(folder)), self.period).plan().jobs
        return [{"notebook": job.notebook.name, "area": job.area_code, "target": job.target} for job in jobs]

    def _fresh(self, name: str) -> Path:
        """A data folder with raw exports alone."""
        folder = Path(tempfile.mkdtemp(dir=self.scratch, prefix=f"{name}-"))
        shutil.copytree(self.source / "raw", folder / "raw")
        return folder

    def _ready(self, name: str) -> Path:
        """A data folder with tables and all that is computed for every page."""
        folder = Path(tempfile.mkdtemp(dir=self.scratch, prefix=f"{name}-"))
        shutil.copytree(self.prepared, folder, dirs_exist_ok=True)
        return folder

    def pages(self, districts: int) -> list[dict]:
        """The pages of a run of some districts: theirs, and the shared ones."""
        mine = [j for j in self.jobs if not j["target"].endswith(".html")][:districts]
        provinces = {j["area"][:2] for j in mine}
        if len(mine) < districts:
            raise SystemExit(f"data ini hanya {len(mine)} kabupaten/kota; pakai --data dengan data yang lebih luas")
        shared = [j for j in self.jobs if j["target"].endswith(".html")]
        return mine + [j for j in shared if j["area"] == "ID" or j["area"] in provinces]

    def run(self, way: str, districts: int, workers: int, most: int) -> Timing:
        """Measure one way once; the stock ways make some `most` pages of all, and their time is scaled to all."""
        pages = self.pages(districts)
        made = pages if way in "def" else spread(pages, most)
        data = self._fresh(way) if way == "d" else self._ready(way)
        out = Path(tempfile.mkdtemp(dir=self.scratch, prefix="out-"))
        spent, note = getattr(self, f"_{way}")(made, data, out, workers), ""
        shutil.rmtree(out)
        shutil.rmtree(data)
        scale = len(pages) / len(made)
        if scale > 1:
            note = f"{len(made)} halaman diukur, dikali {scale:.2f}"
        elif way == "e":
            note = "halaman saja"
        elif spent.page_seconds:
            note = f"halaman saja {spent.page_seconds:.1f} detik"
        once = self.shared if way in "abc" else Spent(0, 0, 0, "")
        seconds, cpu = spent.seconds * scale + once.seconds, spent.cpu_seconds * scale + once.cpu_seconds
        figures = seconds, cpu, max(spent.peak_megabytes, once.peak_megabytes)
        return Timing(way, districts, workers, len(made), len(pages), *figures, spent.page_seconds, note)

    def _a(self, pages, data, out, workers):
        script = out / "page.sh"
        here = Path(sys.executable).parent
        script.write_text(
            'set -e\nIFS="|" read -r notebook area target <<< "$1"\n'
            f'"{here}/papermill" --no-progress-bar "{ROOT}/notebooks/$notebook" "{out}/$target.ipynb" '
            f'-r area "$area" -r period {self.period} -r data "{self._text(data)}" 2> /dev/null\n'
            f'"{here}/jupyter" nbconvert --to html "{out}/$target.ipynb" 2> /dev/null\n'
        )
        lines = "".join(f"{p['notebook']}|{p['area']}|{p['target']}\n" for p in pages)
        (out / "pages.txt").write_text(lines)
        loop = f'xargs -a "{out}/pages.txt" -P {workers} -I LINE bash "{script}" LINE'
        spent = timed(["bash", "-c", loop], env=_environment())
        self._expect(out, pages)
        return spent

    def _b(self, pages, data, out, workers, python=sys.executable, engine="papermill"):
        order = {"pages": pages, "data": self._text(data), "period": self.period, "out": str(out), "workers": workers}
        (out / "order.json").write_text(json.dumps(order | {"engine": engine}))
        spent = timed([python, str(WORKER), str(out / "order.json")], env=_environment())
        if engine != "floor":
            self._expect(out, pages)
        return spent

    def _c(self, pages, data, out, workers):
        if not self.ploomber:
            raise LookupError("dilewati: --ploomber tidak menunjuk Python yang memiliki ploomber-engine")
        return self._b(pages, data, out, workers, python=self.ploomber, engine="ploomber")

    def _d(self, pages, data, out, workers):
        areas = [option for p in pages if not p["target"].endswith(".html") for option in ("--area", p["area"])]
        command = [sys.executable, "-m", "kkb_helpers", "run", "--data", self._text(data), "--period", self.period]
        whole = len(self.jobs) == len(pages)
        spent = timed(
            [*command, "--out", str(out), "--jobs", str(workers), *([] if whole else areas)], env=_environment()
        )
        found = len(list(out.glob("*/*/report.html"))) + len(list(out.glob("*/*.html"))) - 1
        if found != len(pages):
            raise RuntimeError(f"kkb made {found} pages of {len(pages)}")
        spent.page_seconds = _of_pages(out / self.period / "manifest.jsonl")
        return spent

    _f = _d

    def _e(self, pages, data, out, workers):
        spent = self._b(pages, data, out, workers, engine="floor")
        spent.seconds, spent.cpu_seconds = map(float, spent.told.strip().splitlines()[-1].split())
        spent.page_seconds = spent.seconds
        return spent

    def _text(self, data: Path) -> str:
        return Path(os.path.relpath(data, ROOT)).as_posix()

    @staticmethod
    def _expect(out: Path, pages) -> None:
        missing = [p["target"] for p in pages if not (out / f"{p['target']}.html").is_file()]
        if missing:
            raise RuntimeError(f"not made: {missing}")


def _of_pages(manifest: Path) -> float:
    """Give the seconds from the first notebook's start to the last page's landing."""
    records = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    ended = [record for record in records if record["finished_at"]]
    first, last = min(r["started_at"] for r in ended), max(r["finished_at"] for r in ended)
    return (dt.datetime.fromisoformat(last) - dt.datetime.fromisoformat(first)).total_seconds()


def spread(pages: list[dict], most: int) -> list[dict]:
    """Give so many of the pages, from the first to the last at equal steps: districts differ in size, pages in kind."""
    if most >= len(pages):
        return pages
    steps = max(most - 1, 1)
    return [pages[round(at * (len(pages) - 1) / steps)] for at in range(most)]


def _environment() -> dict[str, str]:
    """Give the environment of every way: this project first, and compiled once, as where it is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT)}


def table(timings: list[Timing], notes: list[str]) -> str:
    """Give the figures as Markdown: seconds and CPU seconds, each with how many times `kkb run` takes; peak memory.

    CPU seconds tell more than seconds where others use the machine too.
    """
    best = {(t.districts, t.workers): t for t in timings if t.way == "d"}
    lines = [
        f"Beban mesin saat mulai: {os.getloadavg()[0]:.1f} pada {os.cpu_count()} inti.",
        "",
        "| cara | kab/kota | halaman | sekaligus | detik | kali d | detik CPU | kali d | puncak MB | catatan |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for t in sorted(timings, key=lambda t: (t.districts, t.way, t.workers)):
        kkb = best.get((t.districts, t.workers))
        wall, cpu = (f"{t.seconds / kkb.seconds:.2f}", f"{t.cpu_seconds / kkb.cpu_seconds:.2f}") if kkb else ("", "")
        lines.append(
            f"| {t.way}: {WAYS[t.way]} | {t.districts} | {t.wanted} | {t.workers} | {t.seconds:.1f} | {wall} | "
            f"{t.cpu_seconds:.1f} | {cpu} | {t.peak_megabytes:.0f} | {t.note} |"
        )
    return "\n".join([*lines, "", *notes, "", *aims(timings)]) + "\n"


def aims(timings: list[Timing]) -> list[str]:
    """Say of each aim where it stands."""
    found = {(t.way, t.districts, t.workers): t.seconds for t in timings}
    alone = {(t.way, t.districts, t.workers): t.page_seconds for t in timings}
    said = []
    for way, other, districts, mine, theirs, least in AIMS:
        pair = found.get((way, districts, mine)), found.get((other, districts, theirs))
        if all(pair):
            ratio = pair[1] / pair[0]
            word = "tercapai" if ratio >= least else "belum"
            said.append(f"- {way} terhadap {other}, {districts} kab/kota: {ratio:.1f} kali (sasaran {least:g}): {word}")
    for districts in sorted({t.districts for t in timings}):
        for way in "df":
            pair = found.get((way, districts, 2)), found.get(("e", districts, 2))
            if all(pair):
                ratios = {
                    "halaman saja": alone[way, districts, 2] / pair[1],
                    f"dengan mulai, {'impor, ' if way == 'd' else ''}hitungan, daftar isi": pair[0] / pair[1],
                }
                told = (f"{t} {r:.2f} kali, {'tercapai' if r <= FLOOR else 'belum'}" for t, r in ratios.items())
                said.append(f"- {way} terhadap lantai e, {districts} kab/kota (sasaran {FLOOR}): {'; '.join(told)}")
    return said


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--districts", type=int, action="append", help="kabupaten/kota; boleh diulang (8)")
    parser.add_argument("--workers", type=int, action="append", help="sekaligus; boleh diulang (1 dan 2)")
    parser.add_argument("--ways", default="abcdef")
    parser.add_argument("--most", type=int, default=11, help="halaman yang dibuat cara a, b, c; sisanya dihitung")
    parser.add_argument(
        "--data", type=Path, help="folder data dengan raw/; tanpa ini contoh Banten, dengan provinsi lain bila perlu"
    )
    parser.add_argument("--period", default="2024-06")
    parser.add_argument("--ploomber", help="Python yang memiliki ploomber-engine")
    parser.add_argument("--out", type=Path, default=ROOT / "outputs" / "benchmarks.md")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="kkb-bench-") as name:
        scratch = Path(name)
        data = asked.data or _sample(scratch, max(asked.districts or [8]))
        bench = Bench(data, asked.period, scratch, asked.ploomber)
        timings, skipped = [], []
        for districts in asked.districts or [8]:
            for workers in asked.workers or [1, 2]:
                for way in asked.ways:
                    try:
                        timings.append(bench.run(way, districts, workers, asked.most))
                    except (LookupError, RuntimeError) as reason:  # one way that fails does not cost the others theirs
                        skipped.append(f"- {way}: {str(reason).strip().splitlines()[-1]}")
                        continue
                    print(
                        f"beban {os.getloadavg()[0]:.1f}", json.dumps(asdict(timings[-1])), file=sys.stderr, flush=True
                    )
        once = (
            f"Impor dan hitungan bersama: {bench.shared.seconds:.1f} detik, {bench.shared.cpu_seconds:.1f} detik CPU."
        )
        checked = recap.measure(scratch, lambda command: timed(command, env=_environment()))
        text = table(timings, [once, *dict.fromkeys(skipped), "", checked])
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(text, encoding="utf-8")
    print(text)


def _sample(scratch: Path, districts: int) -> Path:
    """Write the sample: Banten, and other provinces with it until there are as many districts."""
    from kkb_helpers import areas, sample

    found, provinces = len(areas.children(sample.HOME, "kabupaten")), []
    for code in areas.frame("provinsi")["code"]:
        if found < districts and code != sample.HOME:
            provinces.append(code)
            found += len(areas.children(code, "kabupaten"))
    sample.write(scratch / "contoh", provinces=provinces)
    return scratch / "contoh"


if __name__ == "__main__":
    main()
