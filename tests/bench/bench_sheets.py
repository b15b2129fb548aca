"""Reading and checking a rate sheet of 100,000 prices: seconds and peak memory.

Run: `python -m tests.bench.bench_sheets [rows]`. Budget (DESIGN 7): import of 100,000 prices dry run
20 s and 300 MB in all; this part of it at most 12 s and 250 MB.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from portal.catalogue.rules.places import Kind
from portal.catalogue.rules.placetable import places
from portal.catalogue.rules.sheets.difference import difference
from portal.catalogue.rules.sheets.export import write_own_xlsx
from portal.catalogue.rules.sheets.profile import own_profile
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.catalogue.rules.sheets.suggest import find_header
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.tables import open_table

BOXES = ("20GP", "40GP", "40HQ", "45HQ")
CARRIERS = ("COSCO", "MSC", "CMA", "HPL", "ONE")


def generated(count: int) -> Iterator[PriceRow]:
    """`count` box prices over real ports, each lane with several carriers and boxes."""
    ports = [place.code for place in places() if place.kind is Kind.PORT]
    lanes = [(origin, to) for origin in ports for to in ports if origin != to]
    random.Random(7).shuffle(lanes)
    for number in range(count):
        lane, box = divmod(number, len(BOXES))
        lane, carrier = divmod(lane, len(CARRIERS))
        key = PriceKey(
            "sea",
            "fcl",
            "O/F",
            *lanes[lane % len(lanes)],
            BOXES[box],
            BOXES[box],
            CARRIERS[carrier],
            "CY/CY",
        )
        rate = Decimal(900 + box * 300 + lane % 97)
        terms = PriceTerms(Basis.PER_UNIT, BOXES[box], "USD", rate=rate)
        validity = (date(2026, 3, 1), date(2026, 3, 31))
        yield PriceRow(key, terms, transit_days=20 + lane % 15, valid_from=validity[0],
                       valid_to=validity[1], note="direct")  # fmt: skip


def peak_mb() -> int:
    """The most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Write the sheet in a process of its own kind, then read it and print the table."""
    if len(sys.argv) > 2:
        write_own_xlsx(Path(sys.argv[2]), list(generated(int(sys.argv[1]))))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prices.xlsx"
        subprocess.run([sys.executable, "-m", __spec__.name, str(count), str(path)], check=True)
        start = time.perf_counter()
        table = open_table(path)
        opened = time.perf_counter()
        print(f"{path.stat().st_size / 1e6:8.1f} MB file")
        print(f"{opened - start:8.2f} s  open        peak {peak_mb()} MB")
        reading = read_prices(table, own_profile(find_header(table)[1]))
        read = time.perf_counter()
        print(f"{read - opened:8.2f} s  read, check peak {peak_mb()} MB")
        counts = len(reading.rows), len(reading.errors), len(reading.warnings)
        print(f"{counts[0]:,} prices, {counts[1]:,} errors, {counts[2]:,} warnings")
        del table
        difference(reading.rows, reading.rows)
        print(f"{time.perf_counter() - read:8.2f} s  difference  peak {peak_mb()} MB")


if __name__ == "__main__":
    main()
