"""Hand-made files: a map, confirmed by a person, says which of their columns is which.

`propose` writes a starter map from headers that look alike; nothing is read through a map that nobody has confirmed.
The map of a file that was imported stays beside it in `DATA/raw`, as `<file>.map.toml`.
"""

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .. import cells, files, sources
from ..errors import UsageError

SUFFIX = ".map.toml"
MAX_BYTES = 64 * 2**10
ALIKE = 70  # likeness of two labels, of 100, from which one is proposed for the other
_KEYS = {"dikonfirmasi", "jenis", "lembar", "baris_judul", "tinggi_judul", "kolom", "isi", "skala"}


@dataclass(frozen=True)
class Map:
    """A confirmed map.

    source: the export kind the file is taken for. sheet: its sheet, empty for the only one. row: the row of Excel of
    the header's last row. depth: its rows. columns: folded title in the file -> column. given: column name -> what the
    whole file is of (a province, a month). scaled: names of percentages written from 0 to 1. text: the map as written.
    """

    source: sources.Source
    sheet: str
    row: int
    depth: int
    columns: dict[str, sources.Column]
    given: dict[str, str] = field(default_factory=dict)
    scaled: frozenset[str] = frozenset()
    text: str = ""

    @property
    def fingerprint(self) -> str:
        """What tells this map from another."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def recognition(self, sheets: list[files.Sheet]) -> sources.Recognition:
        """Give what the sheets are by this map; without a header where the sheet or the row is not there."""
        named = [s for s in sheets if not s.hidden and (s.name == self.sheet or not self.sheet)]
        if len(named) != 1 or self.row not in named[0].numbers:
            return sources.Recognition(None)
        sheet, position = named[0], named[0].numbers.index(self.row)
        names = sources.titles_of(sheet, position, self.depth)
        if names is None:
            return sources.Recognition(None)
        labels = [(self._label(of_one[0]),) for of_one in names]
        header = sources.read_header(self.source, position, self.depth, names, labels)
        header = sources.with_given(header, self.given, self.scaled)
        return sources.Recognition(header, sheet, self.row)

    def _label(self, title: str) -> str:
        """The label of the column that a title is mapped to; another title is no column, not even a known one."""
        column = self.columns.get(sources.label_of(title))
        return column.labels[0] if column else f"{sources.label_of(title)} \x00" if title else ""


def beside(raw: Path, name: str) -> Map | None:
    """Give the map that was kept for a file in `raw`; None where there is none."""
    path = raw / (name + SUFFIX)
    return read_map(path) if path.is_file() else None


def read_map(path: Path) -> Map:
    """Read a map; UsageError names all that is wrong with it, or that nobody has confirmed it."""
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise UsageError(f"Peta {path.name} lebih besar dari 64 KiB. Pakai peta yang ditulis oleh --propose.")
        text = data.decode("utf-8")
        written = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"Peta {path.name} tidak terbaca: {error.strerror}. Periksa nama berkasnya.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"Peta {path.name} bukan TOML yang sah: {error}. Buat lagi dengan --propose.") from None
    problems = list(_problems(written))
    if problems:
        raise UsageError([f"Peta {path.name}: {problem}" for problem in problems])
    source = sources.REGISTRY[written["jenis"]]
    known = {label: column for column in source.columns for label in column.labels}
    columns = {sources.label_of(k): known[sources.label_of(v)] for k, v in written.get("kolom", {}).items() if v}
    given = {known[sources.label_of(k)].name: str(v) for k, v in written.get("isi", {}).items()}
    scaled = frozenset(known[sources.label_of(k)].name for k, v in written.get("skala", {}).items() if v == "0-1")
    where = (written.get("lembar", ""), written["baris_judul"], written.get("tinggi_judul", 1))
    return Map(source, *where, columns, given, scaled, text)


def _problems(written: dict) -> Iterable[str]:
    """Say what is wrong with a map as written."""
    if unknown := sorted(set(written) - _KEYS):
        yield f"kunci tidak dikenal: {', '.join(unknown)}. Yang dikenal: {', '.join(sorted(_KEYS))}."
    source = sources.REGISTRY.get(written.get("jenis"))
    if source is None:
        yield f"jenis {written.get('jenis')!r} tidak dikenal. Pilih satu dari: {', '.join(sources.REGISTRY)}."
    if type(written.get("baris_judul")) is not int or written["baris_judul"] < 1:
        yield f"baris_judul {written.get('baris_judul')!r} bukan nomor baris. Tulis nomor baris judul seperti di Excel."
    if written.get("tinggi_judul", 1) not in (1, 2, 3):
        yield f"tinggi_judul {written['tinggi_judul']!r} bukan 1, 2, atau 3."
    if not isinstance(written.get("lembar", ""), str):
        yield f"lembar {written['lembar']!r} bukan teks. Tulis nama lembar dalam tanda kutip."
    known = {label for column in source.columns for label in column.labels} if source else set()
    for section in ("kolom", "isi", "skala"):
        entries = written.get(section, {})
        if not isinstance(entries, dict) or not all(isinstance(v, str | int) for v in entries.values()):
            yield f'bagian [{section}] bukan daftar "judul" = "isi".'
        elif source:
            for word in entries.values() if section == "kolom" else entries:
                if word != "" and sources.label_of(str(word)) not in known:
                    yield f"[{section}] {word!r} bukan kolom {source.title}."
    if written.get("dikonfirmasi") is not True:
        yield "belum dikonfirmasi. Periksa setiap baris, lalu tulis dikonfirmasi = true."


# --- a starter map -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Proposal:
    """How well a row is the header of a kind: position of a title -> (column, likeness)."""

    source: sources.Source
    sheet: files.Sheet
    position: int
    titles: list[str]
    pairs: dict[int, tuple[sources.Column, float]]

    @property
    def score(self) -> float:
        """The likeness of the required columns together; a column that is not required counts for little."""
        required = [c for c in self.source.columns if c.required]
        found = {c.name: likeness for c, likeness in self.pairs.values()}
        wanted = sum(found.get(c.name, 0) for c in required) / len(required)
        return wanted + 0.01 * sum(found.values()) / max(1, len(self.source.columns))


def propose(file: files.File) -> str:
    """Give a starter map for a file, as text; UsageError where no row is like the header of any kind."""
    tried = [
        proposal
        for sheet in file.sheets
        if not sheet.hidden
        for position, row in enumerate(sheet.rows[: sources.HEADER_WITHIN])
        if sum(_is_title(cell) for cell in row) >= 3
        for source in sources.REGISTRY.values()
        if (proposal := _proposal(source, sheet, position)).pairs
    ]
    best = max(tried, key=lambda p: p.score, default=None)
    if best is None or not any(column.is_value and column.required for column, _ in best.pairs.values()):
        raise UsageError(
            f"Berkas {file.name}: tidak ada baris yang mirip judul kolom ekspor apa pun. "
            "Peta tidak dapat diusulkan; pakai ekspor asli."
        )
    return _written(file.name, best)


def _proposal(source: sources.Source, sheet: files.Sheet, position: int) -> _Proposal:
    """Pair titles and columns by likeness, the most alike first, each once."""
    titles = [cells.text_of(cell) for cell in sheet.rows[position]]
    likenesses = sorted(
        (
            (max(_likeness(sources.label_of(title), label) for label in column.labels), at, column)
            for at, title in enumerate(titles)
            if _is_title(title)
            for column in source.columns
        ),
        key=lambda triple: -triple[0],
    )
    pairs: dict[int, tuple[sources.Column, float]] = {}
    taken: set[str] = set()
    for likeness, at, column in likenesses:
        if likeness >= ALIKE and at not in pairs and column.name not in taken:
            pairs[at] = (column, likeness)
            taken.add(column.name)
    return _Proposal(source, sheet, position, titles, pairs)


def _is_title(cell: object) -> bool:
    return isinstance(cell, str) and any(c.isalpha() for c in cell)


def _likeness(title: str, label: str) -> float:
    """How alike two labels are, of 100; words more than the other has cost a little."""
    from rapidfuzz import fuzz

    return max(fuzz.token_sort_ratio(title, label), 0.9 * fuzz.token_set_ratio(title, label))


def _written(name: str, best: _Proposal) -> str:
    lines = [
        f"# Peta kolom untuk {name}, diusulkan dari judul kolom yang mirip.",
        "# Periksa setiap baris: perbaiki yang salah, hapus yang tidak perlu. Lalu tulis dikonfirmasi = true.",
        "dikonfirmasi = false",
        f"jenis = {_quoted(best.source.name)}  # {best.source.title}",
        f"lembar = {_quoted(best.sheet.name)}",
        f"baris_judul = {best.sheet.numbers[best.position]}",
        "",
        "[kolom]  # judul di berkas = judul baku; angka: kemiripan dari 100",
    ]
    for at, title in enumerate(best.titles):
        if at in best.pairs:
            column, likeness = best.pairs[at]
            lines.append(f"{_quoted(title)} = {_quoted(column.header)}  # {likeness:.0f}")
        elif title:
            lines.append(f'{_quoted(title)} = ""  # tidak dipakai')
    found = {column.name for column, _ in best.pairs.values()}
    lacking = [c for c in best.source.columns if c.required and c.name not in found]
    lines += ["", "[isi]  # yang berlaku untuk seluruh berkas, misalnya PROVINSI atau BULAN"]
    lines += [f'# {_quoted(c.header)} = ""' for c in lacking if not c.is_value]
    lines += [f"# Kolom wajib yang tidak ditemukan: {c.header}" for c in lacking if c.is_value]
    lines += ["", "[skala]  # persentase yang ditulis 0 sampai 1"]
    lines += [f'# {_quoted(c.header)} = "0-1"' for c, _ in best.pairs.values() if c.kind == "percent"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write a text as TOML does; what cannot be printed is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
