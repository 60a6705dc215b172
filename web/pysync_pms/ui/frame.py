"""What stands around every screen: which hotels there are, the day, the badge, the counts.

Owns how a tab's status becomes the badge's words. The badge says "Synced" only when everything this
tab knows is decided and saved, by the server where there is one. Stands on `shell`, `status`,
`hotel`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pysync.machines.status import Status
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.queries import attention_count
from pysync_pms.stock.queries import short_count
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.language import grouped, tr
from pysync_pms.ui.parts.company import where
from pysync_pms.ui.parts.staff_waiting import staff_waiting, to_approve
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.shell import ShellModel
from pysync_pms.ui.status import State, SyncStatus, queue_words
from pysync_pms.ui.told import told

__all__ = ["Frame", "words_of"]

_PROBLEMS = {
    "full": tr(
        "Not saved yet: this device has no room left. Free some space; nothing is lost until "
        "all tabs are closed."
    ),
    "blocked": tr("Not saved yet: another tab holds the storage. Close tabs that do not answer."),
    "closed": tr(
        "Not saved: the storage of this site was cleared or is denied. All of it is still in "
        "the tabs that are open: before you reload or close the last of them, note elsewhere "
        "what must not be lost."
    ),
    "apart": tr(
        "The storage of this site was cleared while other tabs were open: those tabs hold "
        "changes that are not here. Note in them what must not be lost, then reload them."
    ),
    "corrupt": tr(
        "Not saved: what is stored on this device cannot be read by this version of the "
        "page, and is left as it is. Reload the page to get the newest version."
    ),
}
KEPT_HERE = tr("This hotel is kept on this device only")
_LINKS = {
    "none": KEPT_HERE,
    "online": tr("Everything is kept on this device and on the server"),
    "connecting": tr(
        "Connecting with the server. What is changed meanwhile is kept on this device"
    ),
    "paused": tr(
        "Syncing is paused on this device. What is changed is kept here and sent when you go on"
    ),
    "offline": tr(
        "The server does not answer. What is changed is kept on this device and sent as "
        "soon as it does"
    ),
    "signed-out": tr(
        "The server asks you to sign in. What is changed is kept on this device and sent "
        "as soon as you are signed in"
    ),
}


class Frame:
    """The port `Host` of the interface. `leave(href)` loads another address anew: one page holds
    one space. `online()` tells whether the browser has a network;
    `accounts` whether people have some at the server."""

    def __init__(
        self,
        hotel: Hotel,
        spaces: Sequence[tuple[str, str]],
        *,
        leave: Callable[[str], None],
        online: Callable[[], bool],
        more: Mapping[str, Action],
        accounts: bool = False,
    ) -> None:
        self._hotel = hotel
        self._spaces = spaces
        self._leave = leave
        self._online = online
        self._more = more
        self._accounts = accounts
        self._counted: tuple[str, int] | None = None

    def shell(self, route: Route) -> ShellModel:
        """What the frame shows now."""
        hotel = self._hotel
        return ShellModel(
            route=route,
            spaces=self._spaces,
            status=self.status(),
            faces=hotel.company.faces(),
            more_faces=hotel.company.more,
            counts={
                "attention": self._attention()
                + hotel.open_conflicts
                + len(hotel.space.dead_letters),
                "stock": short_count(hotel.view),
                "expenses": to_approve(hotel, EXPENSES),
                "staff": staff_waiting(hotel),
            },
            day=hotel.app.formats.day(date.fromisoformat(hotel.today), "long"),
            accounts=self._accounts,
            search=route.query.get("q", "") if route.screen == "guests" else "",
        )

    def moved(self) -> None:
        """Data moved: what was counted has to be counted again."""
        self._counted = None

    def _attention(self) -> int:
        today = self._hotel.today
        if self._counted is None or self._counted[0] != today:
            self._counted = (today, attention_count(self._hotel.view, today))
        return self._counted[1]

    def resolve(self, route: Route) -> Route:
        """The route in this page's space, which others hear of; another space is another page."""
        own = self._hotel.space.name
        if route.space and route.space != own:
            self._leave(route.href)
        self._hotel.company.shows(route.record)
        return Route(own, route.screen, route.record, route.query)

    def actions(self) -> Mapping[str, Action]:
        """Actions that hold on every screen."""
        return {
            "hotel.undo": self._hotel.on_undo,
            "hotel.undo-last": lambda _: self._hotel.undo_last(),
            **self._more,
        }

    def status(self) -> SyncStatus:
        """The badge."""
        space = self._hotel.space
        now = space.status()
        waiting = now.unsaved or now.pending
        conflicts = self._hotel.open_conflicts
        at = self._hotel.app.formats.moment(now.last_sync, seconds=True) if now.last_sync else ""
        return SyncStatus(
            state=self._state(waiting, conflicts),
            tabs=now.tabs,
            queued=waiting,
            bound=now.queue.bound,
            conflicts=conflicts,
            last_sync=at,
            signed_out=now.relay == "signed-out",
            note=_PROBLEMS.get(now.problem, "") or queue_words(now.queue) or words_of(now),
            facts=(
                *self._people(now),
                *clock_facts(now),
                *self._company(),
                (tr("This tab"), tr("leads") if now.is_leader else tr("follows")),
                (tr("Changes so far"), grouped(now.seq)),
            ),
        )

    def _people(self, now: Status) -> list[tuple[str, str]]:
        """Who is signed in, and for whose return changes wait that were made here."""
        rows: list[tuple[str, str]] = []
        if now.person is not None:
            role = self._hotel.rights
            named = told(role.role.title) if role is not None else now.person.role
            rows.append((tr("Signed in"), f"{now.person.name}, {named}"))
        if now.waits_for:
            rows.append((tr("Sent when they sign in here"), ", ".join(now.waits_for)))
        return rows

    def _company(self) -> list[tuple[str, str]]:
        """Who else is here."""
        company = self._hotel.company
        here = where(company.faces(), company.more, between="\n")
        return [(tr("Also here"), here)] if here else []

    def _state(self, waiting: int, conflicts: int) -> State:
        space = self._hotel.space
        now = space.status()
        if space.tab.channel == "none":
            return "unavailable"
        if conflicts:
            return "conflict"
        if now.relay in ("refused", "signed-out"):
            return "unavailable"
        if now.problem or now.relay in ("offline", "paused") or not self._online():
            return "offline"
        behind = waiting or not now.ready or now.behind or now.relay == "connecting"
        return "syncing" if behind else "synced"


def clock_facts(status: Status) -> list[tuple[str, str]]:
    """What is to be said of the clock of this device: nothing while it is right."""
    seconds = abs(status.clock_ahead) // 1000
    if not seconds:
        return []
    days, minutes = seconds // 86_400, seconds // 60
    off = tr("{n} d", n=days) if days else f"{minutes} min" if minutes else f"{seconds} s"
    if status.clock_ahead > 0:
        words = tr("{time} fast; the server sets times right", time=off)
    else:
        words = tr("{time} slow; the server sets times right", time=off)
    return [(tr("Clock of this device"), words)]


def words_of(status: Status) -> str:
    """How it stands with the server."""
    words = _LINKS.get(status.relay, "")
    if words:
        detour = status.relay == "online" and status.relay_reason
        return f"{words}. {told(status.relay_reason)}" if detour else words
    return tr(
        "The server does not take part: {reason}. What is changed is kept on this device.",
        reason=told(status.relay_reason),
    )
