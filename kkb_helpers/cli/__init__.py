"""The command line; wires the study to the press, and nothing else does.

A command is a function here with its options and its help; what it does stands in `planning` (what is asked for),
`results` (what a run writes beside its reports) and `screen` (what people see). Everything heavy is imported by the
command that needs it: `kkb --help` is for slow machines too.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import KkbError

app = typer.Typer(
    name="kkb",
    help="Laporan Kampung Keluarga Berkualitas: dari ekspor portal dan SIGA menjadi satu laporan tiap kabupaten/kota.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Data = Annotated[str, typer.Option("--data", metavar="FOLDER", help="Folder data, relatif terhadap folder proyek.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder hasil.")]
PeriodText = Annotated[
    str | None, typer.Option("--period", metavar="PERIODE", help="2024-06 atau 2024-Q2. Tanpa ini: yang terbaru.")
]
Areas = Annotated[
    list[str] | None,
    typer.Option("--area", metavar="WILAYAH", help="Kode, nama, atau slug; boleh diulang. Provinsi = semua isinya."),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Laporan sekaligus; bila kosong, sebanyak inti.")]
Timeout = Annotated[float, typer.Option("--timeout", metavar="DETIK", min=1, help="Batas waktu satu buku kerja.")]
Memory = Annotated[int | None, typer.Option("--memory", metavar="MIB", min=256, help="Batas memori satu buku kerja.")]
Force = Annotated[bool, typer.Option("--force", help="Jalankan juga yang tidak berubah.")]
Profile = Annotated[str, typer.Option("--profile", metavar="internal|public", help="Untuk siapa laporan dibuat.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ALAMAT", help="Penjadwal Dask: tcp://mesin:8786. Tanpa ini: di sini."),
]
BreakLock = Annotated[bool, typer.Option("--break-lock", help="Ambil alih kunci proses di mesin lain yang sudah mati.")]
Year = Annotated[int | None, typer.Option("--year", help="Tahun untuk ekspor yang menulis bulan tanpa tahun.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="TANGGAL", help="Tanggal untuk potret tanpa tanggal: 2025-10-01.")
]
DropPersonal = Annotated[
    bool,
    typer.Option("--drop-personal", help="Tinggalkan kolom nama dan kontak petugas; selain itu berkasnya ditolak."),
]
MapPath = Annotated[
    Path | None, typer.Option("--map", metavar="PETA", help="Peta kolom yang sudah dikonfirmasi, untuk satu berkas.")
]
Paths = Annotated[list[Path], typer.Argument(metavar="BERKAS...", help="Berkas atau folder.")]
# typer brings its own copy of click, or takes the installed one: the class is found where its children are.
Misspelt = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")
DATA = "data"
OUTPUTS, PUBLIC = Path("outputs"), Path("outputs/public")  # what may be published lies apart from what may not
WARM = ("kkb_helpers.cli.planning:warm",)  # called in the template before the first fork
SHARE = "kkb_helpers.page:share"  # called in its branches: reads what a province's pages have in common
TIMEOUT = 600.0
INTERRUPTED = 130
GARBAGE = 50_000  # objects made before rings of them are looked for: at Python's 700 a tenth of an import's time


@app.command("run")
def run(
    data: Data = DATA,
    out: Out = OUTPUTS,
    period: PeriodText = None,
    area: Areas = None,
    jobs: Jobs = None,
    timeout: Timeout = TIMEOUT,
    memory: Memory = None,
    force: Force = False,
    profile: Profile = "internal",
    scheduler: Scheduler = None,
    break_lock: BreakLock = False,
) -> None:
    """Impor yang baru, periksa, jalankan semua buku kerja, tulis laporan dan daftar isinya."""

    def plan(meanwhile):
        from . import planning

        return planning.Asked(data, period, tuple(area or ()), profile).plan(meanwhile)

    out = PUBLIC if out == OUTPUTS and profile == "public" else out
    options = {"timeout": timeout, "memory": memory, "break_lock": break_lock}
    _press(plan, out, scheduler, jobs=jobs, force=force, **options)


@app.command("resume")
def resume(
    out: Out = OUTPUTS,
    period: PeriodText = None,
    jobs: Jobs = None,
    timeout: Timeout = TIMEOUT,
    memory: Memory = None,
    scheduler: Scheduler = None,
    break_lock: BreakLock = False,
) -> None:
    """Jalankan lagi yang belum selesai dari proses terakhir, dengan parameter yang tercatat."""
    from . import planning, screen

    plan = planning.unfinished(out, period)
    if not plan.jobs:
        screen.say("Semua laporan proses terakhir sudah selesai; tidak ada yang perlu dilanjutkan.")
        return
    options = {"timeout": timeout, "memory": memory, "break_lock": break_lock}
    _press(lambda meanwhile: plan, out, scheduler, jobs=jobs, force=False, **options)


def _press(make_plan, out: Path, scheduler: str | None, *, jobs, **options) -> None:
    """Make the plan, run it, and write what stands beside the reports.

    Where something will be run in any case, the template is warmed while this process imports its own things and makes
    the plan, and this process is while another computes; elsewhere the run does that, if at all: nothing to do shall
    cost nothing.
    """
    import contextlib

    from .. import engine

    with contextlib.ExitStack() as stack:
        source, anew = None, scheduler is None and (options["force"] or not any(out.glob("*/manifest.jsonl")))
        if scheduler is None:
            source = stack.enter_context(contextlib.closing(engine.make_source(WARM, SHARE)))
        if anew:
            source.start()
        from .. import batch, parallel
        from . import inputs, planning, results, screen

        plan = make_plan(batch.warm if anew else lambda: None)
        planning.refuse_mixing(plan, out)
        if scheduler is not None:
            source = stack.enter_context(contextlib.closing(planning.cluster(plan, scheduler)))
        with screen.progress(len(plan.jobs)) as on_event:
            watch = inputs.Watch(plan.folder)
            result = batch.run(
                plan.jobs, out, plan.period, workers=jobs, source=source, inputs=watch, on_event=on_event, **options
            )
    parallel.apart(lambda: results.write(plan, out, result))  # a country's figures would stay in this process's memory
    screen.summary(result.records, out / plan.period)
    screen.left_out(plan.left_out)
    raise typer.Exit(result.exit_code)


@app.command("import")
def import_(
    paths: Paths,
    data: Data = DATA,
    year: Year = None,
    as_of: AsOf = None,
    drop_personal: DropPersonal = False,
    map_: MapPath = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Tulis usulan peta kolom di samping berkas; tidak ada yang diimpor.")
    ] = False,
) -> None:
    """Ambil berkas ekspor ke folder data; katakan tiap berkas dikenali sebagai apa, dan apa yang ditemukan."""
    from .. import ingest
    from . import planning, screen

    if propose:
        for target in map(ingest.propose_map, paths):
            screen.say(f"Ditulis: {target}. Periksa setiap baris, tulis dikonfirmasi = true, lalu impor dengan --map.")
        return
    report = ingest.import_paths(paths, planning.root_of(data), year, as_of, drop_personal, map_)
    screen.imported(report)
    raise typer.Exit(report.exit_code)


@app.command("check")
def check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="BERKAS...", help="Tanpa ini: tabel yang ada.")] = None,
    data: Data = DATA,
    year: Year = None,
    as_of: AsOf = None,
    drop_personal: DropPersonal = False,
    map_: MapPath = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="Sebutkan setiap aturan: berapa yang dilihatnya dan berapa temuannya.")
    ] = False,
) -> None:
    """Periksa berkas, atau tabel yang sudah ada, tanpa menulis apa pun dan tanpa menjalankan buku kerja."""
    from .. import ingest
    from . import planning, screen

    if not paths:
        asked = planning.Asked(data)
        found = planning.findings(asked.tables)
        screen.findings(found)
        screen.rules(planning.seen(asked.tables), found, rules)
        screen.left_out(asked.left_out, every=True)
        return
    report = ingest.check_paths(paths, planning.root_of(data), year, as_of, drop_personal, map_)
    screen.imported(report)
    screen.rules(report.seen, report.findings, rules)
    raise typer.Exit(report.exit_code)


@app.command("status")
def status(
    out: Out = OUTPUTS,
    period: PeriodText = None,
    why: Annotated[bool, typer.Option("--why", help="Sebutkan apa yang berubah sejak laporan terakhir.")] = False,
    trace: Annotated[
        str | None,
        typer.Option("--trace", metavar="BERKAS", help="Jejak satu berkas (nama atau sha256), bila diduga bocor."),
    ] = None,
) -> None:
    """Tampilkan proses terakhir: wilayah, status, detik, temuan."""
    from .. import batch
    from . import planning, screen

    if trace is not None:
        screen.traced(trace, out, batch.trace(out, trace))
        return
    if why:
        screen.reasons(planning.reasons(out, period))
        return
    folder = planning.period_folder(out, period)
    screen.summary(batch.last_run(folder), folder, all_of_them=True)


@app.command("lab")
def lab(
    port: Annotated[int, typer.Option("--port", min=1024, max=65535, help="Pintu di komputer ini.")] = 8888,
) -> None:
    """Buka buku kerja di JupyterLab, hanya untuk komputer ini dan dengan token."""
    import subprocess

    from ..params import ROOT
    from .planning import LAB_OPTIONS

    # Jupyter starts for root only where it is told to: in a container there may be no other user.
    as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: -1)() == 0 else []
    command = [sys.executable, "-m", "jupyterlab", *LAB_OPTIONS, *as_root, f"--ServerApp.port={port}"]
    raise typer.Exit(subprocess.call([*command, str(ROOT / "notebooks")], cwd=ROOT))  # noqa: S603 - our own command


@app.command("template")
def template(
    names: Annotated[list[str], typer.Argument(metavar="BORANG...", help="partners, funding, coordination.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Tempat borang ditulis.")] = Path(),
) -> None:
    """Tulis borang Excel kosong untuk diisi: mitra, dana, koordinasi."""
    from .. import workbook
    from . import screen

    for name in names:
        screen.say(f"Ditulis: {workbook.template(name, out / f'{name}.xlsx')}")


@app.command("sample")
def sample(
    national: Annotated[bool, typer.Option("--national", help="Seluruh Indonesia, bukan hanya Banten.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Folder data tujuan.")] = None,
) -> None:
    """Tulis ekspor contoh (sintetis); benih yang sama memberi bita yang sama."""
    from .. import sample
    from ..params import ROOT
    from . import screen

    folder = out or ROOT / "data" / ("sample-national" if national else "sample")
    written = sample.write(folder, national=national)
    screen.say(f"{len(written)} berkas contoh ditulis di {folder}.")


@app.command("clean")
def clean(
    out: Out = OUTPUTS,
    data: Data = DATA,
    older_than: Annotated[float, typer.Option("--older-than", metavar="HARI", min=0, help="Hanya yang lebih tua.")] = 0,
) -> None:
    """Hapus draf, tembolok, dan buku kerja gagal; sebut apa yang dihapus. Laporan tidak disentuh."""
    from .. import batch
    from . import planning, screen

    removed = batch.clean(out, older_than) if out.is_dir() else []
    removed += planning.clean_caches(planning.root_of(data), older_than)
    for path in removed:
        screen.say(f"Dihapus: {path}")
    screen.say(f"{len(removed)} dihapus.")


def main() -> None:
    """Run a command; every expected error is a message and an exit code, never a traceback."""
    import gc
    import signal

    gc.set_threshold(GARBAGE)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console of another code page may not know a sign
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:  # typer has already caught it
            _interrupted()
    except KkbError as error:
        _complain(error.messages)
        code = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = _interrupted()
    except Misspelt as error:
        from . import misspelt

        _complain([f"Perintah salah tulis: {misspelt.told(error)}", "Lihat `kkb --help`."])
        code = 2
    except OSError as error:
        if os.environ.get("KKB_DEBUG"):
            raise
        _complain([f"{error.filename or 'Sistem'}: {error.strerror or error}. Periksa folder, izin, dan ruang cakram."])
        code = 5
    except Exception as error:
        if os.environ.get("KKB_DEBUG"):
            raise
        _complain(
            [f"Kesalahan dalam program ({type(error).__name__}: {error}). Rinciannya: ulangi dengan KKB_DEBUG=1."]
        )
        code = 1
    sys.exit(code or 0)


def program() -> None:
    """Be the program `kkb`: run a command, and end with its exit code at once.

    Python's own end would first take apart all that was imported, a quarter of a second after the last word.
    """
    import atexit
    import contextlib

    try:
        main()
    except SystemExit as end:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # nobody listens any more
                stream.flush()
        os._exit(end.code)


def _interrupted() -> int:
    _complain(["Dihentikan. Lanjutkan dengan `kkb resume`."])
    return INTERRUPTED


def _complain(messages: list[str]) -> None:
    for message in messages:
        print(message, file=sys.stderr)
