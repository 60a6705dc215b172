"""Words with one piece of markup in them, such as a name in bold. Stands on `language`, `html`."""

from __future__ import annotations

from typing import Final

from pysync_pms.ui.html import Child
from pysync_pms.ui.language import Text

__all__ = ["GAP", "phrase"]

GAP: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
"""What stands in the words for the markup: where that is, each language says for itself."""


def phrase(words: Text, part: Child) -> Child:
    """`words`, made by `tr` with GAP for one part, with the markup in its place.

    >>> from pysync_pms.ui import html as h
    >>> from pysync_pms.ui.language import tr
    >>> str(h.p[phrase(tr("Ask {who} first.", who=GAP), h.strong["Ann"])])
    '<p>Ask <strong>Ann</strong> first.</p>'
    """
    before, _, after = str(words).partition(GAP)
    return [before, part, after]
