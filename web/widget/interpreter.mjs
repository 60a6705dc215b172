/**
 * Pyodide for PyScript, from this folder: `"interpreter": "/pysync/interpreter.mjs"` in its
 * configuration. Compiled standard library, `pysync` on the path, micropip at hand, no other host.
 *
 * PyScript asks for `loadPyodide` and `version`; what it wants of an interpreter besides (where its
 * output goes) is passed on. `pysync.js` on the same page finds the interpreter here.
 */
import { loadPython } from "{{js}}loader.js";
export { version } from "{{pyodide}}pyodide.mjs";

const PARTS = new URL("{{js}}", import.meta.url).href;
const BUILD = {{build}};

/** @param {Record<string, any>} [wanted] */
export function loadPyodide(wanted = {}) {
  const { stdout, stderr, packages } = wanted;
  const python = fetch(new URL(BUILD.lock, import.meta.url))
    .then((response) => response.json())
    .then((lockFileContents) =>
      loadPython(BUILD, import.meta.url, {
        more: { stdout, stderr, packages, lockFileContents },
      }),
    );
  const page = /** @type {any} */ (globalThis);
  page.pysyncParts ??= PARTS;
  page.pysyncPython ??= python;
  page.dispatchEvent(new Event("pysync-python"));
  return python;
}
