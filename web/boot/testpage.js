/**
 * The script of the bare test pages: Python with our packages and no application. `blank.html` starts
 * it as the application does, `whole.html` from the zips, with all of the standard library. With
 * `?switch-stacks` behind its address a page lets Python wait inside a call, as `asyncio.run` does.
 *
 * `window.pysyncTest.run(code)` runs asynchronous Python in one namespace that all calls share, and
 * resolves to the value of its last expression as plain data; it rejects with the traceback.
 */
const build = JSON.parse(
  /** @type {HTMLElement} */ (document.getElementById("pysync-build")).textContent ?? "",
);

async function start() {
  const { loadPython, onDeath } = await import(`${build.boot}loader.js`);
  const beside = build.module ? import(build.module) : undefined;
  const switchStacks = location.search === "?switch-stacks";
  const pyodide = await loadPython(build, undefined, { switchStacks });
  await beside;
  const death = new Promise((_, reject) => onDeath(pyodide, reject));
  death.catch(() => undefined);
  const namespace = pyodide.globals.get("dict")();
  namespace.set("__name__", "__test__");
  document.documentElement.dataset.pysync = "ready";
  return { pyodide, namespace, death };
}

const ready = start();
ready.catch((error) => console.error(error));

/** @param {string} code */
async function run(code) {
  const { pyodide, namespace, death } = await ready;
  const running = pyodide.runPythonAsync(code, { globals: namespace });
  const result = await Promise.race([running, death]).catch(withoutStack);
  if (!(result instanceof pyodide.ffi.PyProxy)) return result ?? null;
  const plain = result.toJs({ dict_converter: Object.fromEntries, create_pyproxies: false });
  result.destroy();
  return plain;
}

/**
 * Python's traceback says it all; the interpreter's own frames below it would bury it.
 *
 * @param {Error} error
 * @returns {never}
 */
function withoutStack(error) {
  throw Object.assign(new Error(error.message), { stack: error.message });
}

Object.assign(window, { pysyncTest: { ready, run } });
