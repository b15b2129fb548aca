"""`python -m tests.faults storm|outages|load|brief [options]`: try one; exit status 1 when anything was lost."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("storm", "outages", "load", "brief")


def main(arguments: list[str]) -> int:
    """Run what is named first."""
    if not arguments or arguments[0] not in NAMES:
        print("Faults: " + ", ".join(NAMES))
        return 0 if not arguments else 2
    tried: bool = import_module(f"tests.faults.{arguments[0]}").main(arguments[1:])
    return 0 if tried else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
