/* One permanent listener per event type, on the document; elements say by `data-*` what they mean.
   data-action: clicks and forms · data-change, data-input: controls · data-into: the list that the
   arrow down leads to from a field · data-link: addresses inside the application · data-escape: what
   Escape asks for · data-leave: a field that gives the focus back with Escape and Enter · data-window:
   rows that Python draws as they scroll into view (window.js). */
import { hasEdits, noteEdit, useRemote } from "./morph.js";
import { takeFocus, walk } from "./roving.js";
import { closeDialog, dialogClosed, dismiss, placeMenu, prepareRegions } from "./notices.js";
import { watchDrags } from "./drag.js";
import { watchWindows } from "./window.js";

const INPUT_AFTER_MS = 120;

const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const MEANT = "[data-action], [data-dismiss], a[href], button, input, select, textarea, label, summary";

function argsOf(element) {
  return { ...element.dataset };
}

function keyName(event) {
  const plain = event.key.length === 1 && event.key !== " ";
  const parts = [];
  if (event.ctrlKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.metaKey) parts.push("Meta");
  if (event.shiftKey && !plain) parts.push("Shift");
  return [...parts, event.key === " " ? "Space" : event.key].join("+");
}

function valuesOf(form, submitter = null) {
  const entries = [...new FormData(form, submitter)].filter(([, value]) => typeof value === "string");
  return Object.fromEntries(entries);
}

/* On paper one part of the page alone; print.css says how. */
function printPart(part) {
  const page = document.documentElement;
  page.dataset.print = part;
  addEventListener("afterprint", () => delete page.dataset.print, { once: true });
  print();
}

export function listenToUser(send) {
  prepareRegions();
  const drags = watchDrags(send, argsOf);
  const timers = new Map();

  const report = (kind, action, element, more = {}) =>
    send({ kind, action, args: argsOf(element), target: element.id, ...more });
  const windows = watchWindows((list, args, numbers) =>
    report("scroll", list.dataset.window, list, { args, numbers }));

  function click(event) {
    const element = event.target.closest?.(MEANT);
    if (!element || event.defaultPrevented || event.button !== 0) return;
    if (element.dataset.dismiss) return dismiss(element.dataset.dismiss);
    if (element.matches("a[href]")) return follow(event, element);
    const { action } = element.dataset;
    if (!action || element.matches("form") || element.getAttribute("aria-disabled") === "true") return;
    if (action === "ui.use-remote") return useRemote(element.closest(".field-elsewhere"));
    if (action === "ui.close") return closeDialog(element.dataset.dialog);
    if (action === "ui.print") return printPart(element.dataset.part);
    if (!element.matches("button") && String(getSelection())) return;
    element.closest("[popover]")?.hidePopover();
    const numbers = {};
    const area = element.closest("[data-drag-area]");
    if (area && element.matches("[data-drop]")) {
      const box = element.getBoundingClientRect();
      numbers.days = Math.floor(((event.clientX - box.left) / box.width) * Number(area.dataset.dragArea));
    }
    const values = element.form ? valuesOf(element.form) : {};
    if (report("click", action, element, { numbers, values })) event.preventDefault();
    if (element.dataset.prints) printPart(element.dataset.prints);
  }

  function follow(event, link) {
    if (!link.hasAttribute("data-link") || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    const { pathname, search } = new URL(link.href);
    send({ kind: "route", action: "link", value: pathname + search });
  }

  function submit(event) {
    const form = event.target;
    if (!form.dataset.action) return;
    event.preventDefault();
    clearTimeout(timers.get(form.id));
    report("submit", form.dataset.action, form, { values: valuesOf(form, event.submitter) });
    const field = form.querySelector("[data-leave]");
    if (field) leave(field, null);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      document.getElementById(form.id)?.querySelector("[aria-invalid=true]")?.focus();
    }));
  }

  function valueOf(control) {
    if (control.type === "checkbox") return control.checked ? "on" : "";
    return control.value ?? "";
  }

  function input(event) {
    const control = event.target;
    noteEdit(control);
    const owner = control.closest("[data-input]");
    if (!owner) return;
    clearTimeout(timers.get(owner));
    timers.set(owner, setTimeout(() => {
      timers.delete(owner);
      report("input", owner.dataset.input, owner, { value: valueOf(control) });
    }, INPUT_AFTER_MS));
  }

  function change(event) {
    noteEdit(event.target);
    const owner = event.target.closest("[data-change]");
    if (owner) report("change", owner.dataset.change, owner, { value: valueOf(event.target) });
  }

  let cameFrom = null; // what had the focus before the field that gives it back

  /* Escape in a field that holds something empties it first, as browsers do. */
  function leave(field, to = cameFrom) {
    field.blur();
    (to?.isConnected ? to : document.getElementById("screen-title"))?.focus({ preventScroll: true });
  }

  function escape(event) {
    if (drags.cancel()) return true;
    if (document.querySelector("dialog[open], [popover=auto]:popover-open")) return true;
    const tip = document.querySelector("[data-tip]:is(:hover, :focus-within):not([data-dismissed])");
    if (tip) {
      tip.setAttribute("data-dismissed", "");
      return true;
    }
    if (event.target.matches?.("[data-leave]")) {
      if (!event.target.value) leave(event.target);
      return true;
    }
    const closing = event.target.closest?.("[data-escape]") ?? document.querySelector("[data-escape]");
    if (!closing) return false;
    const args = { ...argsOf(closing), dirty: hasEdits(closing) ? "yes" : "" };
    return send({ kind: "key", key: "Escape", action: closing.dataset.escape, args, target: closing.id });
  }

  function keydown(event) {
    if (event.isComposing || event.defaultPrevented || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const typing = Boolean(event.target.matches?.(TYPING));
    if (event.key === "Escape") {
      if (escape(event)) return;
    }
    if (walk(event, windows.walk)) return event.preventDefault();
    const list = event.key === "ArrowDown" && document.getElementById(event.target.dataset?.into);
    if (list) {
      event.preventDefault();
      return list.querySelector("[tabindex]")?.focus();
    }
    const opens = event.key === "Enter" || event.key === " ";
    if (opens && event.target.matches?.("[data-action]:not(button, a, form, input)")) {
      event.preventDefault();
      report("click", event.target.dataset.action, event.target);
      return;
    }
    if (document.querySelector("dialog[open]") || (typing && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey)) return;
    const record = event.target.closest?.("[data-id]");
    const args = record ? argsOf(record) : {};
    const target = event.target.id ?? "";
    if (send({ kind: "key", key: keyName(event), typing, args, target })) event.preventDefault();
  }

  function focusin(event) {
    const item = event.target.closest?.("[data-roving] [tabindex]");
    if (item) takeFocus(item);
    if (event.target.matches?.("[data-leave]")) cameFrom = event.relatedTarget;
  }

  function focusout(event) {
    const tip = event.target.closest?.("[data-dismissed]");
    if (tip && !tip.contains(event.relatedTarget)) tip.removeAttribute("data-dismissed");
    const list = event.target.closest?.("[data-held]");
    if (list && !list.contains(event.relatedTarget)) {
      delete list.dataset.held;
      send({ kind: "released", target: list.id });
    }
  }

  function toggle(event) {
    if (event.newState === "open" && event.target.matches?.("[popover]")) placeMenu(event.target);
  }

  function close(event) {
    const dialog = event.target;
    if (!(dialog instanceof HTMLDialogElement)) return;
    dialogClosed();
    const form = dialog.querySelector("form");
    send({ kind: "closed", target: dialog.id, values: form ? valuesOf(form) : {} });
  }

  function out(event) {
    const tip = event.target.closest?.("[data-dismissed]");
    if (tip && !tip.contains(event.relatedTarget)) tip.removeAttribute("data-dismissed");
  }

  const controller = new AbortController();
  const on = (target, type, listener, capture = false) =>
    target.addEventListener(type, listener, { capture, signal: controller.signal });
  on(document, "click", drags.swallow, true);
  on(document, "click", click);
  on(document, "submit", submit);
  on(document, "input", input);
  on(document, "change", change);
  on(document, "keydown", keydown);
  on(document, "focusin", focusin);
  on(document, "focusout", focusout);
  on(document, "pointerout", out);
  on(document, "scroll", windows.soon, true);
  on(window, "resize", windows.soon);
  on(document, "toggle", toggle, true);
  on(document, "close", close, true);
  for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) on(document, type, drags[type]);
  on(document, "visibilitychange", () => send({ kind: "visibility", value: document.visibilityState }));
  on(window, "popstate", () => send({ kind: "route", action: "pop", value: location.pathname + location.search }));
  return {
    drawn: windows.soon,
    stop() {
      controller.abort();
      windows.stop();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
