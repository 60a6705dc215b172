"""What a role may not read reaches it on no way: live, catching up, in a state, in conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pysync.machines.batches import Batch, encode_batch, parse_batch
from pysync.machines.redaction import as_redacted, is_redacted
from pysync.machines.relay_frames import Cursor, EntryRow, Heard, Hello
from pysync.machines.replica import Replica
from pysync.machines.rounds import decode_special
from pysync.model.change import ADD, CREATE, DELETE, SET, Change, Meta, Op
from pysync.model.guard import Amend, Guard, Refuse, Verdict, View
from pysync.model.reads import check_sum
from pysync.model.rights import Rights, rights_of
from pysync.model.roles import EVERYTHING, Grant, Person, Role, all_but, only
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.model.snapshot import CONFLICTS_ROW, pack, pack_conflicts, read_rows, row_name
from pysync.relay.projection import project_entry, project_rows, shown_epoch
from tests.pysync.kit import WALL, cells_text, mark
from tests.pysync.relay.rig import EPOCH, RelayRig

pytestmark = pytest.mark.req("SRV-17")

SECRET = "S3CRET"


WHOLE_OF_A_NEWER_BUILD = (
    '[1,"state-update","t",1700000000000,[1,[[0,0,[["=","stays","s",{},""]],'
    '{"zz":"\\ud800 secret","l":"a label"}]]]]'
)


def judge(_: View, after: View, change: Any, refs: frozenset[tuple[str, str]]) -> Verdict:
    """A rule that writes a hidden field, and talks of it."""
    for key, rid in sorted(refs):
        record = (after.get(key, rid) if key == "guests" else None) or {}
        if record.get("note") == "bad":
            return Refuse("bad", f"it is bad: {SECRET}", {"seen": SECRET})
        if record.get("note") == "odd" and record.get("mail") != f"{SECRET} amended":
            fields = {"mail": f"{SECRET} amended", "name": "amended"}
            return Amend("odd", {(key, rid): fields}, SECRET, {"seen": SECRET})
    return None


SCHEMA = Schema(
    collections={
        "guests": CollectionSchema(
            name="guests",
            fields={
                "note": Field(strategy="merge"),
                "rate": Field(strategy="merge"),
                "paid": Field(kind="counter"),
                "n": Field(kind="counter"),
                "tags": Field(kind="set"),
                "log": Field(kind="list"),
            },
            groups=(("place", "price"),),
        ),
    },
    guards=(Guard("judge", frozenset({"guests"}), judge, lambda _key, record: (record["id"],)),),
    roles={
        "owner": Role(title="Owner", grants={"*": EVERYTHING}),
        "half": Role(
            title="Half",
            grants={
                "guests": Grant(
                    read=all_but("mail", "rate", "paid", "log", "price"), write=only("name", "note")
                ),
                "rooms": Grant(),
            },
        ),
    },
)


def rights() -> Rights:
    found = rights_of(SCHEMA, "half")
    assert found is not None
    return found


def ops() -> st.SearchStrategy[Op]:
    keys = st.sampled_from(["guests", "guests", "guests", "rooms", "vault"])

    def of(key: str) -> st.SearchStrategy[Op]:
        hidden = st.sampled_from([f"{SECRET} 1", f"{SECRET} 2", f"{SECRET} 3"])
        words = st.sampled_from(["a", "b", "bad", "odd"])
        named = st.fixed_dictionaries(
            {},
            optional={
                "name": hidden if key == "vault" else words,
                "note": hidden if key == "vault" else words,
                "mail": hidden if key != "rooms" else words,
                "rate": hidden if key != "rooms" else words,
                "place": hidden if key != "rooms" else words,
                "price": hidden if key != "rooms" else words,
                "tags/#a": st.booleans(),
                "log/@1/text": hidden if key != "rooms" else words,
            },
        )
        counted = st.fixed_dictionaries(
            {}, optional={"n": st.just(1), "paid": st.just(7 if key == "rooms" else 31337)}
        )
        seen = st.sampled_from(["", "a.1", "b.1", "a.2"])
        gone = st.sampled_from([(), ("mail",), ("name", "mail")])
        kinds = st.sampled_from([CREATE, SET, SET, SET, ADD, DELETE])
        return st.builds(
            lambda kind, rid, fields, deltas, base, taken: Op(
                kind,
                key,
                rid,
                {} if kind == DELETE else deltas if kind == ADD else fields,
                base if kind != SET else dict.fromkeys(fields, base) if base else base,
                taken if kind == SET else (),
            ),
            kinds, st.sampled_from("12"), named, counted, seen, gone,
        )  # fmt: skip

    return keys.flatmap(of)


def metas() -> st.SearchStrategy[Meta]:
    return st.builds(
        lambda label, seen, read, atomic: Meta(
            label=f"{label} {SECRET}" if label else "",
            seen=seen,
            reads={"guests/1": check_sum(None)} if read else {},
            atomic=atomic,
        ),
        st.booleans(),
        st.sampled_from([{}, {"guests/1/rate": SECRET, "guests/1/note": "a"}]),
        st.booleans(),
        st.booleans(),
    )


def batches() -> st.SearchStrategy[list[Batch]]:
    """Two tabs that write past each other. A label is made of what was changed, so that one which
    holds a hidden value stands on a change that does."""

    def numbered(made: Sequence[tuple[str, Meta, list[Op]]]) -> list[Batch]:
        last = {"a": 1, "b": 0}
        there = [Op(CREATE, key, rid, {"name": key if key != "vault" else SECRET, "mail": SECRET})
                 for key in ("guests", "vault") for rid in "12"]  # fmt: skip
        there.append(Op(CREATE, "rooms", "1", {"name": "a"}))
        found = [encode_batch("a", [Change(mark("a", 1), tuple(there))], WALL)]
        for tab, meta, given_ops in made:
            last[tab] += 1
            hides = [Op(SET, "guests", "1", {"mail": SECRET}, "")] if meta.label else []
            change = Change(mark(tab, last[tab]), (*given_ops, *hides), meta)
            found.append(encode_batch(tab, [change], WALL))
        return found

    one = st.tuples(st.sampled_from("ab"), metas(), st.lists(ops(), min_size=1, max_size=3))
    return st.lists(one, min_size=1, max_size=10).map(numbered)


def join(relay: RelayRig, conn: str, role: str, seq: int = 0) -> None:
    epoch = shown_epoch(EPOCH, rights_of(SCHEMA, role))
    relay.machine.came(conn, Person(conn, role))
    relay.hear(conn, Hello(device=conn, life="l", cursor=Cursor(epoch, seq)).encode())


def filled(made: Sequence[Batch]) -> RelayRig:
    """A relay that decided these, with a reader of everything and one of half."""
    relay = RelayRig(SCHEMA)
    for conn, role in (("o", "owner"), ("all", "owner"), ("half", "half")):
        join(relay, conn, role)
    for each in made:
        relay.push("o", each)
        relay.commit()
    return relay


def told(rows: Sequence[Heard]) -> Replica:
    """What a device holds that applies these."""
    replica = Replica(SCHEMA)
    for row in rows:
        special = decode_special(row.special, row.count)
        for at, change in enumerate(parse_batch(row.text, SCHEMA).changes):
            replica.confirm(row.seq + at, change, special.get(at))
    return replica


def projected(replica: Replica) -> str:
    """The cells of a reader of everything, as half of it may be seen."""
    shown = Replica(SCHEMA)
    for key, cells in replica.view.cells.items():
        for rid, cell in cells.items():
            seen = rights().seen(key, cell)
            if seen is not None:
                shown.view.put(key, rid, seen)
    return cells_text(shown.view)


@settings(max_examples=40, phases=[Phase.generate])
@given(batches())
def test_project_1_and_3_a_reader_is_told_nothing_hidden_and_agrees_on_all_the_rest(
    made: list[Batch],
) -> None:
    """PROJECT-3, and who comes late is told the same."""
    relay = filled(made)
    join(relay, "late", "half")
    everything = told(relay.entries("all"))
    for conn in ("half", "late"):
        carried = "\n".join(sent.text for sent in relay.sent[conn])
        assert SECRET not in carried
        assert "31337" not in carried
        shown = told(relay.entries(conn))
        assert cells_text(shown.view) == projected(everything)
        theirs = {c.id: c for c in everything.conflicts.values() if (c.key, c.register) in _OPEN}
        assert {c.id: c for c in shown.conflicts.values()} == theirs
        assert shown.heads == everything.heads


_OPEN = {(k, r) for k in ("guests", "rooms") for r in ("", "name", "note", "n", "tags/#a")} | {
    ("rooms", register) for register in ("mail", "rate", "place", "price", "log/@1/text")
}


@settings(max_examples=40, phases=[Phase.generate])
@given(batches())
def test_project_1_and_3_a_state_holds_nothing_hidden_and_goes_on_like_the_log(
    made: list[Batch],
) -> None:
    relay = filled(made)
    everything = told(relay.entries("all"))
    rows = _rows(everything)
    shown = project_rows(rows, rights())
    carried = "\n".join([*shown, *shown.values()])
    assert SECRET not in carried
    assert "31337" not in carried
    assert "vault" not in carried
    replica = Replica(SCHEMA)
    replica.replace(read_rows(shown).decode(), everything.seq)
    assert cells_text(replica.view) == projected(everything)


def _rows(replica: Replica) -> dict[str, str]:
    rows = {CONFLICTS_ROW: pack_conflicts(replica.conflicts.values())}
    for key, number in replica.view.buckets():
        name = row_name(key, number)
        rows[name] = pack(name, replica.view.bucket(key, number))
    return rows


def test_project_2_what_nothing_is_hidden_of_is_the_same_and_who_reads_all_gets_what_is() -> None:
    change = Change(mark(), (Op(SET, "rooms", "1", {"a": 1}, "t.1"),), Meta(label="Paint"))
    row = EntryRow(1, 1, "a.1", "d/l", encode_batch("a", [change], WALL).text, "")
    assert project_entry(row, rights(), own=False) is row
    owner = rights_of(SCHEMA, "owner")
    assert owner is not None
    hidden = Change(mark(), (Op(SET, "vault", "1", {"a": 1}, "t.1"),))
    kept = EntryRow(1, 1, "a.1", "d/l", encode_batch("a", [hidden], WALL).text, "")
    assert project_entry(kept, owner, own=False) is kept
    assert project_entry(kept, rights(), own=False) is not kept
    assert parse_batch(project_entry(kept, rights(), own=False).text, SCHEMA).changes[0].ops == ()


def test_all_who_see_the_same_are_told_by_one_text() -> None:
    relay = RelayRig(SCHEMA)
    for conn, role in (
        ("o", "owner"),
        ("p", "owner"),
        ("q", "owner"),
        ("h", "half"),
        ("i", "half"),
    ):
        join(relay, conn, role)
    relay.push(
        "o", encode_batch("a", [Change(mark(), (Op(CREATE, "vault", "1", {"a": 1}),))], WALL)
    )
    relay.commit()
    texts = {conn: relay.sent[conn][-1].text for conn in "pqhi"}
    assert texts["p"] is texts["q"]
    assert texts["h"] is texts["i"]
    assert texts["p"] != texts["h"]


def with_a_guest() -> RelayRig:
    """An owner and somebody who reads half; the owner has made a guest with a secret."""
    relay = RelayRig(SCHEMA)
    join(relay, "o", "owner")
    join(relay, "half", "half")
    made = Op(CREATE, "guests", "1", {"name": "a", "mail": SECRET})
    relay.push("o", encode_batch("a", [Change(mark(), (made,))], WALL))
    return relay


def test_an_author_is_told_why_and_gets_nothing_hidden_with_it() -> None:
    relay = with_a_guest()
    odd = Op(SET, "guests", "1", {"note": "odd"}, "")
    relay.push("half", encode_batch("b", [Change(mark("b"), (odd,))], WALL))
    bad = Op(SET, "guests", "1", {"note": "bad"}, "")
    relay.push("half", encode_batch("b", [Change(mark("b", 2), (bad,))], WALL))
    relay.commit()
    _, amended, refused = relay.entries("half")
    assert (amended.batch, amended.text) == ("b.1", "")
    assert [write[3] for write in amended.special[0][5]] == [{"note": "odd"}, {"name": "amended"}]
    assert refused.special[0][2:4] == ["bad", f"it is bad: {SECRET}"], "the rule's words are his"


@pytest.mark.parametrize(("device", "person", "told"), [
    ("half", "half", True),
    ("half", "other", False),
    ("elsewhere", "half", False),
])  # fmt: skip
def test_an_author_is_told_why_also_on_a_later_connection(
    device: str, person: str, told: bool
) -> None:
    relay = with_a_guest()
    bad = Op(SET, "guests", "1", {"note": "bad"}, "")
    change = Change(mark("b", author="half"), (bad,), Meta(author="half"))
    relay.push("half", encode_batch("b", [change], WALL))
    relay.machine.left("half")
    relay.commit()
    relay.machine.came("later", Person(person, "half"))
    cursor = Cursor(shown_epoch(EPOCH, rights_of(SCHEMA, "half")), 0)
    relay.hear("later", Hello(device=device, life="m", cursor=cursor).encode())
    _, refused = relay.entries("later")
    assert refused.batch == "b.1"
    assert refused.special[0][1:3] == ["refused", "bad"]
    assert bool(refused.special[0][3]) == told
    assert refused.text == project_entry(relay.log[1], rights(), own=False).text


def test_a_function_of_what_its_author_may_read_is_not_run_again_for_what_is_hidden() -> None:
    relay = with_a_guest()
    relay.commit()
    seen = told([row for row in relay.entries("half") if row.text]).view.cell("guests", "1")
    read = Meta(rerun=True, reads={"guests/1": check_sum(seen)})
    other = Op(SET, "guests", "1", {"name": "b"}, {"name": "a.1"})
    relay.push("half", encode_batch("b", [Change(mark("b"), (other,), read)], WALL))
    relay.commit()
    assert relay.log[-1].special == "", "applied as sent"


def test_project_1_what_a_change_carries_that_this_build_does_not_know_is_told_nobody() -> None:
    row = EntryRow(1, 1, "t.1", "d/l", WHOLE_OF_A_NEWER_BUILD, "")
    shown = project_entry(row, rights(), own=False).text
    assert "secret" not in shown
    shown.encode()


@pytest.mark.req("SRV-20")
def test_what_is_told_of_a_batch_says_that_something_went_from_it() -> None:
    """By that a device knows that its own log has to lose it, too (REDACT-1)."""
    op = Op(SET, "guests", "1", {"mail": SECRET, "name": "a"}, "")
    text = as_redacted(encode_batch("a", [Change(mark("a", 1), (op,))], WALL).text)
    told = project_entry(EntryRow(1, 1, "a.1", "d/l", text, ""), rights(), own=False).text
    assert SECRET in text and SECRET not in told
    assert is_redacted(told)
