"""Frames: how runner, template and child talk."""

import json
import struct
from collections.abc import Iterator

FORK, END = b"fork", b"end"  # what a template is asked for besides a branch, whose order is JSON
LONGEST_ORDER = 1 << 16


class Frames:
    """Cuts a stream of bytes into frames: a JSON header and a body of bytes, both with their length in front."""

    _LENGTHS = struct.Struct(">II")

    def __init__(self):
        self._buffer = bytearray()

    @classmethod
    def pack(cls, header: dict, body: bytes = b"") -> bytes:
        """Make one frame."""
        head = json.dumps(header).encode()
        return cls._LENGTHS.pack(len(head), len(body)) + head + body

    def feed(self, data: bytes) -> Iterator[tuple[dict, bytes]]:
        """Take bytes in and give the frames that are now whole; half a frame waits for the rest."""
        self._buffer += data
        while len(self._buffer) >= self._LENGTHS.size:
            head, body = self._LENGTHS.unpack_from(self._buffer)
            start = self._LENGTHS.size + head
            if len(self._buffer) < start + body:
                return
            frame = json.loads(self._buffer[self._LENGTHS.size : start]), bytes(self._buffer[start : start + body])
            del self._buffer[: start + body]
            yield frame
