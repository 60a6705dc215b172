"""The words of the election: its states × events, each pair with an answer.

A *seat* is what a tab must hold to lead: the leader's Web Lock, or the lease in the store. Holding
it is not enough: decisions are written under a term, which is claimed after the seat was won.
The diagram is drawn from the table.

Floor: `leadership`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from pysync.machines.leadership import WhyLost


class State(Enum):
    """Where a tab stands in the election."""

    OUT = "not started, or stopped"
    BARRED = "nothing to stand on: nobody leads"
    PAUSED = "page frozen or put away"
    QUEUED = "waits for the seat"
    ASKING = "waits for the leader to yield"
    ACTING = "leads, claims its term: writes nothing"
    LEADING = "leads under its term"
    YIELDING = "gave way, waits to be relieved of the seat"


class Event(Enum):
    """What can happen to it."""

    START = "start"
    BAR = "start without locks and store"
    STOP = "stop"
    PAUSE = "freeze or pagehide"
    RESUME = "resume or pageshow"
    THAWED = "own ticks were away for longer than the limit"
    SEATED = "seat won"
    UNSEATED = "seat stolen or run out"
    CLAIMED = "term claimed"
    OUTRANKED = "another leads by a later right"
    FENCED = "the store refused a write under our term"
    FORCE = "this tab was told to lead"
    ASKED = "another tab was told to lead"
    YIELDED = "the leader gave way to us"
    BOUND = "the wait of this state is over"
    STALE = "the leader is silent and we are next"


class Act(Enum):
    """What the machine does on the way; see the methods of those names in `election`."""

    QUEUE = "queue"
    LEAVE = "leave the seat and its queue"
    CLAIM = "claim a term"
    LEAD = "lead"
    ACT = "lead without a term"
    DOWN = "step down"
    ASK = "ask the leader to yield"
    GIVE_WAY = "tell the asker to take the seat"
    STEAL = "steal the seat"
    WAIT = "set the bound"


Move = tuple[State, tuple[Act, ...]]

_REQUEUE = (Act.LEAVE, Act.QUEUE)
_DOWN = (Act.DOWN, Act.LEAVE, Act.QUEUE)


def _row(
    state: State, moves: Mapping[Event, Move], *, ignored: str
) -> dict[tuple[State, Event], Move]:
    """One state's row: its moves, and the names of the events it ignores, so none is forgotten."""
    row: dict[tuple[State, Event], Move] = {(state, event): move for event, move in moves.items()}
    for name in ignored.split():
        pair = (state, Event[name])
        assert pair not in row, f"{pair} both moves and is ignored"
        row[pair] = (state, ())
    return row


TABLE: Final[Mapping[tuple[State, Event], Move]] = {
    **_row(
        State.OUT,
        {
            Event.START: (State.QUEUED, (Act.QUEUE,)),
            Event.BAR: (State.BARRED, ()),
            Event.SEATED: (State.OUT, (Act.LEAVE,)),
        },
        ignored="STOP PAUSE RESUME THAWED UNSEATED CLAIMED OUTRANKED FENCED FORCE ASKED"
        " YIELDED BOUND STALE",
    ),
    **_row(
        State.BARRED,
        {Event.STOP: (State.OUT, ())},
        ignored="START BAR PAUSE RESUME THAWED SEATED UNSEATED CLAIMED OUTRANKED FENCED FORCE"
        " ASKED YIELDED BOUND STALE",
    ),
    **_row(
        State.PAUSED,
        {
            Event.STOP: (State.OUT, ()),
            Event.RESUME: (State.QUEUED, (Act.QUEUE,)),
            Event.SEATED: (State.PAUSED, (Act.LEAVE,)),
        },
        ignored="START BAR PAUSE THAWED UNSEATED CLAIMED OUTRANKED FENCED FORCE ASKED"
        " YIELDED BOUND STALE",
    ),
    **_row(
        State.QUEUED,
        {
            Event.STOP: (State.OUT, (Act.LEAVE,)),
            Event.PAUSE: (State.PAUSED, (Act.LEAVE,)),
            Event.THAWED: (State.QUEUED, _REQUEUE),
            Event.SEATED: (State.ACTING, (Act.ACT, Act.CLAIM, Act.WAIT)),
            Event.FORCE: (State.ASKING, (Act.ASK, Act.WAIT)),
            Event.STALE: (State.QUEUED, (Act.STEAL,)),
        },
        ignored="START BAR RESUME UNSEATED CLAIMED OUTRANKED FENCED ASKED YIELDED BOUND",
    ),
    **_row(
        State.ASKING,
        {
            Event.STOP: (State.OUT, (Act.LEAVE,)),
            Event.PAUSE: (State.PAUSED, (Act.LEAVE,)),
            Event.THAWED: (State.QUEUED, _REQUEUE),
            Event.SEATED: (State.ACTING, (Act.ACT, Act.CLAIM, Act.WAIT)),
            Event.YIELDED: (State.QUEUED, (Act.STEAL,)),
            Event.BOUND: (State.QUEUED, (Act.STEAL,)),
            Event.STALE: (State.QUEUED, (Act.STEAL,)),
        },
        ignored="START BAR RESUME UNSEATED CLAIMED OUTRANKED FENCED FORCE ASKED",
    ),
    **_row(
        State.ACTING,
        {
            Event.STOP: (State.OUT, (Act.DOWN, Act.LEAVE)),
            Event.PAUSE: (State.PAUSED, (Act.DOWN, Act.LEAVE)),
            Event.THAWED: (State.QUEUED, _DOWN),
            Event.UNSEATED: (State.QUEUED, _DOWN),
            Event.CLAIMED: (State.LEADING, (Act.LEAD,)),
            Event.BOUND: (State.ACTING, (Act.CLAIM, Act.WAIT)),
            Event.OUTRANKED: (State.QUEUED, _DOWN),
            Event.FENCED: (State.QUEUED, _DOWN),
            Event.ASKED: (State.YIELDING, (Act.DOWN, Act.GIVE_WAY, Act.WAIT)),
        },
        ignored="START BAR RESUME SEATED FORCE YIELDED STALE",
    ),
    **_row(
        State.LEADING,
        {
            Event.STOP: (State.OUT, (Act.DOWN, Act.LEAVE)),
            Event.PAUSE: (State.PAUSED, (Act.DOWN, Act.LEAVE)),
            Event.THAWED: (State.QUEUED, _DOWN),
            Event.UNSEATED: (State.QUEUED, _DOWN),
            Event.CLAIMED: (State.LEADING, (Act.LEAD,)),
            Event.OUTRANKED: (State.QUEUED, _DOWN),
            Event.FENCED: (State.QUEUED, _DOWN),
            Event.ASKED: (State.YIELDING, (Act.DOWN, Act.GIVE_WAY, Act.WAIT)),
        },
        ignored="START BAR RESUME SEATED FORCE YIELDED BOUND STALE",
    ),
    **_row(
        State.YIELDING,
        {
            Event.STOP: (State.OUT, (Act.LEAVE,)),
            Event.PAUSE: (State.PAUSED, (Act.LEAVE,)),
            Event.THAWED: (State.QUEUED, _REQUEUE),
            Event.UNSEATED: (State.QUEUED, _REQUEUE),
            Event.OUTRANKED: (State.QUEUED, _REQUEUE),
            Event.BOUND: (State.QUEUED, _REQUEUE),
        },
        ignored="START BAR RESUME SEATED CLAIMED FENCED FORCE ASKED YIELDED STALE",
    ),
}


BOUNDS: Final = {
    State.ASKING: 250,  # then the seat is stolen
    State.ACTING: 1_000,  # then the term is claimed again, if the store answered
    State.YIELDING: 1_000,  # then it queues like the others
}
"""How long (ms) each of these states waits."""
SEATED: Final = frozenset({State.ACTING, State.LEADING})
WAITING: Final = frozenset({State.QUEUED, State.ASKING})

WHY: Final[dict[Event, WhyLost]] = {
    Event.STOP: "stopped",
    Event.PAUSE: "paused",
    Event.THAWED: "paused",
    Event.UNSEATED: "unseated",
    Event.OUTRANKED: "outranked",
    Event.FENCED: "fenced",
    Event.ASKED: "forced",
}
"""Why leadership is lost by which event."""


def diagram() -> str:
    """The table as a Mermaid state diagram: moves only, what is ignored is left out."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.OUT.name}"]
    lines += [f"    {state.name}: {state.value}" for state in State]
    for (state, event), (target, acts) in TABLE.items():
        if acts or target is not state:
            doing = " / " + ", ".join(act.value for act in acts) if acts else ""
            lines.append(f"    {state.name} --> {target.name}: {event.value}{doing}")
    return "\n".join(lines)
