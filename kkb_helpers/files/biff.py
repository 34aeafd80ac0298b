"""How far the sheets of an old workbook (.xls) reach: its compound file, its stream, the places of its cells."""

import struct

from .sheet import Unreadable

_END = 0xFFFFFFFA  # from here on a number names no sector
_CELLS = frozenset({0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00BE, 0x00D6, 0x00FD})
_SEVERAL = frozenset({0x00BD, 0x00BE})


def reach(data: bytes) -> int:
    """Give the cells of the rectangle that all sheets together span; Unreadable where the file is broken."""
    try:
        return _rectangle(_stream(data))
    except (struct.error, IndexError) as error:
        raise Unreadable("buku kerja rusak") from error


def _rectangle(stream: bytes) -> int:
    rows = columns = at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind in _CELLS and size >= 4 and at + 4 + size <= len(stream):
            row, column = struct.unpack_from("<HH", stream, at + 4)
            if kind in _SEVERAL:
                (column,) = struct.unpack_from("<H", stream, at + 2 + size)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        at += 4 + size
    return rows * columns


def _stream(data: bytes) -> bytes:
    """Give the stream that holds the workbook."""
    sector = 1 << struct.unpack_from("<H", data, 30)[0] % 32
    if sector not in (512, 4096):
        raise Unreadable("buku kerja rusak")
    directory_at, _, smallest, small_table_at = struct.unpack_from("<LLLL", data, 48)
    table = _table(data, sector)
    directory = _read(data, table, directory_at, sector, sector)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    wanted = {name.encode("utf-16-le") for name in ("Workbook", "Book", "WORKBOOK", "BOOK")}
    for entry in entries:
        if entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)] in wanted:
            start, size = struct.unpack_from("<LL", entry, 116)
            if size >= smallest:
                return _whole(_read(data, table, start, sector, sector), size)
            small = _read(data, table, struct.unpack_from("<L", entries[0], 116)[0], sector, sector)
            held = _read(data, table, small_table_at, sector, sector)
            small_table = struct.unpack(f"<{len(held) // 4}L", held)
            return _whole(_read(small, small_table, start, 64, 0), size)
    raise Unreadable("buku kerja rusak")


def _whole(stream: bytes, size: int) -> bytes:
    if len(stream) < size:  # another reader may find more of it than this one
        raise Unreadable("buku kerja rusak")
    return stream[:size]


def _table(data: bytes, sector: int) -> tuple[int, ...]:
    """Give the table that says which sector comes after which."""
    each = sector // 4
    numbers = list(struct.unpack_from("<109L", data, 76))
    more = struct.unpack_from("<L", data, 68)[0]
    while more < _END and len(numbers) <= len(data) // sector + 109:
        *further, more = struct.unpack_from(f"<{each}L", data, (more + 1) * sector)
        numbers += further
    return tuple(
        follower
        for number in numbers
        if number < _END
        for follower in struct.unpack_from(f"<{each}L", data, (number + 1) * sector)
    )


def _read(data: bytes, table: tuple[int, ...], start: int, sector: int, skipped: int) -> bytes:
    """Give the sectors of a chain, one after the other; Unreadable where it never ends."""
    pieces = []
    while start < _END:
        if len(pieces) > len(table):
            raise Unreadable("buku kerja rusak")
        at = start * sector + skipped
        pieces.append(data[at : at + sector])
        start = table[start]
    return b"".join(pieces)
