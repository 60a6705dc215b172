"""Compressed neighbours of the bundle's files, kept by content so that each is made once.

Brotli is the better one, but browsers ask for it on secure origins and localhost only; gzip serves
plain http on a local network.
"""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import brotli

from pysync_build.common import CACHE

BEST_BELOW = 1_500_000
"""Larger files get a quick setting: the best one needs half a minute for Pyodide's 10 MB."""
WORTH_IT = 0.95
"""A compressed file larger than this share of the original is left out."""
ALREADY = frozenset({".woff2", ".png", ".jpg", ".whl"})


def compressed(content: bytes) -> dict[str, bytes]:
    """The content by encoding suffix (`.br`, `.gz`), as far as it is worth it."""
    best = len(content) < BEST_BELOW
    made = {
        ".br": brotli.compress(content, quality=11 if best else 9, lgwin=24),
        ".gz": gzip.compress(content, compresslevel=9 if best else 6, mtime=0),
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
    return {file.suffix: file for file in folder.glob("data.*")}


def compress_all(contents: dict[str, bytes]) -> dict[str, dict[str, Path]]:
    """Compressed files for many, on all cores (both libraries release the interpreter lock)."""
    with ThreadPoolExecutor() as pool:
        results = pool.map(compressed_files, contents.keys(), contents.values())
        return dict(zip(contents, results, strict=True))
