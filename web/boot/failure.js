const STOPPED =
  "Python ended unexpectedly. What was saved is kept; nothing more is saved until the page is loaded again.";
const OFFLINE = "There is no connection, and this browser has no complete copy for working offline yet.";
const BROKEN = "A part could not be loaded, or an error occurred in it. Trying again often helps.";

/**
 * Says in words that the page could not start, or stopped while it ran, and what to do.
 *
 * @param {unknown} error
 * @param {boolean} [running]  Whether the application had started.
 */
export function showFailure(error, running = false) {
  console.error(error);
  const box = /** @type {HTMLElement} */ (document.getElementById("boot"));
  if (running) document.getElementById("app")?.setAttribute("inert", "");
  const stale = document.getElementById("app")?.hasAttribute("data-stale");
  const offline = navigator.onLine === false;
  box.replaceChildren(
    element("h1", running ? "This page has stopped working" : "This page could not start"),
    element("p", running ? STOPPED : offline ? OFFLINE : BROKEN),
    ...(stale ? [element("p", "What you see is the last data read. It cannot be changed.")] : []),
    details(error),
    retry(),
  );
  box.setAttribute("role", "alert");
  box.hidden = false;
}

/** @param {string} tag @param {string} text */
function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** @param {unknown} error */
function details(error) {
  const made = document.createElement("details");
  const text = error instanceof Error ? error.message || String(error) : String(error);
  made.append(element("summary", "Details"), element("pre", text));
  return made;
}

function retry() {
  const button = element("button", "Try again");
  button.addEventListener("click", () => location.reload());
  return button;
}
