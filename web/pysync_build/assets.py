"""The application's styles, scripts and fonts, and how they come from its `assets.json`.

    {"styles": ["a.css", …],          joined in this order into one app.css
     "module": "glue.js",             a JavaScript module the page loads beside Python (optional)
     "npm": {"name.js": "package/path/in/node_modules.js"}}

All of it is served from one folder whose name carries the hash of its content, so relative imports
and `url(…)` work unchanged. Other files of the folder (scripts, images) are served as they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pysync_build.common import Stop

STYLE = "app.css"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The files by their name in the folder, and which of them is the module, if any."""

    files: dict[str, bytes]
    module: str | None


def read(file: Path, named_by: Path) -> bytes:
    """The content of a file that `assets.json` names.

    Raises:
        Stop: there is no such file.
    """
    if not file.is_file():
        raise Stop(f"{named_by} names {file.name}, but {file} does not exist.")
    return file.read_bytes()


def collect_assets(folder: Path, node_modules: Path) -> Assets:
    """Everything the application serves beside its Python; nothing if it has no such folder."""
    table_file = folder / "assets.json"
    if not table_file.is_file():
        return Assets(files={STYLE: b""}, module=None)
    table: dict[str, Any] = json.loads(table_file.read_text("utf-8"))
    styles = table.get("styles", [])
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".css" and file != table_file
    }
    for name, path in sorted(table.get("npm", {}).items()):
        files[name] = read(node_modules / path, table_file)
    files[STYLE] = b"\n".join(read(folder / name, table_file) for name in styles)
    module = table.get("module")
    if module is not None and module not in files:
        raise Stop(f"{table_file} names the module {module}, which does not exist.")
    return Assets(files=files, module=module)
