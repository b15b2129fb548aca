"""Says, before anything else is done, whether HOST:PORT is free. Standard library only."""

import errno
import os
import socket
import sys


def problem(host: str, port: str) -> str | None:
    """One sentence on why `host:port` cannot be used, or None when it can."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        return f"PORT must be a number from 1 to 65535, not {port!r}."
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as failure:
            if failure.errno == errno.EADDRINUSE:
                return f"Port {port} on {host} is taken by another program (perhaps this portal)."
            return f"Port {port} on {host} cannot be used: {failure.strerror}."
    return None


if __name__ == "__main__":
    text = problem(os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000"))
    if text:
        print(f"\n{text}\nChoose another one, for example:  make run PORT=8080", file=sys.stderr)
        sys.exit(1)
