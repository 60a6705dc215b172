/* What appears above the page: dialogs, menus, toasts, and words for screen readers. */
import { words } from "./words.js";

const SPOKEN_AFTER_MS = 250;
let spoken = [];
let speaking = 0;

function region(id, tag, attributes) {
  let element = document.getElementById(id);
  if (!element) {
    element = Object.assign(document.createElement(tag), { id });
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
  }
  return element;
}

/* Made early: a live region is only heard when it stood on the page before it was filled. */
export function prepareRegions() {
  region("live", "div", { class: "sr-only", "aria-live": "polite", role: "status", "data-keep": "" });
  const list = region("toasts", "section", {
    class: "toasts", "aria-label": words.notices, popover: "manual", "data-keep": "",
  });
  list.addEventListener("focusin", (event) => {
    if (!list.contains(event.relatedTarget)) cameFrom = event.relatedTarget;
  });
}

let cameFrom = null; // what had the focus before a notice

/* Everything beside an open dialog is inert, unheard and under it: notices move into it, and back. */
function gather() {
  const host = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  for (const id of ["live", "toasts"]) {
    const element = document.getElementById(id);
    if (element && element.parentElement !== host) host.append(element);
  }
  raise();
}

function raise() {
  const list = document.getElementById("toasts");
  if (list?.showPopover && list.children.length && !list.matches(":popover-open")) list.showPopover();
}

export function announce(text) {
  if (!spoken.includes(text)) spoken.push(text);
  if (speaking) return;
  speaking = setTimeout(() => {
    const said = spoken.length > 4 ? [...spoken.slice(0, 3), words.more.replace("{n}", spoken.length - 3)] : spoken;
    region("live", "div", {}).textContent = said.join(". ");
    spoken = [];
    speaking = 0;
  }, SPOKEN_AFTER_MS);
}

export function toast(id, html, ms) {
  const list = region("toasts", "section", {});
  list.insertAdjacentHTML("beforeend", html);
  raise();
  const notice = document.getElementById(id);
  while (list.children.length > 4) list.firstElementChild.remove();
  if (!ms) return;
  const leave = () => {
    if (notice.matches(":hover, :focus-within")) setTimeout(leave, 1_500);
    else notice.remove();
  };
  setTimeout(leave, ms);
}

export function dismiss(id) {
  const notice = document.getElementById(id);
  const focused = notice?.contains(document.activeElement);
  notice?.remove();
  if (focused) cameFrom?.focus();
}

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  gather();
  const first = dialog.querySelector(".dialog-body :is(input, select, textarea, button)");
  (dialog.querySelector("[autofocus]") ?? first)?.focus();
}

export function closeDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog?.open) return;
  dialog.close();
  gather();
}

export const dialogClosed = gather;

/* Puts an opened menu beside its button, inside the window. */
export function placeMenu(menu) {
  const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!opener) return;
  const from = opener.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = from.bottom + 4 + size.height <= innerHeight || from.top < size.height;
  const top = below ? from.bottom + 4 : from.top - size.height - 4;
  const left = from.left + size.width <= innerWidth - 8 ? from.left : from.right - size.width;
  menu.style.top = `${Math.max(8, Math.min(top, innerHeight - size.height - 8))}px`;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
  menu.querySelector("[role^=menuitem], a, button")?.focus({ preventScroll: true });
}
