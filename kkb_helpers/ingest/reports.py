"""What an import or check did, for people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from .. import checks, privacy
from .building import Built
from .parts import PLACE_NAMES, Part
from .receipt import Received
from .tables import with_year


@dataclass(frozen=True)
class FileReport:
    """What became of one file.

    status: `diimpor`, `sudah ada` (the same content is registered), `ditolak` (a finding says why), `tidak dikenal` (no
    known export; listed, not copied). kind and title: what it was taken for. villages, matched: distinct villages
    as written, and those that got a code. findings: how many of each severity, as in `3 PERINGATAN, 1 CATATAN`.
    """

    name: str
    status: str
    exit_code: int = 0
    kind: str = ""
    title: str = ""
    rows: int = 0
    villages: int = 0
    matched: int = 0
    time: str = ""
    findings: str = ""


@dataclass
class Report:
    """What an import or check did: one `FileReport` a file, every finding, and the rows of each table written.

    frames: the tables that were written, as they lie there; none where they stood already.
    seen: how much each rule looked at (`checks.seen_frame`), in the files taken and refused; empty where nothing was.
    left_out: a line for each file that lies in `raw` and is in no table, with why.
    """

    files: list[FileReport] = field(default_factory=list)
    findings: pd.DataFrame = field(default_factory=lambda: checks.frame_of([]))
    tables: dict[str, int] = field(default_factory=dict)
    frames: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    seen: pd.DataFrame = field(default_factory=pd.DataFrame)
    left_out: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The worst exit code of its files."""
        return max((f.exit_code for f in self.files), default=0)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.tables)

    @property
    def refusals(self) -> list[str]:
        """One line for each finding that refuses a file."""
        refused = {f.name for f in self.files if f.exit_code}
        shown = self.findings[self.findings["file"].isin(refused) & self.findings["severity"].isin(["TOLAK", "GAGAL"])]
        return [checks.message(row) for row in shown.to_dict("records")]


def report_of(received: list[Received], built: Built, register: pd.DataFrame) -> Report:
    names = dict(zip(register["sha256"], register["name"], strict=True))
    times = {e["sha256"]: e["as_of"] or e["year"] for e in register.to_dict("records")}
    read = [item for item in received if item.part is not None]
    refused = [f for item in read if item.part.refused and not _is_unknown(item) for f in item.part.findings]
    twins = [f for item in read if not item.part.refused for f in item.twins]
    others = checks.frame_of([*refused, *twins])
    findings = checks.in_order(pd.concat([others, built.findings])) if len(others) else built.findings
    turned_away = {item.part.name: item.part.seen for item in read if item.part.refused}
    seen = checks.seen_frame(turned_away, Counter())
    whole = [frame for frame in (built.seen, seen[seen["file"] != ""]) if len(frame)]
    report = Report([], findings, built.tables, built.frames, pd.concat(whole) if whole else pd.DataFrame())
    severities = dict(tuple(findings.groupby("file")["severity"]))
    for item in received:
        report.files.append(_file_report(item, built, names, times, severities))
    return report


def _file_report(item: Received, built: Built, names: dict, times: dict, severities: dict) -> FileReport:
    part = item.part
    if part is None:
        return FileReport(privacy.safe_name(item.path.name), "tidak dikenal")
    if part.refused:
        unknown = part.source is None and _refusing(part) == {"H201"}
        code = 4 if part.personal else 0 if _is_unknown(item) else 3
        title = part.source.title if part.source else ""
        return FileReport(
            part.name,
            "tidak dikenal" if unknown else "ditolak",
            code,
            title=title,
            findings=_count(f["severity"] for f in part.findings),
        )
    name = names[part.file.sha256]
    places = built.places.get(name, pd.DataFrame(columns=[*PLACE_NAMES, "village_code"]))
    villages = places.drop_duplicates(PLACE_NAMES)
    time = times[part.file.sha256]
    period = with_year(part.months, time) or [time]
    return FileReport(
        part.name,
        "sudah ada" if item.known_as else "diimpor",
        0,
        part.source.name,
        part.source.title,
        part.height,
        villages["village_code"].nunique() + int(villages["village_code"].isna().sum()),
        villages["village_code"].nunique(),
        " sampai ".join(sorted({min(period), max(period)})),
        _count(severities.get(name, ())),
    )


def _refusing(part: Part) -> set[str]:
    return {f["code"] for f in part.findings if f["severity"] == "TOLAK"}


def _is_unknown(item: Received) -> bool:
    """Say whether a file met in a folder is simply no export: listed, and no fault."""
    return not item.named and item.part.source is None and _refusing(item.part) == {"H201"}


def _count(severities: Iterable[str]) -> str:
    counts = Counter(severities)
    return ", ".join(f"{counts[s]} {s}" for s in checks.SEVERITIES if s in counts)
