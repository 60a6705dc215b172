"""The bundle: everything the server serves, in `dist/<build id>/`, with `dist/current` naming it.

Invariants: every file below `assets/` has the hash of its content (or of its folder's content) in
its path, so it may be cached for ever; nothing in the bundle asks for another host; equal inputs
give an equal build id and equal bytes. A build is put in place whole, and the few before it stay so
that servers and pages that started from them keep working.

`build.json` in a build lists each file's URL, type, caching and encodings: it is what the server
reads and what the service worker's list is made from.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pysync_build.assets import STYLE, collect_assets
from pysync_build.common import DIST, ROOT, TabConfig, alone, say, short_hash, tab_config
from pysync_build.compress import compress_all
from pysync_build.languages import catalogues
from pysync_build.npm import node_modules
from pysync_build.pack import tab_zips
from pysync_build.pages import index_page, manifest, service_worker, test_page
from pysync_build.snapshot import make_snapshot
from pysync_build.widget import PYODIDE_FILES, allowances, example_pages, widget_files

KEPT_BUILDS = 4
BOOT = ROOT / "web" / "boot"
LASTING = ("assets/", "pysync/parts/")
"""Where every path carries the hash of what lies there."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".bin": "application/octet-stream",
    ".zip": "application/zip",
}


@dataclass(slots=True)
class Bundle:
    """The files gathered so far, by their path below the build's folder."""

    files: dict[str, bytes] = field(default_factory=dict)
    precached: list[str] = field(default_factory=list)
    look: dict[str, str | None] = field(default_factory=dict)
    """What the server's own pages need to look like the application."""

    def add_file(self, name: str, content: bytes, *, precache: bool = True) -> str:
        """Add one immutable file; returns its URL, which carries the content's hash."""
        stem, dot, suffix = name.partition(".")
        path = f"assets/{stem}-{short_hash(content)}{dot}{suffix}"
        return self._add(path, content, precache=precache)

    def add_folder(self, name: str, files: dict[str, bytes]) -> str:
        """Add immutable files that refer to each other; returns the URL of their folder."""
        parts = [part for key in sorted(files) for part in (key.encode(), files[key])]
        folder = f"assets/{name}-{short_hash(*parts)}"
        for file, content in sorted(files.items()):
            self._add(f"{folder}/{file}", content, precache=True)
        return f"/{folder}/"

    def add_page(self, path: str, content: str) -> None:
        """Add a file with a fixed address, which browsers ask for anew each time."""
        self.files[path] = content.encode()

    def _add(self, path: str, content: bytes, *, precache: bool) -> str:
        self.files[path] = content
        if precache:
            self.precached.append(f"/{path}")
        return f"/{path}"


def boot_files() -> dict[str, bytes]:
    """The hand-written modules and styles that start the page, by name."""
    kinds = {".js", ".css"}
    files = (file for file in sorted(BOOT.iterdir()) if file.suffix in kinds)
    return {file.name: file.read_bytes() for file in files}


def gather(config: TabConfig) -> tuple[Bundle, str]:
    """All files of the bundle and its build id."""
    modules = node_modules()
    pyodide = modules / "pyodide"
    zips = tab_zips(pyodide, config)
    assets = collect_assets(config.assets, modules)
    bundle = Bundle()
    boot = boot_files()
    worker = boot.pop("sw.js").decode()
    test_script = boot.pop("testpage.js")
    boot_folder = bundle.add_folder("boot", boot)
    asset_folder = bundle.add_folder("app", assets.files)
    python = {
        "pyodide": bundle.add_folder(
            "pyodide", {name: (pyodide / name).read_bytes() for name in PYODIDE_FILES}
        ),
        "stdlib": bundle.add_file("stdlib.zip", zips.stdlib.read_bytes()),
        "app": bundle.add_file("app.zip", zips.app.read_bytes()),
    }
    entry = config.entry.partition(":")[0]
    snapshot = make_snapshot(pyodide, zips, entry) if config.snapshot else None
    snapshot_url = bundle.add_file("python.bin", snapshot.read_bytes()) if snapshot else None
    full = bundle.add_file("stdlib-full.zip", zips.stdlib_full.read_bytes(), precache=False)
    test_url = bundle.add_file("testpage.js", test_script, precache=False)
    icon = bundle.add_file("icon.svg", (BOOT / "icon.svg").read_bytes())
    languages = {
        name: bundle.add_file(f"{name}.json", content)
        for name, content in catalogues(config.languages).items()
    }
    build: dict[str, Any] = {
        **python,
        "snapshot": snapshot_url,
        "boot": boot_folder,
        "style": asset_folder + STYLE,
        "assets": asset_folder,
        "languages": languages,
        "module": asset_folder + assets.module if assets.module else None,
        "entry": config.entry,
        "title": config.title,
        "icon": icon,
    }
    beside = {**widget_files(modules), **example_pages()} if config.widget else {}
    bundle.files.update(beside)
    sources = (
        each for path, content in sorted(beside.items()) for each in (path.encode(), content)
    )
    build_id = short_hash(json.dumps(build).encode(), worker.encode(), page_sources(), *sources)
    build["id"] = build_id
    bundle.look = {name: build[name] for name in ("title", "style", "icon")}
    bundle.add_page("index.html", index_page(build))
    bundle.add_page("manifest.webmanifest", manifest(build))
    bundle.add_page("sw.js", service_worker(worker, build, sorted(bundle.precached)))
    blank = {**build, "testpage": test_url, "entry": None}
    whole = {**blank, "stdlib": full, "snapshot": None}
    bundle.add_page("test/blank.html", test_page(blank))
    bundle.add_page("test/whole.html", test_page(whole))
    return bundle, build_id


def page_sources() -> bytes:
    """What the pages with fixed addresses are made from, for the build id."""
    return b"".join(
        (folder / name).read_bytes()
        for folder, name in (
            (BOOT, "index.html"),
            (BOOT, "blank.html"),
            (Path(__file__).parent, "pages.py"),
            (Path(__file__).parent, "bundle.py"),
        )
    )


def link(source: Path, target: Path) -> None:
    """Put the same bytes in a second place, without copying where the file system allows it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def write(bundle: Bundle, build_id: str, dist: Path) -> None:
    """Write a build with its compressed neighbours and its list, and put it in place whole."""
    target = dist / build_id
    making = dist / f"{build_id}.part"
    shutil.rmtree(making, ignore_errors=True)
    listing: dict[str, dict[str, object]] = {}
    for path, encodings in compress_all(bundle.files).items():
        file = making / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bundle.files[path])
        for suffix, compressed in encodings.items():
            link(compressed, file.with_name(file.name + suffix))
        listing[f"/{path}"] = {
            "type": TYPES[file.suffix],
            "immutable": path.startswith(LASTING),
            "encodings": sorted(encodings),
            "size": len(bundle.files[path]),
            "etag": short_hash(bundle.files[path]),
        }
        if path.startswith("examples/"):
            listing[f"/{path}"]["allows"] = allowances(bundle.files[path].decode())
    about = {"id": build_id, "look": bundle.look, "files": listing}
    content = json.dumps(about, indent=1)
    (making / "build.json").write_text(content, "utf-8")
    shutil.rmtree(target, ignore_errors=True)
    making.rename(target)


def prune(current: Path) -> None:
    """Remove all but the newest builds."""
    builds = sorted(
        (path for path in current.parent.iterdir() if path.is_dir() and path != current),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for old in builds[KEPT_BUILDS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def build_bundle(config: TabConfig | None = None, *, dist: Path = DIST) -> Path:
    """Have a bundle of the sources as they are now; returns its folder.

    Without a `config` it is the one of pyproject.toml. Does nothing but compare when these sources
    were built before.

    Raises:
        Stop: a source does not compile, or a part could not be obtained.
    """
    dist.mkdir(exist_ok=True)
    with alone("bundle"):  # one for every `dist`: they share the cache
        bundle, build_id = gather(config or tab_config())
        target = dist / build_id
        if not (target / "build.json").exists():
            say(f"writing the bundle {target}")
            write(bundle, build_id, dist)
        target.touch()
        (dist / "current").write_text(build_id)
        prune(target)
    return target
