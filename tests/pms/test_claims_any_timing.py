"""Claims whatever the timing: people who are signed in, each offline, submit, decide and pay."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.errors import InvalidValue, Refused, Unknown
from pysync_pms.commands import HOTEL, SetSettings
from pysync_pms.expenses.claims import APPROVED, PAID, state_of
from pysync_pms.expenses.commands import BookExpense, EditExpense
from pysync_pms.expenses.schema import OWN
from pysync_pms.expenses.words import EXPENSES
from tests.pms.claims_support import Clerk, approve, clerks, pay, reject, submit, take_back, taxi
from tests.pms.support import deliver_all

pytestmark = pytest.mark.req("PMS-06", "PMS-10")


def known(*commands: Any, authors: tuple[str, ...] = ("marc", "ines", "rui")) -> list[Clerk]:
    """Marc, and two who decide; the first gave these commands, and all know of it."""
    people = clerks(*authors)
    for at, command in enumerate(commands):
        people[0].give(command, stamp=2 + at)
    meet(*people)
    return people


def meet(*people: Clerk) -> list[Any]:
    """Everybody comes online, in this order."""
    decisions = list(deliver_all(*people))
    for each in people:
        each.sync()
    return decisions


def now(desk: Clerk, id_: str = "x") -> Any:
    return desk.leader.state.get(EXPENSES, id_)


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_decisions_one_stands_and_the_other_is_refused(turned: bool) -> None:
    """CLAIM-2: in whichever order they come in; what the second said is in its change."""
    marc, ines, rui = known(taxi(by="marc"), submit(by="marc"))
    ines.give(approve(by="ines"), stamp=10)
    rui.give(reject(by="rui", reason="Too dear"), stamp=11)
    refused = (ines if turned else rui).pending[0]
    decisions = meet(rui, ines) if turned else meet(ines, rui)
    assert [each.outcome for each in decisions] == ["applied", "refused"]
    assert state_of(now(marc)) == ("rejected" if turned else "approved")
    assert refused.ops[0].fields["decision"] == ("approved" if turned else "rejected")


def test_a_draft_that_was_submitted_meanwhile_is_edited_in_vain() -> None:
    """CLAIM-2: by the owner's other device; the approved amount is the submitted one."""
    marc, ines, phone = known(taxi(by="marc"), authors=("marc", "ines", "marc"))
    phone.give(EditExpense(id="x", changes={"amount": 99_900}, by="marc"), stamp=10)
    marc.give(submit(by="marc"), stamp=11)
    meet(marc, ines)
    ines.give(approve(by="ines"), stamp=12)
    [_, edit] = meet(ines, phone)
    assert (edit.outcome, edit.code) == ("refused", "claim-approved")
    assert now(marc)["amount"] == 2_500


def test_a_decision_of_an_older_submission_says_nothing_of_the_new_one() -> None:
    """CLAIM-3: what was changed since is looked at again."""
    marc, ines, rui = known(taxi(by="marc"), submit(by="marc"))
    rui.give(approve(by="rui"), stamp=10)
    ines.give(reject(by="ines"), stamp=11)
    meet(ines, marc)
    marc.give(EditExpense(id="x", changes={"amount": 9_000}, by="marc"), stamp=12)
    marc.give(submit(by="marc"), stamp=13)
    *_, late = meet(marc, rui)
    assert late.outcome == "refused"
    assert state_of(now(marc)) == "submitted"


def test_two_who_pay_offline_pay_once() -> None:
    """CLAIM-5: one claim, and one reference."""
    given_ = (taxi(by="marc"), taxi("y", by="marc", amount=70), submit(by="marc"),
              submit("y", by="marc"))  # fmt: skip
    marc, ines, rui = known(*given_)
    ines.give(approve(by="ines"), stamp=9)
    ines.give(approve("y", by="ines"), stamp=9)
    meet(ines, rui)
    ines.give(pay("x", by="ines", reference="7"), stamp=10)
    rui.give(pay("x", by="rui", reference="8"), stamp=11)
    rui.give(pay("y", by="rui", reference="7"), stamp=12)
    assert [each.outcome for each in meet(ines, rui)] == ["applied", "refused", "refused"]
    assert (now(marc)["reference"], state_of(now(marc, "y"))) == ("7", "approved")


@pytest.mark.parametrize("paid_first", [False, True])
def test_an_approval_that_is_taken_back_and_a_payment_that_meet(*, paid_first: bool) -> None:
    """CLAIM-2: the first stands; nobody takes back what they could not approve."""
    marc, ines, rui = known(taxi(by="marc"), submit(by="marc"))
    ines.give(approve(by="ines"), stamp=9)
    meet(ines, rui, marc)
    with pytest.raises(Refused, match="of their own claim"):
        marc.write(take_back(by="marc"), stamp=10)
    with pytest.raises(Refused, match="by whom"):
        rui.write(take_back(by="ines"), stamp=10)
    ines.give(take_back(by="ines"), stamp=10)
    rui.give(pay(by="rui"), stamp=11)
    both = (rui, ines) if paid_first else (ines, rui)
    assert [each.outcome for each in meet(*both)] == ["applied", "refused"]
    assert state_of(now(marc)) == ("paid" if paid_first else "rejected")


def test_where_nobody_signs_in_two_who_hand_out_cash_offline_are_told() -> None:
    """CLAIM-5: also without a reference; the same payment sent twice is one."""
    one, two = known(taxi(), submit(), approve(), authors=("", ""))
    command = pay(method="cash")
    one.give(command, stamp=10)
    two.give(pay(method="cash"), stamp=11)
    assert [each.outcome for each in meet(one, two)] == ["applied", "refused"]
    one, two = known(taxi(), submit(), approve(), authors=("", ""))
    one.give(command, stamp=10)
    two.give(command, stamp=11)
    assert "refused" not in [each.outcome for each in meet(one, two)]


def test_recategorising_and_a_decision_that_meet_are_both_there() -> None:
    marc, ines, rui = known(taxi(by="marc"), submit(by="marc"))
    ines.give(approve(by="ines"), stamp=10)
    rui.give(BookExpense(id="x", category="fees", by="rui"), stamp=11)
    assert [each.outcome for each in meet(ines, rui)] == ["applied", "applied"]
    assert (state_of(now(marc)), now(marc)["booked_as"]) == ("approved", "fees")


def test_nobody_decides_of_their_own() -> None:
    """CLAIM-4: neither as owner, nor as whom it is for; unless the hotel is of one."""
    marc, ines, _ = known(taxi(by="marc"), submit(by="marc"))
    with pytest.raises(Refused, match="of their own claim"):
        marc.write(approve(by="marc"), stamp=10)
    ines.give(taxi("y", by="ines"), stamp=10)
    ines.give(submit("y", by="ines"), stamp=11)
    meet(ines, marc)
    with pytest.raises(Refused, match="of their own claim"):
        marc.write(approve("y", by="marc"), stamp=12)
    marc.give(SetSettings(id=HOTEL, changes={"own_claims": True}), stamp=13)
    marc.give(approve("y", by="marc"), stamp=14)


def test_only_its_owner_changes_and_submits_a_draft_and_signs_it() -> None:
    """CLAIM-4: nor does anybody sign for somebody else, or without having signed in."""
    _, ines, stranger = known(taxi(by="marc"), authors=("marc", "ines", ""))
    for desk, by, words in ((ines, "ines", "marc made it"), (ines, "marc", "by whom"),
                            (stranger, "", "sign in")):  # fmt: skip
        with pytest.raises(Refused, match=words):
            desk.write(submit(by=by), stamp=10)
    with pytest.raises(Refused, match="marc made it"):
        ines.write(EditExpense(id="x", changes={"amount": 1}), stamp=11)
    with pytest.raises(Refused, match="belongs to whoever"):
        ines.write(taxi("y", by="marc"), stamp=12)
    with pytest.raises(Refused, match="marc made it"):
        ines.delete(EXPENSES, "x", stamp=13)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(("make", "edit", "submit", "approve", "reject", "book", "pay", "meet")),
        st.sampled_from("xyz"),
        st.integers(1, 6),
    ),
    max_size=30,
)


@settings(max_examples=80, deadline=None)
@given(STEPS, st.permutations((0, 1, 2)))
def test_whatever_three_people_do_what_was_approved_stays_and_is_paid_once(
    steps: list[Any], order: list[int]
) -> None:
    """CLAIM-2 to CLAIM-5: watched after every meeting."""
    names = ("marc", "ines", "rui")
    people = clerks(*names)
    approved: dict[str, dict[str, Any]] = {}
    paid: dict[str, Any] = {}
    for at, (who, what, id_, number) in enumerate([*steps, (0, "meet", "x", 1)]):
        desk, by = people[who], names[who]
        if what == "meet":
            meet(*(people[each] for each in order))
            _watch(people[0], approved, paid)
            continue
        command = {
            "make": taxi(id_, by=by, amount=number * 100),
            "edit": EditExpense(id=id_, changes={"amount": number * 1_000}, by=by),
            "submit": submit(id_, by=by),
            "approve": approve(id_, by=by, number=1 + number % 2),
            "reject": reject(id_, by=by, number=1 + number % 2),
            "book": BookExpense(id=id_, category="fees", by=by),
            "pay": pay(id_, by=by, reference=str(number)),
        }[what]
        wrong = [each for each in command.check(desk.state, "2026-11-20") if each.level == "error"]
        try:
            desk.write(command, stamp=10 + at)
        except Refused:
            assert wrong, f"{command} was checked and refused all the same (CMD-1)"
        except (InvalidValue, Unknown):
            assert wrong, "it is there already, or not at all"


def _watch(desk: Clerk, approved: dict[str, dict[str, Any]], paid: dict[str, Any]) -> None:
    found = list(desk.leader.state.all(EXPENSES))
    for claim in found:
        id_, own = claim["id"], {name: claim.get(name) for name in OWN}
        if state_of(claim) in (APPROVED, PAID):
            assert approved.setdefault(id_, own) == own
            assert claim["decided_by"] not in (claim["owner"], claim["submitted_by"], "marc")
        else:
            assert id_ not in approved, "what was approved stays so"
        if state_of(claim) == PAID:
            how = (claim["method"], claim["reference"], claim["paid_by"])
            assert paid.setdefault(id_, how) == how
    references = [claim["reference"] for claim in found if claim.get("reference")]
    assert len(references) == len(set(references))


@pytest.mark.parametrize("detour", [{"own_claims": True}, {}])
def test_nobody_makes_it_allowed_in_the_very_change_that_decides(detour: dict[str, Any]) -> None:
    """CLAIM-4"""
    marc, *_ = known(taxi(by="marc"), submit(by="marc"))
    allow = SetSettings(id=HOTEL, changes=detour or {"name": "Hotel"})
    with pytest.raises(Refused, match="Nobody decides of their own"):
        marc.write(allow, approve(by="marc"), stamp=10)
    assert state_of(now(marc)) == "submitted"


def test_another_spelling_of_an_account_is_the_same_person() -> None:
    """CLAIM-4"""
    marc, loud = known(taxi(by="marc"), submit(by="marc"), authors=("marc", "MARC"))
    with pytest.raises(Refused, match="Nobody decides of their own"):
        loud.give(approve(by="MARC"), stamp=10)
    assert state_of(now(marc)) == "submitted"
