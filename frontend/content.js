// Content: pieces of the calendar are dragged to another day or group (pointer, so that fingers can too) or moved with
// Alt and an arrow; the morning desk is worked with single keys. Everything also works as plain forms.
import "./style/content.css";
import "./style/held.css";

const FAR = 6;
const HOLD = 350;

class Weeks {
  constructor(root) {
    this.root = root;
    this.token = root.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const slot of root.querySelectorAll("[data-slot]:not([data-fixed])")) this.bind(slot);
  }

  bind(slot) {
    const handle = slot.querySelector("summary");
    handle.addEventListener("pointerdown", (event) => this.take(event, slot, handle));
    handle.addEventListener("keydown", (event) => this.key(event, slot));
    handle.addEventListener("click", (event) => { if (slot.dataset.moved) { event.preventDefault(); delete slot.dataset.moved; } });
  }

  take(event, slot, handle) {
    if (event.button !== 0 || slot.open) return;
    const start = { x: event.clientX, y: event.clientY, at: event.timeStamp, touch: event.pointerType === "touch" };
    let ghost = null;
    const move = (now) => {
      const far = Math.hypot(now.clientX - start.x, now.clientY - start.y);
      if (!ghost && start.touch && now.timeStamp - start.at < HOLD && far > FAR) return end(now);
      if (!ghost && far > FAR) ghost = this.lift(slot, handle, now);
      if (!ghost) return undefined;
      now.preventDefault();
      ghost.style.transform = `translate(${now.clientX - start.x}px, ${now.clientY - start.y}px)`;
      this.over(this.cell(now));
      return undefined;
    };
    const end = (now) => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", end);
      document.removeEventListener("pointercancel", end);
      this.over(null);
      if (!ghost) return;
      ghost.remove();
      slot.classList.remove("lifted");
      slot.dataset.moved = "yes";
      setTimeout(() => delete slot.dataset.moved, 50);
      const cell = now.type === "pointerup" && this.cell(now);
      if (cell && !cell.contains(slot)) this.send(slot, cell.dataset.day, cell.dataset.group);
    };
    document.addEventListener("pointermove", move, { passive: false });
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
  }

  lift(slot, handle) {
    const box = handle.getBoundingClientRect();
    const ghost = handle.cloneNode(true);
    ghost.className = `ghost slot ${slot.classList[1]}`;
    Object.assign(ghost.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px` });
    document.body.append(ghost);
    slot.classList.add("lifted");
    return ghost;
  }

  cell(event) {
    return document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-cell]") ?? null;
  }

  over(cell) {
    for (const other of this.root.querySelectorAll(".cell.over")) other.classList.remove("over");
    cell?.classList.add("over");
  }

  key(event, slot) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault();
    const here = slot.closest("[data-cell]");
    let cell = null;
    if (typeof step === "number") cell = step < 0 ? here.previousElementSibling : here.nextElementSibling;
    else {
      const row = here.closest(".week")[step === "up" ? "previousElementSibling" : "nextElementSibling"];
      cell = [...(row?.querySelectorAll("[data-cell]") ?? [])].find((one) => one.dataset.day === here.dataset.day);
    }
    if (cell?.matches("[data-cell]")) this.send(slot, cell.dataset.day, cell.dataset.group);
  }

  async send(slot, day, group) {
    const body = new URLSearchParams({ do: "move", which: slot.dataset.slot, day, group, csrfmiddlewaretoken: this.token });
    slot.classList.add("waiting-move");
    let said = { wrong: this.root.dataset.wordLost };
    try {
      const answer = await fetch(this.root.dataset.address, { method: "POST", body, headers: { Accept: "application/json" } });
      said = await answer.json();
    } catch { /* said below */ }
    if (said.done) { window.location.reload(); return; }
    slot.classList.remove("waiting-move");
    this.tell(said.wrong);
    slot.querySelector("summary").focus();
  }

  tell(words) {
    let notice = this.root.querySelector(".moved-not");
    if (!notice) {
      notice = document.createElement("p");
      notice.className = "notice bad moved-not";
      notice.setAttribute("role", "alert");
      this.root.prepend(notice);
    }
    notice.textContent = words;
  }
}

class Desk {
  constructor(root) {
    this.root = root;
    this.rows = [...root.querySelectorAll("[data-find]")];
    document.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("change", () => this.count());
    this.count();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const at = this.rows.findIndex((row) => row.contains(document.activeElement));
    const go = (n) => this.rows[Math.max(0, Math.min(this.rows.length - 1, n))]?.focus();
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "x" && at >= 0) {
      const box = this.rows[at].querySelector("[name=pick]");
      if (box && !box.disabled) { box.checked = !box.checked; this.count(); go(at + 1); }
    } else if (event.key === "s" && at >= 0) this.rows[at].querySelector("[value^=pass]")?.click();
    else if (event.key === "e" && at >= 0) {
      const more = this.rows[at].querySelector("details");
      if (more) { more.open = true; more.querySelector("textarea")?.focus(); }
    } else return;
    event.preventDefault();
  }

  count() {
    const n = this.root.querySelectorAll("[name=pick]:checked").length;
    for (const out of document.querySelectorAll("[data-picked]")) out.textContent = n;
    for (const row of this.rows) row.classList.toggle("picked", Boolean(row.querySelector("[name=pick]:checked")));
  }
}

const start = () => {
  for (const root of document.querySelectorAll("[data-weeks]")) new Weeks(root);
  for (const root of document.querySelectorAll("[data-desk]")) new Desk(root);
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
