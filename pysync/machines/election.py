"""Who leads: exactly one tab, the most senior one that is awake, and never two that may write.

Three rungs. `locks`: the seat is a Web Lock, its queue the line of succession. `lease`: a lease in
the store. `none`: nobody leads. `election_table` says what happens in which state; this module
turns frames, ticks, timers and answers into events and does the acts.

Leading and deciding are two things. The seat makes a leader at once (tasks run, others know whom
to ask), but under term 0, which may write and decide nothing. The term, claimed in the store, lets
it write and fences whoever held the seat before; it is claimed until the store answers. So neither
a slow store nor a blocked one delays the next leader, and no decision is ever made that an older
leader could contradict.

ELECT-1  The table answers every event in every state.
ELECT-2  `term` is not 0 only in LEADING, and is the one the store gave to this tab last.
ELECT-3  A leader steps down when it hears of a later right: a higher term, or the announcement of
         its own term by another, which only a tab that won the seat afterwards makes.
ELECT-4  After losing the seat, a fenced write, a freeze or pagehide, a tab writes nothing more
         and queues at the end: it does not take over again while another leads.
ELECT-5  A seat is stolen only when `succession` says so, or by `force` after asking the leader.
ELECT-6  At most one claim of a term is open at a time, so its answer is always the newest.
ELECT-7  On the rung `none` nobody leads.
ELECT-8  Who yields keeps the lock until it is taken, so that nobody slips in; but not for ever.

Floor: `election_table`, `seat`, `succession`, `presence`, `messages`; `ports` for answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pysync.machines import messages
from pysync.machines.cards import natural
from pysync.machines.effects import ClaimTerm, ClearTimer, Effect, Moment, Post, SetTimer
from pysync.machines.election_table import BOUNDS, SEATED, TABLE, WAITING, WHY, Act, Event, State
from pysync.machines.leadership import ElectionEvent, Followed, LeaderChanged, Led, Rung, later_term
from pysync.machines.messages import Frame
from pysync.machines.presence import Presence
from pysync.machines.seat import LeaseSeat, LockSeat, Seat
from pysync.machines.succession import Succession
from pysync.ports import Lease, StoreFault

REMIND_MS: Final = 1_000
"""How often a leader tells another that thinks it leads."""


class Election:
    """The machine. Give it `beat`, `heard`, `pause`, `resume` after `presence` had its turn."""

    def __init__(
        self,
        *,
        space: str,
        tab: str,
        rung: Rung,
        shared: bool = True,
        presence: Presence,
        out: list[Effect],
        tell: Callable[[ElectionEvent], None],
    ) -> None:
        self.tab = tab
        self.rung = rung
        self._shared = shared
        self.state = State.OUT
        self.leader: str | None = None
        """Who leads as far as this tab knows, itself included."""
        self.known_term = 0
        """The highest term seen anywhere."""
        self.term = 0
        """The term to write and decide under; 0 while this tab may do neither."""
        self._right = 0
        """What we announced with: the term, or in ACTING the highest known when it began."""
        self._presence = presence
        self._out = out
        self._tell = tell
        self._lock = f"pysync:{space}:leader" if rung == "locks" else ""
        lease = LeaseSeat(tab, presence, out)
        self._seat: Seat = LockSeat(self._lock, out) if self._lock else lease
        self._succession = Succession(presence)
        self._claim_open = False
        self._asker = ""
        self._since = 0
        self._reminded_at = float("-inf")

    @property
    def is_leader(self) -> bool:
        """Whether this tab leads, with or without a confirmed term."""
        return self.state in (State.ACTING, State.LEADING)

    def start(self, now: Moment) -> None:
        """Stand for election. A lone tab leads as soon as seat and term are granted."""
        self._since = self._presence.since
        self._succession.begin(now)
        self._fire(Event.BAR if self.rung == "none" else Event.START, now)

    def stop(self, now: Moment) -> None:
        """Give everything back; only `start` begins again."""
        self._fire(Event.STOP, now)
        self._follow(None, now)

    def pause(self, now: Moment) -> None:
        """The page freezes or enters the back-forward cache: let go of the seat and the queue."""
        self._fire(Event.PAUSE, now)
        self._follow(None, now)

    def resume(self, now: Moment) -> None:
        """The page is back: queue again, at the end."""
        self._since = self._presence.since
        self._succession.begin(now)
        self._fire(Event.RESUME, now)

    def force(self, now: Moment) -> None:
        """Make this tab the leader: ask the current one to yield, and do not wait long."""
        self._fire(Event.FORCE, now)

    def beat(self, now: Moment) -> None:
        """The page handled a tick of its worker: judge the leader."""
        self._succession.beat(now)
        if self._presence.since > self._since:
            self._since = self._presence.since
            self._succession.begin(now)
            self._fire(Event.THAWED, now)
        if self._seat.expired(now):
            self._fire(Event.UNSEATED, now)
        if self.state in WAITING:
            verdict = self._succession.judge(self.leader, now)
            if self.leader is not None and not self._presence.is_awake(self.leader):
                self._follow(None, now)
            if verdict is not None:
                self._fire(verdict, now)

    def heard(self, frame: Frame, now: Moment) -> None:
        """A frame of the channel. Raises ProtocolError on a payload that breaks the table."""
        if frame.type not in messages.ELECTORAL or frame.tab == self.tab:
            return
        if self.state in (State.OUT, State.PAUSED, State.BARRED):
            return
        if frame.type in (messages.TAB_PING, messages.TAB_PONG, messages.HEARTBEAT):
            self._heard_card(frame, now)
        elif frame.type == messages.LEADER_ANNOUNCE:
            term = natural(frame.object().get("term"), "term")
            self._heard_leader(frame.tab, term, now, fresh=True)
        elif frame.type == messages.LEADER_ELECTION:
            self._heard_asking(frame, now)
        elif frame.type == messages.TAB_BYE and frame.tab == self.leader:
            self._follow(None, now)
            self._seat.vacated(now)

    def woke(self, name: str, now: Moment) -> None:
        """A timer is due; names that do not begin with `election.` are ignored."""
        if name == "election.bound":
            self._fire(Event.BOUND, now)
        elif name == "election.seat" and self._seat.due(now):
            self._fire(Event.UNSEATED, now)

    def lock_granted(self, name: str, now: Moment) -> None:
        """A lock is ours; any but the leader's is ignored."""
        if name == self._lock:
            self._fire(Event.SEATED, now)

    def lock_lost(self, name: str, now: Moment) -> None:
        """A lock was stolen from us; any but the leader's is ignored."""
        if name == self._lock:
            self._fire(Event.UNSEATED, now)

    def term_claimed(self, answer: int | StoreFault, now: Moment) -> None:
        """The answer to `ClaimTerm`."""
        self._claim_open = False
        if not isinstance(answer, StoreFault):
            self._claimed(answer, now)

    def lease_answered(self, answer: Lease | StoreFault, now: Moment) -> None:
        """The answer to `TakeLease`."""
        if self.rung != "lease" or not isinstance(self._seat, LeaseSeat):
            return
        outcome = self._seat.answered(answer, now)
        if outcome == "lost":
            self._fire(Event.UNSEATED, now)
        elif outcome == "won" and isinstance(answer, Lease):
            self._fire(Event.SEATED, now)
            if answer.term != self.term:
                self._claimed(answer.term, now)
        elif isinstance(answer, Lease) and self._presence.knows(answer.holder):
            self._follow(answer.holder, now)

    def fenced(self, now: Moment) -> None:
        """The store refused a write under our term: somebody newer leads."""
        self._fire(Event.FENCED, now)

    def _heard_card(self, frame: Frame, now: Moment) -> None:
        term, leads = natural(frame.object().get("term", 0), "term"), frame.object().get("leader")
        self.known_term = max(self.known_term, term)
        if self.is_leader and term > self._right and not self._claim_open:
            self._fire(Event.OUTRANKED, now)  # where no store fences, that is how it learns
        if leads is not None:
            self._heard_leader(frame.tab, natural(leads, "leader"), now, fresh=False)
        elif frame.tab == self.leader:
            self._follow(None, now)  # it stepped down

    def _heard_leader(self, tab: str, term: int, now: Moment, *, fresh: bool) -> None:
        """Another tab says it leads; `fresh` when it says so because it has just won the seat."""
        known, self.known_term = self.known_term, max(self.known_term, term)
        if self.state in SEATED:
            right = max(known, self._right) if self._claim_open else self._right
            if term > right or (fresh and term == right):  # ELECT-3
                self._fire(Event.OUTRANKED, now)
            else:
                if self.state is State.LEADING and now.mono - self._reminded_at > REMIND_MS:
                    self._reminded_at = now.mono
                    self._announce(now)
                return
        elif self.state is State.YIELDING and fresh:
            self._fire(Event.OUTRANKED, now)
        taken = self.leader not in (None, tab) and self._presence.is_awake(self.leader or "")
        if fresh or term > known or not (taken or 0 < term < known):
            confirmed = fresh and term > known and tab == self.leader
            self._follow(tab, now)
            if confirmed:
                self._tell(LeaderChanged(tab, term))

    def _heard_asking(self, frame: Frame, now: Moment) -> None:
        payload = frame.object()
        if payload.get("force") is True:
            self._asker = frame.tab
            self._fire(Event.ASKED, now)
        elif payload.get("yield") == self.tab:
            self._fire(Event.YIELDED, now)

    def _claimed(self, term: int, now: Moment) -> None:
        overtaken = term < self.known_term and self._lock
        self.known_term = max(self.known_term, term)
        if self.state in SEATED:
            if overtaken:
                self._claim(now)
                return
            self._right = term
        self._fire(Event.CLAIMED, now)

    def _follow(self, tab: str | None, now: Moment) -> None:
        self._succession.begin(now)
        if tab != self.leader:
            self.leader = tab
            self._presence.leads(tab, self._right if tab == self.tab else 0)
            if tab != self.tab:
                self._tell(LeaderChanged(tab, self.known_term))

    def _fire(self, event: Event, now: Moment) -> None:
        before = self.state
        self.state, acts = TABLE[before, event]
        if self.state is not before and before in BOUNDS:
            self._out.append(ClearTimer("election.bound"))
        for act in acts:
            self._do(act, event, now)

    def _do(self, act: Act, event: Event, now: Moment) -> None:
        match act:
            case Act.QUEUE:
                self._seat.queue(now)
            case Act.LEAVE:
                self._seat.leave()
            case Act.STEAL:
                self._seat.steal(now)
            case Act.CLAIM:
                self._claim(now)
            case Act.LEAD | Act.ACT:
                self._lead(now, confirmed=act is Act.LEAD)
            case Act.DOWN:
                self.term = 0
                self._follow(None, now)
                self._tell(Followed(WHY[event]))
            case Act.ASK:
                self._post(messages.LEADER_ELECTION, {"force": True}, now)
            case Act.GIVE_WAY:
                self._seat.give_way()
                self._post(messages.LEADER_ELECTION, {"yield": self._asker}, now)
            case Act.WAIT:
                self._out.append(SetTimer("election.bound", now.mono + BOUNDS[self.state]))

    def _claim(self, now: Moment) -> None:
        if self._lock and not self._claim_open:  # ELECT-6
            self._claim_open = True
            apart = later_term(self.known_term, now.wall, self.tab)
            self._out.append(ClaimTerm(self.known_term + 1 if self._shared else apart))

    def _lead(self, now: Moment, *, confirmed: bool) -> None:
        if not confirmed:
            self._right = self.known_term
        self.term = self._right if confirmed else 0
        self.leader = None  # so that presence hears of the new term
        self._follow(self.tab, now)
        self._announce(now)
        self._tell(Led(self.term))

    def _announce(self, now: Moment) -> None:
        self._post(
            messages.LEADER_ANNOUNCE, {"term": self._right, "since": self._presence.since}, now
        )

    def _post(self, type_: str, payload: dict[str, Any], now: Moment) -> None:
        self._out.append(Post(messages.encode(type_, self.tab, now.wall, payload)))
