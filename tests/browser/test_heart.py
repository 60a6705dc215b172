"""The heart: a worker's ticks under the policy of the bundle, and what it falls back to."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Route

from tests.browser.conftest import OpenTab

BEAT = """
from pysync.browser.heart import Heart, served_script
ticks = []
heart = Heart(20, lambda: ticks.append(time.monotonic()), script={script})
await until(lambda: len(ticks) >= 3)
"""


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("served_script()", "file"),
        ('"/assets/there-is-no-such-file.js"', "timer"),  # the policy forbids blobs
        ("None", "timer"),
    ],
)
def test_it_beats_on_the_best_rung_there_is(open_tab: OpenTab, script: str, kind: str) -> None:
    tab = open_tab("adapters")
    assert tab.run(BEAT.format(script=script) + "heart.kind") == kind
    tab.errors.clear()  # The browser reports the file that is missing and the policy that held.


def without_policy(route: Route) -> None:
    """The page as a server without a content security policy would send it."""
    answer = route.fetch()
    headers = {k: v for k, v in answer.headers.items() if k != "content-security-policy"}
    route.fulfill(response=answer, headers=headers)


def test_a_page_without_a_policy_beats_in_a_worker_made_from_a_blob(
    open_tab: OpenTab, device: BrowserContext
) -> None:
    device.route("**/test/blank.html", without_policy)
    tab = open_tab("adapters")
    assert tab.run(BEAT.format(script="None") + "heart.kind") == "blob"


@pytest.mark.req("TAB-12")
def test_a_heart_that_is_closed_beats_no_more_and_leaves_nothing(open_tab: OpenTab) -> None:
    tab = open_tab("adapters")
    left = tab.run(
        """
from pysync.browser.heart import Heart, served_script
for script in (served_script(), None):
    ticks = []
    hearts = [Heart(5, lambda: ticks.append(1), script=script) for _ in range(20)]
    await until(lambda: ticks)
    for heart in hearts:
        heart.close()
        heart.close()
    count = len(ticks)
    other = []
    witness = Heart(5, lambda: other.append(1), script=served_script())
    await until(lambda: len(other) > 5)
    witness.close()
    assert len(ticks) == count
await nothing_left()
"""
    )
    assert left == {}
    tab.errors.clear()  # The policy forbids workers made from blobs, and the browser says so.
