// The calendar over groups: a step is dragged to another day of its own row, and the reason is asked before it moves.
// Without a pointer the same is done on the page of the step, to which each leads.

const FAR = 6; // pixels after which a press is a drag

class Dragging {
  constructor(step, event) {
    this.step = step;
    this.row = step.closest("tr");
    this.from = step.closest("td");
    this.start = [event.clientX, event.clientY];
    this.over = null;
    this.ghost = null;
  }

  move(event) {
    const far = Math.hypot(event.clientX - this.start[0], event.clientY - this.start[1]);
    if (!this.ghost && far < FAR) return;
    if (!this.ghost) {
      this.ghost = document.createElement("span");
      this.ghost.className = "s dragged";
      this.ghost.textContent = this.step.textContent;
      document.body.append(this.ghost);
    }
    this.ghost.style.left = `${event.clientX + 8}px`;
    this.ghost.style.top = `${event.clientY + 8}px`;
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest("td[data-day]");
    this.mark(cell?.closest("tr") === this.row ? cell : null);
  }

  mark(cell) {
    this.over?.classList.remove("over");
    this.over = cell;
    cell?.classList.add("over");
  }

  end() {
    const cell = this.over;
    const dragged = Boolean(this.ghost);
    this.mark(null);
    this.ghost?.remove();
    return { dragged, cell: cell && cell !== this.from ? cell : null };
  }
}

function calendar(region) {
  const dialog = document.getElementById("move");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  let drag = null;
  let dragged = false;

  const ask = (step, cell) => {
    form.action = step.pathname;
    form.elements.due.value = `${cell.dataset.day}T${step.dataset.t}`;
    form.elements.why.value = "";
    dialog.querySelector("[data-move-what]").textContent =
      `${step.closest("tr").querySelector("th").textContent} · ${step.textContent}`;
    dialog.showModal();
    form.elements.why.focus();
  };
  const over = (event, keep) => {
    if (!drag) return;
    const done = drag.end();
    const step = drag.step;
    drag = null;
    dragged = done.dragged;
    if (keep && done.cell) ask(step, done.cell);
  };

  region.addEventListener("pointerdown", (event) => {
    const step = event.button === 0 && event.isPrimary && event.target.closest("a.s[data-t]");
    dragged = false;
    if (step) drag = new Dragging(step, event);
  });
  region.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("pointermove", (event) => drag?.move(event));
  document.addEventListener("pointerup", (event) => over(event, true));
  document.addEventListener("pointercancel", (event) => over(event, false));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") over(event, false); });
  region.addEventListener("click", (event) => {
    if (dragged && event.target.closest("a.s")) event.preventDefault();
    dragged = false;
  });
  dialog.querySelector("[data-move-cancel]").addEventListener("click", () => dialog.close());
}

function start() {
  // A step leads back to the calendar as it was: the weeks and filters go along.
  for (const region of document.querySelectorAll("[data-calendar]")) {
    calendar(region);
    region.addEventListener("click", (event) => {
      const step = event.target.closest("a.s[href]");
      if (step && !event.defaultPrevented && !step.search) step.search = `?back=${encodeURIComponent(region.dataset.back)}`;
    });
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
