/**
 * The service worker: keeps one build whole, so that the page opens with no network.
 *
 * A build's files are kept together in one cache named by its id. Files with a hash in their name
 * come from the cache first; the page itself comes from the network if that answers within
 * PATIENCE_MS, so that a new build shows at the first load, and from the cache otherwise. The cache
 * of the build before is kept while pages that started from it may still ask for its files.
 */
const ID = "{{id}}";
const FILES = {{files}};
const CACHE = `pysync-build-${ID}`;
const PATIENCE_MS = 150;
/**
 * What the server answers itself, with whatever status and however slowly: never this build's page.
 * Anything that looks like a file is such a thing too.
 */
const NOT_OURS =
  /^\/(?:(?:account|api\/v1|first-state|sync|test)(?:\/.*)?|(?:healthz|invitation|metrics|setup|sign-in|sign-out)|.*\.[^/]+)$/;

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && !NOT_OURS.test(url.pathname)) {
    event.respondWith(page(request));
  } else if (url.pathname.startsWith("/assets/") || FILES.includes(url.pathname)) {
    event.respondWith(file(request));
  }
});

/** Fetch what no earlier build already brought; all or nothing. */
async function fill() {
  const cache = await caches.open(CACHE);
  await Promise.all(
    FILES.map(async (path) => {
      const lasting = path.startsWith("/assets/");
      const known = lasting ? await caches.match(path) : undefined;
      const response = known ?? (await fetch(path, { cache: lasting ? "default" : "no-cache" }));
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      await cache.put(path, response);
    }),
  );
}

/** Keep this build's cache and the newest one before it. */
async function tidy() {
  const names = (await caches.keys()).filter((name) => name.startsWith("pysync-build-"));
  const others = names.filter((name) => name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** @param {Request} request */
async function page(request) {
  const kept = (await caches.open(CACHE)).match("/", { ignoreVary: true });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const fresh = fetch(request).catch(() => undefined);
  const response = await Promise.race([fresh, late]);
  if (response?.ok) return response;
  return (await kept) ?? (await fresh) ?? Response.error();
}
