"""The drop-in widget: what pages of somebody else load, as the folder `pysync/` of a build.

    pysync.js                 elements and `window.pysync`, for any page
    pyscript.json             the configuration that gives a PyScript page `import pysync`
    interpreter.mjs           what it names: Pyodide from this folder
    pyscript/core.js, …       PyScript itself
    pysync-<version>-….whl    the library, for micropip and pip
    parts/…                   Pyodide, compiled Python and scripts, below names that carry a hash

Everything refers to its neighbours by relative addresses, so the folder can be copied to any server
as it is; only `pyscript.json` names where it lies, because PyScript resolves that against the page.
Nothing in it names another host, except what PyScript would ask for if it were told to.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from pysync_build.common import ROOT, TabConfig, project_table, short_hash
from pysync_build.pack import tab_zips
from pysync_build.pages import fill
from pysync_build.snapshot import make_snapshot
from pysync_build.wheels import library_wheel, micropip_wheel

WIDGET = ROOT / "web" / "widget"
EXAMPLES = ROOT / "web" / "examples"
BOOT = ROOT / "web" / "boot"
HOME = "pysync/"
PARTS = "parts/"
MORPHDOM = "morphdom/dist/morphdom-esm.js"
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
STDLIB, LOCK = "python_stdlib.zip", "pyodide-lock.json"
FOR_PYSCRIPT = re.compile(r'<script[^>]*\btype="py"')
INLINE = re.compile(r"<(script|style)(?![^>]*\b(?:src|type=\"py\"))[^>]*>(.*?)</\1>", re.DOTALL)


def widget_files(modules: Path) -> dict[str, bytes]:
    """Every file of the folder by its path below the build's; `modules` is npm's folder."""
    files: dict[str, bytes] = {}

    def part(name: str, content: bytes) -> str:
        stem, dot, suffix = name.partition(".")
        path = f"{PARTS}{stem}-{short_hash(content)}{dot}{suffix}"
        files[path] = content
        return path

    def folder(name: str, parts: Mapping[str, bytes]) -> str:
        hashed = short_hash(*(each for key in sorted(parts) for each in (key.encode(), parts[key])))
        where = f"{PARTS}{name}-{hashed}/"
        files.update({where + key: content for key, content in parts.items()})
        return where

    config = widget_config()
    zips = tab_zips(modules / "pyodide", config)
    snapshot = make_snapshot(modules / "pyodide", zips, config.entry) if config.snapshot else None
    pyodide = folder("pyodide", pyodide_files(modules / "pyodide", zips.stdlib_full))
    scripts = folder("js", script_files(modules))
    app = part("pysync.zip", zips.app.read_bytes())
    memory = part("python.bin", snapshot.read_bytes()) if snapshot else None
    build = {"pyodide": pyodide, "app": app, "snapshot": None}
    trimmed = {
        **build,
        "snapshot": memory,
        "stdlib": part("stdlib.zip", zips.stdlib.read_bytes()),
    }
    full = {**build, "stdlib": f"{pyodide}{STDLIB}", "lock": f"{pyodide}{LOCK}"}
    wheel = library_wheel()
    files[wheel.name] = wheel.read_bytes()
    css = (WIDGET / "widget.css").read_text("utf-8")
    values = {"js": scripts, "wheel": wheel.name, "css": json.dumps(css)}
    files["pysync.js"] = filled("pysync.js", {**values, "build": json.dumps(trimmed)})
    near = {"js": f"./{scripts}", "pyodide": f"./{pyodide}", "build": json.dumps(full)}
    files["interpreter.mjs"] = filled("interpreter.mjs", near)
    files["pyscript.json"] = json.dumps({"interpreter": f"/{HOME}interpreter.mjs"}).encode()
    files.update(pyscript_files(modules / "@pyscript" / "core" / "dist"))
    return {HOME + path: content for path, content in files.items()}


def widget_config() -> TabConfig:
    """What of the library the widget carries, as `[tool.pysync.widget]` says it."""
    table = project_table()["widget"]
    return TabConfig(
        packages=tuple(ROOT / path for path in table["packages"]),
        left_out=tuple(ROOT / path for path in table["left_out"]),
        vendored=(),
        assets=WIDGET,
        entry=table["entry"],
        title="",
        snapshot=table["snapshot"],
    )


def filled(name: str, values: Mapping[str, str]) -> bytes:
    """A script of `web/widget` with what only the build knows."""
    return fill((WIDGET / name).read_text("utf-8"), values).encode()


def pyodide_files(folder: Path, stdlib: Path) -> dict[str, bytes]:
    """Pyodide with all of its library, compiled, and micropip with a lock that knows its digest:
    Pyodide's own names that of another build of the same release, which no index has."""
    lock = json.loads((folder / LOCK).read_text("utf-8"))
    wheel = micropip_wheel()
    content = wheel.read_bytes()
    entry = lock["packages"]["micropip"]
    entry |= {"file_name": wheel.name, "sha256": hashlib.sha256(content).hexdigest()}
    ours = {"info": lock["info"], "packages": {"micropip": entry}}
    files = {name: (folder / name).read_bytes() for name in PYODIDE_FILES}
    beside = {wheel.name: content, LOCK: json.dumps(ours, indent=1).encode()}
    return {**files, **beside, STDLIB: stdlib.read_bytes()}


def script_files(modules: Path) -> dict[str, bytes]:
    """The modules that `pysync.js` and the interpreter load."""
    return {
        "bridge.js": (WIDGET / "bridge.js").read_bytes(),
        "heart.js": (BOOT / "heart.js").read_bytes(),
        "loader.js": (BOOT / "loader.js").read_bytes(),
        "morphdom.js": (modules / MORPHDOM).read_bytes(),
    }


def pyscript_files(dist: Path) -> dict[str, bytes]:
    """PyScript as it is published, without its maps."""
    kept = (file for file in sorted(dist.iterdir()) if file.suffix in {".js", ".css"})
    return {f"pyscript/{file.name}": without_map(file.read_bytes()) for file in kept}


def without_map(content: bytes) -> bytes:
    """A script that names no map, for there is none."""
    return re.sub(rb"\n//# sourceMappingURL=\S+\s*$", b"\n", content)


def example_pages() -> dict[str, bytes]:
    """The example pages by their path below the build's."""
    return {f"examples/{file.name}": file.read_bytes() for file in sorted(EXAMPLES.glob("*.html"))}


def allowances(page: str) -> dict[str, list[str]]:
    """What a page of ours with scripts and styles of its own needs besides the policy of all
    others: their digests, and what PyScript asks for where the page uses that.

    >>> allowances("<p>plain</p>")
    {}
    """
    found: dict[str, list[str]] = {}
    for kind, text in INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        found.setdefault(f"{kind}-src", []).append(f"'sha256-{digest}'")
    if FOR_PYSCRIPT.search(page):
        found.setdefault("script-src", []).append("'unsafe-eval'")
    return found
