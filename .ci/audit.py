"""Asks the advisory service about every package of both locks; run by `make audit`. Standard library only.

A known weakness fails. What the service could not be asked about (no internet, a mirror without advisories) fails
nothing, and is said as "not checked", never as "good".
"""

import json
import subprocess
import sys
from pathlib import Path

LOCKS = ("requirements.txt", "requirements-dev.txt")
SECONDS = 300


def asked(lock):
    """What pip-audit found out, as its JSON, and what it said beside it."""
    command = [
        Path(sys.executable).with_name("pip-audit"),
        "--requirement",
        lock,
        "--require-hashes",
        "--disable-pip",
    ]
    command += ["--progress-spinner", "off", "--format", "json", "--timeout", "15"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program and arguments
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return [], "no answer in time"
    try:
        return json.loads(done.stdout)["dependencies"], done.stderr
    except (ValueError, KeyError):
        return [], done.stderr.strip().rpartition("\n")[2][:200]


def judged(packages):
    """(how many were checked, how many were not, what is weak) of pip-audit's list."""
    checked = [each for each in packages if "vulns" in each]
    weak = [_line(each, found) for each in checked for found in each["vulns"]]
    return len(checked), len(packages) - len(checked), weak


def _line(package, found):
    mended = ", ".join(found["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {found['id']}, mended in {mended}"


def main():
    """The number of the exit: 1 for a known weakness."""
    weak_anywhere = False
    for lock in LOCKS:
        packages, beside = asked(lock)
        checked, unchecked, weak = judged(packages)
        for line in weak:
            print(f"{lock}: {line}", file=sys.stderr)
        weak_anywhere |= bool(weak)
        if not checked:
            why = f" ({beside})" if not packages and beside else ""
            print(
                f"{lock}: NOT CHECKED, the advisory service could not be asked{why}",
                file=sys.stderr,
            )
        else:
            rest = f", {unchecked} not checked" if unchecked else ""
            print(
                f"{lock}: {checked} packages checked{rest}, {len(weak)} known weaknesses",
                file=sys.stderr,
            )
    return int(weak_anywhere)


if __name__ == "__main__":
    sys.exit(main())
