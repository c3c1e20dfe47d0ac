// The sheet: one dialog for what a click opens, a person's card or a vital sign's trend.
import { dayText, h, on, whole } from './dom.js';

const STRATA = ['kol', 'core', 'regular', 'word_of_mouth', 'silent'];

/** Ids of strata by the numbers of the data. */
export const stratumId = (index) => STRATA[index] ?? 'away';

/** @param {any} page */
export function sheet(page) {
  const { root, data } = page;
  const w = data.words;
  const dialog = root.querySelector('[data-sheet]');
  const { people, ties } = data;

  /** @param {string} title @param {...Node} inside */
  function open(title, ...inside) {
    const close = h('button', { type: 'button', class: 'tool close', onclick: () => dialog.close() }, w.close);
    dialog.replaceChildren(h('header', {}, h('h2', {}, h('bdi', {}, title)), close), ...inside);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  }

  function tiesOf(place) {
    const mine = [];
    for (let k = 0; k < ties.a.length; k++) {
      if (ties.a[k] === place || ties.b[k] === place) mine.push([k, ties.a[k] === place ? ties.b[k] : ties.a[k]]);
    }
    return mine.sort((one, other) => ties.strength[other[0]] - ties.strength[one[0]]);
  }

  function tieRow([k, other]) {
    const kinds = Object.entries(ties.kinds).filter(([, counts]) => counts[k] > 0).map(([kind, counts]) => `${data.tieKinds[kind] ?? kind} ${counts[k]}`);
    return h('li', {}, h('button', { type: 'button', class: 'who', onclick: () => person(other) }, h('bdi', {}, people.name[other] || w.nameless)),
      h('span', { class: ties.strong[k] === '1' ? 'chip jade' : 'chip wash' }, ties.strong[k] === '1' ? w.strong : w.weak),
      h('span', { class: 'faint' }, [ties.returned[k] === '1' ? w.returned : w.one_way, ...kinds].join(' · ')));
  }

  /** Opens the card of a person by place in the table of people. @param {number} place */
  function person(place) {
    if (!(place >= 0 && place < people.name.length)) return;
    const mine = tiesOf(place);
    const owner = people.role[place] === 'owner';
    const stratum = stratumId(people.stratum[place]);
    const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
    const marks = h('p', {}, h('span', { class: `key stratum-${owner ? 'owner' : stratum}` }, owner ? `${data.strata.owner} · ${data.strata[stratum]}` : data.strata[stratum]),
      people.bot[place] ? h('span', { class: 'chip wash' }, w.bot) : null,
      people.role[place] === 'admin' ? h('span', { class: 'chip wash' }, w.role_admin) : null,
      people.why[place] ? h('span', { class: 'faint' }, people.why[place]) : null,
      h('span', { class: 'faint' }, people.circle[place] >= 0 ? `${w.circle} ${people.circle[place] + 1}` : w.no_circle));
    open(people.name[place] || w.nameless, marks,
      h('dl', { class: 'facts-grid' }, fact(w.messages, whole(people.messages[place])), fact(w.messages_90, whole(people.recent[place])),
        fact(w.days_spoken, whole(people.days[place])), fact(w.answers, whole(people.answers[place])), fact(w.answered, whole(people.answered[place])),
        fact(w.ties, whole(people.ties[place])), fact(w.strong_ties, whole(people.strong[place])),
        fact(w.first_spoke, dayText(people.first[place])), fact(w.last_spoke, dayText(people.last[place]))),
      h('h3', {}, w.with_whom), mine.length ? h('ul', { class: 'ties' }, ...mine.slice(0, 24).map(tieRow)) : h('p', { class: 'empty' }, w.no_ties));
  }

  on(dialog, 'click', (event) => event.target === dialog && dialog.close());
  on(root, 'click', (event) => {
    const button = event.target.closest?.('[data-person]');
    if (button) person(Number(button.dataset.person));
  });
  return { open, person };
}
