// A field that finds people by name as one types: arrows, Enter, Escape, or a click.
import { h, on } from '../diagnosis/dom.js';

const MOST = 8;

/** @param {HTMLInputElement} input @param {any} m @param {any} words @param {(person: number) => void} pick */
export function finder(input, m, words, pick) {
  const list = h('ul', { role: 'listbox', class: 'net-found', hidden: true, id: (input.id || 'net-' + input.dataset.path) + '-list' });
  input.after(list);
  input.setAttribute('role', 'combobox');
  input.setAttribute('autocomplete', 'off');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');
  const folded = m.names.map((name) => name.toLowerCase());
  const byMessages = m.names.map((_, person) => person).sort((p, q) => m.messages[q] - m.messages[p]);
  let found = [];
  let chosen = 0;

  function close() {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }
  function take(person) {
    input.value = m.names[person] || words.nameless;
    close();
    pick(person);
  }
  function mark() {
    [...list.children].forEach((item, k) => item.setAttribute('aria-selected', String(k === chosen)));
    if (found.length) input.setAttribute('aria-activedescendant', `${list.id}-${chosen}`);
  }
  function open() {
    const asked = input.value.trim().toLowerCase();
    found = asked ? byMessages.filter((person) => folded[person].includes(asked)).sort((p, q) => Number(folded[q].startsWith(asked)) - Number(folded[p].startsWith(asked))).slice(0, MOST) : [];
    chosen = 0;
    list.replaceChildren(
      ...found.map((person, k) =>
        h('li', { role: 'option', id: `${list.id}-${k}`, onpointerdown: (event) => { event.preventDefault(); take(person); } }, h('bdi', {}, m.names[person]), ' ', h('small', {}, String(m.messages[person]))),
      ),
    );
    if (asked && !found.length) list.append(h('li', { class: 'faint', role: 'option', 'aria-disabled': 'true' }, words.nobody_found));
    list.hidden = !asked;
    input.setAttribute('aria-expanded', String(!list.hidden));
    mark();
  }
  on(input, 'input', open);
  on(input, 'keydown', (event) => {
    if (event.key === 'Escape') return close();
    if (list.hidden || !found.length) return;
    if (event.key === 'ArrowDown') chosen = (chosen + 1) % found.length;
    else if (event.key === 'ArrowUp') chosen = (chosen - 1 + found.length) % found.length;
    else if (event.key === 'Enter') take(found[chosen]);
    else return;
    event.preventDefault();
    mark();
  });
  on(input, 'blur', close);
  return {
    say(person) { input.value = person < 0 ? '' : m.names[person] || words.nameless; },
  };
}
