"""The few files of the bundle with fixed addresses: the page, the worker, the manifest.

Templates lie in `web/boot`; `{{name}}` is replaced. What the page's scripts need to know stands in
the page itself as a JSON data block, so that starting needs no further round trip.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pysync_build.common import ROOT, Stop

BOOT = ROOT / "web" / "boot"
Build = Mapping[str, Any]


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with each `{{name}}` replaced.

    Raises:
        Stop: a placeholder has no value.
    """
    for name, value in values.items():
        template = template.replace("{{" + name + "}}", value)
    if "{{" in template:
        rest = template[template.index("{{") :][:40]
        raise Stop(f"A template in web/boot asks for something the build does not know: {rest}")
    return template


def data_block(build: Build) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(build, sort_keys=True).replace("<", "\\u003c")


def boot_links(build: Build) -> str:
    """Link elements that let the browser fetch the scripts in parallel."""
    return _links([f"{build['boot']}boot.js", f"{build['boot']}loader.js"], [])


def python_links(build: Build) -> str:
    """The same for Python: 15 MB, in parallel what the scripts ask for in turn."""
    modules = [
        f"{build['pyodide']}pyodide.mjs",
        f"{build['pyodide']}pyodide.asm.mjs",
        *([build["module"]] if build["module"] else []),
    ]
    wasm = f"{build['pyodide']}pyodide.asm.wasm"
    fetches = [url for url in (wasm, build["snapshot"], build["stdlib"], build["app"]) if url]
    return _links(modules, fetches)


def _links(modules: Sequence[str], fetches: Sequence[str]) -> str:
    return "\n    ".join(
        [f'<link rel="modulepreload" href="{url}">' for url in modules]
        + [f'<link rel="preload" as="fetch" crossorigin href="{url}">' for url in fetches]
    )


def page(template: str, build: Build) -> str:
    """A page's template filled from the build."""
    text = (BOOT / template).read_text("utf-8")
    values = {key: html.escape(value) for key, value in build.items() if isinstance(value, str)}
    links = {"boot_links": boot_links(build), "python_links": python_links(build)}
    return fill(text, {"build": data_block(build), **links, **values})


def index_page(build: Build) -> str:
    """The application's page."""
    return page("index.html", build)


def test_page(build: Build) -> str:
    """A page that starts Python as this build says, with our packages and no application."""
    return page("blank.html", build)


def manifest(build: Build) -> str:
    """What lets the page be installed as an application."""
    return json.dumps(
        {
            "id": "/",
            "name": build["title"],
            "short_name": build["title"],
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#1f4f46",
            "icons": [
                {"src": build["icon"], "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
            ],
        },
        indent=1,
    )


def service_worker(template: str, build: Build, precached: Sequence[str]) -> str:
    """The worker, which carries the list of what it keeps for working offline."""
    files = json.dumps(["/", "/manifest.webmanifest", *precached], indent=1)
    return fill(template, {"id": str(build["id"]), "files": files})
