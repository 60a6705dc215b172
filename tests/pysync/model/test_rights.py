"""What a role may read and change, judged without any machine."""

from __future__ import annotations

import pytest

from pysync import UsageError
from pysync.model.cell import Cell
from pysync.model.change import ADD, CREATE, DELETE, SET, Change, Meta, Op
from pysync.model.conflict import Candidate, Conflict
from pysync.model.rights import NOT_PERMITTED, Rights, rights_of
from pysync.model.roles import ALL, EVERYTHING, Grant, Role, all_but, only
from pysync.model.schema import CollectionSchema, Schema
from tests.pysync.kit import mark

pytestmark = pytest.mark.req("SRV-17")

MAID = Role(
    title="Maid",
    grants={
        "rooms": Grant(write=only("clean", "notes"), resolve=only("notes")),
        "guests": Grant(read=all_but("mail"), write=only("towels")),
        "stays": Grant(write=only("room", "from")),
        "look-*": EVERYTHING,
    },
)
SCHEMA = Schema(
    collections={"stays": CollectionSchema(name="stays", groups=(("room", "from", "rate"),))},
    roles={"maid": MAID, "owner": Role(title="Owner", grants={"*": EVERYTHING})},
)


def maid() -> Rights:
    rights = rights_of(SCHEMA, "maid")
    assert rights is not None
    return rights


def change(*ops: Op, resolves: tuple[str, ...] = ()) -> Change:
    return Change(mark(), ops, Meta(resolves=resolves))


def op(kind: str, key: str, *fields: str, gone: tuple[str, ...] = ()) -> Op:
    return Op(kind, key, "1", dict.fromkeys(fields, 1), "", gone)


@pytest.mark.parametrize(
    "good",
    [
        op(SET, "rooms", "clean"),
        op(SET, "rooms", gone=("notes",)),
        op(SET, "rooms", "notes/inner"),
        op(ADD, "guests", "towels"),
        op(CREATE, "look-1", "theme"),
        op(DELETE, "look-1"),
    ],
    ids=repr,
)
def test_what_a_role_may_do_is_not_refused(good: Op) -> None:
    assert maid().refusal(change(good), {}) is None


@pytest.mark.parametrize(
    "bad",
    [
        op(SET, "rooms", "clean", "rate"),
        op(SET, "rooms", gone=("rate",)),
        op(SET, "guests", "mail"),
        op(ADD, "guests", "points"),
        op(CREATE, "rooms", "clean"),
        op(DELETE, "rooms"),
        op(SET, "stays", "room"),
        op(SET, "bills", "sum"),
        op(SET, "bills"),
        op(DELETE, "bills"),
    ],
    ids=repr,
)
def test_rights_1_one_op_beyond_the_role_refuses_the_whole_change(bad: Op) -> None:
    refusal = maid().refusal(change(op(SET, "rooms", "clean"), bad), {})
    assert refusal is not None
    assert refusal.code == NOT_PERMITTED
    assert "Maid may not" in refusal.message
    assert "Ask" in refusal.message, "it says what to do"


def test_rights_1_settling_a_conflict_is_a_right_of_its_own() -> None:
    def conflict(register: str) -> dict[str, Conflict]:
        one = Candidate(1, mark())
        found = Conflict(id="c", key="rooms", rid="1", register=register, status="open",
                         strategy="custom", shown=one, other=one)  # fmt: skip
        return {"c": found}

    settles = change(op(SET, "rooms", "notes"), resolves=("c",))
    assert maid().refusal(settles, conflict("notes")) is None
    assert maid().refusal(settles, conflict("clean")) is not None
    assert maid().refusal(settles, conflict("")) is not None, "about a deletion"
    assert maid().refusal(settles, {}) is None, "it is settled and forgotten"


def test_a_cell_is_seen_without_what_is_hidden_and_as_it_is_where_nothing_is() -> None:
    guest = Cell({"name": "Ana", "mail": "a@b"}, mark(), {"mail": mark(n=2)}, mark(n=2))
    seen = maid().seen("guests", guest)
    assert seen is not None
    assert (seen.fields, seen.marks, seen.rev.n) == ({"name": "Ana"}, {}, 2)
    assert maid().seen("rooms", guest) is guest
    assert maid().seen("bills", guest) is None
    stay = Cell({"room": 1, "rate": 9, "eta": 3}, mark(), {}, mark())
    seen = Rights(SCHEMA, Role(title="X", grants={"stays": Grant(read=all_but("rate"))})).seen(
        "stays", stay
    )
    assert seen is not None
    assert seen.fields == {"eta": 3}, "a group with a hidden member is hidden"


def test_who_may_write_a_field_may_read_it() -> None:
    rights = Rights(Schema(), Role(title="X", grants={"a": Grant(read=only("b"), write=only("c"))}))
    assert [rights.may_read("a", name) for name in "bcd"] == [True, True, False]


def test_without_roles_or_without_accounts_nobody_is_held_to_any() -> None:
    assert rights_of(Schema(), "maid") is None
    assert rights_of(SCHEMA, "") is None
    nobody = rights_of(SCHEMA, "plumber")
    assert nobody is not None
    assert not nobody.knows("rooms"), "a role that nobody declared has no rights"


def test_a_role_that_reads_less_has_another_digest_and_who_reads_all_is_known() -> None:
    less = Rights(
        SCHEMA, Role(title="Maid", grants={**MAID.grants, "rooms": Grant(read=only("a"))})
    )
    assert less.digest != maid().digest
    assert not maid().reads_all
    owner = rights_of(SCHEMA, "owner")
    assert owner is not None
    assert owner.reads_all


def test_a_role_cannot_remove_what_it_does_not_read() -> None:
    with pytest.raises(UsageError, match="without reading"):
        Rights(Schema(), Role(title="X", grants={"a": Grant(read=only("b"), removes=True)}))
    assert Rights(Schema(), Role(title="X", grants={"a": Grant(read=ALL, removes=True)}))
