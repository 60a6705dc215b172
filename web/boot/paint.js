/**
 * The first paint: shows the last view of this address before Python is there.
 *
 * A classic script in the syntax of old browsers, because it also says in words when a browser is
 * too old for the rest. It owns the keys `pysync:paint:*` of localStorage, which hold what may be
 * lost: the view's HTML, when it was current, and the attributes of <html>. The painted view is
 * marked `data-stale`, busy and inert; `takeOver` ends that. What fits on one screen is painted first
 * and marked `data-first`: styles may leave out what would keep it from the screen. The rest follows
 * when somebody touches the page or Python cannot be started (`paintWhole`).
 *
 * It makes `window.__pysync`: {build, state, missing, painted, savePaint, purgePaint, leave, takeOver, say,
 * paintWhole, fetchPython, german}.
 */
(function () {
  "use strict";
  var PREFIX = "pysync:paint:";
  var MOST_VIEWS = 8;
  var MOST_CHARACTERS = 400000;
  var NOT_KEPT = "script, dialog[open], [popover], [data-no-cache]";
  var app = document.getElementById("app");
  var box = document.getElementById("boot");
  var build = JSON.parse(document.getElementById("pysync-build").textContent);
  var pysync = { build: build, state: "starting", missing: missing() };
  window.__pysync = pysync;

  function mark(name) {
    if (window.performance && performance.mark) performance.mark("pysync:" + name);
  }

  /** Tiny WebAssembly modules that validate only where the feature they use exists. */
  function wasmKnows(bytes) {
    var head = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0];
    return WebAssembly.validate(new Uint8Array(head.concat(bytes)));
  }

  /** What this browser lacks to run Python, in words; empty when it can. */
  function missing() {
    var lacks = [];
    if (typeof WebAssembly !== "object" || !WebAssembly.validate) return ["WebAssembly"];
    if (!("noModule" in document.createElement("script"))) lacks.push("JavaScript modules");
    if (typeof BigInt64Array === "undefined") lacks.push("64-bit integers");
    if (!Object.hasOwn || !Array.prototype.at) lacks.push("JavaScript of 2022");
    if (!wasmKnows([10, 8, 1, 6, 0, 6, 64, 25, 11, 11])) lacks.push("WebAssembly exceptions");
    if (!wasmKnows([10, 7, 1, 5, 0, 208, 112, 26, 11])) lacks.push("WebAssembly references");
    return lacks;
  }

  function storage() {
    try {
      return window.localStorage;
    } catch (denied) {
      return null;
    }
  }

  function address() {
    return PREFIX + location.pathname + location.search + location.hash;
  }

  function attributesOf(element) {
    var found = {};
    for (var i = 0; i < element.attributes.length; i++) {
      found[element.attributes[i].name] = element.attributes[i].value;
    }
    return found;
  }

  function keptKeys(store) {
    var keys = [];
    for (var i = 0; i < store.length; i++) {
      if (store.key(i).indexOf(PREFIX) === 0) keys.push(store.key(i));
    }
    return keys;
  }

  function dropOldest(store) {
    var views = keptKeys(store).map(function (key) {
      var at = 0;
      try {
        at = JSON.parse(store.getItem(key)).at;
      } catch (broken) {
        at = 0;
      }
      return { key: key, at: at };
    });
    views.sort(function (a, b) {
      return b.at - a.at;
    });
    views.slice(MOST_VIEWS).forEach(function (view) {
      store.removeItem(view.key);
    });
  }

  /** Remove from a copy of the view what lies below the first screen of its scrolled parts. */
  function prune(live, copy, scrolled) {
    var below = scrolled + (live.scrollTop || 0);
    for (var i = live.children.length - 1; i >= 0; i--) {
      var top = live.children[i].getBoundingClientRect().top + below;
      if (top > innerHeight) copy.removeChild(copy.children[i]);
      else prune(live.children[i], copy.children[i], below);
    }
  }

  function markup(copy) {
    Array.prototype.forEach.call(copy.querySelectorAll(NOT_KEPT), function (element) {
      element.remove();
    });
    return copy.innerHTML;
  }

  /** Keep the view as it is now for the next visit; does nothing before Python has taken over. */
  pysync.savePaint = function () {
    var store = storage();
    if (!store || pysync.state !== "interactive") return;
    var first = app.cloneNode(true);
    if (innerHeight) prune(app, first, window.pageYOffset);
    var view = {
      first: markup(first),
      html: markup(app.cloneNode(true)),
      at: Date.now(),
      root: attributesOf(document.documentElement),
    };
    var text = JSON.stringify(view);
    try {
      if (text.length <= MOST_CHARACTERS) store.setItem(address(), text);
      dropOldest(store);
    } catch (full) {
      pysync.purgePaint();
    }
  };

  /** Forget every kept view, as signing out does. */
  pysync.purgePaint = function () {
    var store = storage();
    if (!store) return;
    keptKeys(store).forEach(function (key) {
      store.removeItem(key);
    });
  };

  /** Forget them for good: nothing of this page is kept any more. */
  pysync.leave = function () {
    pysync.state = "left";
    pysync.purgePaint();
  };

  /** Show one sentence at the foot of the page; an empty one hides it. */
  pysync.say = function (text) {
    box.textContent = text;
    box.hidden = !text;
  };

  /** Python has rendered: what is shown is current and answers to input. */
  pysync.takeOver = function () {
    if (pysync.state === "interactive") return;
    pysync.state = "interactive";
    app.removeAttribute("data-first");
    app.removeAttribute("data-stale");
    app.removeAttribute("aria-busy");
    app.removeAttribute("inert");
    pysync.say("");
    mark("interactive");
    noteRedirect();
  };

  /** Where the application led from the address that was opened, so that it shows the same view. */
  function noteRedirect() {
    var store = storage();
    if (!store || address() === opened) return;
    try {
      store.setItem(opened, JSON.stringify({ at: Date.now(), leadsTo: address() }));
    } catch (full) {
      pysync.purgePaint();
    }
  }

  /** The view that was kept for an address, or for the one it leads to. */
  function keptView(store, key) {
    var view = JSON.parse(store.getItem(key));
    return view && view.leadsTo ? JSON.parse(store.getItem(view.leadsTo)) : view;
  }

  function clock(at) {
    var time = new Date(at);
    var today = time.toDateString() === new Date().toDateString();
    return today
      ? time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
      : time.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  }

  function paint() {
    var store = storage();
    if (!store) return null;
    try {
      var view = keptView(store, opened);
      if (!view) return null;
      whole = view.html;
      app.innerHTML = pysync.missing.length ? whole : view.first || whole;
      for (var name in view.root) document.documentElement.setAttribute(name, view.root[name]);
      app.setAttribute("data-stale", new Date(view.at).toISOString());
      app.setAttribute("aria-busy", "true");
      app.setAttribute("inert", "");
      if (!pysync.missing.length) app.setAttribute("data-first", "");
      return view.at;
    } catch (broken) {
      pysync.purgePaint();
      return null;
    }
  }

  /** Show all of the view that was kept; nothing happens once Python has taken over. */
  pysync.paintWhole = function () {
    if (!app.hasAttribute("data-first")) return;
    app.innerHTML = whole;
    app.removeAttribute("data-first");
  };
  ["wheel", "touchstart", "keydown", "resize"].forEach(function (event) {
    addEventListener(event, pysync.paintWhole, { once: true, passive: true });
  });

  function tooOld() {
    return (
      "This browser is too old to run this page: it lacks " +
      pysync.missing.join(", ") +
      ". Chrome or Edge 110, Firefox 115 and Safari 16.4 or newer work." +
      (asOf ? " What you see is the last data read, " + asOf.toLowerCase() + ", read-only." : "")
    );
  }

  function tooOldInGerman() {
    return (
      "Dieser Browser ist zu alt für diese Seite. Es fehlt: " +
      pysync.missing.join(", ") +
      ". Chrome oder Edge ab 110, Firefox ab 115 und Safari ab 16.4 gehen." +
      (asOf ? " Sie sehen den zuletzt gelesenen Stand, nur zum Lesen." : "")
    );
  }

  /** Let the browser fetch Python's files in parallel, before the scripts ask for them in turn. */
  pysync.fetchPython = function () {
    var links = document.getElementById("pysync-python");
    if (links) document.head.replaceChild(links.content, links);
  };

  var opened = address();
  var whole = "";
  var at = paint();
  pysync.painted = Boolean(at);
  if (at) mark("first-paint");
  // 15 MB that come through the worker would keep a view that is there from the screen.
  if (!at) pysync.fetchPython();
  // Whoever was here before has a language on the view; a newcomer has the browser's.
  pysync.german = /^de\b/i.test(at ? document.documentElement.lang : navigator.language);
  var asOf = at ? (pysync.german ? "Stand " : "As of ") + clock(at) : "";
  var starting = pysync.german ? "wird gestartet…" : "starting…";
  pysync.say(asOf ? asOf + " · " + starting : starting.charAt(0).toUpperCase() + starting.slice(1));
  if (pysync.missing.length) {
    pysync.state = "unsupported";
    pysync.say(pysync.german ? tooOldInGerman() : tooOld());
  }
  addEventListener("pagehide", pysync.savePaint);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") pysync.savePaint();
  });
})();
