/**
 * Registers the service worker that makes the page open offline, where browsers allow one.
 *
 * They do on https and on localhost. `window.__pysync.offline` tells how far it is: "unavailable",
 * "preparing", "ready". When a newer build has been fetched, `pysync:update-ready` is dispatched on
 * `window`; the next load of the page is the new one.
 */
export async function keepOffline() {
  const pysync = /** @type {any} */ (window).__pysync;
  if (!("serviceWorker" in navigator) || !window.isSecureContext) {
    pysync.offline = "unavailable";
    return;
  }
  pysync.offline = "preparing";
  try {
    const had = navigator.serviceWorker.controller !== null;
    await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
    pysync.offline = "ready";
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      if (had) dispatchEvent(new Event("pysync:update-ready"));
    });
  } catch (error) {
    pysync.offline = "unavailable";
    console.warn("This page will not open offline:", error);
  }
}
