/* Patching without disturbing: what the user holds (focus, selection, scroll, open parts, half-typed
   input, the row in hand, a bar being dragged) survives every patch. */
import morphdom from "./morphdom.js";
import { draftName, keepTyped, takeTyped } from "./drafts.js";
import { ensureRoving, rovingItems } from "./roving.js";
import { rowWent, sizeGaps } from "./window.js";
import { words } from "./words.js";

const edits = new WeakMap(); // control -> the rendered value that the user began to change
const settled = new Set(); // ids of forms whose fields show their rendered values after this run
let lost = null; // where the focus was when its element was taken away

const isFile = (node) => node instanceof HTMLInputElement && node.type === "file"; // nobody else may choose one
const isControl = (node) => (node instanceof HTMLInputElement && !isFile(node)) || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement;
const isBox = (control) => control.type === "checkbox" || control.type === "radio";

function shown(control) {
  return isBox(control) ? String(control.checked) : control.value;
}

function rendered(control) {
  if (isBox(control)) return String(control.hasAttribute("checked"));
  if (control instanceof HTMLSelectElement) {
    const chosen = control.querySelector("option[selected]") ?? control.options[0];
    return chosen?.value ?? "";
  }
  return control.defaultValue;
}

function show(control, value) {
  if (isBox(control)) control.checked = value === "true";
  else if (control.value !== value) control.value = value;
}

/* Called for every input event: remembers what the field showed before the first keystroke. */
export function noteEdit(control) {
  if (!isControl(control) || control.type === "search") return;
  if (!edits.has(control)) beginEdit(control, rendered(control));
  if (shown(control) === edits.get(control)) endEdit(control);
}

function beginEdit(control, before) {
  edits.set(control, before);
  control.setAttribute("data-edited", "");
}

function endEdit(control) {
  edits.delete(control);
  control.removeAttribute("data-edited");
  offer(control, null);
}

/* A form is about to go, or to stand for another record: what was typed waits for its return. */
function putAside(form) {
  for (const control of form.querySelectorAll("input, select, textarea")) {
    if (!edits.has(control)) continue;
    keepTyped(form, control, { typed: shown(control), before: edits.get(control) });
    endEdit(control);
    show(control, rendered(control)); // where both records hold the same, nothing else would
  }
}

function bringBack(form) {
  for (const control of form.querySelectorAll("input, select, textarea")) {
    const kept = edits.has(control) ? null : takeTyped(form, control);
    if (!kept) continue;
    show(control, kept.typed);
    beginEdit(control, kept.before);
    const now = rendered(control);
    if (now !== kept.before) offer(control, now === kept.typed ? null : now);
  }
}

function beforeDiscard(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return true;
  if (node.hasAttribute("data-keep")) return false;
  for (const form of node.matches("form[data-draft]") ? [node] : node.querySelectorAll("form[data-draft]")) putAside(form);
  return true;
}

export function isDirty(control) {
  if (edits.has(control)) return true;
  return control === document.activeElement && Boolean(control.validity?.badInput);
}

export function hasEdits(container) {
  return [...container.querySelectorAll("input, select, textarea")].some((control) => edits.has(control));
}

/* Shows beside a half-typed field what it became elsewhere, or hides the hint again. */
function offer(control, value) {
  const hint = control.closest("[data-field]")?.querySelector(".field-elsewhere");
  if (!hint) return;
  hint.hidden = value === null;
  if (value === null) return;
  const chosen = control instanceof HTMLSelectElement
    ? [...control.options].find((option) => option.value === value)?.text
    : isBox(control) ? (value === "true" ? "yes" : "no") : value;
  hint.querySelector("[data-remote]").textContent = chosen || "empty";
  hint.dataset.value = value;
}

export function useRemote(hint) {
  const control = hint.closest("[data-field]")?.querySelector("input, select, textarea");
  if (!control) return;
  endEdit(control);
  show(control, hint.dataset.value ?? "");
  control.focus();
}

function keepEdit(from, to) {
  const before = edits.get(from) ?? rendered(from);
  const now = rendered(to);
  if (now !== before) {
    queueMicrotask(() => offer(from, now === shown(from) ? null : now));
  }
  if (isBox(to)) to.checked = from.checked;
  else if (to instanceof HTMLSelectElement) {
    for (const option of to.options) option.toggleAttribute("selected", option.value === from.value);
  } else to.value = from.value;
}

/* What is searched for is in the address: the field follows it, but never under the hand. */
function keepSearch(from, to) {
  if (from === document.activeElement || rendered(from) === rendered(to)) to.value = from.value;
  else show(from, rendered(to));
}

function beforeUpdate(from, to) {
  if (from.hasAttribute("data-slot") || from.hasAttribute("data-dragging") || isFile(from)) return false;
  if (from instanceof HTMLFormElement && draftName(from) !== draftName(to)) putAside(from);
  if (isControl(from)) {
    if (isDirty(from)) keepEdit(from, to);
    else if (from.type === "search") keepSearch(from, to);
    else if (shown(from) !== rendered(to)) show(from, rendered(to));
  }
  if (from.classList.contains("field-elsewhere") && !from.hidden) return false;
  if (from.isEqualNode(to)) return false;
  if (from instanceof HTMLDetailsElement || from instanceof HTMLDialogElement) {
    to.toggleAttribute("open", from.hasAttribute("open"));
  }
  if (from.classList.contains("changed")) to.classList.add("changed");
  for (const mark of ["data-dismissed", "data-edited"]) {
    if (from.hasAttribute(mark)) to.setAttribute(mark, "");
  }
  if (from.style.cssText) to.style.cssText = from.style.cssText;
  if (from.getAttribute("tabindex") === "0" && to.getAttribute("tabindex") === "-1") {
    to.setAttribute("tabindex", "0");
  }
  return true;
}

let holding = false; // what is drawn now was done elsewhere

export function hold() {
  holding = true;
}

/* A row that went because of another tab stays under the hand that is on it, marked: the next key must
   not meet another guest. It goes when the focus has left. */
function keepInHand(list, wanted) {
  const row = [...list.children].find((child) => child.contains(document.activeElement));
  if (!holding || !row?.id || wanted.querySelector(`:scope > #${CSS.escape(row.id)}`)) return;
  const kept = row.cloneNode(true);
  kept.setAttribute("data-gone", "");
  kept.title = words.settled;
  const before = [...list.children].slice(0, [...list.children].indexOf(row)).reverse();
  const anchor = before.map((each) => [...wanted.children].find((child) => child.id === each.id)).find(Boolean);
  if (anchor) anchor.after(kept);
  else wanted.prepend(kept);
  wanted.dataset.held = "";
}

/* While somebody works in a list its rows stay where they are; new ones come after the row that they
   follow, and the right order returns with the first drawing after the focus has left. */
function holdOrder(root, target) {
  for (const wanted of target.querySelectorAll("[data-hold-order][id]")) {
    const list = document.getElementById(wanted.id);
    const busy = list && root.contains(list) &&
      (list.contains(document.activeElement) || list.querySelector("[data-dragging]"));
    if (!busy) continue;
    keepInHand(list, wanted);
    const next = new Map([...wanted.children].map((row) => [row.id, row]));
    const order = [...list.children].filter((row) => next.has(row.id)).map((row) => row.id);
    if (!order.length) continue;
    const known = new Set(order);
    let previous = null;
    for (const row of wanted.children) {
      if (!known.has(row.id)) {
        order.splice(previous === null ? 0 : order.indexOf(previous) + 1, 0, row.id);
        known.add(row.id);
      }
      previous = row.id;
    }
    if ([...wanted.children].some((row, at) => row.id !== order[at])) wanted.dataset.held = "";
    wanted.append(...order.map((id) => next.get(id)));
  }
}

function keepPlace(root) {
  const active = document.activeElement;
  if (!active || active === document.body || !root.contains(active)) return () => {};
  const list = active.closest("[data-roving]");
  const at = list ? rovingItems(list).findIndex((item) => item.contains(active)) : -1;
  const text = active.selectionStart !== undefined && active.selectionStart !== null
    ? [active.selectionStart, active.selectionEnd, active.selectionDirection] : null;
  return () => {
    if (document.activeElement === active) return;
    if (active.isConnected) {
      active.focus({ preventScroll: true });
      if (text) active.setSelectionRange(...text);
    } else lost = { list: list?.id, at, row: list?.dataset.window && active.closest("[data-at]")?.dataset.at };
  };
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function morph(root, target, childrenOnly) {
  const restore = keepPlace(root);
  holdOrder(root, target);
  morphdom(root, target, { childrenOnly, onBeforeElUpdated: beforeUpdate, onBeforeNodeDiscarded: beforeDiscard });
  restore();
}

export function patch(id, html) {
  const root = document.getElementById(id);
  const target = parse(html).firstElementChild;
  if (root && target && !root.hasAttribute("data-dragging")) morph(root, target, false);
}

export function fill(id, html) {
  const root = document.getElementById(id);
  if (!root) return;
  const target = document.createElement(root.tagName);
  target.append(parse(html));
  morph(root, target, true);
}

export function remove(id) {
  const root = document.getElementById(id);
  if (!root) return;
  const restore = keepPlace(root);
  beforeDiscard(root);
  root.remove();
  restore();
}

export function settle(formId) {
  const form = document.getElementById(formId);
  for (const control of form?.querySelectorAll("input, select, textarea") ?? []) {
    if (isControl(control)) endEdit(control);
  }
  settled.add(formId);
}

/* After all commands of a frame: fields of accepted forms show what was rendered, lists can be
   entered with Tab, gaps of long lists get their height, and a lost focus finds its neighbour. */
export function finish() {
  for (const id of settled) {
    for (const control of document.getElementById(id)?.querySelectorAll("input, select, textarea") ?? []) {
      if (!isDirty(control)) show(control, rendered(control));
    }
  }
  settled.clear();
  holding = false;
  for (const form of document.querySelectorAll("form[data-draft]")) bringBack(form);
  for (const list of document.querySelectorAll("[data-roving]")) ensureRoving(list);
  if (lost?.row) rowWent(lost.list, Number(lost.row));
  sizeGaps();
  if (lost && (!document.activeElement || document.activeElement === document.body)) {
    const list = lost.list && document.getElementById(lost.list);
    const items = list ? rovingItems(list) : [];
    const next = items[Math.min(Math.max(lost.at, 0), items.length - 1)] ?? document.getElementById("screen-title");
    next?.focus({ preventScroll: true });
  }
  lost = null;
}
