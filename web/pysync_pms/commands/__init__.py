"""Everything that can be done in the hotel, one frozen object per intent.

    problems = CheckIn(id=stay, on=today).check(space.view, today)
    perform(space, CheckIn(id=stay, on=today), view=space.view, today=today)

`check` is the validator for every way in: click, drag, key, import. See `commands.base`.
"""

import pysync_pms.stock.commands
import pysync_pms.stock.counting
import pysync_pms.stock.items  # noqa: F401 - so that `from_json` finds them
from pysync_pms.commands.articles import CreateArticle, EditArticle
from pysync_pms.commands.audit import (
    CloseDay,
    PostNights,
    batches,
    figures,
    lines_of_day,
    not_arrived,
    not_left,
)
from pysync_pms.commands.base import (
    REGISTRY,
    Command,
    Drafting,
    Preview,
    Problem,
    check_all,
    errors,
    execute,
    from_json,
    label_of,
    perform,
    warnings,
)
from pysync_pms.commands.booking import (
    DETAILS,
    ClearAttention,
    CreateReservation,
    EditReservation,
    WalkIn,
)
from pysync_pms.commands.closing import Cancel, NoShow, Reinstate
from pysync_pms.commands.deposit import AskDeposit
from pysync_pms.commands.folio import NameWindow, Reverse, Split, window_id
from pysync_pms.commands.guests import PROFILE, CreateGuest, EditGuest, EraseGuest, MergeGuests
from pysync_pms.commands.housekeeping import AssignHousekeeper, SetCondition, SetServiceability
from pysync_pms.commands.invoicing import CreditInvoice, IssueInvoice, NotePrinted
from pysync_pms.commands.nights import ChargeNights
from pysync_pms.commands.place import Assign, Extend, Move, Shorten, Unassign
from pysync_pms.commands.posting import Charge, Pay
from pysync_pms.commands.refusals import DiscardRefused, KeepRefused, kept_of
from pysync_pms.commands.setup import (
    CreateRoom,
    CreateRoomType,
    CreateStaff,
    SetPreferences,
    SetSettings,
)
from pysync_pms.commands.stay import CheckIn, CheckOut, UndoCheckIn, UndoCheckOut
from pysync_pms.words import HOTEL

__all__ = [
    "DETAILS",
    "HOTEL",
    "PROFILE",
    "REGISTRY",
    "AskDeposit",
    "Assign",
    "AssignHousekeeper",
    "Cancel",
    "Charge",
    "ChargeNights",
    "CheckIn",
    "CheckOut",
    "ClearAttention",
    "CloseDay",
    "Command",
    "CreateArticle",
    "CreateGuest",
    "CreateReservation",
    "CreateRoom",
    "CreateRoomType",
    "CreateStaff",
    "CreditInvoice",
    "DiscardRefused",
    "Drafting",
    "EditArticle",
    "EditGuest",
    "EditReservation",
    "EraseGuest",
    "Extend",
    "IssueInvoice",
    "KeepRefused",
    "MergeGuests",
    "Move",
    "NameWindow",
    "NoShow",
    "NotePrinted",
    "Pay",
    "PostNights",
    "Preview",
    "Problem",
    "Reinstate",
    "Reverse",
    "SetCondition",
    "SetPreferences",
    "SetServiceability",
    "SetSettings",
    "Shorten",
    "Split",
    "Unassign",
    "UndoCheckIn",
    "UndoCheckOut",
    "WalkIn",
    "batches",
    "check_all",
    "errors",
    "execute",
    "figures",
    "from_json",
    "kept_of",
    "label_of",
    "lines_of_day",
    "not_arrived",
    "not_left",
    "perform",
    "warnings",
    "window_id",
]
