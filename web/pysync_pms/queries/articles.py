"""What the desk sells, in the order in which it is offered. Costs one pass over the articles."""

from __future__ import annotations

from pysync.model.guard import Record, View
from pysync_pms.indexes import fold
from pysync_pms.words import ARTICLES

__all__ = ["articles", "is_sold"]


def articles(view: View) -> list[Record]:
    """All articles: those that are sold first, by rank; what has no rank after the others, by
    name."""
    return sorted(view.all(ARTICLES), key=_order)


def _order(article: Record) -> tuple[bool, bool, int, str, str]:
    rank = article.get("rank")
    name = fold(article.get("name") or "")
    return not is_sold(article), rank is None, rank or 0, name, article["id"]


def is_sold(article: Record) -> bool:
    """Whether it can be charged."""
    return article.get("active") is not False
