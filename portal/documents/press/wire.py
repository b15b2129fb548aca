"""What goes over the press's socket: a JSON header and byte strings, each way. Nothing is unpickled."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

LENGTH = struct.Struct(">I")
LARGEST = 64 * 1024 * 1024


class Broken(ConnectionError):
    """The other side went away, or said what is not a message."""


def send(connection: socket.socket, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """One message: length of the header, the header with the blobs' sizes, the blobs."""
    text = json.dumps({**header, "sizes": [len(blob) for blob in blobs]}).encode()
    connection.sendall(b"".join((LENGTH.pack(len(text)), text, *blobs)))


def receive(connection: socket.socket) -> tuple[dict[str, Any], list[bytes]]:
    """The next message; Broken when there is none, it is cut short or larger than 64 MB."""
    header = json.loads(_exactly(connection, LENGTH.unpack(_exactly(connection, LENGTH.size))[0]))
    sizes = header.pop("sizes")
    if sum(sizes) > LARGEST:
        raise Broken("the message is too large")
    return header, [_exactly(connection, size) for size in sizes]


def _exactly(connection: socket.socket, size: int) -> bytes:
    if size > LARGEST:
        raise Broken("the message is too large")
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise Broken("the other side closed the connection")
        parts += part
    return bytes(parts)
