"""What people see while a command runs and when it has ended: plain Indonesian, one thing a line."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .. import site

ROWS_SHOWN = 20


def say(text: str) -> None:
    """Write a line for people."""
    print(text)


@contextlib.contextmanager
def progress(total: int) -> Iterator[Callable[[dict], None]]:
    """Show how far a run is: a bar on a terminal, a line a finished report elsewhere."""
    if not sys.stderr.isatty():
        yield _line(time.monotonic())
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Laporan", total=total)

        def on_event(event: dict) -> None:
            record = event["record"]
            if event["kind"] == "started":
                bar.update(task, description=f"{record['area_code']} {record['area_name']}")
            elif event["kind"] == "finished":
                bar.update(task, completed=event["done"])
                if record["status"] not in site.GOOD:
                    bar.console.print(_outcome(record), markup=False)

        yield on_event


def _line(began: float) -> Callable[[dict], None]:
    def on_event(event: dict) -> None:
        if event["kind"] != "finished":
            return
        left = (time.monotonic() - began) / event["done"] * (event["total"] - event["done"])
        rest = f", kira-kira {left:.0f} detik lagi" if left >= 1 else ""
        print(f"{event['done']}/{event['total']} {_outcome(event['record'])}{rest}", file=sys.stderr, flush=True)

    return on_event


def _outcome(record: dict) -> str:
    seconds = f" ({record['seconds']:.1f} detik)".replace(".", ",") if record["seconds"] else ""
    reason = f": {record['reason']}" if record["reason"] and record["status"] not in site.GOOD else ""
    return f"{record['area_code']} {record['area_name']}: {site.status_of(record)}{seconds}{reason}"


def summary(records: list[dict], folder: Path, all_of_them: bool = False) -> None:
    """Say what a run came to; every job of it, or those that are not good."""
    good = sum(r["status"] in site.GOOD for r in records)
    for record in records:
        if all_of_them or record["status"] not in site.GOOD:
            page = f" [{record['target']}]" if record["target"].endswith(".html") else ""
            say(_outcome(record) + page)
    say(f"{good} dari {len(records)} selesai. Daftar: {folder / 'index.html'}")
    if good < len(records):
        say("Perbaiki sebabnya, lalu jalankan `kkb resume`.")


def left_out(lines: tuple[str, ...], every: bool = False) -> None:
    """Warn of originals that no figure rests on, the first or all: a report looks as whole without them."""
    shown = len(lines) if every else ROWS_SHOWN
    for line in lines[:shown]:
        print(f"Tidak ikut dihitung: {line}", file=sys.stderr)
    if len(lines) > shown:
        print(f"Tidak ikut dihitung: {len(lines) - shown} hal lain; `kkb check` menyebutkannya.", file=sys.stderr)


def reasons(jobs: list[tuple[dict, list[str]]]) -> None:
    """Say of each job of the last run why it would run again, or that nothing it depends on has changed."""
    for record, why in jobs:
        page = f" [{record['target']}]" if record["target"].endswith(".html") else ""
        say(f"{record['area_code']} {record['area_name']}{page}: {'; '.join(why) or 'tidak berubah'}")
    say(f"{sum(bool(why) for _, why in jobs)} dari {len(jobs)} akan dijalankan lagi oleh `kkb run`.")


def traced(file: str, out: Path, traces: list) -> None:
    """Say what the manifests know of a file, as Pasal 46 of UU 27/2022 asks it: what, when, where, which results."""
    if not traces:
        say(f"Tidak ada laporan di {out} yang dibuat dari {file} atau bernama {file}.")
        say("Berkas yang ditolak tidak disimpan dan tidak masuk laporan mana pun.")
        return
    originals = {(e["name"], e["sha256"], e["bytes"]): None for trace in traces for e in trace.inputs}
    written = {trace.folder.resolve(): None for trace in traces}
    times = [trace.record["finished_at"] for trace in traces]
    say(f"Fakta untuk pemberitahuan Pasal 46 UU 27/2022 tentang {file}, dari manifest di {out.resolve()}:")
    say("1. Berkas sumber (nama, sidik sha256, bita):")
    for name, sha256, size in originals:
        say(f"   {name} {sha256} {'?' if size is None else size}")
    say(f"2. Kapan: {len(traces)} laporan ditulis antara {min(times)} dan {max(times)} (UTC).")
    say(f"3. Ditulis di: {'; '.join(map(str, written))}")
    say("4. Hasil yang mungkin memuat isinya:")
    for trace in traces:
        record = trace.record
        made = f"{record['area_code']} {record['area_name']}, {record['period']}, profil {record['params']['profile']}"
        say(f"   {record['finished_at']} {made}, proses {record['run_id']}, kkb {record['package']}")
        for output in trace.outputs:
            say(f"     {output['name']} {output['sha256']} {output['bytes']} bita, {trace.stands(output)}")
    say(
        "Yang tidak tercatat dan harus Anda isi: data siapa yang terungkap, bagaimana, kepada siapa hasil dibagikan, "
        "dan upaya penanganannya. Batas pemberitahuan tertulis: 3 x 24 jam."
    )


def imported(report) -> None:
    """Say what each file was taken for, and list the worst findings."""
    for file in report.files:
        parts = [file.status, file.title or file.kind]
        if file.rows:
            parts.append(f"{file.rows} baris")
        if file.villages:
            parts.append(f"{file.matched} dari {file.villages} desa/kelurahan cocok")
        if file.findings:
            parts.append(file.findings)
        say(f"{file.name}: {', '.join(p for p in parts if p)}")
    findings(report.findings)


def rules(seen, found, every: bool = False) -> None:
    """Say how many rules looked at anything; with `every`, how much each saw and found. Nothing seen is not passed.

    seen: `checks.seen_frame`. found: the findings.
    """
    from .. import checks, wording

    if not len(seen):
        return
    sums = seen.groupby("rule", sort=False)["seen"].sum()
    counts = found["code"].value_counts()
    silent = [key for key in sums.index if not sums[key]]
    if every:
        for key, number in sums.items():
            rule = checks.CHECKS[key]
            saw = f"{wording.number(number)} {rule.unit}" if number else "tidak dijalankan"
            hits = f", {wording.number(counts.get(rule.code, 0))} temuan" if number else ""
            sentence = rule.sentence.replace("{", "").replace("}", "")
            say(f"{rule.code} · {rule.severity} · {saw}{hits} · {sentence}")
    ran = wording.of(len(sums) - len(silent), len(sums), "aturan")
    rest = f"; tidak dijalankan karena tidak ada yang diperiksa: {', '.join(silent)}" if silent else ""
    say(f"Pemeriksaan: {ran} dijalankan{rest}." + ("" if every else " Rinciannya: --rules."))


def findings(frame) -> None:
    """List findings, persons' data first, then by gravity; the rest is in findings.csv."""
    import pandas as pd

    from .. import areas

    if not len(frame):
        say("Tidak ada temuan.")
        return
    grave = frame[frame["severity"].isin(["TOLAK", "GAGAL"])]
    personal = grave["code"].str.startswith("P6")
    grave = pd.concat([grave[personal], grave[~personal]])
    for row in grave.head(ROWS_SHOWN).itertuples():
        source = row.file or (row.area_code and areas.name_of(row.area_code))
        where = " › ".join(part for part in (source, row.sheet, row.row and f"baris {row.row}", row.column) if part)
        expected = f"; diharapkan {row.expected}" if row.expected else ""
        say(f"{row.code} · {row.severity} · {where}: {row.found}{expected}. {row.action}")
    if len(grave) > ROWS_SHOWN:
        say(f"… dan {len(grave) - ROWS_SHOWN} temuan berat lain (lihat findings.csv).")
    counts = frame["severity"].value_counts()
    say("Temuan: " + ", ".join(f"{counts[s]} {s}" for s in ("TOLAK", "GAGAL", "PERINGATAN", "CATATAN") if s in counts))
