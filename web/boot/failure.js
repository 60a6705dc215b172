const ENGLISH = {
  hasStopped: "This page has stopped working",
  notStarted: "This page could not start",
  stopped:
    "Python ended unexpectedly. What was saved is kept; nothing more is saved until the page is loaded again.",
  offline: "There is no connection, and this browser has no complete copy for working offline yet.",
  broken: "A part could not be loaded, or an error occurred in it. Trying again often helps.",
  stale: "What you see is the last data read. It cannot be changed.",
  details: "Details",
  retry: "Try again",
};
const GERMAN = {
  hasStopped: "Diese Seite arbeitet nicht mehr",
  notStarted: "Diese Seite konnte nicht starten",
  stopped:
    "Python wurde unerwartet beendet. Gespeichertes bleibt; weiter wird erst gespeichert, wenn die Seite neu geladen ist.",
  offline: "Es gibt keine Verbindung, und dieser Browser hat noch keine vollständige Kopie zum Arbeiten ohne sie.",
  broken: "Ein Teil konnte nicht geladen werden, oder ein Fehler trat darin auf. Oft hilft ein neuer Versuch.",
  stale: "Sie sehen den zuletzt gelesenen Stand. Er lässt sich nicht ändern.",
  details: "Einzelheiten",
  retry: "Erneut versuchen",
};

/**
 * Says in words that the page could not start, or stopped while it ran, and what to do.
 *
 * @param {unknown} error
 * @param {boolean} [running]  Whether the application had started.
 */
export function showFailure(error, running = false) {
  console.error(error);
  const words = speaksGerman(running) ? GERMAN : ENGLISH;
  const box = /** @type {HTMLElement} */ (document.getElementById("boot"));
  if (running) document.getElementById("app")?.setAttribute("inert", "");
  const stale = document.getElementById("app")?.hasAttribute("data-stale");
  const offline = navigator.onLine === false;
  box.replaceChildren(
    element("h1", running ? words.hasStopped : words.notStarted),
    element("p", running ? words.stopped : offline ? words.offline : words.broken),
    ...(stale ? [element("p", words.stale)] : []),
    details(error, words.details),
    retry(words.retry),
  );
  box.setAttribute("role", "alert");
  box.hidden = false;
}

/** @param {boolean} running */
function speaksGerman(running) {
  const chosen = /^de\b/i.test(document.documentElement.lang);
  return running ? chosen : chosen || Boolean(/** @type {any} */ (window).__pysync?.german);
}

/** @param {string} tag @param {string} text */
function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** @param {unknown} error @param {string} title */
function details(error, title) {
  const made = document.createElement("details");
  const text = error instanceof Error ? error.message || String(error) : String(error);
  made.append(element("summary", title), element("pre", text));
  return made;
}

/** @param {string} words */
function retry(words) {
  const button = element("button", words);
  button.addEventListener("click", () => location.reload());
  return button;
}
