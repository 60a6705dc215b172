"""Forms: a label, a hint and an error for every field, in one place.

Owns the markup contract with the glue: a control inside `field` is never overwritten while it holds
something the user typed and has not sent; what arrived meanwhile is offered beside it ("Changed
elsewhere"). Errors are named by field, read out, and the first one takes the focus. Values are
strings both ways: parsing them is the command's job, so that clicks and imports share one check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Choice, button
from pysync_pms.ui.html import Attr, Child, Html
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import why_not

__all__ = ["FormView", "form"]


def form(
    form_id: str,
    action: str,
    *children: Child,
    footer: Child = None,
    error: str | None = None,
    **attrs: Attr,
) -> Html:
    """A form that asks for `action` with its values when it is sent, by button or Enter.

    `error` is what the whole form says, such as a refusal by a business rule.
    """
    reason = why_not(action)
    if reason is not None:
        # Readable, not writable: the fields and the button are the fieldset's.
        told = h.p("field-hint")[icon("info"), f" {reason}."]
        return h.form("form", id=form_id, **attrs)[
            h.fieldset("form", disabled=True)[told, children]
        ]
    return h.form(
        "form", id=form_id, data_action=action, novalidate=True, autocomplete="off", **attrs
    )[
        h.div("form-error", role="alert")[icon("circle-alert"), h.span[error]] if error else None,
        children,
        footer and h.div("form-foot")[footer],
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """The fields of one form: their ids, values and errors. Build it once per view and call its
    methods in the order of the fields."""

    form_id: str
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    def text(
        self,
        name: str,
        label: str,
        *,
        kind: str = "text",
        hint: str | None = None,
        required: bool = False,
        suggestions: Iterable[str] = (),
        **attrs: Attr,
    ) -> Html:
        """A line of text; `kind` is an input type such as email, tel, search, time."""
        control = self._input(name, kind, hint, required, attrs)
        options = list(suggestions)
        if options:
            list_id = f"{self._id(name)}-list"
            control = h.join(
                self._input(name, kind, hint, required, {**attrs, "list": list_id}),
                h.datalist(id=list_id)[(h.option(value=option) for option in options)],
            )
        return self._field(name, label, control, hint=hint, required=required)

    def date(
        self,
        name: str,
        label: str,
        *,
        hint: str | None = None,
        required: bool = False,
        **attrs: Attr,
    ) -> Html:
        """A day, as `2026-11-20`, with the browser's own calendar; `min` and `max` bound it."""
        control = self._input(name, "date", hint, required, attrs)
        return self._field(name, label, control, hint=hint, required=required)

    def number(
        self,
        name: str,
        label: str,
        *,
        hint: str | None = None,
        required: bool = False,
        **attrs: Attr,
    ) -> Html:
        """A number; the value stays the string that was typed. `min`, `max`, `step` bound it."""
        attrs.setdefault(
            "inputmode", "decimal" if "." in str(attrs.get("step", "1")) else "numeric"
        )
        control = self._input(name, "number", hint, required, attrs)
        return self._field(name, label, control, hint=hint, required=required)

    def area(
        self, name: str, label: str, *, hint: str | None = None, rows: int = 3, **attrs: Attr
    ) -> Html:
        """Several lines of text."""
        control = h.textarea(
            "input", rows=rows, **self._common(name, hint, required=False), **attrs
        )[self.values.get(name, "")]
        return self._field(name, label, control, hint=hint)

    def choose(
        self,
        name: str,
        label: str,
        choices: Iterable[Choice | tuple[str, str]],
        *,
        hint: str | None = None,
        required: bool = False,
        empty: str | None = None,
        **attrs: Attr,
    ) -> Html:
        """One of many values. `empty` names the choice of none."""
        current = self.values.get(name, "")
        pairs = [(c.value, c.label) if isinstance(c, Choice) else c for c in choices]
        control = h.select("input", **self._common(name, hint, required), **attrs)[
            empty is not None and h.option(value="", selected=current == "")[empty],
            (h.option(value=v, selected=v == current)[text] for v, text in pairs),
        ]
        return self._field(name, label, control, hint=hint, required=required)

    def check(self, name: str, label: str, *, hint: str | None = None, **attrs: Attr) -> Html:
        """Yes or no; the value is "on" or absent."""
        error = self.errors.get(name)
        return h.div("field field-check", data_field=name)[
            h.label("check")[
                h.input_(
                    type="checkbox",
                    checked=bool(self.values.get(name)),
                    **self._common(name, hint, required=False),
                    **attrs,
                ),
                h.span[label],
            ],
            self._below(name, hint, error),
        ]

    def _input(
        self, name: str, kind: str, hint: str | None, required: bool, attrs: dict[str, Attr]
    ) -> Html:
        value = self.values.get(name, "")
        return h.input_(
            "input", type=kind, value=value, **self._common(name, hint, required), **attrs
        )

    def _id(self, name: str) -> str:
        return f"{self.form_id}-{name}"

    def _common(self, name: str, hint: str | None, required: bool) -> dict[str, Attr]:
        described = [f"{self._id(name)}-elsewhere"]
        if hint:
            described.append(f"{self._id(name)}-hint")
        if name in self.errors:
            described.append(f"{self._id(name)}-error")
        return {
            "id": self._id(name),
            "name": name,
            "required": required,
            "aria_invalid": "true" if name in self.errors else None,
            "aria_describedby": " ".join(described),
        }

    def _field(
        self, name: str, label: str, control: Html, *, hint: str | None, required: bool = False
    ) -> Html:
        return h.div("field", data_field=name)[
            h.label("field-label", for_=self._id(name))[
                label, not required and h.span("field-optional")[tr(" optional")]
            ],
            control,
            self._below(name, hint, self.errors.get(name)),
        ]

    def _below(self, name: str, hint: str | None, error: str | None) -> Html:
        return h.join(
            hint and h.p("field-hint", id=f"{self._id(name)}-hint")[hint],
            h.p("field-elsewhere", id=f"{self._id(name)}-elsewhere", hidden=True)[
                h.span[tr("Changed elsewhere: "), h.strong(data_remote=True)],
                button(tr("Use it"), small=True, kind="quiet", action="ui.use-remote"),
            ],
            error and h.p("field-error", id=f"{self._id(name)}-error")[icon("circle-alert"), error],
        )
