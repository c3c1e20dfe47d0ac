// The same as tables, for whoever reads rather than looks, and for the spreadsheet.
import { dayText, fill, h, whole } from '../diagnosis/dom.js';
import { evidence } from './person.js';

const STEP = 50;

/** Heads and rows of a table as of a state; the first cell of a row is of the person `who`. */
export function rows(which, m, w, now, circleName) {
  const name = (p) => m.names[p] || w.nameless;
  if (which === 'ties') {
    const shown = [...now.strength.keys()].filter((t) => now.strength[t]).sort((t, u) => now.strength[u] - now.strength[t]);
    const kind = (t) => (now.strong[t] ? w.strong : now.returned[t] ? w.returned : w.one_sided);
    return { heads: [w.person, w.other, w.strength, '', w.evidence, w.last], rows: shown.map((t) => ({ who: m.ties.a[t], cells: [name(m.ties.a[t]), name(m.ties.b[t]), Math.round(now.strength[t] * 10) / 10, kind(t), evidence(m, w, t), dayText(m.ties.last[t])] })) };
  }
  const there = [...now.weight.keys()].filter((p) => p !== now.out && m.stratumAt(p, now.at) !== 5);
  const stratum = (p) => (p === m.owner ? w.owner : w.strata[m.stratumAt(p, now.at)]);
  if (which === 'alone') {
    const alone = there.filter((p) => !now.degree[p]).sort((p, q) => m.messages[q] - m.messages[p]);
    return { heads: [w.person, w.stratum, w.messages], rows: alone.map((p) => ({ who: p, cells: [name(p), stratum(p), m.messages[p]] })) };
  }
  const tied = there.filter((p) => now.degree[p]).sort((p, q) => now.weight[q] - now.weight[p]);
  return { heads: [w.person, w.stratum, w.circle_of, w.ties, w.strong_ties, w.weight, w.messages], rows: tied.map((p) => ({ who: p, cells: [name(p), stratum(p), circleName(m.circleIn(p, now)), now.degree[p], now.strongDegree[p], Math.round(now.weight[p] * 10) / 10, m.messages[p]] })) };
}

/** @param {HTMLElement} box */
export function table(box, { heads, rows }, w, pick) {
  const number = (cell) => typeof cell === 'number';
  const body = h('tbody');
  let shown = 0;
  const more = h('button', { type: 'button', class: 'link', onclick: add });
  function add() {
    for (const { who, cells } of rows.slice(shown, shown + STEP)) {
      body.append(h('tr', {}, ...cells.map((cell, k) => h('td', { class: number(cell) ? 'num' : null, 'data-word': k ? heads[k] || null : null }, k ? (number(cell) ? whole(cell) : h('bdi', {}, cell)) : h('button', { type: 'button', class: 'link', onclick: () => pick(who) }, h('bdi', {}, cell))))));
    }
    shown = Math.min(rows.length, shown + STEP);
    more.hidden = shown >= rows.length;
    more.textContent = fill(w.more, { n: Math.min(STEP, rows.length - shown) });
  }
  add();
  if (!rows.length) return box.replaceChildren(h('p', { class: 'faint' }, w.no_row));
  const head = h('tr', {}, ...heads.map((word, k) => h('th', { scope: 'col', class: number(rows[0]?.cells[k]) ? 'num' : null }, word)));
  box.replaceChildren(h('table', { class: 'wide' }, h('thead', {}, head), body), more);
}
