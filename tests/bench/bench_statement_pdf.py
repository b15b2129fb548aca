"""How quickly a statement is printed, and what it takes: `python -m tests.bench.bench_statement_pdf`.

For 50, 500 and 2,000 lines: seconds (of the wall and of the press's processor), pages, KB, the press worker's most
memory, and the press's memory a moment after (DESIGN section 7: 2,000 lines in 6 s and 250 MB). The naive row prints
2,000 lines as a table of twelve cells a row, as they would be without light rows.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from portal.billing.rules import statement_paper
from portal.documents import page
from portal.documents.render import Press, PrintedPaper
from portal.documents.rules.words import PaperLanguage
from tests.bench.load import memory_mb
from tests.documents import statement_samples as samples

TEMPLATE = "statement.html"
SIZES = (50, 500, 2000)
BUDGET_SECONDS, BUDGET_MB = 6.0, 250.0


@dataclass
class Watched:
    """The most memory (RSS, MB) of any of the press's workers, and the processor seconds of all."""

    peak: float = 0.0
    processor: float = 0.0


class Watcher(threading.Thread):
    """Looks at the press's workers every few milliseconds until it is stopped."""

    def __init__(self, press: Press) -> None:
        super().__init__(daemon=True)
        self.press, self.seen, self.over = press, Watched(), threading.Event()

    def run(self) -> None:
        """Until it is over."""
        while not self.over.wait(0.02):
            for worker in processes(self.press)[1:]:
                try:
                    self.seen.peak = max(self.seen.peak, worker.memory_info().rss / 2**20)
                    used = worker.cpu_times()
                    self.seen.processor = max(self.seen.processor, used.user + used.system)
                except psutil.Error:
                    continue


def processes(press: Press) -> list[psutil.Process]:
    """The press's parent, then its workers."""
    found = [
        each
        for each in psutil.process_iter(["cmdline", "ppid"])
        if str(press.socket_path) in (each.info["cmdline"] or [])
    ]
    pids = {each.pid for each in found}
    return sorted(found, key=lambda each: each.info["ppid"] in pids)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--languages", nargs="+", default=["zh+en"])
    parser.add_argument("--naive", action="store_true", help="also without light rows")
    chosen = parser.parse_args()
    heads = "  best  median    cpu  pages     KB  peak MB  after"
    print(f"{'statement':26} {heads}")
    for language in map(PaperLanguage, chosen.languages):
        for count in SIZES:
            facts = samples.statement(count, language, 3)
            print(_row(f"{count:,} lines {language}", facts, chosen.rounds))
    if chosen.naive:
        facts = replace(samples.statement(2000, PaperLanguage.BOTH, 3), is_for_screen=True)
        print(_row("2,000 as a table", facts, 1))


def _row(name: str, facts: statement_paper.StatementPaper, rounds: int) -> str:
    times, processor, peak = [], [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        press = Press(Path(folder), workers=1, seconds=300)
        _print(press, samples.statement(2))
        for _ in range(rounds):
            time.sleep(0.5)  # a worker that had grown has been replaced by now
            watcher = Watcher(press)
            watcher.start()
            began = time.perf_counter()
            paper = _print(press, facts)
            times.append(time.perf_counter() - began)
            watcher.over.set()
            watcher.join()
            processor.append(watcher.seen.processor)
            peak = max(peak, watcher.seen.peak)
        time.sleep(0.5)
        after = memory_mb(processes(press)[0])
        press.stop()
    times.sort()
    return (
        f"{name:26} {times[0]:6.2f} {times[len(times) // 2]:7.2f} {min(processor):6.2f} {paper.pages:6} "
        f"{len(paper) / 1024:6.0f} {peak:8.0f} {after:6.0f}"
    )


def _print(press: Press, facts: statement_paper.StatementPaper) -> PrintedPaper:
    firm = facts.firm
    assert firm.logo and firm.seal
    return press.print(
        page.draw(TEMPLATE, facts, facts.language, address="asset:{}".format),
        page.stylesheet(firm.colours, TEMPLATE),
        {"logo": firm.logo.content, "seal": firm.seal.content},
    )


if __name__ == "__main__":
    main()
