"""`python -m pysync_pms.ui.gallery DIR [ASSETS-URL]`: write the gallery as static pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pysync_pms.ui.gallery import pages

ASSETS = Path(__file__).parents[2] / "assets"


def write(target: Path, assets_url: str) -> None:
    """One HTML file per page; style sheets are linked from `assets_url`."""
    target.mkdir(parents=True, exist_ok=True)
    styles = json.loads((ASSETS / "assets.json").read_text())["styles"]
    links = "".join(f'<link rel="stylesheet" href="{assets_url}/{name}">' for name in styles)
    for name, markup in pages().items():
        (target / f"{name}.html").write_text(
            f'<!doctype html><html lang="en" data-theme="auto" data-density="cozy">'
            f'<head><meta charset="utf-8"><title>{name}</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{links}</head>'
            f'<body><div id="app">{markup}</div></body></html>',
            encoding="utf-8",
        )


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "assets")
