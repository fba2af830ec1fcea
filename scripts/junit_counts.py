"""Adds up JUnit reports: prints `passed failed skipped` over all files named, errors counted as failed."""

import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree


def counts(paths: Sequence[Path]) -> tuple[int, int, int]:
    """Passed, failed, skipped; a report that is missing counts as one failure: its run died."""
    passed = failed = skipped = 0
    for path in paths:
        if not path.exists():
            failed += 1
            continue
        for suite in ElementTree.parse(path).iter("testsuite"):
            bad = int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
            left_out = int(suite.get("skipped", "0"))
            passed += int(suite.get("tests", "0")) - bad - left_out
            failed += bad
            skipped += left_out
    return passed, failed, skipped


if __name__ == "__main__":
    print(*counts([Path(name) for name in sys.argv[1:]]))
