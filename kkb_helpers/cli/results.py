"""What a run writes beside its reports: all indicators, all findings, and the index."""

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from .. import areas, batch, parallel, site
from ..params import Period
from .planning import Plan

if TYPE_CHECKING:
    import pandas as pd

PAGE_TITLES = {
    "province_overview.ipynb": "Gambaran provinsi",
    "data_quality.ipynb": "Mutu data",
    "published_claims.ipynb": "Angka yang pernah diterbitkan",
}


def write(plan: Plan, out: Path, result: batch.Result) -> None:
    """Write `indicators.csv`, `findings.csv` and `index.html` of a period; findings are exact, so not in `public`."""
    folder = out / plan.period
    _, page = parallel.side_by_side([lambda: _write_tables(plan, folder), lambda: _index(plan, folder, result)])
    batch.write_file(folder / "index.html", page.encode())  # last: what it names is there


def _index(plan: Plan, folder: Path, result: batch.Result) -> str:
    from .. import store

    rows = store.read_figures(plan.cache, "rows")
    records = _records(folder)
    return site.index(records, _about(plan, result, rows, records))


def _write_tables(plan: Plan, folder: Path) -> None:
    """Write all figures and findings, unless they stand there already: those of the country are 80 MB of text.

    What was written of which figures into which folder is noted beside the figures, whose name follows from their
    content.
    """
    from .. import store
    from ..page import context

    note = plan.cache / f".written-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]}.json"
    known = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    if known and all(_sha256(folder / name) == sha256 for name, sha256 in known.items()):
        return
    text = plan.cache / context.TEXT
    if not text.is_file():  # someone cleared hidden files away: the figures still lie there
        store.write_text(text, context.text_of(store.read_figures(plan.cache, "rows")))
    files = {"indicators.csv": text.read_bytes()}
    if plan.profile == "internal":
        findings = harmless(store.Tables.open(plan.folder / "tables").findings)
        files["findings.csv"] = findings.to_csv(index=False, lineterminator="\n").encode()
    for name, content in files.items():
        batch.write_file(folder / name, content)
    written = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    batch.write_file(note, json.dumps(written).encode())


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def harmless(findings: "pd.DataFrame") -> "pd.DataFrame":
    """Give findings whose text no spreadsheet takes for a formula: they repeat what inputs hold."""
    from .. import workbook

    safe = {}
    for name, column in findings.items():
        texts = {text: workbook.defang(text) for text in column.unique()}
        if any(text != changed for text, changed in texts.items()):
            safe[name] = column.map(texts)
    return findings.assign(**safe)


def _records(folder: Path) -> list[dict]:
    """Give the last record of every job, as the index tells of it.

    One that failed says where its last good report still lies, and of when; one that was left as it is says how it came
    out when it was made, so that a run with nothing to do leaves the index as it is.
    """
    from .. import wording

    manifest = batch.Manifest(folder)
    records = []
    for record in manifest.states().values():
        good = manifest.last_good(record)
        if good is not None and record["status"] == "unchanged":
            record = record | {"status": good["status"]}
        elif good is not None and record["status"] not in batch.GOOD:
            link = good["target"] if good["target"].endswith(".html") else f"{good['target']}/report.html"
            if (folder / link).is_file():
                record = record | {"last_good": {"link": link, "date": wording.date(good["finished_at"][:10])}}
        records.append(record)
    return records


def _about(plan: Plan, result: batch.Result, rows, records: list[dict]) -> site.About:
    from .. import disclosure, store, wording

    notice = disclosure.notice(plan.profile)
    finished = max((r["finished_at"] or r["started_at"] for r in result.records), default="")
    synthetic = any(name.startswith("contoh-") for r in records for name in (i["name"] for i in r["inputs"]))
    received = store.read_figures(plan.cache, "received")
    return site.About(
        title="Laporan Kampung Keluarga Berkualitas",
        period=Period(plan.period).label,
        run_id=result.run_id,
        finished_at=f"{wording.date(finished[:10])} pukul {finished[11:16].replace(':', '.')} UTC" if finished else "",
        version=f"kkb {result.records[0]['package']}" if result.records else "",
        sources=tuple(_sources(received, wording)),
        totals=tuple(filter(None, [notice, *_totals(rows, {r["area_code"] for r in records}, wording)])),
        synthetic=synthetic,
        page_titles=PAGE_TITLES,
    )


def _sources(received, wording) -> list[str]:
    """Say what the period's data are and of when: one sentence."""
    from ..indicators import TITLES

    if not len(received):
        return []
    times = received[received["as_of"] != ""].groupby("table")["as_of"].max()
    named = [f"{TITLES.get(name, name)}, {wording.time(time)}" for name, time in times.items()]
    return [f"Sumber: {'; '.join(named)}."] if named else []


def _totals(rows, codes: set[str], wording) -> list[str]:
    """Say where each province of the index stands; a province is every kabupaten/kota imported.

    The targets are those of its villages with data, and a province that lacks some is said not to be complete.
    """
    said = []
    for province in sorted({code[:2] for code in codes}):
        found = rows[rows["area_code"] == province].set_index("indicator_id")
        year = found["period"].iloc[0][:4] if len(found) else ""
        sentences = [
            _coverage(found, province, year, wording),
            _upper_classes(found, province, year, wording),
        ]
        said += [f"{areas.name_of(province)}: {sentence}" for sentence in sentences if sentence]
    return said


def _coverage(found, province: str, year: str, wording) -> str:
    """Say the coverage of a province by villages; empty where it is not known."""
    if "village_coverage" not in found.index or found.loc["village_coverage"].isna()["value"]:
        return ""
    row = found.loc["village_coverage"]
    required = _required("formation_achievement", province, year, row["denominator"])
    said = wording.formation(row["numerator"], row["denominator"], required, f"akhir {year}")
    return f"{said} {_shortfall(row, wording)}".strip()


def _upper_classes(found, province: str, year: str, wording) -> str:
    """Say Mandiri and Berkelanjutan of a province; empty where no class is known."""
    if "mandiri_plus_share" not in found.index or found.loc["mandiri_plus_share"].isna()["value"]:
        return ""
    row = found.loc["mandiri_plus_share"]
    required = _required("mandiri_plus_achievement", province, year, row["denominator"])
    said = wording.classes(row["numerator"], required, row["denominator"])
    return f"{said} {_shortfall(row, wording)}".strip()


def _shortfall(row, wording) -> str:
    """Say that a figure of a province rests on too few villages; empty where nearly all gave a value."""
    from ..page import figures

    if row["reporting"] >= figures.COMPLETE * row["expected"]:
        return ""
    return f"Tidak lengkap: {wording.of(row['reporting'], row['expected'], wording.VILLAGES)}."


def _required(indicator: str, province: str, year: str, villages: int) -> int | None:
    from .. import targets

    return targets.required(indicator, province, dt.date(int(year), 12, 31), int(villages))
