// The card of a person in the picture: who they are, their strongest ties and what those are made of.
import { dayText, fill, h, whole } from '../diagnosis/dom.js';
import { monthly } from './model.js';

const MOST = 12;
const KINDS = ['reply', 'mention', 'quote', 'turn'];
const SVG = 'http://www.w3.org/2000/svg';

/** A line of numbers, as high as the largest. @param {number[]} values */
function line(values, label) {
  const made = document.createElementNS(SVG, 'svg');
  const top = Math.max(...values, 1e-9);
  const points = values.map((v, k) => `${((k / Math.max(1, values.length - 1)) * 100).toFixed(1)},${(19 - (v / top) * 18).toFixed(1)}`);
  const drawn = document.createElementNS(SVG, 'polyline');
  drawn.setAttribute('points', points.join(' '));
  for (const [key, value] of Object.entries({ viewBox: '0 0 100 20', preserveAspectRatio: 'none', role: 'img', class: 'net-line' })) made.setAttribute(key, value);
  made.setAttribute('aria-label', label);
  made.append(drawn);
  return made;
}

/** What a tie is made of, in words. */
export const evidence = (m, w, t) => KINDS.filter((kind) => m.ties[kind][t]).map((kind) => `${w[kind]} ${whole(m.ties[kind][t])}`).join(' · ');

/** @param {any} m @param {any} w @param {any} now @param {number} person */
export function card(m, w, now, person, { colour, act, address }) {
  const name = (p) => m.names[p] || w.nameless;
  const ties = m.tiesOf(person, now);
  const stratum = m.stratumAt(person, now.at);
  const recent = m.months.slice(-24);
  const swatch = h('span', { class: 'net-swatch' });
  swatch.style.background = colour;
  const link = m.person[person];
  return [
    h('div', { class: 'net-head' }, h('h2', { tabindex: '-1' }, swatch, h('bdi', {}, name(person))), h('button', { type: 'button', class: 'link', 'aria-label': w.close, onclick: act.close }, '×')),
    h('p', {}, person === m.owner ? w.owner + ' · ' : '', w.strata[stratum] ?? w.away, now.at === m.last && m.reason[person] ? h('small', {}, ' ' + m.reason[person]) : ''),
    h('dl', { class: 'net-facts' }, ...[[w.ties, now.degree[person]], [w.strong_ties, now.strongDegree[person]], [w.weight, now.weight[person]], [w.messages, m.messages[person]]].flatMap(([word, n]) => [h('dt', {}, word), h('dd', {}, whole(n))])),
    link ? h('p', {}, h('a', { href: address.replace('00000000-0000-0000-0000-000000000000', link) }, w.person_page)) : null,
    h('p', { class: 'net-do' },
      h('button', { type: 'button', class: 'button small', onclick: () => act.path('from', person) }, w.path_from),
      h('button', { type: 'button', class: 'button small', onclick: () => act.path('to', person) }, w.path_to),
      h('button', { type: 'button', class: 'button small', onclick: () => act.out(now.out === person ? -1 : person) }, now.out === person ? w.put_back : w.take_out)),
    ties.length ? h('h3', {}, w.strongest) : h('p', { class: 'faint' }, w.no_tie_now),
    h('ol', { class: 'net-ties' }, ...ties.slice(0, MOST).map((t) => {
      const other = m.otherOf(t, person);
      const lives = monthly(m, t).slice(-recent.length);
      return h('li', {},
        h('div', {}, h('button', { type: 'button', class: 'link', onclick: () => act.pick(other) }, h('bdi', {}, name(other))), h('b', {}, whole(now.strength[t]))),
        line(lives, `${w.by_month}: ${lives.map((v) => whole(v)).join(', ')}`),
        h('small', {}, [now.strong[t] ? w.strong : now.returned[t] ? w.returned : w.one_sided, evidence(m, w, t), fill(w.since, { first: dayText(m.ties.first[t]), last: dayText(m.ties.last[t]) })].join(' · ')));
    })),
  ];
}
