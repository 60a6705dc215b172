"""What a page names: the first decides, and no space goes to another one's server."""

from __future__ import annotations

import pytest

from pysync.naming import Said, page_says

pytestmark = pytest.mark.req("WGT-01")


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([], (None, None)),
        ([("a", "s")], ("a", "s")),
        ([("a", "s"), ("b", "t")], ("a", "s")),
        ([("a", None), ("b", "t")], ("a", None)),
        ([(None, "s"), ("b", None)], (None, "s")),
        ([("a", None), ("b", "t"), (None, "u")], ("a", "u")),
        ([("a", None), ("a", "t")], ("a", "t")),
        ([("a", ""), (None, "t")], ("a", "")),
    ],
)
def test_naming_1_a_space_goes_to_no_server_that_was_named_for_another_one(
    found: list[Said], says: Said
) -> None:
    assert page_says(found) == says
