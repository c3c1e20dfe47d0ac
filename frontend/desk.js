// Today and the send desk, at hand: copying takes a card (so that nobody says it twice), keys go from card to card, and
// what is ticked without a network is kept in this browser and sent when there is one. Without this script every button
// is a plain form.
import "./style/desk.css";
import "./style/held.css";

const desk = document.querySelector("[data-desk]");
const { wordKept, wordLost, wordElsewhere, stand } = desk.dataset;
const said = desk.querySelector("[data-desk-said]");
const say = (text) => { said.textContent = text; said.hidden = !text; };
const waiting = () => [...desk.querySelectorAll("[data-card]:not([data-over])")].filter((card) => card.offsetParent);
const KEPT = "huoqun-desk";
const read = () => { try { return JSON.parse(localStorage.getItem(KEPT)) ?? []; } catch { return []; } };
const keep = (queue) => localStorage.setItem(KEPT, JSON.stringify(queue));
const account = () => document.body.dataset.account ?? "";

// The card that is up: the first that waits, or the one somebody has gone to.
let current = null;
const choose = (card, focus = false) => {
  for (const other of desk.querySelectorAll(".current")) other.classList.remove("current");
  current = card ?? null;
  if (!current) return;
  current.classList.add("current");
  if (!focus) return;
  current.focus({ preventScroll: true });
  current.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
};
const step = (by) => {
  const cards = waiting();
  const at = cards.indexOf(current);
  choose(cards[Math.max(0, Math.min(cards.length - 1, at + by))], true);
};
// The next after a card that went: the first that waits and stands below it.
const next = (after) => {
  const below = waiting().find((card) => after.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING);
  choose(below ?? waiting()[0]);
};

// Copying: the words are fetched into the clipboard within the click, as browsers ask; the card is taken first.
const fieldOf = (button) => button.closest("form, article").querySelector("[data-words]");
const clip = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("not copied");
};
const copy = async (button) => {
  const form = button.form;
  const text = fieldOf(button).value;
  if (button.name === "do" && navigator.onLine) {
    const body = new FormData(form);
    body.append("do", "copy");
    if (form.dataset.anyway) body.append("anyway", "yes");
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.status === 409) {
        say((await answer.json()).taken);
        form.dataset.anyway = "yes"; // asked again, it is meant
        return;
      }
      form.querySelector("[data-mine]")?.removeAttribute("hidden");
      form.querySelector("[data-held]")?.setAttribute("hidden", "");
    } catch { /* no network: the words can be copied all the same */ }
  }
  try { await clip(text); } catch { fieldOf(button).select(); return; }
  say("");
  const word = button.textContent;
  button.textContent = button.dataset.wordCopied;
  button.classList.add("copied");
  setTimeout(() => { button.textContent = word; button.classList.remove("copied"); }, 4000);
};

// Without a network a tick is kept with its moment; what is sent twice counts once.
const over = (card, word) => {
  card.dataset.over = "";
  card.classList.add("over", "kept");
  for (const one of card.querySelectorAll("button, textarea, summary, input")) one.disabled = true;
  const line = document.createElement("p");
  line.textContent = word;
  card.prepend(line);
};
// Pictures do not fit into localStorage: they wait in a store of their own, each under its key.
const opened = () => new Promise((done, failed) => {
  const asked = indexedDB.open(KEPT, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("files");
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});
const pictures = async (mode, what) => {
  const db = await opened();
  try {
    return await new Promise((done, failed) => {
      const work = db.transaction("files", mode);
      const asked = what(work.objectStore("files"));
      work.oncomplete = () => done(asked.result);
      work.onabort = work.onerror = () => failed(work.error);
    });
  } finally { db.close(); }
};
const store = async (form, submitter) => {
  const entries = [...new FormData(form, submitter).entries()].filter(([name]) => name !== "csrfmiddlewaretoken");
  const fields = entries.filter(([, value]) => typeof value === "string");
  const files = [];
  for (const [name, value] of entries) {
    if (typeof value === "string" || !value.size) continue;
    const key = `${Date.now()} ${Math.random()}`;
    await pictures("readwrite", (kept) => kept.put(value, key));
    files.push([name, key]);
  }
  keep([...read(), { account: account(), action: form.action, fields, files }]);
  const card = form.closest("[data-card]");
  if (card) { over(card, wordKept); next(card); }
};
const bodyOf = async (one, token) => {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token);
  for (const [name, value] of one.fields) body.append(name, value);
  for (const [name, key] of one.files ?? []) {
    const file = await pictures("readonly", (kept) => kept.get(key));
    if (file) body.append(name, file, file.name);
  }
  return body;
};
let busy = false;
const flush = async () => {
  const queue = read();
  if (busy || !queue.length || !navigator.onLine) return;
  busy = true;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  let sent = 0;
  try {
    for (const one of queue) {
      if (one.account === account()) {
        const body = await bodyOf(one, token);
        const answer = await fetch(one.action, { method: "POST", body, headers: { Accept: "application/json" } });
        if (answer.status >= 500 || answer.status === 401 || answer.status === 403) throw new Error(answer.status);
        if (!answer.ok) sessionStorage.setItem(KEPT, (await answer.json()).said ?? wordLost);
      }
      for (const [, key] of one.files ?? []) await pictures("readwrite", (kept) => kept.delete(key));
      sent += 1;
    }
  } catch { /* tried again */ }
  keep(read().slice(sent));
  busy = false;
  if (sent && !read().length) location.reload();
};

desk.addEventListener("click", (event) => {
  const card = event.target.closest("[data-card]");
  if (card && !("over" in card.dataset)) choose(card);
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  event.preventDefault();
  copy(button);
});
const lost = () => say(wordLost);
desk.addEventListener("submit", (event) => {
  if (navigator.onLine || event.target.method !== "post") return;
  event.preventDefault();
  event.stopPropagation();
  store(event.target, event.submitter).catch(lost);
}, true);
document.addEventListener("htmx:sendError", (event) => {
  const form = event.detail.elt.closest("form");
  if (!form || !desk.contains(form)) return;
  delete form.dataset.sent;
  store(form, event.detail.requestConfig?.triggeringEvent?.submitter).catch(lost);
});
document.addEventListener("htmx:responseError", (event) => {
  if (!desk.contains(event.detail.elt)) return;
  delete event.detail.elt.dataset.sent;
  say(wordLost);
});
document.addEventListener("htmx:afterSwap", () => {
  say("");
  show();
  if (current && document.contains(current) && !("over" in current.dataset)) return;
  const last = [...desk.querySelectorAll("[data-over]")].pop();
  const gone = desk.querySelector("[data-over]:focus") ?? last;
  if (gone) next(gone); else choose(waiting()[0]);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const card = event.detail.target?.closest?.("[data-card]");
  if (card && card === current) {
    const cards = waiting();
    choose(cards[cards.indexOf(card) + 1] ?? cards[cards.indexOf(card) - 1]);
  }
});

const KEYS = { c: ".do-copy", d: ".do-done", s: ".do-skip", l: ".do-later > summary" };
document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("textarea, input, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "j" || event.key === "k") { event.preventDefault(); return step(event.key === "j" ? 1 : -1); }
  const which = KEYS[event.key];
  const scope = current?.closest(".same") && event.key !== "d" && event.key !== "s" ? current.closest(".same") : current;
  const button = which && scope?.querySelector(which);
  if (button) { event.preventDefault(); button.click(); }
});

// Beside others at the same desk: who has a card in hand, and what they have ticked off.
const look = async () => {
  if (document.hidden || !navigator.onLine) return;
  let waits;
  try {
    const answer = await fetch(stand, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    ({ waits } = await answer.json());
  } catch { return; }
  const here = new Set();
  for (const card of desk.querySelectorAll("[data-card]")) {
    here.add(card.dataset.card);
    if ("over" in card.dataset) continue;
    const who = waits[card.dataset.card];
    if (who === undefined) { over(card, wordElsewhere); if (card === current) next(card); continue; }
    const chip = card.querySelector("[data-held]");
    if (!chip) continue;
    chip.hidden = !who;
    chip.querySelector("[data-holder]").textContent = who;
    card.classList.toggle("held", Boolean(who));
  }
  desk.querySelector("[data-desk-new]").hidden = Object.keys(waits).every((id) => here.has(id));
};

const show = () => { for (const button of desk.querySelectorAll("[data-copies][hidden]")) button.hidden = false; };
show();
choose(waiting()[0]);
// What the server said to something that was kept and came to nothing.
say(sessionStorage.getItem(KEPT) ?? "");
sessionStorage.removeItem(KEPT);
if (stand) setInterval(look, 15000);
// Without a network the page is as it was last seen; what was ticked off since is not shown as waiting.
if (!navigator.onLine) {
  say(desk.dataset.wordSeen);
  const gone = new Set(read().flatMap((one) => one.fields.filter(([name]) => name === "which" || name === "newcomer").map(([, id]) => id.replaceAll("-", ""))));
  for (const card of desk.querySelectorAll("[data-card]:not([data-over])")) if (gone.has(card.dataset.card)) over(card, wordKept);
  choose(waiting()[0]);
}
// The worker keeps what it has fetched; the page that brings it in was fetched before it was there.
const remember = async () => {
  const first = !navigator.serviceWorker.controller;
  await navigator.serviceWorker.register("/app.js", { scope: "/" });
  if (!first || location.search || !navigator.onLine) return;
  await navigator.serviceWorker.ready;
  const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((part) => part.href || part.src);
  await (await caches.open("huoqun-app")).addAll([location.origin + location.pathname, ...parts]);
};
if ("serviceWorker" in navigator) remember().catch(() => {});
addEventListener("online", flush);
setInterval(flush, 15000);
flush();
