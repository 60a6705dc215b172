/**
 * The script of the bare test page: Python with our packages, no application, all of the library.
 *
 * `window.pysyncTest.run(code)` runs asynchronous Python in one namespace that all calls share, and
 * resolves to the value of its last expression as plain data; it rejects with the traceback.
 */
const build = JSON.parse(
  /** @type {HTMLElement} */ (document.getElementById("pysync-build")).textContent ?? "",
);

async function start() {
  const { loadPython } = await import(`${build.boot}loader.js`);
  const beside = build.module ? import(build.module) : undefined;
  const pyodide = await loadPython(build);
  await beside;
  const namespace = pyodide.globals.get("dict")();
  namespace.set("__name__", "__test__");
  document.documentElement.dataset.pysync = "ready";
  return { pyodide, namespace };
}

const ready = start();
ready.catch((error) => console.error(error));

/** @param {string} code */
async function run(code) {
  const { pyodide, namespace } = await ready;
  const result = await pyodide.runPythonAsync(code, { globals: namespace });
  if (!(result instanceof pyodide.ffi.PyProxy)) return result ?? null;
  const plain = result.toJs({ dict_converter: Object.fromEntries, create_pyproxies: false });
  result.destroy();
  return plain;
}

Object.assign(window, { pysyncTest: { ready, run } });
