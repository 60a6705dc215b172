"""The application's page on Pyodide as npm ships it: what our way of starting is compared with.

The same page, server, service worker and caching; only Python comes as a newcomer would have it:
the standard library as npm's zip of sources, our packages as a zip of sources, no snapshot.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from unittest.mock import patch

from pysync_build import bundle
from pysync_build.common import TabConfig, tab_config
from pysync_build.pack import TabZips, source_zip


def stock_zips(pyodide: Path, config: TabConfig) -> TabZips:
    """What `tab_zips` answers, with nothing compiled and nothing left out."""
    library = pyodide / "python_stdlib.zip"
    return TabZips(app=source_zip(config), stdlib=library, stdlib_full=library)


def build_stock(dist: Path) -> Path:
    """A build of that page below `dist`."""
    config = dataclasses.replace(tab_config(), snapshot=False)
    # Only the inputs of the build are exchanged, so that all the rest stays what is served.
    with patch.object(bundle, "tab_zips", stock_zips):
        return bundle.build_bundle(config, dist=dist)
