"""Compressed neighbours of the bundle's files, kept by content so that each is made once.

Brotli is the better one, but browsers ask for it on secure origins and localhost only; gzip serves
plain http on a local network.
"""

from __future__ import annotations

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import brotli

from pysync_build.common import CACHE, prune_cache

SETTINGS = ((1_500_000, 11, 9), (15_000_000, 9, 6), (1 << 40, 5, 4))
"""Up to a size in bytes: quality of brotli, level of gzip. The best one needs half a minute for
Pyodide's 10 MB, and the snapshot's 30 MB are new in each build."""
KEPT = 250
WORTH_IT = 0.95
"""A compressed file larger than this share of the original is left out."""
ALREADY = frozenset({".woff2", ".png", ".jpg", ".whl"})


def compressed(content: bytes) -> dict[str, bytes]:
    """The content by encoding suffix (`.br`, `.gz`), as far as it is worth it."""
    _, quality, level = next(setting for setting in SETTINGS if len(content) <= setting[0])
    made = {
        ".br": brotli.compress(content, quality=quality, lgwin=24),
        ".gz": gzip.compress(content, compresslevel=level, mtime=0),
    }
    return {suffix: data for suffix, data in made.items() if len(data) < len(content) * WORTH_IT}


def compressed_files(path: str, content: bytes) -> dict[str, Path]:
    """Like `compressed`, as files in the cache; nothing for formats that are compressed already."""
    if Path(path).suffix in ALREADY or len(content) < 256:
        return {}
    folder = CACHE / "compressed" / sha256(content).hexdigest()[:32]
    done = folder / "done"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, data in compressed(content).items():
            (folder / f"data{suffix}").write_bytes(data)
        done.touch()
    os.utime(folder)
    return {file.suffix: file for file in folder.glob("data.*")}


def compress_all(contents: dict[str, bytes]) -> dict[str, dict[str, Path]]:
    """Compressed files for many, on all cores (both libraries release the interpreter lock)."""
    with ThreadPoolExecutor() as pool:
        results = pool.map(compressed_files, contents.keys(), contents.values())
        made = dict(zip(contents, results, strict=True))
    prune_cache(CACHE / "compressed", keep=KEPT)
    return made
