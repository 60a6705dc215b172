/**
 * Says in words that the page could not start, and what to do.
 *
 * @param {unknown} error
 */
export function showFailure(error) {
  console.error(error);
  const box = /** @type {HTMLElement} */ (document.getElementById("boot"));
  const stale = document.getElementById("app")?.hasAttribute("data-stale");
  const offline = navigator.onLine === false;
  box.replaceChildren(
    element("h1", "This page could not start"),
    element(
      "p",
      offline
        ? "There is no connection, and this browser has no complete copy for working offline yet."
        : "A part could not be loaded, or an error occurred in it. Trying again often helps.",
    ),
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
