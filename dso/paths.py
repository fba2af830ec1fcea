"""Where the files are that are not Python: inside the package once installed, at the top of a clone."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
#: The top of a clone; meaningless in an installation, where everything lies inside the package.
CLONE = PACKAGE.parent


def _folder(name: str) -> Path:
    inside = PACKAGE / name
    return inside if inside.is_dir() else CLONE / name


TEMPLATES = _folder("templates")
STATIC = _folder("static")
MIGRATIONS = _folder("migrations")
TRANSLATIONS = PACKAGE / "translations"
SHIPPED = PACKAGE / "shipped"
DEMO_DATA = PACKAGE / "demo_data"

#: What `make assets` fetches; pages and PDFs need it.
VENDOR = STATIC / "vendor"


def missing_assets() -> str | None:
    """A sentence for the administrator when the browser assets are not there, else None."""
    if VENDOR.is_dir() and any(VENDOR.iterdir()):
        return None
    return "The browser assets are missing: run make assets."
