"""The dialog of end-to-end encryption: each step asks for one thing, and says what it is worth.

A recovery code is shown once and is in this tab's memory only while it is on the screen. Stands on
`pysync.Vault`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from pysync import SyncError, Vault, VaultError
from pysync.vault import Device
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.surfaces import dialog
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.phrase import GAP, phrase
from pysync_pms.ui.screen import Action
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent

__all__ = ["VaultDialog", "digits"]

DIALOG: Final = "vault"
FORM: Final = "vault-form"
WRITTEN: Final = "vault-written"
Step = Literal["on", "ask", "recover", "compare", "confirm", "remove", "code", "shown"]
_TITLES: Final[Mapping[Step, str]] = {
    "on": tr("Switch on end-to-end encryption"),
    "ask": tr("Ask for access"),
    "recover": tr("Use the recovery code"),
    "compare": tr("Compare the codes"),
    "confirm": tr("Compare the codes"),
    "remove": tr("Take access away"),
    "code": tr("New recovery code"),
    "shown": tr("Recovery code"),
}
_VERBS: Final[Mapping[Step, str]] = {
    "on": tr("Switch on"),
    "ask": tr("Ask"),
    "recover": tr("Use it"),
    "compare": tr("They are the same: admit"),
    "confirm": tr("They are the same"),
    "remove": tr("Take it away"),
    "code": tr("Make a new one"),
}
_NAME_HINT: Final = tr("What the others see in the list of devices, such as “Front desk computer”")
_ON: Final = tr(
    "This device makes the key, and lets other devices in. You get a recovery code, to be kept on "
    "paper: without it, and without any device that has access, nobody reads what is sealed."
)
_ASK: Final = tr(
    "This device shows a code. Compare it with a device that has access: who is there lets this "
    "one in, and you confirm it here."
)
_NEW_CODE: Final = tr(
    "The code before opens nothing that is sealed from then on. Do this when it was lost, or seen "
    "by somebody."
)
_KEEP: Final = tr(
    "Write it down, and keep it where it is neither lost nor seen. It is shown once. If all "
    "devices are lost, nothing else brings the documents back."
)
_COMPARE: Final = tr(
    "Have somebody at {device} read the code on its screen (Settings → Sync). Admit it only if "
    "every digit is the same: otherwise somebody stands between the two devices."
)
_CONFIRM: Final = tr(
    "On a device that has access, somebody reads the code under Settings → Sync, Compare. Confirm "
    "it only if every digit is the same: otherwise somebody stands between the two devices."
)
_LISTED: Final = tr("{device} is taken off the list. It reads nothing, and can ask again.")
_REMOVED: Final = tr(
    "{device} reads nothing that is sealed from now on: the other devices get a new key. What was "
    "sealed before, it may have read already."
)


class VaultDialog:
    """One step at a time."""

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel
        self._step: Step = "on"
        self._about: Device | None = None
        self._code = ""
        self._written = self._busy = False
        self._error = ""

    def actions(self) -> Mapping[str, Action]:
        """What opens it, and what its buttons do."""
        return {
            "vault.on": lambda _: self._open("on"),
            "vault.ask": lambda _: self._open("ask"),
            "vault.recover": lambda _: self._open("recover"),
            "vault.code": lambda _: self._open("code"),
            "vault.compare": lambda event: self._open("compare", event.id),
            "vault.confirm": lambda event: self._open("confirm", event.id),
            "vault.remove": lambda event: self._open("remove", event.id),
            "vault.written": self._confirm,
            "vault.copy": lambda _: self._copy(),
            "vault.do": lambda event: self._hotel.spawn(self._do(event)),
        }

    def _open(self, step: Step, about: str = "") -> None:
        vault = self._hotel.sealed.vault
        found = [each for each in vault.devices if each.id == about] if vault is not None else []
        if vault is None or (about and not found):
            return
        self._step, self._about = step, found[0] if found else None
        self._error, self._busy = "", False
        self._show()

    def _show(self) -> None:
        self._hotel.app.open_dialog(DIALOG, self._view, left=lambda _: self._left())

    def _left(self) -> None:
        if self._code and not self._written:
            message = tr(
                "The recovery code was not confirmed. Make a new one if it is not written down."
            )
            self._hotel.app.toast(message, tone="act", seconds=0)
        self._code, self._written = "", False

    def _view(self) -> Html:
        if self._step == "shown":
            return self._code_view()
        draw: Mapping[Step, Callable[[FormView], Child]] = {
            "on": self._ask_name,
            "ask": self._ask_name,
            "recover": self._ask_code,
            "compare": lambda _: self._compare(),
            "confirm": lambda _: self._confirming(),
            "remove": lambda _: self._removal(),
            "code": lambda _: _NEW_CODE,
        }
        view = FormView(form_id=FORM, values={"name": self._default_name()})
        return dialog(
            DIALOG,
            _TITLES[self._step],
            form(
                FORM,
                "vault.do",
                draw[self._step](view),
                error=self._error or None,
                footer=[
                    button(tr("Close"), action="ui.close", data_dialog=DIALOG, kind="quiet"),
                    button(_VERBS[self._step], type="submit",
                           kind="danger" if self._step == "remove" else "primary",
                           reason=tr("It is being done") if self._busy else None),
                ],
            ),
        )  # fmt: skip

    def _default_name(self) -> str:
        vault = self._hotel.sealed.vault
        own, person = vault.device if vault is not None else None, self._hotel.space.status().person
        if own is not None:
            return own.name
        return tr("{name}'s device", name=person.name) if person is not None else ""

    def _ask_name(self, view: FormView) -> Child:
        told = _ON if self._step == "on" else _ASK
        return [told, view.text("name", tr("Name of this device"), required=True, hint=_NAME_HINT)]

    def _ask_code(self, view: FormView) -> Child:
        return [
            h.p[tr("It was shown when encryption was switched on, and whoever has it has access.")],
            view.text("code", tr("Recovery code"), required=True, hint=tr("32 letters and digits"),
                      spellcheck="false", autocapitalize="characters"),
            view.text("name", tr("Name of this device"), required=True, hint=_NAME_HINT),
        ]  # fmt: skip

    def _compare(self) -> Child:
        assert self._about is not None
        name = h.strong[self._about.name or tr("that device")]
        return [
            h.p[phrase(tr(_COMPARE, device=GAP), name)],
            digits(self._about.code, tr("The code that the other device has to show")),
            h.p("muted")[tr("It will read everything that is sealed, also what is there already.")],
        ]  # fmt: skip

    def _confirming(self) -> Child:
        assert self._about is not None
        return [
            h.p[_CONFIRM],
            digits(self._about.code, tr("The code that the other device has to show")),
        ]

    def _removal(self) -> Child:
        assert self._about is not None
        name = h.strong[self._about.name or tr("This device")]
        if not self._about.inside:
            return h.p[phrase(tr(_LISTED, device=GAP), name)]
        return h.p[phrase(tr(_REMOVED, device=GAP), name)]

    def _code_view(self) -> Html:
        copy = self._hotel.sealed.copy is not None
        return dialog(
            DIALOG,
            _TITLES["shown"],
            h.div("stack")[
                h.p[_KEEP],
                digits(self._code, tr("Recovery code")),
                copy and h.div("row")[button(tr("Copy"), action="vault.copy", small=True)],
                h.label("check")[
                    h.input_(type="checkbox", id=WRITTEN, data_change="vault.written",
                             checked=self._written),
                    h.span[tr("I have written it down")],
                ],
            ],
            footer=button(tr("Done"), action="ui.close", data_dialog=DIALOG, kind="primary",
                          reason=None if self._written else tr("Write it down first")),
        )  # fmt: skip

    # -- doing ------------------------------------------------------------------------------------

    def _confirm(self, event: UiEvent) -> None:
        self._written = event.value == "on"
        self._show()

    def _copy(self) -> None:
        if self._hotel.sealed.copy is not None and self._code:
            self._hotel.sealed.copy(self._code)
            self._hotel.app.announce(tr("Copied"))

    async def _do(self, event: UiEvent) -> None:
        vault, name = self._hotel.sealed.vault, event.values.get("name", "").strip()
        if vault is None or self._busy:
            return
        self._busy, self._error = True, ""
        self._show()
        try:
            if self._step in ("on", "ask", "recover") and not name:
                raise VaultError("gone", tr("Give this device a name."))
            done = await self._take(vault, name, event.values.get("code", ""))
        except SyncError as error:
            self._stop(_sentence(told(str(error))))
            return
        except Exception:
            self._stop("")
            raise  # it is told
        self._busy = False
        if self._code:
            self._step = "shown"
            self._show()
            self._hotel.app.focus(WRITTEN)
        else:
            self._hotel.app.close_dialog(DIALOG)
            self._hotel.app.toast(done, tone="ok")

    def _stop(self, error: str) -> None:
        self._busy, self._error = False, error
        self._show()

    async def _take(self, vault: Vault, name: str, code: str) -> str:
        about = self._about.id if self._about is not None else ""
        match self._step:
            case "on":
                self._code = await vault.switch_on(name)
            case "code":
                self._code = await vault.new_code()
            case "ask":
                await vault.ask(name)
                return tr("Asked: now compare the codes")
            case "recover":
                await vault.recover(code, name)
                return tr("This device has access")
            case "compare":
                await vault.admit(about)
                return tr("It has access")
            case "confirm":
                assert self._about is not None
                await vault.confirm(self._about.code)
                ready = vault.state == "ready"
                if not ready:
                    return tr("Confirmed: now admit it there")
                return tr("This device has access")
            case "remove":
                await vault.remove(about)
                return tr("It has no access")
            case "shown":
                pass
        return ""


def digits(code: str, label: str) -> Html:
    """A code in groups, for eyes that compare."""
    return h.p("code-groups", role="group", aria_label=label)[
        [h.span[each] for each in code.split(" ")]
    ]


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."
