"""How quickly a paper is printed, against WeasyPrint as it is usually used: `python -m tests.bench.bench_pdf`.

The reference prints the same page in the same run: one process, `HTML(string=...).write_pdf()` with the
style sheet in the page, WeasyPrint's defaults, the system's Noto Sans CJK (Debian: fonts-noto-cjk).
Prints milliseconds (warm p50 and p95, cold), bytes and pages; budgets are in DESIGN section 7.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pypdf

from portal.documents import page
from portal.documents.render import Press
from portal.documents.rules.words import PaperLanguage
from tests.documents import samples

REFERENCE = """
import json, sys, time
from weasyprint import HTML
html, rounds = sys.stdin.read(), int(sys.argv[1])
times = []
for _ in range(rounds + 1):
    began = time.perf_counter()
    paper = HTML(string=html).write_pdf(pdf_variant="pdf/a-2a")
    times.append(time.perf_counter() - began)
json.dump({"times": times, "bytes": len(paper)}, sys.stdout)
"""
PAPERS: dict[str, Callable[[], object]] = {
    "9 lines, one page (G1)": samples.g1,
    "20 lines, two pages": lambda: samples.of_lines(20),
    "60 lines": lambda: samples.of_lines(60),
    "three options": samples.with_options,
}


def usual(html: str, rounds: int) -> tuple[list[float], int]:
    """Seconds for each warm round, and bytes, of the reference."""
    done = subprocess.run(
        [sys.executable, "-c", REFERENCE, str(rounds)],
        input=html, capture_output=True, text=True, check=True,
    )  # fmt: skip
    result = json.loads(done.stdout)
    return result["times"][1:], result["bytes"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--languages", nargs="+", default=["zh", "zh+en"])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        press = Press(Path(folder), workers=1)
        print(
            f"{'paper':30} {'p50':>6} {'p95':>6} {'usual':>6} {'ratio':>6} {'bytes':>8} {'usual':>8} pages"
        )
        began = time.perf_counter()
        _print(press, samples.g1(), PaperLanguage.ZH)
        cold = time.perf_counter() - began
        for language in map(PaperLanguage, chosen.languages):
            for name, make in PAPERS.items():
                print(_row(press, f"{name} {language}", make(), language, chosen.rounds))
        print(f"cold: first paper {cold * 1000:.0f} ms, starting the press included")
        press.stop()


def _row(press: Press, name: str, facts: object, language: PaperLanguage, rounds: int) -> str:
    times = []
    for _ in range(rounds + 2):
        began = time.perf_counter()
        paper = _print(press, facts, language)
        times.append(time.perf_counter() - began)
    ours = [1000 * each for each in times[2:]]
    css = page.stylesheet(samples.firm().colours).replace("Portal Sans SC", "Noto Sans CJK SC")
    html = _html(facts, language).replace("</head>", f"<style>{css}</style></head>")
    theirs, their_bytes = usual(html, max(5, rounds // 2))
    p50, usual_p50 = statistics.median(ours), 1000 * statistics.median(theirs)
    p95 = statistics.quantiles(ours, n=20)[-1]
    pages = len(pypdf.PdfReader(io.BytesIO(paper)).pages)
    return (
        f"{name:30} {p50:6.0f} {p95:6.0f} {usual_p50:6.0f} {p50 / usual_p50:6.2f} "
        f"{len(paper):8,} {their_bytes:8,} {pages}"
    )


def _html(facts: object, language: PaperLanguage) -> str:
    return page.draw("quotation.html", facts, language, address="asset:{}".format)


def _print(press: Press, facts: object, language: PaperLanguage) -> bytes:
    firm = samples.firm()
    assert firm.logo and firm.seal
    pictures = {"logo": firm.logo.content, "seal": firm.seal.content}
    return press.print(_html(facts, language), page.stylesheet(firm.colours), pictures)


if __name__ == "__main__":
    main()
