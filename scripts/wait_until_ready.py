"""Waits until the server whose log is named says where it listens and is ready; opens its first page."""

import re
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

PATIENCE = 60


def address(log: Path) -> str | None:
    found = re.search(r"http://\S+", log.read_text("utf-8")) if log.exists() else None
    return found[0] if found else None


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310 - the address of our own server
            return bool(answer.status == 200)
    except URLError:
        return False


def main() -> None:
    log = Path(sys.argv[1])
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        server = address(log)
        if server and answers(f"{server}/readyz") and answers(f"{server}/login"):
            print(f"{server} is ready")
            return
        time.sleep(0.3)
    sys.exit(f"the server did not become ready within {PATIENCE} s:\n{log.read_text('utf-8')}")


if __name__ == "__main__":
    main()
