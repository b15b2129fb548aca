"""`python -m tests.bench NAME [options]`: run one measurement; without a name, list them."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(
    path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
)


def main(arguments: list[str]) -> int:
    """Run the measurement named first."""
    if not arguments or arguments[0] not in NAMES:
        print("Measurements: " + ", ".join(NAMES))
        return 0 if not arguments else 2
    module = import_module(f"tests.bench.bench_{arguments[0]}")
    sys.argv = [f"bench {arguments[0]}", *arguments[1:]]
    main_function = module.main
    if main_function.__code__.co_argcount:
        main_function(arguments[1:])
    else:
        main_function()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
