// The table of people: sorted, filtered and paged here, since two thousand rows need not stand in the page.
import { dayText, each, fill, h, on, whole } from './dom.js';
import { stratumId } from './sheet.js';
import { saveTable } from './save.js';

const PAGE = 20;

/** @param {any} page */
export function people(page) {
  const { root, data } = page;
  const grid = root.querySelector('[data-people]');
  if (!grid) return;
  const w = data.words;
  const all = data.people;
  const body = grid.tBodies[0];
  const pager = root.querySelector('[data-pager]');
  const search = root.querySelector('[data-search]');
  const chips = root.querySelector('[data-strata]');
  const lowered = all.name.map((name) => name.toLowerCase());
  let sort = { by: 'recent', down: true };
  let strata = new Set();
  let first = 0;

  const collator = new Intl.Collator(data.lang === 'zh' ? 'zh-CN' : 'en', { numeric: true });
  const compare = (one, other) => {
    const column = all[sort.by];
    const order = sort.by === 'name' ? collator.compare(column[one], column[other]) : column[one] - column[other];
    return (sort.down ? -order : order) || one - other;
  };

  function chosen() {
    const words = search.value.trim().toLowerCase();
    const places = [];
    for (let k = 0; k < all.name.length; k++) {
      if (strata.size && !strata.has(all.stratum[k])) continue;
      if (words && !lowered[k].includes(words)) continue;
      places.push(k);
    }
    return places.sort(compare);
  }

  function row(k) {
    const owner = all.role[k] === 'owner';
    const stratum = stratumId(all.stratum[k]);
    const number = (value) => h('td', { class: 'num' }, value);
    return h('tr', {},
      h('th', { scope: 'row' }, h('button', { type: 'button', class: 'who', 'data-person': k }, h('bdi', {}, all.name[k] || w.nameless)), owner ? h('span', { class: 'chip red' }, w.owner) : null, all.bot[k] ? h('span', { class: 'chip wash' }, w.bot) : null),
      h('td', {}, h('span', { class: `key stratum-${stratum}` }, data.strata[stratum])),
      number(whole(all.recent[k])), number(whole(all.messages[k])), number(whole(all.days[k])), number(whole(all.ties[k])), number(whole(all.strong[k])),
      number(whole(all.answered[k])), number(dayText(all.last[k])));
  }

  function show() {
    const places = chosen();
    first = Math.min(first, Math.max(0, Math.floor((places.length - 1) / PAGE) * PAGE));
    const shown = places.slice(first, first + PAGE);
    body.replaceChildren(...shown.map(row));
    if (!shown.length) body.append(h('tr', {}, h('td', { colspan: 9, class: 'empty' }, w.nobody_found)));
    each(grid, 'th[data-sort]', (head) => {
      if (head.dataset.sort === sort.by) head.setAttribute('aria-sort', sort.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    const turn = (words, to, can) => h('button', { type: 'button', class: 'tool', disabled: !can, onclick: () => { first = to; show(); } }, words);
    pager.hidden = places.length <= PAGE;
    pager.replaceChildren(turn(w.previous, first - PAGE, first > 0),
      h('span', { class: 'faint' }, fill(w.page_of, { from: first + 1, to: first + shown.length, total: whole(places.length) })),
      turn(w.next, first + PAGE, first + PAGE < places.length));
  }

  each(grid, 'th[data-sort]', (head) => {
    const by = head.dataset.sort;
    const words = head.textContent;
    head.replaceChildren(h('button', { type: 'button', onclick: () => {
      sort = { by, down: sort.by === by ? !sort.down : by !== 'name' && by !== 'stratum' };
      first = 0;
      show();
    } }, words));
  });
  const present = [...new Set(all.stratum)].sort();
  if (present.length > 1) {
    chips.append(...present.map((index) => {
      const count = all.stratum.filter((other) => other === index).length;
      return h('button', { type: 'button', class: 'pick', 'aria-pressed': 'false', onclick: (event) => {
        const button = event.currentTarget;
        if (strata.has(index)) strata.delete(index);
        else strata.add(index);
        button.setAttribute('aria-pressed', String(strata.has(index)));
        first = 0;
        show();
      } }, h('span', { class: `key stratum-${stratumId(index)}` }, data.strata[stratumId(index)]), ' ', h('small', {}, whole(count)));
    }));
  }
  on(search, 'input', () => {
    first = 0;
    show();
  });
  each(root, '[data-csv]', (button) =>
    on(button, 'click', () => {
      const head = [w.name, w.id, w.stratum, w.why, w.messages_90, w.days_90d, w.messages, w.days_spoken, w.first_spoke, w.last_spoke, w.ties, w.strong_ties, w.circle, w.answers, w.answered];
      const rows = chosen().map((k) => [all.name[k], all.id[k], data.strata[stratumId(all.stratum[k])], all.why[k], all.recent[k], all.recentDays[k], all.messages[k], all.days[k],
        dayText(all.first[k]), dayText(all.last[k]), all.ties[k], all.strong[k], all.circle[k] < 0 ? '' : all.circle[k] + 1, all.answers[k], all.answered[k]]);
      saveTable(`${data.title} · ${w.people_title}`, [head, ...rows]);
      page.say(w.saved);
    }),
  );
  root.querySelector('[data-filters]').hidden = false;
  show();
}
