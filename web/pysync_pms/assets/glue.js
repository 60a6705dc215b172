/* The page's side of pysync_pms/ui/wire.py: commands come in, events go out, one JSON string each.
   Sets `globalThis.pmsUi`, which pysync_pms/ui/dom.py alone uses. Nothing here knows about hotels. */
import { fill, patch, remove, settle, finish, hold } from "./morph.js";
import { listenToUser } from "./events.js";
import { announce, openDialog, closeDialog, toast } from "./notices.js";
import { formatting } from "./intl.js";
import { speak } from "./words.js";

let handler = null;
let listening = null;
let cancelFrame = () => {};

function send(event) {
  return handler ? Boolean(handler(JSON.stringify(event))) : false;
}

const byId = (id) => document.getElementById(id);

function focusOn(id) {
  const element = byId(id);
  if (!element) return;
  const own = element.matches("input, select, textarea, button, a[href], [tabindex]");
  const target = own ? element : element.querySelector("input, select, textarea, button, a[href], [tabindex]");
  target?.focus();
}

/* Whoever typed the way here, in the search, goes on typing. */
function entered() {
  byId("app-main")?.scrollTo(0, 0);
  if (!document.activeElement?.matches("[data-leave]")) byId("screen-title")?.focus({ preventScroll: true });
}

/* Where the focus was before a drawer opened, by id: the element may have been drawn anew since. */
let cameFrom = "";

function beside(opened) {
  if (opened) {
    cameFrom = document.activeElement?.id ?? "";
    document.querySelector("#app-drawer [tabindex='-1']")?.focus();
  } else if (document.activeElement === document.body || document.activeElement === null) {
    (byId(cameFrom) ?? byId("screen-title"))?.focus();
  }
}

function setRoot(attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    document.documentElement.setAttribute(name, value);
  }
}

function setAddress({ path, title, replace }) {
  const here = location.pathname + location.search;
  if (replace) history.replaceState(null, "", path);
  else if (here !== path) history.pushState(null, "", path);
  document.title = title;
  requestAnimationFrame(() => {
    for (const tab of document.querySelectorAll(".tabs [aria-current]")) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

function download({ name, type, text }) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/* A record that moved elsewhere glows once, wherever it is shown; the class leaves with the glow. */
function glow(refs) {
  for (const ref of refs) {
    for (const element of document.querySelectorAll(`[data-ref="${CSS.escape(ref)}"]`)) {
      element.classList.remove("changed");
      void element.offsetWidth;
      element.classList.add("changed");
      setTimeout(() => element.classList.remove("changed"), 2_600);
    }
  }
}

const orders = {
  patch: ({ id, html }) => patch(id, html),
  fill: ({ id, html }) => fill(id, html),
  remove: ({ id }) => remove(id),
  hold,
  settle: ({ id }) => settle(id),
  focus: ({ id }) => focusOn(id),
  entered,
  beside: ({ open }) => beside(open),
  glow: ({ refs }) => glow(refs),
  dialog: ({ id, open }) => (open ? openDialog(id) : closeDialog(id)),
  announce: ({ text }) => announce(text),
  toast: ({ id, html, ms }) => toast(id, html, ms),
  root: ({ set, words }) => {
    setRoot(set);
    speak(words);
  },
  address: setAddress,
  scroll: ({ id }) => byId(id)?.scrollIntoView({ block: "nearest", inline: "nearest" }),
  download,
};

/* The last view is painted without our font; it is asked for here, while Python starts. */
document.fonts.load('1em "Inter"');

globalThis.pmsUi = {
  run(text) {
    for (const order of JSON.parse(text)) orders[order.op](order);
    finish();
    listening?.drawn();
    byId("app")?.removeAttribute("data-stale");
  },
  listen(callback) {
    handler = callback;
    listening ??= listenToUser(send);
  },
  close() {
    cancelFrame();
    listening?.stop();
    listening = null;
    handler = null;
  },
  /* One call before a coming painting, at least `afterMs` away; a hidden page paints nothing. */
  frame(afterMs) {
    cancelFrame();
    const run = () => send({ kind: "frame" });
    const next = () => {
      if (document.visibilityState !== "visible") return run();
      const frame = requestAnimationFrame(run);
      cancelFrame = () => cancelAnimationFrame(frame);
    };
    if (afterMs <= 0 && document.visibilityState === "visible") return next();
    const timer = setTimeout(next, afterMs);
    cancelFrame = () => clearTimeout(timer);
  },
  location: () => location.pathname + location.search,
  locale: () => navigator.language || "en-GB",
  ...formatting,
};
