// The bench: the text of a playbook beside its timeline. Typing saves after a pause; a step dragged to another day
// rewrites the text there; a mistake leads to its line. htmx carries everything; this file only says when, and keeps
// the eye where it was.
const PAUSE = 600; // milliseconds without a key after which what was typed is saved
const AGAIN = 4000; // milliseconds after which a save that failed is tried again

export function bench(root) {
  const htmx = window.htmx;
  const form = root.querySelector('#bench-form');
  const move = root.querySelector('#move');
  const lines = root.querySelector('.code-lines');
  const area = () => root.querySelector('#text');
  const state = () => root.querySelector('#state');
  let dirty = false;
  let timer = 0;
  let scroll = [0, 0];
  let open = [];

  // -- typing

  function save() {
    clearTimeout(timer);
    htmx.trigger(form, 'typed');
  }

  function typed() {
    dirty = true;
    state().textContent = state().dataset.wordTyping;
    number();
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  function number() {
    const wanted = area().value.split('\n').length;
    while (lines.children.length > wanted) lines.lastChild.remove();
    for (let n = lines.children.length + 1; n <= wanted; n += 1) {
      const line = document.createElement('span');
      line.textContent = n;
      lines.append(line);
    }
    const bad = new Set([...root.querySelectorAll('#mistakes [data-line]')].map((one) => Number(one.dataset.line)));
    [...lines.children].forEach((line, n) => line.classList.toggle('bad', bad.has(n + 1)));
    lines.scrollTop = area().scrollTop;
  }

  function goTo(line) {
    show('text');
    const told = area().value.split('\n');
    const begin = told.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    area().focus();
    area().setSelectionRange(begin, begin + (told[line - 1] ?? '').length);
    const height = parseFloat(getComputedStyle(area()).lineHeight) || 20;
    area().scrollTop = Math.max(0, (line - 5) * height);
    area().scrollLeft = 0;
  }

  function show(tab) {
    root.dataset.tab = tab;
    for (const one of root.querySelectorAll('[data-show]')) one.setAttribute('aria-pressed', String(one.dataset.show === tab));
    number();
  }

  root.addEventListener('input', (event) => { if (event.target.id === 'text') typed(); });
  root.addEventListener('scroll', (event) => { if (event.target.id === 'text') lines.scrollTop = event.target.scrollTop; }, true);
  root.addEventListener('click', (event) => {
    const to = event.target.closest('[data-line]');
    if (to) goTo(Number(to.dataset.line));
    const tab = event.target.closest('[data-show]');
    if (tab) show(tab.dataset.show);
    if (event.target.closest('[data-close]')) event.target.closest('.step-form').replaceChildren();
  });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') { event.preventDefault(); save(); }
  });
  // Whoever leaves on purpose (a button of the notice, keeping a version) is not asked; what is unsaved goes with it.
  document.addEventListener('click', (event) => { if (event.target.closest('[data-leave]')) dirty = false; });
  document.getElementById('keep')?.addEventListener('submit', (event) => {
    for (const name of ['text', 'revision']) {
      const field = document.createElement('input');
      field.type = 'hidden';
      field.name = name;
      field.value = root.querySelector(`#${name}`).value;
      event.target.append(field);
    }
    event.target.enctype = 'multipart/form-data';
    dirty = false;
  });
  window.addEventListener('beforeunload', (event) => { if (dirty) event.preventDefault(); });

  // -- what comes back

  root.addEventListener('htmx:beforeRequest', (event) => {
    if (event.target === form) dirty = false;
    else if (event.detail.requestConfig.verb === 'post') area().readOnly = true;
  });
  root.addEventListener('htmx:beforeSwap', (event) => {
    if (event.detail.target?.id !== 'beside') return;
    scroll = [area().scrollTop, area().scrollLeft];
    open = event.detail.requestConfig?.elt === form
      ? [...root.querySelectorAll('.step-form')].filter((one) => one.childElementCount)
        .map((one) => [one.closest('.tl-step').dataset.step, [...one.childNodes]])
      : [];
  });
  root.addEventListener('htmx:afterSettle', (event) => {
    if (event.detail.target?.id !== 'beside') return;
    for (const [step, nodes] of open) root.querySelector(`[data-step="${step}"] .step-form`)?.replaceChildren(...nodes);
    open = [];
    area().readOnly = false;
    [area().scrollTop, area().scrollLeft] = scroll;
    number();
    const step = root.querySelector('#touched')?.dataset.step;
    const touched = step && root.querySelector(`[data-step="${step}"]`);
    if (touched) {
      touched.classList.add('tl-here');
      touched.scrollIntoView({ block: 'nearest' });
    }
  });
  root.addEventListener('htmx:afterRequest', () => { area().readOnly = false; });
  const lost = () => {
    dirty = true;
    state().textContent = state().dataset.wordLost;
    state().classList.add('bad');
    clearTimeout(timer);
    timer = setTimeout(save, AGAIN);
  };
  form.addEventListener('htmx:sendError', lost);
  form.addEventListener('htmx:responseError', lost);

  // -- dragging

  let held = null;
  const over = (day) => {
    for (const one of root.querySelectorAll('.tl-day.target')) one.classList.remove('target');
    day?.classList.add('target');
  };
  root.addEventListener('dragstart', (event) => {
    held = event.target.closest?.('.tl-step[draggable]');
    if (!held || event.target !== held) { held = null; return; }
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', held.dataset.step);
    held.classList.add('held');
  });
  root.addEventListener('dragover', (event) => {
    const day = held && event.target.closest('.tl-day');
    if (!day) return;
    event.preventDefault();
    over(day);
  });
  root.addEventListener('drop', (event) => {
    const day = held && event.target.closest('.tl-day');
    if (!day) return;
    event.preventDefault();
    move.elements.n.value = held.dataset.step;
    move.elements.day.value = day.dataset.day;
    if (day !== held.closest('.tl-day')) htmx.trigger(move, 'moved');
  });
  root.addEventListener('dragend', () => { held?.classList.remove('held'); held = null; over(null); });

  number();
}
