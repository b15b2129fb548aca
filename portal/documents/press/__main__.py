"""Start the press: `python -m press --socket PATH --fonts FOLDER --css FILE`, in portal/documents."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from .engine import Engine
from .server import Press, listen, worker


def main() -> None:
    """Listen first, so that callers may queue while the engine warms.

    A press that outlives its starter leaves it at once, so that nobody has to wait for its end.
    """
    parser = argparse.ArgumentParser(prog="press")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--css", type=Path, required=True, help="a style sheet to warm up with")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=60, help="longest time for one document")
    until = parser.add_mutually_exclusive_group(required=True)
    until.add_argument("--starter", type=int, default=0, help="the process that it ends with")
    until.add_argument("--idle-seconds", type=float, default=0, help="or how long nobody may come")
    chosen = parser.parse_args()
    if not chosen.starter and os.fork():
        return
    listener = listen(chosen.socket)
    engine = Engine()
    engine.warm_up(chosen.css.read_bytes())
    press = Press(listener, chosen.workers, chosen.idle_seconds, chosen.starter)
    press.run(worker(engine, chosen.seconds))


main()
