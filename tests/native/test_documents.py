"""The examples of the documentation run as they are written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pysync import ServerSync
from pysync.model.key_policy import KeyPolicy
from pysync.model.ordinary import key_policy
from tests.pysync.relay.town import Town

DOCS = Path(__file__).parents[2] / "web" / "docs"


def blocks(name: str, language: str) -> list[str]:
    """What stands in blocks of that language."""
    text = (DOCS / name).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_example_of_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (script,) = blocks("encryption.md", "python")
    monkeypatch.chdir(tmp_path)
    exec(compile(script, "encryption.md", "exec"), {})
    first, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"write this down:( [0-9A-Z]{4}){8}", first)
    assert last == "C0FFEE"


@pytest.mark.req("RT-02", "RT-04", "RT-08")
def test_the_guide_to_live_data_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    scripts, outputs = blocks("realtime.md", "python"), blocks("realtime.md", "text")
    assert len(scripts) == len(outputs) == 3
    for script, output in zip(scripts, outputs, strict=True):
        exec(compile(script, "realtime.md", "exec"), names)
        assert capsys.readouterr().out == output
    space = names["space"]
    space.close()  # type: ignore[attr-defined]


@pytest.mark.req("SRV-01")
def test_the_example_of_one_value_that_devices_share_counts() -> None:
    text = (DOCS / "api.md").read_text("utf-8")
    section = text.partition("## One value that all devices share")[2]
    example = section.partition("```python\n")[2].partition("```")[0]
    town = Town()
    space = town.open(town.device(), "desk")
    names = {"space": space, "ask_somebody": print, "show": print}
    exec(example, names)
    town.settle()
    assert ServerSync("towels", 0, space=space).value == -5
    assert key_policy(space.tab.replica.view, "towels") == KeyPolicy("merge")
