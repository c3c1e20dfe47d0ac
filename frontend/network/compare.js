// Before and after: the ties of two days against each other, chosen by hand or around an event.
import { each, fill, h, on, whole } from '../diagnosis/dom.js';

const AFTER = 4; // weeks after an event at which what it left is looked at

/** 0 neither, 1 new, 2 gone, 3 kept, by tie. */
export function difference(before, after, strongOnly) {
  const has = (state, t) => (strongOnly ? state.strong[t] : state.strength[t] > 0);
  return Uint8Array.from(before.strength, (_, t) => (has(before, t) ? (has(after, t) ? 3 : 2) : has(after, t) ? 1 : 0));
}

/**
 * @param {HTMLElement} root @param {any} m @param {any} w
 * @param {{show: (compared: any) => void, strongOnly: () => boolean, out: () => number}} told
 */
export function compare(root, m, w, told) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const [before, after, mark] = [find('before'), find('after'), find('mark')];
  let now = null;
  for (const field of [before, after]) [field.min, field.max] = [m.weeks[0], m.weeks[m.last]];
  before.value = m.weeks[Math.max(0, m.last - 26)];
  after.value = m.weeks[m.last];
  m.marks.forEach((one, k) => mark.append(h('option', { value: String(k) }, `${one.title} · ${one.start}`)));
  find('marks').hidden = !m.marks.length;

  function run() {
    const [a, b] = [before, after].map((field) => m.weekOf(field.value || m.weeks[m.last]));
    if (a === b) {
      find('compared').hidden = false;
      find('compare-said').textContent = w.compare_same;
      return;
    }
    now = { a: m.state(Math.min(a, b), told.out()), b: m.state(Math.max(a, b), told.out()), side: now?.side ?? 'both' };
    now.difference = difference(now.a, now.b, told.strongOnly());
    const count = [0, 0, 0, 0];
    for (const kind of now.difference) count[kind]++;
    const sum = (values) => values.reduce((total, one) => total + one, 0);
    const tied = (state) => sum(state.degree.map((d) => Number(d > 0)));
    const first = new Set();
    for (let t = 0; t < m.count; t++) {
      for (const p of [m.ties.a[t], m.ties.b[t]]) if (now.b.degree[p] && !now.a.degree[p]) first.add(p);
    }
    for (let t = 0; t < m.count; t++) if (m.cell.week[m.begin[t]] <= now.a.at) [m.ties.a[t], m.ties.b[t]].forEach((p) => first.delete(p));
    const said = [
      fill(w.compared, { a: m.weeks[now.a.at], b: m.weeks[now.b.at] }),
      fill(w.compare_said, { new: whole(count[1]), gone: whole(count[2]), kept: whole(count[3]), strong_a: whole(sum(now.a.strong)), strong_b: whole(sum(now.b.strong)) }),
      fill(w.compare_people, { a: whole(tied(now.a)), b: whole(tied(now.b)), came: whole(first.size) }),
    ];
    now.count = count;
    find('compared').hidden = find('compare-end').hidden = false;
    find('compare-said').replaceChildren(...said.map((line, k) => (k ? h('span', {}, line) : h('b', {}, line))));
    told.show(now);
  }
  function end() {
    if (!now) return;
    now = null;
    mark.value = '';
    find('compared').hidden = find('compare-end').hidden = true;
    told.show(null);
  }
  on(find('compare'), 'click', run);
  on(find('compare-end'), 'click', end);
  on(mark, 'change', () => {
    const one = m.marks[Number(mark.value)];
    if (!mark.value || !one) return;
    const begun = m.weeks.findIndex((week) => week >= one.start);
    before.value = m.weeks[Math.max(0, (begun < 0 ? m.last + 1 : begun) - 1)];
    after.value = m.weeks[Math.min(m.last, m.weekOf(one.end) + AFTER)];
    run();
  });
  each(root, '[data-side]', (button) => on(button, 'click', () => {
    each(root, '[data-side]', (one) => one.setAttribute('aria-pressed', String(one === button)));
    if (!now) return;
    now.side = button.dataset.side;
    told.show(now);
  }));
  return { run, end, get on() { return now !== null; } };
}
