"""What is sold at the desk: articles with a price, a category and a tax. Stands on `taxes`."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.taxes import rate_of
from pysync_pms.words import ARTICLES


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateArticle(Command):
    """Something new is sold."""

    do: ClassVar[str] = "create-article"

    id: str
    name: str
    category: str
    price: int | None = None
    tax: str | None = None
    rank: int | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """An id that is free, and values that fit."""
        values = {"name": self.name, "category": self.category, "price": self.price}
        found = field_problems(ARTICLES, {**values, "tax": self.tax, "rank": self.rank})
        if view.get(ARTICLES, self.id) is not None:
            found.append(Problem(code="exists", message="This article is there already."))
        return found + _check_tax(view, self.tax)

    def apply(self, draft: Drafting) -> str:
        """Add it."""
        row = {"id": self.id, "name": self.name.strip(), "category": self.category}
        more = {"price": self.price, "tax": self.tax, "rank": self.rank}
        return draft.create(ARTICLES, {**row, **present(more)})

    def label(self, view: View) -> str:
        """Names it."""
        return f"Add article {self.name.strip()}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditArticle(Command):
    """Its name, price, tax, or whether it is sold. What was posted stays as it was."""

    do: ClassVar[str] = "edit-article"
    atomic: ClassVar[bool] = False

    id: str
    changes: Mapping[str, Any]

    def check(self, view: View, today: str) -> list[Problem]:
        """An article that is there, and values that fit."""
        if view.get(ARTICLES, self.id) is None:
            return [Problem(code="gone", message="There is no such article any more.")]
        return field_problems(ARTICLES, self.changes) + _check_tax(view, self.changes.get("tax"))

    def apply(self, draft: Drafting) -> str:
        """Change it."""
        draft.update(ARTICLES, self.id, self.changes)
        return self.id

    def label(self, view: View) -> str:
        """Names it, and says whether it is sold from now on."""
        name = (view.get(ARTICLES, self.id) or {}).get("name") or ""
        if self.changes.keys() == {"active"}:
            return f"Sell {name} again" if self.changes["active"] else f"Stop selling {name}"
        return f"Edit article {name}".strip()


def _check_tax(view: View, code: str | None) -> list[Problem]:
    if code is None or rate_of(view, code) is not None:
        return []
    message = "The settings know no such tax: choose another."
    return [Problem(code="tax", field="tax", message=message)]
