"""Questions about claims: why one is rejected or an approval taken back, and how what was approved
is paid. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pysync.model.guard import Record
from pysync_pms.commands import Command
from pysync_pms.expenses.claim_commands import PayClaims, TakeBackClaim, whose
from pysync_pms.expenses.claims import submission_of
from pysync_pms.expenses.words import REPAID_BY
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Done, Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.ui.parts.words import amount, label

__all__ = ["pay", "reject", "take_back"]


def reject(
    one: str, commands: Callable[[str], Sequence[Command]], then: Callable[[Done], None]
) -> Question:
    """Why these are rejected; whoever submitted them reads it. They are one change: all of them, or
    none."""
    many = len(commands(""))
    return Question(
        title=tr(f"Reject this {one}?")
        if many == 1
        else tr("Reject {claims}?", claims=plural(many, one)),
        about=f"reject {one} {many}",
        submit=tr("Reject"),
        kind="danger",
        fields=lambda form, _: [
            h.p("muted")[
                tr("It goes back to whoever submitted it, who can change it and submit it again.")
            ],
            form.text("reason", tr("Reason"), required=True),
        ],
        missing=lambda values: (
            {} if values.get("reason", "").strip() else {"reason": tr("Say why.")}
        ),
        commands=lambda values: commands(values["reason"]),
        then=then,
    )


def take_back(hotel: Hotel, collection: str, claim_id: str, by: str) -> Question:
    """Why an approval is taken back; whoever submitted the claim reads it."""
    claim = hotel.view.get(collection, claim_id) or {"id": claim_id}
    return Question(
        title=tr("Take the approval back?"),
        about=f"take back {collection} {claim_id}",
        submit=tr("Take back"),
        kind="danger",
        fields=lambda form, _: [
            h.p("muted")[tr("It goes back to whoever submitted it, who can change it and submit it "
                            "again.")],
            form.text("reason", tr("Reason"), required=True),
        ],
        missing=lambda values: (
            {} if values.get("reason", "").strip() else {"reason": tr("Say why.")}
        ),
        commands=lambda values: [
            TakeBackClaim(collection=collection, id=claim_id, submission=submission_of(claim),
                          on=hotel.today, reason=values["reason"], by=by)
        ],
    )  # fmt: skip


def pay(hotel: Hotel, collection: str, claims: Sequence[Record], by: str) -> Question:
    """How somebody gets back what was approved: the first of these claims, and perhaps the others,
    in one payment."""
    first, id_ = claims[0] if claims else {"id": ""}, hotel.new_id()
    currency = str(first.get("currency") or hotel.currency)

    def words(claim: Record) -> str:
        money = amount(hotel.app.formats, claim.get("amount") or 0, currency)
        day = hotel.app.formats.day(date.fromisoformat(claim["on"]), "medium")
        return " · ".join(filter(None, (money, day, claim.get("supplier"))))

    def chosen(values: Values) -> list[Record]:
        more = [each for at, each in enumerate(claims) if at and values.get(f"also{at}")]
        return [*claims[:1], *more]

    def fields(form: FormView, values: Values) -> Child:
        total = sum(each.get("amount") or 0 for each in chosen(values))
        live = {"data_change": "ask.change"}
        return [
            h.p[h.strong[amount(hotel.app.formats, total, currency)]],
            [h.p[tr("For {what}", what=words(first))]] if claims else None,
            len(claims) > 1
            and h.fieldset("stack")[
                h.legend[tr("Also approved for the same person")],
                [form.check(f"also{at}", words(each), **live)
                 for at, each in enumerate(claims[:MORE + 1]) if at],
            ],
            h.div("grid-2")[
                form.choose("method", tr("How"), [(code, label(code)) for code in REPAID_BY],
                            required=True),
                form.text("reference", tr("Reference"),
                          hint=tr("Of the bank or the payroll: it is posted once only")),
            ],
        ]  # fmt: skip

    def commands(values: Values) -> Sequence[Command]:
        return [
            PayClaims(
                id=id_,
                claims=tuple(f"{collection}/{each['id']}" for each in chosen(values)),
                method=values.get("method") or REPAID_BY[0],
                reference=values.get("reference", ""),
                on=hotel.today,
                by=by,
            )
        ]

    missing: Mapping[str, str] = {} if claims else {"method": tr("It is not there any more.")}
    return Question(
        title=tr("Pay {who}", who=whose(hotel.view, first)),
        about=f"pay {collection} {first['id']}",
        submit=tr("Pay"),
        fields=fields,
        commands=commands,
        missing=lambda _: missing,
        values={"method": REPAID_BY[0]},
        wide=True,
    )


MORE = 12
"""Other claims of the same person that are offered with one."""
