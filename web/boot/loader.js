/**
 * Loads Python: Pyodide with the bundle's own standard library and packages, nothing from elsewhere.
 *
 * Knows no application and touches no page, so that the application, test pages and a widget on
 * somebody else's page share it.
 *
 * @typedef {object} Build  What the bundle says about itself (the JSON block `pysync-build`).
 * @property {string} [id]
 * @property {string} pyodide  The folder of Pyodide's files, with a slash at the end.
 * @property {string} stdlib   The compiled standard library.
 * @property {string} app      The compiled packages.
 * @property {string | null} snapshot  The interpreter's memory with its modules imported, or none.
 * @property {string | null} [entry]  "module:function", called without arguments.
 * @property {string | null} [module]  A JavaScript module to load beside Python.
 */

const APP_AT = "/lib/pysync-app.zip";
const STDLIB_AT = "/lib/python314.zip";

/** Pyodide insists on a lock of packages; ours come from one zip, so it is empty. */
const NO_PACKAGES = {
  info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten", version: "1", python: "" },
  packages: {},
};

/**
 * @param {string} url
 * @returns {Promise<Uint8Array>}
 */
async function bytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Start an interpreter that can import the bundle's packages.
 *
 * @param {Build} build
 * @param {string} [base]  Where the bundle is served; by default where the page is.
 * @param {{switchStacks?: boolean, more?: Record<string, any>}} [how]  Whether Python may be
 *   suspended, see `onOneStack`; further options of `loadPyodide`, of which undefined is none.
 * @returns {Promise<any>} Pyodide's interface.
 */
export async function loadPython(
  build,
  base = document.baseURI,
  { switchStacks = false, more = {} } = {},
) {
  /** @param {string} path */
  const at = (path) => new URL(path, base).href;
  const app = bytes(at(build.app));
  const snapshot = build.snapshot ? bytes(at(build.snapshot)) : undefined;
  app.catch(() => undefined);
  snapshot?.catch(() => undefined);
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all([
    import(at(`${build.pyodide}pyodide.mjs`)),
    import(at(`${build.pyodide}pyodide.asm.mjs`)),
  ]);
  const options = {
    indexURL: at(build.pyodide),
    stdLibURL: at(build.stdlib),
    packageBaseUrl: at(build.pyodide),
    lockFileContents: NO_PACKAGES,
    createPyodideModule,
    env: { PYTHONPATH: APP_AT, PYTHONDONTWRITEBYTECODE: "1" },
    fsInit: async (/** @type {any} */ fs) => {
      const content = await app.catch(() => undefined);
      if (content) fs.writeFile(APP_AT, content);
    },
    ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)),
  };
  const start = () => restored(loadPyodide, options, snapshot);
  const pyodide = await (switchStacks ? start() : onOneStack(start));
  await app;
  if (!pyodide.FS.analyzePath(STDLIB_AT).exists) throw new Error(`${build.stdlib} did not load`);
  return pyodide;
}

/**
 * Load Python so that it runs on the page's own stack only.
 *
 * Where the browser can switch stacks (JSPI), Pyodide runs every asyncio callback on a stack of its
 * own, so that it could be suspended, which nothing here asks for. Chromium's sampling of the heap
 * walks such a stack past its end now and then, and the whole tab is gone (seen in Chromium 156, by
 * its crash dumps, about once in 500 tabs). Pyodide asks once, while it loads.
 *
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
async function onOneStack(load) {
  const found = Object.getOwnPropertyDescriptor(WebAssembly, "Suspending");
  if (!found?.configurable) return load();
  delete (/** @type {any} */ (WebAssembly).Suspending);
  try {
    return await load();
  } finally {
    Object.defineProperty(WebAssembly, "Suspending", found);
  }
}

/**
 * Start from the snapshot if there is one that works, else from the zips.
 *
 * @param {(options: object) => Promise<any>} loadPyodide
 * @param {object} options
 * @param {Promise<Uint8Array> | undefined} snapshot
 */
async function restored(loadPyodide, options, snapshot) {
  if (snapshot) {
    try {
      return wake(await loadPyodide({ ...options, _loadSnapshot: snapshot }));
    } catch (error) {
      console.warn("Python could not be restored from its snapshot, starting it anew:", error);
    }
  }
  return loadPyodide(options);
}

/**
 * Undo what a snapshot froze and every tab would otherwise share, and let go of its 30 MB.
 *
 * @param {any} pyodide
 */
function wake(pyodide) {
  delete pyodide._api?.config?._loadSnapshot;
  const random = pyodide.pyimport("random");
  random.seed();
  random.destroy();
  return pyodide;
}

/**
 * Hear of the interpreter's death (exhausted stack or memory), after which nothing in it answers.
 *
 * @param {any} pyodide
 * @param {(error: unknown) => void} callback
 */
export function onDeath(pyodide, callback) {
  if (pyodide._api) pyodide._api.on_fatal = callback;
}

/**
 * Call "module:function" without arguments, and wait for it if it is asynchronous.
 *
 * @param {any} pyodide
 * @param {string} entry
 */
export async function runEntry(pyodide, entry) {
  const [moduleName, functionName] = entry.split(":");
  const module = pyodide.pyimport(moduleName);
  const start = module[functionName];
  try {
    const result = start();
    await result;
    result?.destroy?.();
  } finally {
    start.destroy();
    module.destroy();
  }
}
