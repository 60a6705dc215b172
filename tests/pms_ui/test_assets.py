"""The style sheets keep what the views and the accessibility rules rely on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pysync_pms.ui import wire
from pysync_pms.ui.components.tape import MAX_DAYS
from pysync_pms.ui.gallery import pages
from tests.pms_ui.support import read

ASSETS = Path(__file__).parents[2] / "web" / "pysync_pms" / "assets"
TABLE = json.loads((ASSETS / "assets.json").read_text("utf-8"))
STYLES = "\n".join((ASSETS / name).read_text("utf-8") for name in TABLE["styles"])
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", STYLES
    )
}
PLAIN_CLASSES = frozenset({"btn-plain", "field-check", "room-mark-label", "prio-1"})
"""Names that only mark a place."""
SURFACES = ("bg", "surface", "surface-2", "raised")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    """(front, back, least contrast) of everything that is drawn on something."""
    texts = [(text, back, 4.5) for text in ("text", "text-2", "text-3") for back in SURFACES]
    texts += [("text-2", "surface-3", 4.5), ("accent-text", "accent-soft", 4.5)]
    texts += [("accent-text", back, 4.5) for back in SURFACES]
    texts += [("on-accent", "accent", 4.5), ("on-accent", "accent-hover", 4.5)]
    for tone in ("act", "danger", "ok", "live", "idle"):
        texts.append((f"{tone}-text", f"{tone}-soft", 4.5))
        texts.append((f"{tone}-on", f"{tone}-solid", 4.5))
        texts += [(f"{tone}-text", back, 4.5) for back in ("surface", "surface-2")]
    return texts + [(line, back, 3.0) for line in ("control", "accent") for back in SURFACES]


@pytest.mark.req("PMS-12")
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), pairs())
def test_contrast_holds_in_both_themes(front: str, back: str, least: float, theme: int) -> None:
    assert contrast(TOKENS[front][theme], TOKENS[back][theme]) >= least


def test_colours_stand_in_the_tokens_alone() -> None:
    for name in TABLE["styles"]:
        if name not in {"tokens.css", "print.css"}:
            found = re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", (ASSETS / name).read_text("utf-8"))
            assert not found, f"{name} has colours of its own: {found}"


def test_every_half_day_and_length_of_a_chart_has_its_class() -> None:
    for at in range(1, MAX_DAYS * 2 + 1):
        assert f".at-{at} {{" in STYLES
        assert f".wide-{at} {{" in STYLES
    for days in range(1, MAX_DAYS + 1):
        assert f".days-{days} {{" in STYLES
        assert f".today-{days - 1} {{" in STYLES


def test_all_files_of_the_table_exist_and_all_style_sheets_are_in_it() -> None:
    assert set(TABLE["styles"]) == {path.name for path in ASSETS.glob("*.css")}
    assert (ASSETS / TABLE["module"]).is_file()
    used = set(
        re.findall(r'from "\./([\w.-]+)"', "".join(p.read_text() for p in ASSETS.glob("*.js")))
    )
    used |= set(re.findall(r'url\("\./([\w.-]+)"\)', STYLES))
    here = {path.name for path in ASSETS.iterdir()} | set(TABLE["npm"])
    assert used <= here, f"nobody provides {used - here}"


def test_every_command_of_python_is_an_order_of_the_glue() -> None:
    glue = (ASSETS / "glue.js").read_text("utf-8")
    known = set(
        re.findall(r"^  (\w+)[:,]", glue.split("const orders = {")[1].split("};")[0], re.MULTILINE)
    )
    source = Path(str(wire.__file__)).read_text("utf-8")
    asked = set(re.findall(r'"op": "(\w+)"', source))
    assert asked == known


@pytest.mark.parametrize("name", pages())
def test_sample_pages_are_balanced_with_unique_ids_and_styled_classes(name: str) -> None:
    page = read(pages()[name])
    ids = [str(node.attrs["id"]) for node in page.all() if "id" in node.attrs]
    assert len(ids) == len(set(ids)), [found for found in ids if ids.count(found) > 1]
    known = set(re.findall(r"\.([a-z][\w-]*)", STYLES))
    for node in page.all():
        unstyled = set(str(node.attrs.get("class") or "").split()) - known - PLAIN_CLASSES
        assert not unstyled, f"<{node.tag}> has classes without a style: {unstyled}"
        for attribute in ("aria-controls", "aria-labelledby", "aria-describedby", "popovertarget"):
            for target in str(node.attrs.get(attribute) or "").split():
                assert target in ids, f"{attribute} of <{node.tag}> names {target}"
