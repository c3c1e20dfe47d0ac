// Keeps today and the send desk as they were last seen, and what they are drawn with. The network comes first; who logs
// out, or is logged out, leaves nothing behind.
const KEPT = "huoqun-app";
const OFFLINE = "{{ offline|escapejs }}";
const day = (url) => /^\/w\/[^/]+\/(today|outbox)$/.test(url.pathname) || url.pathname === "/today";
const drawn = (url) => url.pathname.startsWith("{{ static|escapejs }}");
self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(KEPT).then((kept) => kept.add(OFFLINE)).catch(() => {}));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
const forget = async () => {
  const kept = await caches.open(KEPT);
  for (const request of await kept.keys()) if (day(new URL(request.url))) await kept.delete(request);
};
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/account/")) event.waitUntil(forget());
  if (request.method !== "GET" || request.headers.get("HX-Request")) return;
  const page = request.mode === "navigate";
  if (!drawn(url) && !page) return;
  event.respondWith((async () => {
    const kept = await caches.open(KEPT);
    const key = url.origin + url.pathname;
    try {
      const answer = await fetch(request);
      if (page && day(url) && (answer.status === 403 || answer.status === 404)) await kept.delete(key);
      else if (answer.ok && !answer.redirected && (drawn(url) || (day(url) && !url.search))) await kept.put(key, answer.clone());
      return answer;
    } catch (error) {
      const found = (drawn(url) || day(url)) && (await kept.match(key));
      if (found) return found;
      const last = page && (await kept.match(OFFLINE));
      if (last) return last;
      throw error;
    }
  })());
});
