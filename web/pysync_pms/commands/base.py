"""Commands: what a person means, as a value that is checked, applied, written down and read back.

The same object comes from a click, a drag, a key, an import or a simulator. `check` answers what is
wrong in words; `apply` writes into a draft and relies on `check` having found no error. Neither
knows a clock: the business date and new ids are arguments.

CMD-1 a command without errors in `check` is not refused by the guards on the same view. CMD-2
`from_json(to_json(c)) == c`. Stands on `schema`, `pysync.model`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from dataclasses import field as default
from typing import Any, ClassVar, Final, Literal, Protocol, TypeVar

from pysync.errors import InvalidValue, Refused
from pysync.model.guard import Record, View
from pysync_pms.schema import SCHEMA

Level = Literal["error", "warning"]
LABEL_MAX: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong or worth a second look.

    An `error` stops the command; a `warning` is shown and may be confirmed. `field` names the input
    it belongs to ("" for the whole), `code` is stable, `message` says what to do. `alternatives`
    are ids of what would do instead, the best first: free rooms where `field` is `room`.
    """

    code: str
    message: str
    field: str = ""
    level: Level = "error"
    alternatives: tuple[str, ...] = ()
    params: Mapping[str, Any] = default(default_factory=dict)


class Drafting(View, Protocol):
    """What `apply` writes into: `pysync`'s draft, or a preview of it."""

    def create(self, collection: str, record: Mapping[str, Any]) -> str:
        """Add a record that names its own id."""

    def update(self, collection: str, record_id: str, fields: Mapping[str, Any]) -> None:
        """Set fields of a record; None empties one."""

    def delete(self, collection: str, record_id: str) -> None:
        """Delete a record."""

    def erase(self, collection: str, record_id: str) -> None:
        """Erase a person; nothing else may be done with it."""


_T = TypeVar("_T")


class Runs(Protocol):
    """What `perform` needs of a space."""

    def run(
        self,
        label: str,
        command: Callable[[Any], _T],
        *,
        author: str = "",
        atomic: bool = True,
    ) -> Any:
        """Run a function of a draft as one atomic change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of all commands. `do` is the name it is written down under."""

    do: ClassVar[str] = ""
    atomic: ClassVar[bool] = True
    """Whether it stands or falls as a whole when somebody changed part of it meanwhile; an edit of
    details does not: each field is settled for itself."""
    final: ClassVar[bool] = False  # what it wrote is put right by another command, never undone

    @abstractmethod
    def check(self, view: View, today: str) -> list[Problem]:
        """What stands against it, in the order to be shown; empty if nothing does.

        Args:
            view: the data as it is now.
            today: the business date, `YYYY-MM-DD`.
        """

    @abstractmethod
    def apply(self, draft: Drafting) -> str:
        """Write it into the draft and answer the id of the record it is about.

        The caller has checked that there is no error. Raises what the draft raises.
        """

    @abstractmethod
    def label(self, view: View) -> str:
        """What it does, for history and undo: "Check in Ana Souza, room 104"."""

    def to_json(self) -> dict[str, Any]:
        """As a JSON object; what has its default value is left out."""
        row: dict[str, Any] = {"do": self.do}
        for item in fields(self):
            value = getattr(self, item.name)
            if value != item.default:
                row[item.name] = dict(value) if isinstance(value, Mapping) else value
        return row


REGISTRY: Final[dict[str, type[Command]]] = {}


def command(kind: type[_T]) -> type[_T]:
    """Class decorator: let `from_json` find this command."""
    assert issubclass(kind, Command)
    REGISTRY[kind.do] = kind
    return kind


def from_json(row: Mapping[str, Any]) -> Command:
    """The inverse of `to_json`. Raises InvalidValue for what is no command of this build."""
    kind = REGISTRY.get(row.get("do", ""))
    if kind is None:
        raise InvalidValue(f"no command {row.get('do')!r} in this build", path="do")
    given = {name: value for name, value in row.items() if name != "do"}
    known = {item.name for item in fields(kind)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise InvalidValue(f"{kind.do} knows no {', '.join(unknown)}", path=unknown[0])
    made = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    try:
        return kind(**made)
    except TypeError as error:
        raise InvalidValue(f"{kind.do}: {error}", path="do") from None


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that stop a command."""
    return [problem for problem in problems if problem.level == "error"]


def warnings(problems: Iterable[Problem]) -> list[Problem]:
    """Those to be confirmed."""
    return [problem for problem in problems if problem.level == "warning"]


def execute(draft: Drafting, commands: Sequence[Command], today: str) -> str:
    """Check and apply one after the other in one draft; answers the last one's record id.

    Raises:
        Refused: a command has an error. `code` and `message` are the first one's, `params` holds
            `problems` (all of them as objects) and `alternatives`. Nothing of the draft survives.
    """
    made = ""
    for each in commands:
        wrong = errors(each.check(draft, today))
        if wrong:
            raise refusal(wrong)
        made = each.apply(draft)
    return made


def refusal(wrong: Sequence[Problem]) -> Refused:
    """The error that carries these problems."""
    first = wrong[0]
    rows = [{"field": p.field, "code": p.code, "message": p.message} for p in wrong]
    return Refused(
        first.code,
        first.message,
        {**first.params, "problems": rows, "alternatives": list(first.alternatives)},
    )


def perform(space: Runs, *commands: Command, view: View, today: str, author: str = "") -> Any:
    """Run commands on a space as one atomic change with one label; answers the space's receipt.

    Warnings do not stop it: show those of `check` to the person first. Raises Refused as `execute`
    does, with nothing changed.
    """
    label = label_of(view, commands)
    atomic = any(command.atomic for command in commands)
    return space.run(
        label, lambda draft: execute(draft, commands, today), author=author, atomic=atomic
    )


def label_of(view: View, commands: Sequence[Command]) -> str:
    """What the last command is called once those before it are done: a new guest has a name."""
    preview = Preview(view)
    for each in commands[:-1]:
        each.apply(preview)
    label = commands[-1].label(preview)
    return label if len(label) <= LABEL_MAX else label[: LABEL_MAX - 1] + "…"


# -- checks that commands share -------------------------------------------------------------------


def field_problems(
    collection: str, values: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> list[Problem]:
    """What the schema has against these values, in words.

    Args:
        names: what the command calls a field, where that differs from the record.
    """
    declared = SCHEMA.collections[collection].fields
    found: list[Problem] = []
    for name, value in values.items():
        known = declared.get(name)
        if known is None or (value is None and not known.required):
            continue
        reason = known.problem(value)
        if reason is not None:
            shown = (names or {}).get(name, name)
            found.append(Problem(code="field", field=shown, message=f"{_title(shown)} {reason}."))
    return found


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what has no value: optional fields are absent rather than empty."""
    return {name: value for name, value in values.items() if value is not None and value != ""}


class Preview:
    """A view with commands applied to it, for checking several that build on one another."""

    __slots__ = ("_patch", "_view")

    def __init__(self, view: View) -> None:
        self._view = view
        self._patch: dict[str, dict[str, Record | None]] = {}

    def get(self, collection: str, record_id: str) -> Record | None:
        """The record as the commands leave it."""
        patch = self._patch.get(collection)
        if patch is not None and record_id in patch:
            return patch[record_id]
        return self._view.get(collection, record_id)

    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]:
        """What the index would list."""
        found = self._view.find(collection, index, key)
        patch = self._patch.get(collection)
        if not patch:
            return found
        keys_of = SCHEMA.collections[collection].indexes[index]
        mine = [r for r in patch.values() if r is not None and key in tuple(keys_of(r))]
        return sorted([*mine, *(r for r in found if r["id"] not in patch)], key=_id)

    def all(self, collection: str) -> Iterable[Record]:
        """Every record."""
        patch = self._patch.get(collection, {})
        yield from (r for r in self._view.all(collection) if r["id"] not in patch)
        yield from (r for r in patch.values() if r is not None)

    def create(self, collection: str, record: Mapping[str, Any]) -> str:
        """Add a record to the preview."""
        self._patch.setdefault(collection, {})[record["id"]] = dict(record)
        return str(record["id"])

    def update(self, collection: str, record_id: str, fields: Mapping[str, Any]) -> None:
        """Change a record in the preview."""
        old = self.get(collection, record_id) or {"id": record_id}
        self._patch.setdefault(collection, {})[record_id] = {**old, **fields}

    def delete(self, collection: str, record_id: str) -> None:
        """Delete a record in the preview."""
        self._patch.setdefault(collection, {})[record_id] = None

    erase = delete


def _id(record: Record) -> str:
    return str(record["id"])


def check_all(view: View, commands: Sequence[Command], today: str) -> list[Problem]:
    """Check commands that build on one another (a new guest and their booking), up to and with the
    first that has an error."""
    preview = Preview(view)
    found: list[Problem] = []
    for each in commands:
        problems = each.check(preview, today)
        found.extend(problems)
        if errors(problems):
            break
        each.apply(preview)
    return found
