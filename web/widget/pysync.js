/**
 * pysync on any page: custom elements, and `window.pysync` for pages without Python of their own.
 *
 *   <script src="/pysync/pysync.js"></script>
 *   <pysync-status></pysync-status>
 *
 * What elements show, and all that is synced, is Python's (`pysync.browser.widget`). This script
 * paints something at once, finds an interpreter (the page's own, by PyScript or `pysync.use`, else
 * one from this folder, started when the page has loaded and something here is in use), and passes
 * on. One interpreter and one space serve everything on a page. Nothing here is evaluated from text,
 * so `script-src 'self' 'wasm-unsafe-eval'` is enough.
 */
(() => {
  const page = /** @type {any} */ (window);
  if (page.pysync) return;
  const script =
    /** @type {HTMLScriptElement | null} */ (document.currentScript) ??
    document.querySelector('script[src$="/pysync.js"]');
  if (!script) throw new Error("pysync.js has to be loaded by a script element with its address");
  const HOME = new URL(".", script.src).href;
  const PARTS = new URL("{{js}}", HOME).href;
  const WHEEL = new URL("{{wheel}}", HOME).href;
  const BUILD = {{build}};
  const CSS = {{css}};
  const SAYS = ["space", "server", "key", "record", "limit", "lang"];
  // In ASCII, for servers that say nothing of the encoding.
  const FIRST = /** @type {Record<string, string[]>} */ ({
    en: ["Starting", "Sync unavailable"],
    de: ["Startet", "Abgleich nicht m\u00f6glich"],
  });  page.pysyncParts ??= PARTS;

  // -- the interpreter ----------------------------------------------------------------------------

  /** @type {(python: any) => void} */
  let offer;
  const offered = new Promise((resolve) => (offer = resolve));
  if (page.pysyncPython) offer(page.pysyncPython);
  else addEventListener("pysync-python", () => offer(page.pysyncPython), { once: true });
  document.addEventListener("py:ready", () => ofPyScript(), { once: true });

  /** Whether the page brings an interpreter, so that none of ours is started beside it. */
  const brings = () =>
    script.dataset.interpreter === "page" || document.querySelector('script[type="py"], py-script');

  /** PyScript with an interpreter that is not ours: its core knows it once it is ready. */
  async function ofPyScript() {
    const core = page[Symbol.for("@pyscript/core")];
    if (core?.whenDefined) offer((await core.whenDefined("py")).interpreter);
  }

  async function ours() {
    const { loadPython } = await import(`${PARTS}loader.js`);
    return loadPython(BUILD, HOME);
  }

  function python() {
    if (!page.pysyncPython && !brings()) offer((page.pysyncPython = ours()));
    return offered;
  }

  // -- the bridge ---------------------------------------------------------------------------------

  /** @type {Promise<any> | undefined} */
  let connecting;
  /** @type {any} What `connecting` came to. */
  let bridge;
  /** @type {any} The module of the bridge, for `draw`. */
  let drawing;
  let numbers = 0;
  /** @type {Map<number, [(value?: any) => void, (error: Error) => void]>} Calls to be answered. */
  const calls = new Map();
  /** @type {Map<number, (value: any) => void>} */
  const subscribers = new Map();

  function connect() {
    connecting ??= (async () => {
      try {
        const [found, module] = await Promise.all([python(), import(`${PARTS}bridge.js`)]);
        drawing = module;
        bridge = await module.connect(found, WHEEL, tell);
      } catch (error) {
        connecting = undefined;
        for (const element of mounted.keys()) element.first(1);
        throw error;
      }
      for (const element of mounted.keys()) move(element);
      return bridge;
    })();
    return connecting;
  }

  /** @param {string | undefined} text */
  const value = (text) => (text == null ? undefined : JSON.parse(text));

  /** @param {string} kind @param {number} number @param {string[]} texts */
  function tell(kind, number, ...texts) {
    if (kind === "draw") {
      for (const [element, as] of mounted) if (as.number === number) element.draw(...texts);
    } else if (kind === "value") {
      subscribers.get(number)?.(value(texts[0]));
    } else if (kind === "event") {
      const detail = JSON.parse(texts[1]);
      const shown = new Set(JSON.parse(texts[2]));
      document.dispatchEvent(new CustomEvent(texts[0], { detail }));
      for (const [element, as] of mounted) {
        if (shown.has(as.number)) element.dispatchEvent(new CustomEvent(texts[0], { detail }));
      }
    } else {
      const [done, failed] = calls.get(number) ?? [];
      calls.delete(number);
      if (kind === "done") done?.();
      else failed?.(Object.assign(new Error(), JSON.parse(texts[0])));
    }
  }

  /** Call a method that answers `done`: at once if Python is there, else when it is. */
  function call(/** @type {string} */ method, /** @type {any[]} */ ...rest) {
    const number = ++numbers;
    const answer = new Promise((resolve, reject) => calls.set(number, [resolve, reject]));
    if (bridge) bridge[method](number, ...rest);
    else {
      connect().then(
        (found) => found[method](number, ...rest),
        (error) => calls.get(number)?.[1](error),
      );
    }
    return answer;
  }

  // -- window.pysync ------------------------------------------------------------------------------

  /** @type {Promise<any> | undefined} */
  let ready;
  page.pysync = Object.freeze({
    /** Kept when the state is loaded. To ask for it starts Python. */
    get ready() {
      ready ??= call("open").then(() => page.pysync);
      ready.catch(() => (ready = undefined)); // Who asks again tries again.
      return ready;
    },
    /** The value of a key, or `otherwise`; nothing is known before `ready`. */
    get(/** @type {string} */ key, /** @type {any} */ otherwise = undefined) {
      const text = bridge?.get(key);
      return text == null ? otherwise : JSON.parse(text);
    },
    /** Set a value, or a function of it; the promise is kept when this device has stored it. */
    set(/** @type {string} */ key, /** @type {any} */ to) {
      if (typeof to !== "function") return call("set", key, json(to));
      return call("set_by", key, (/** @type {string} */ old) => json(to(value(old))));
    },
    /** Forget the value of a key. */
    delete: (/** @type {string} */ key) => call("delete", key),
    /** Call back with the value as soon as it is known and whenever it changes. */
    subscribe(/** @type {string} */ key, /** @type {(value: any) => void} */ callback) {
      const number = numbers + 1;
      subscribers.set(number, callback);
      call("subscribe", key).catch(report);
      return () => {
        subscribers.delete(number);
        bridge?.unsubscribe(number);
      };
    },
    /** Give it the page's own interpreter (a Pyodide), for pages that start one by themselves. */
    use(/** @type {any} */ interpreter) {
      page.pysyncPython ??= Promise.resolve(interpreter);
      offer(interpreter);
    },
    /** Close what was opened here and let go of everything. What is used next begins anew. */
    async stop() {
      await connecting?.catch(() => undefined);
      bridge?.close();
      for (const [, failed] of calls.values()) failed(new Error("pysync was stopped"));
      mounted.forEach((as, element) => mounted.set(element, { ...as, says: "" }));
      for (const element of mounted.keys()) element.first(0);
      for (const kept of [calls, subscribers]) kept.clear();
      bridge = connecting = ready = undefined;
      looking.disconnect();
    },
  });

  function json(/** @type {any} */ what) {
    const text = JSON.stringify(what);
    if (text === undefined) throw new TypeError(`${typeof what} is no value: it has no JSON`);
    return text;
  }
  const report = (/** @type {unknown} */ error) => console.error("pysync:", error);

  // -- elements -----------------------------------------------------------------------------------

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  /** @type {Map<Widget, {number: number, says: string}>} What Python knows of each, "" if nothing. */
  const mounted = new Map();
  /** @type {Set<Widget>} Those that are to be looked at when this task ends. */
  const moved = new Set();
  const looking = new MutationObserver(() => {
    for (const element of mounted.keys()) move(element);
  });

  class Widget extends HTMLElement {
    static observedAttributes = SAYS;
    root = this.attachShadow({ mode: "open" });

    constructor() {
      super();
      this.root.adoptedStyleSheets = [sheet];
      this.root.addEventListener("click", (event) => this.pressed(event));
      this.root.addEventListener("keydown", (event) => this.escaped(event));
    }

    connectedCallback() {
      if (!this.root.firstChild) this.first(0);
      move(this);
    }

    disconnectedCallback() {
      move(this);
    }

    attributeChangedCallback() {
      move(this);
    }

    get language() {
      return this.closest("[lang]")?.getAttribute("lang") ?? "";
    }

    /** What Python is told of it. */
    says() {
      const said = SAYS.filter((name) => this.hasAttribute(name));
      const found = Object.fromEntries(said.map((name) => [name, this.getAttribute(name)]));
      return JSON.stringify({ ...found, lang: this.language });
    }

    /** Before Python is there: that it starts (0), or does not (1). */
    first(/** @type {number} */ which) {
      const words = (FIRST[this.language.split("-")[0]] ?? FIRST.en)[which];
      const state = which ? "unavailable" : "starting";
      const badge = `<span part="badge"><span part="dot"></span><span part="label">${words}</span></span>`;
      this.root.innerHTML = `<div role="status" part="status" data-state="${state}">${badge}</div>`;
      this.dataset.state = state;
    }

    draw(/** @type {string[]} */ ...[html, state]) {
      drawing.draw(this.root, html, this.language);
      this.dataset.state = state;
    }

    pressed(/** @type {Event} */ event) {
      const target = /** @type {Element} */ (event.target);
      const button = /** @type {HTMLElement | null} */ (target.closest("[data-act]"));
      const as = mounted.get(this);
      if (button && as) bridge?.act(as.number, button.dataset.act, button.dataset.args);
    }

    /** Escape closes what a badge opened, and the focus goes back to it. */
    escaped(/** @type {Event} */ event) {
      const open = this.root.querySelector("details[part=status][open]");
      if (/** @type {KeyboardEvent} */ (event).key !== "Escape" || !open) return;
      open.removeAttribute("open");
      /** @type {HTMLElement} */ (open.querySelector("summary")).focus();
    }
  }

  /** Look at the element when this task ends: who moves it takes it away and puts it back. */
  function move(/** @type {Widget} */ element) {
    if (!moved.size) queueMicrotask(settle);
    moved.add(element);
  }

  function settle() {
    for (const element of moved) {
      const as = mounted.get(element);
      if (!element.isConnected) {
        if (as) bridge?.unmount(as.number);
        mounted.delete(element);
      } else if (as?.says !== element.says()) {
        const now = { number: as?.number ?? ++numbers, says: bridge ? element.says() : "" };
        mounted.set(element, now);
        if (bridge) bridge.mount(now.number, element.localName, now.says);
        else idle(() => mounted.get(element) === now && connect().catch(report));
      }
    }
    moved.clear();
    looking.disconnect();
    const how = { attributes: true, subtree: true, attributeFilter: ["lang"] };
    if (mounted.size) looking.observe(document.documentElement, how);
  }

  /** When the page has loaded and nothing else is to be done. */
  function idle(/** @type {() => void} */ action) {
    const soon = () => (page.requestIdleCallback ?? setTimeout)(action);
    if (document.readyState === "complete") soon();
    else addEventListener("load", soon, { once: true });
  }

  for (const name of ["status", "tabs", "conflicts", "history"]) {
    customElements.define(`pysync-${name}`, class extends Widget {});
  }
})();
