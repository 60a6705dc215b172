/**
 * Starts the application: Python, its packages, its first call; says so when that fails.
 *
 * Marks on the timeline: `pysync:first-paint` (paint.js), `pysync:python-ready`,
 * `pysync:interactive`. `window.__pysync.state` goes starting → python → interactive, or → failed.
 */
import { showFailure } from "./failure.js";
import { loadPython, onDeath, runEntry } from "./loader.js";
import { keepOffline } from "./offline.js";

const pysync = /** @type {any} */ (window).__pysync;

/** Milliseconds that Python waits at most for the last view to be on the screen. */
const PATIENCE_MS = 200;

/**
 * Ends when the browser has drawn what paint.js put into the page. Starting Python keeps the main
 * thread busy from here on, and would keep the view from the screen; its files come meanwhile.
 */
function drawn() {
  if (!pysync.painted || document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS);
    if (window.PerformanceObserver?.supportedEntryTypes?.includes("paint")) {
      new PerformanceObserver((_, observer) => {
        observer.disconnect();
        resolve(undefined);
      }).observe({ type: "paint", buffered: true });
    } else {
      requestAnimationFrame(() => setTimeout(resolve));
    }
  });
}

async function start() {
  await drawn();
  pysync.fetchPython();
  const { build } = pysync;
  const beside = build.module ? import(build.module) : Promise.resolve();
  const pyodide = await loadPython(build);
  pysync.pyodide = pyodide;
  onDeath(pyodide, fail);
  pysync.state = "python";
  performance.mark("pysync:python-ready");
  await beside;
  await runEntry(pyodide, build.entry);
  pysync.takeOver();
}

/** @param {unknown} error */
function fail(error) {
  pysync.paintWhole();
  showFailure(error, pysync.state === "interactive");
  pysync.state = "failed";
}

if (pysync.state === "starting") {
  try {
    await start();
    keepOffline();
  } catch (error) {
    fail(error);
  }
}
