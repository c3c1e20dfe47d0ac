// Notifications: whether this browser may be told, the button that asks, and giving itself anew whenever a page of ours
// is opened (subscriptions change without a word, and belong to the login of now).
import "./style/bell.css";

const LATER = "huoqun-bell-later";
const account = () => document.body.dataset.account ?? "";
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const same = (a, b) => a && a.byteLength === b.byteLength && new Uint8Array(a).every((one, at) => one === b[at]);
const hex = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");
const apple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

class Bell {
  constructor(root) {
    this.root = root;
    this.key = bytes(root.dataset.key);
    this.quietly = "quietly" in root.dataset;
    this.wrong = root.querySelector("[data-bell-wrong]");
    root.querySelector("[data-bell-on]").addEventListener("click", (event) => this.on(event.target));
    root.querySelector("[data-bell-off]").addEventListener("click", (event) => this.off(event.target));
    root.querySelector("[data-bell-later]")?.addEventListener("click", () => {
      localStorage.setItem(LATER, account());
      root.hidden = true;
    });
  }

  // One of none, insecure, iphone, blocked, on, off.
  async state() {
    if (!window.isSecureContext) return "insecure";
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return apple ? "iphone" : "none";
    if (Notification.permission === "denied") return "blocked";
    return Notification.permission === "granted" && (await this.subscription()) ? "on" : "off";
  }

  async subscription() {
    const worker = await navigator.serviceWorker.getRegistration("/");
    return worker?.pushManager.getSubscription();
  }

  async show() {
    const state = await this.state();
    for (const one of this.root.querySelectorAll("[data-bell-state]")) one.hidden = one.dataset.bellState !== state;
    const told = this.root.querySelector(`[data-bell-state="${state}"]`);
    if (this.quietly) this.root.hidden = "silent" in told.dataset || localStorage.getItem(LATER) === account();
    this.root.dataset.state = state;
    await this.mark();
  }

  // Which of the devices on the list is this one.
  async mark() {
    const list = document.querySelectorAll("[data-device]");
    if (!list.length || this.root.dataset.state !== "on") return;
    const { endpoint } = await this.subscription();
    const digest = hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
    for (const one of list) one.querySelector("[data-here]").hidden = one.dataset.device !== digest;
  }

  async start() {
    await this.show();
    if (this.root.dataset.state !== "on") return;
    try { await this.keep(await this.ours()); } catch { /* without a network: next time */ }
  }

  // The subscription of this installation's key; one of another key (a restored installation) is of no use.
  async ours() {
    const worker = await navigator.serviceWorker.register(this.root.dataset.worker, { scope: "/" });
    await navigator.serviceWorker.ready;
    const there = await worker.pushManager.getSubscription();
    if (there && same(there.options.applicationServerKey, this.key)) return there;
    await there?.unsubscribe();
    return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.key });
  }

  async on(button) {
    this.say("");
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") return;
      let found;
      try { found = await this.ours(); } catch { return this.say(this.wrong.dataset.wordRefused); }
      await this.keep(found);
      localStorage.removeItem(LATER);
      if (!this.quietly) return location.reload();
    } catch {
      this.say(this.wrong.dataset.wordLost);
    } finally {
      button.disabled = false;
      await this.show();
    }
  }

  async off(button) {
    this.say("");
    button.disabled = true;
    try {
      const there = await this.subscription();
      if (there) {
        await this.send({ do: "forget", endpoint: there.endpoint });
        await there.unsubscribe();
      }
      location.reload();
    } catch {
      this.say(this.wrong.dataset.wordLost);
      button.disabled = false;
    }
  }

  keep(found) {
    const { endpoint, keys } = found.toJSON();
    return this.send({ do: "keep", endpoint, key: keys.p256dh, secret: keys.auth });
  }

  async send(fields) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.root.querySelector("[name=csrfmiddlewaretoken]").value);
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    const answer = await fetch(this.root.dataset.address, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
  }

  say(text) {
    this.wrong.textContent = text;
    this.wrong.hidden = !text;
  }
}

for (const root of document.querySelectorAll("[data-bell]")) new Bell(root).start();
