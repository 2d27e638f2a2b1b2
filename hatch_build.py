"""Packs the files that `tieout init` copies into the wheel, as the manifest lists them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_INIT = Path("src/tieout/init")


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg, misc]
    """Adds the repository's files to a wheel; an editable install finds them in the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name every file of the manifest with its place in the wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        manifest = tomllib.loads((root / _INIT / "manifest.toml").read_text(encoding="utf-8"))
        patterns = [*manifest["shared"], *(p for own in manifest["examples"].values() for p in own)]
        for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(root).as_posix()
                build_data["force_include"][str(path)] = f"tieout/init/repository/{name}"
