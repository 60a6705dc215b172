/**
 * The way between `pysync.js` and Python (`pysync.browser.widget.Bridge`): loaded when Python is.
 *
 * Calls and answers are numbers and texts. What JavaScript holds of Python are the bridge and its
 * methods, and what Python holds of JavaScript is `tell`; `close` lets go of both.
 */
import morphdom from "./morphdom.js";

const MODULE = "pysync.browser.widget";
const METHODS = [
  ...["mount", "unmount", "act", "open", "get", "set", "set_by", "delete"],
  ...["subscribe", "unsubscribe", "stop"],
];

/**
 * @param {any} python  Pyodide's interface.
 * @param {string} wheel  Where the library's wheel is, for an interpreter that lacks it.
 * @param {(kind: string, number: number, ...texts: string[]) => void} tell
 */
export async function connect(python, wheel, tell) {
  const module = await imported(python, wheel);
  const made = module.Bridge(tell);
  module.destroy();
  /** @type {any} */
  const bridge = {};
  const methods = METHODS.map((name) => {
    const method = made[name];
    bridge[name] = method;
    return method;
  });
  bridge.close = () => {
    bridge.stop();
    for (const method of methods) method.destroy();
    made.destroy();
  };
  return bridge;
}

/** @param {any} python @param {string} wheel */
async function imported(python, wheel) {
  try {
    return python.pyimport(MODULE);
  } catch (error) {
    if (/** @type {any} */ (error).type !== "ModuleNotFoundError") throw error;
  }
  const response = await fetch(wheel);
  if (!response.ok) throw new Error(`${wheel} answered ${response.status}`);
  python.unpackArchive(await response.arrayBuffer(), "wheel");
  return python.pyimport(MODULE);
}

/**
 * Show HTML of ours in a root, changing what differs: focus stays where it is, and what somebody
 * opened stays open.
 *
 * @param {ShadowRoot} root
 * @param {string} html
 * @param {string} language
 */
export function draw(root, html, language) {
  root.addEventListener("toggle", place, true);
  const made = document.createElement("div");
  made.innerHTML = html;
  for (const time of made.querySelectorAll("time")) write(time, language);
  morphdom(root, made, {
    childrenOnly: true,
    onBeforeElUpdated(from, to) {
      if (from.tagName === "DETAILS") {
        for (const name of ["open", "data-end"]) to.toggleAttribute(name, from.hasAttribute(name));
      }
      return !from.isEqualNode(to);
    },
  });
}

/**
 * What a badge opens stays on the screen: it hangs from the side that is nearer to the edge.
 *
 * @param {Event} event
 */
function place(event) {
  const badge = /** @type {HTMLElement} */ (event.target);
  const { left, right } = badge.getBoundingClientRect();
  badge.toggleAttribute("data-end", left > document.documentElement.clientWidth - right);
}

/** A time as the reader writes it: without the day where that is today. */
function write(/** @type {HTMLTimeElement} */ time, /** @type {string} */ language) {
  const at = new Date(Number(time.dataset.ms));
  const today = at.toDateString() === new Date().toDateString();
  time.dateTime = at.toISOString();
  const how = /** @type {any} */ ({ dateStyle: today ? undefined : "medium", timeStyle: "medium" });
  time.textContent = new Intl.DateTimeFormat(known(language), how).format(at);
}

/** @param {string} language */
function known(language) {
  try {
    return Intl.getCanonicalLocales(language);
  } catch {
    return undefined;
  }
}
