// Runs one Python file in Pyodide under Node, with folders of this machine mounted.
//
//   node node_python.mjs <pyodide folder> <program.py> <json of arguments>
//
// The arguments reach the program as the global `ARGUMENTS`; every string in it that is an absolute
// path works inside, since the root of this machine's file system is mounted at /host.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodideFolder, program, argumentsJson] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodideFolder}/pyodide.mjs`).href);
const pyodide = await loadPyodide({
  indexURL: pyodideFolder,
  lockFileContents: {
    info: { abi_version: "2026_0", arch: "wasm32", platform: "", version: "0", python: "3.14.0" },
    packages: {},
  },
  packageBaseUrl: pyodideFolder,
});
for (const folder of JSON.parse(argumentsJson).mounts) {
  pyodide.mountNodeFS(`/host${folder}`, folder);
}
pyodide.globals.set("ARGUMENTS", argumentsJson);
try {
  await pyodide.runPythonAsync(readFileSync(program, "utf8"), { filename: program });
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
