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
// What waits for somebody, told by the server. A browser wants to see something shown for each message, also for one it
// cannot read. The same tag again takes the place of the first.
const ICON = "{{ icon|escapejs }}";
self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* said below */ }
  const title = String(told.title || "{{ waits|escapejs }}");
  const about = { body: String(told.body || ""), tag: String(told.tag || "huoqun"), icon: ICON, badge: ICON };
  event.waitUntil(self.registration.showNotification(title, { ...about, data: { path: String(told.path || "/today") } }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const place = new URL(event.notification.data?.path ?? "/today", self.location.origin);
  const address = place.origin === self.location.origin ? place.href : self.location.origin + "/today";
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window" });
    for (const one of open) if (one.url === address) return one.focus();
    return self.clients.openWindow(address);
  })());
});
