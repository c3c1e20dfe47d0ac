// The console: files are sent with real progress; everything else is htmx and plain forms.
import "./style/console.css";
import "./style/person.css";
import "./style/groups.css";
import "./style/survey.css";
import "./style/segment.css";
import "./style/dealing.css";
import "./style/api.css";
import "./style/plan.css";
import "./style/grade.css";
import "./style/activity.css";
import "./style/run.css";
import "./style/effect.css";
import htmx from "htmx.org";
import { theme } from "./diagnosis/theme.js";

window.htmx = htmx;

const size = (bytes) => {
  const units = ["B", "KB", "MB", "GB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1024; unit += 1; }
  return `${bytes < 10 && unit ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
};

class Drop {
  constructor(form) {
    this.form = form;
    this.idle = form.querySelector(".drop-idle");
    this.busy = form.querySelector(".drop-busy");
    this.bar = form.querySelector("progress");
    this.name = form.querySelector("[data-drop-name]");
    this.status = form.querySelector("[data-drop-status]");
    this.fault = form.querySelector("[data-drop-fault]");
    this.input = form.querySelector("input[type=file]");
    this.input.addEventListener("change", () => this.send([...this.input.files]));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.send([...this.input.files]); });
    form.querySelector("[data-drop-cancel]").addEventListener("click", () => this.request?.abort());
  }

  send(files) {
    if (!files.length || this.request) return;
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const { limit, most } = this.form.dataset;
    if (total > Number(limit)) return this.fail(this.form.dataset.wordLarge.replace("[limit]", size(Number(limit))));
    if (files.length > Number(most)) return this.fail(this.form.dataset.wordMany.replace("[most]", most));
    const body = new FormData();
    for (const field of this.form.querySelectorAll("input[name]:not([type=file])")) body.append(field.name, field.value);
    for (const file of files) body.append("files", file, file.name);
    this.show(files);
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => this.progress(event.loaded, event.total));
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.fail(this.form.dataset.wordLost));
    request.addEventListener("abort", () => this.reset());
    request.send(body);
  }

  show(files) {
    this.fault.hidden = true;
    this.idle.hidden = true;
    this.busy.hidden = false;
    this.name.textContent = files.length > 1 ? `${files[0].name} +${files.length - 1}` : files[0].name;
    this.bar.value = 0;
    window.addEventListener("beforeunload", Drop.warn);
  }

  progress(loaded, total) {
    this.bar.value = loaded / total;
    const { wordSending, wordSent } = this.form.dataset;
    this.status.textContent = loaded < total ? `${wordSending} ${size(loaded)} / ${size(total)}` : wordSent;
  }

  answered(request) {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* not ours: said below */ }
    window.removeEventListener("beforeunload", Drop.warn);
    if (request.status === 200 && answer.address) window.location.assign(answer.address);
    else this.fail(answer.happened ? [answer.happened, answer.kept, answer.todo].join(" ") : this.form.dataset.wordLost);
  }

  fail(words) {
    this.reset();
    this.fault.textContent = words;
    this.fault.hidden = false;
  }

  reset() {
    window.removeEventListener("beforeunload", Drop.warn);
    this.request = null;
    this.input.value = "";
    this.idle.hidden = false;
    this.busy.hidden = true;
  }

  static warn(event) { event.preventDefault(); }
}

const filesOf = (transfer) => [...(transfer?.files ?? [])];
const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

// A second click on a button whose form is on its way sends nothing; coming back to the page begins anew.
function onceOnly() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.matches("[data-drop]")) return;
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

// The parts of the side bar are opened and shut; the cookie lets the next page come as this one was left.
function parts() {
  const every = [...document.querySelectorAll(".side [data-part]")];
  for (const part of every) part.querySelector("button.caption")?.addEventListener("click", (event) => {
    event.currentTarget.setAttribute("aria-expanded", String(!part.toggleAttribute("data-shut")));
    const shut = every.filter((one) => one.hasAttribute("data-shut")).map((one) => one.dataset.part);
    document.cookie = `shut=${shut.join(".")}; path=/; max-age=31536000; samesite=lax`;
  });
}

// On a phone the places and the tabs of a page are rows that scroll, on a low screen the side bar does: the one we are
// at stands in view.
function atHand() {
  for (const here of document.querySelectorAll(":is(.all-places, .tabs, .parts) [aria-current]")) {
    const row = here.closest(".all-places, .tabs, .parts");
    const [a, b] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
    if (row.scrollWidth > row.clientWidth) row.scrollLeft += a.left - b.left - (b.width - a.width) / 2;
    if (row.scrollHeight > row.clientHeight && (a.top < b.top || a.bottom > b.bottom)) row.scrollTop += a.top - b.top - (b.height - a.height) / 2;
  }
}

function start() {
  theme();
  parts();
  atHand();
  onceOnly();
  const drops = [...document.querySelectorAll("[data-drop]")].map((form) => new Drop(form));
  if (drops.length) {
    const over = (on) => drops[0].form.classList.toggle("over", on);
    document.addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); over(true); } });
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
    document.addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      over(false);
      drops[0].send(filesOf(event.dataTransfer));
    });
  }
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  for (const input of document.querySelectorAll("[data-narrow]")) input.addEventListener("input", () => {
    const words = input.value.trim().toLowerCase();
    for (const one of input.parentElement.querySelectorAll(".tick")) one.hidden = !one.textContent.toLowerCase().includes(words);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const from = button.parentElement.querySelector("[data-copy-from]");
    from.select();
    const copied = () => { button.textContent = button.dataset.wordCopied; };
    if (navigator.clipboard) navigator.clipboard.writeText(from.value).then(copied);
    else if (document.execCommand("copy")) copied();
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  const offline = (is) => { for (const said of document.querySelectorAll("[data-offline]")) said.hidden = !is; };
  document.addEventListener("htmx:sendError", () => offline(true));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) offline(false); });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
