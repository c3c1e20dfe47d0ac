// The door of a meetup: whoever is ticked or scanned is written down in this browser first and sent when there is a
// network; what was sent twice counts once. Without this script each button is a plain form.
const page = document.querySelector("[data-door]");
const { door: id, wordWaits, wordSent, wordUnknown, wordHere, wordLater, worker } = page.dataset;
const send = page.dataset.send.slice(0, -1);
const place = `huoqun-door ${id}`;
const token = page.querySelector("input[name=csrfmiddlewaretoken]").value;
const status = page.querySelector("[data-door-status]");
const people = new Map([...page.querySelectorAll("[data-code]")].map((row) => [row.dataset.code, row]));
const read = () => { try { return JSON.parse(localStorage.getItem(place)) ?? []; } catch { return []; } };
const sent = () => { try { return JSON.parse(localStorage.getItem(`${place} sent`)) ?? []; } catch { return []; } };
const keep = (queue) => localStorage.setItem(place, JSON.stringify(queue));
const say = (text, bad = false) => { status.textContent = text; status.classList.toggle("bad", bad); };

const count = () => { page.querySelector("[data-door-came]").textContent = page.querySelectorAll("[data-code].came").length; };
const tick = (code, waits) => {
  const row = people.get(code);
  if (!row) return;
  row.classList.add("came");
  row.querySelector("[data-chip]").textContent = waits ? `${wordHere} · ${wordLater}` : wordHere;
  row.querySelector("form").hidden = true;
  count();
};

let busy = false;
const flush = async () => {
  const queue = read();
  if (busy || !queue.length) return;
  busy = true;
  let left = queue.length;
  try {
    for (const one of queue) {
      const form = new FormData();
      form.append("csrfmiddlewaretoken", token);
      form.append("key", one.key);
      if (one.code) form.append("code", `${one.code}@${one.at}`);
      if (one.name) form.append("name", one.name);
      if (one.over) form.append("over", "yes");
      const answer = await fetch(send + (one.code ? "check_in" : "guest"), { method: "POST", body: form, headers: { Accept: "application/json" } });
      if (answer.status >= 500 || answer.status === 401 || answer.status === 403 || answer.redirected) throw new Error(answer.status);
      const told = await answer.json();
      keep(read().filter((each) => each.key !== one.key));
      left -= 1;
      if (answer.ok) { if (one.code) { localStorage.setItem(`${place} sent`, JSON.stringify([...sent(), one.code].slice(-3000))); tick(one.code, false); } } else say(told.wrong, true);
    }
    say(wordSent);
  } catch {
    say(wordWaits.replace("[n]", left), true);
  }
  busy = false;
  if (read().length > 0 && navigator.onLine && left === 0) flush();
};

const write = (one) => {
  keep([...read(), { key: crypto.getRandomValues(new Uint32Array(4)).join("-"), at: new Date().toISOString(), ...one }]);
  if (one.code) tick(one.code, true);
  flush();
};
const come = (text) => {
  const found = /(?:code=|HQ:|^)([A-Z2-7]{8})(?:[&#]|$)/i.exec(text.replace(/\s/g, ""));
  const code = found?.[1].toUpperCase();
  if (!code || !people.has(code)) return say(wordUnknown, true);
  say(people.get(code).dataset.name);
  if (!people.get(code).classList.contains("came")) write({ code });
};

page.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-one]")) { event.preventDefault(); come(form.closest("[data-code]").dataset.code); }
  if (form.matches("[data-typed]")) { event.preventDefault(); come(form.elements.code.value); form.reset(); }
  if (form.matches("[data-guest]") && form.elements.name.value.trim()) {
    event.preventDefault();
    const name = form.elements.name.value.trim();
    const line = document.createElement("li");
    line.textContent = name;
    page.querySelector("[data-guests]").append(line);
    write({ name, over: Boolean(form.elements.over?.checked) });
    form.reset();
  }
});
// A page kept from before the network went does not know who was sent since.
if (!navigator.onLine) for (const code of sent()) tick(code, false);
for (const one of read()) if (one.code) tick(one.code, true);
addEventListener("online", flush);
setInterval(flush, 10000);
flush();
if ("serviceWorker" in navigator) navigator.serviceWorker.register(worker).catch(() => {});

const search = page.querySelector("[data-search]");
search.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  for (const row of people.values()) row.hidden = wanted !== "" && !row.dataset.name.toLowerCase().includes(wanted);
});
search.closest("label").hidden = false;

// The camera. Where the browser cannot read codes itself (some have the detector and no format for it) a reader is
// loaded at once, so that it is there when the network is not; without either, the phone's own camera opens this page
// with the code, or it is typed.
const button = page.querySelector("[data-scan]");
const video = page.querySelector("video");
const { wordStop, wordNone } = button.dataset;
const wordScan = button.textContent;
let detector;
const stop = () => {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  video.hidden = true;
  button.textContent = wordScan;
};
const scan = async () => {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.hidden = false;
    await video.play();
  } catch {
    stop();
    return say(wordNone, true);
  }
  button.textContent = wordStop;
  let last = "";
  const look = async () => {
    if (video.hidden) return;
    const [found] = await detector.detect(video).catch(() => []);
    if (found && found.rawValue !== last) { last = found.rawValue; come(last); }
    setTimeout(look, 300);
  };
  look();
};
const browsers = async () =>
  "BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
const loaded = () =>
  new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = page.dataset.reader;
    script.onload = () => done(new QrReader());
    script.onerror = failed;
    document.head.append(script);
  });
const offer = async () => {
  if (!navigator.mediaDevices) return;
  detector = (await browsers().catch(() => null)) ?? (await loaded());
  page.querySelector("[data-no-scan]").hidden = true;
  button.hidden = false;
  button.addEventListener("click", () => (video.hidden ? scan() : stop()));
};
offer().catch(() => {});
