"""The examples of the documentation run as they are written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "web" / "docs" / "encryption.md"


def test_the_example_of_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(script, "encryption.md", "exec"), {})
    first, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"write this down:( [0-9A-Z]{4}){8}", first)
    assert last == "C0FFEE"
