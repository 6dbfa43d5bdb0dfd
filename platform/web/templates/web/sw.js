// Keeps the shell for the moment without network, and nothing else. It never touches media, the API or a form:
// those go to the network as if it were not here, so a grant, a balance or a price is never an old one.
{% autoescape off %}const CACHE = "shell-1";
const OFFLINE = "{{ offline }}";
const SHELL = [OFFLINE{% for path in shell %}, "{{ path }}"{% endfor %}];{% endautoescape %}

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name !== CACHE);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (SHELL.includes(path)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
