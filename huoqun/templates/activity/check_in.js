// Keeps the page of the door and what it is drawn with, so that it opens without a network. The network comes first.
const KEPT = "huoqun-door";
const ours = (url) => url.pathname === "{{ page|escapejs }}" || url.pathname.startsWith("{{ static|escapejs }}");
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || !ours(url)) return;
  event.respondWith((async () => {
    const kept = await caches.open(KEPT);
    const key = url.origin + url.pathname;
    try {
      const answer = await fetch(event.request);
      if (answer.redirected || answer.status === 403 || answer.status === 404) await caches.delete(KEPT);
      else if (answer.ok) await kept.put(key, answer.clone());
      return answer;
    } catch (error) {
      const found = await kept.match(key);
      if (found) return found;
      throw error;
    }
  })());
});
