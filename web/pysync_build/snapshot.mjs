// Makes a memory snapshot of Pyodide after importing modules, under Node.
//
//   node snapshot.mjs <pyodide folder> <stdlib zip> <app zip> <target> <json list of modules>
//
// The zips must be the very files that the page will mount: the interpreter remembers where in them
// each module lies. `_makeSnapshot` is not public; whoever restores must be able to do without.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const APP_AT = "/lib/pysync-app.zip";
const [pyodideFolder, stdlib, app, target, modules] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodideFolder}/pyodide.mjs`).href);
try {
  const pyodide = await loadPyodide({
    indexURL: pyodideFolder,
    stdLibURL: stdlib,
    packageBaseUrl: pyodideFolder,
    lockFileContents: {
      info: { abi_version: "2026_0", arch: "wasm32", platform: "", version: "0", python: "3.14.0" },
      packages: {},
    },
    env: { PYTHONPATH: APP_AT, PYTHONDONTWRITEBYTECODE: "1", _: "/usr/bin/python" },
    fsInit: async (fs) => fs.writeFile(APP_AT, readFileSync(app)),
    _makeSnapshot: true,
  });
  const importlib = pyodide.pyimport("importlib");
  const heap = pyodide._module.HEAPU8.length;
  for (const [at, name] of JSON.parse(modules).entries()) {
    importlib.import_module(name).destroy();
    if (pyodide._module.HEAPU8.length > heap) {
      process.stdout.write(String(at)); // the first one for which there is no room
      process.exit(3);
    }
  }
  importlib.destroy();
  const gc = pyodide.pyimport("gc");
  gc.collect();
  gc.destroy();
  writeFileSync(target, pyodide.makeMemorySnapshot());
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
