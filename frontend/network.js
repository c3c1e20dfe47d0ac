// The network's own page: asks for the group's network, waits while it is being drawn, and brings picture, slider,
// cards and tables to life. Names only ever become text nodes and canvas text.
import './style/network.css';
import { each, fill, h, on, whole } from './diagnosis/dom.js';
import { saveTable } from './diagnosis/save.js';
import { remember } from './diagnosis/theme.js';
import { compare } from './network/compare.js';
import { pair } from './network/pair.js';
import { finder } from './network/find.js';
import { model } from './network/model.js';
import { shortest } from './network/path.js';
import { card } from './network/person.js';
import { png, svg } from './network/picture.js';
import { MOST_DRAWN, PALETTE, stage as makeStage } from './network/stage.js';
import { rows, table } from './network/table.js';
import { time } from './network/time.js';

const LATE = 60; // milliseconds between two frames, above which steps of the slider are no longer blended
const AGAIN = 2000; // milliseconds between two looks at whether it is drawn

/** @param {HTMLElement} root */
function mount(root) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const w = JSON.parse(document.getElementById('network-words').textContent);
  let shown = false;

  async function ask() {
    let told;
    try {
      const answer = await fetch(root.dataset.source, { headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      told = await answer.json();
    } catch {
      if (!shown) find('wait-words').textContent = w.lost;
      setTimeout(ask, 3 * AGAIN);
      return;
    }
    if (told.state === 'working') {
      find('wait-words').textContent = w.working;
      setTimeout(ask, AGAIN);
    } else if (told.state === 'failed' || told.failed) {
      find('failed').hidden = false;
      find('failed-why').textContent = told.reason;
    }
    if (told.state === 'empty') find('wait').textContent = w.no_rows;
    if (told.state === 'failed') find('wait').hidden = true;
    if (told.state !== 'ready') return;
    if (!shown) {
      shown = true;
      find('wait').hidden = true;
      find('room').hidden = false;
      open(root, model(told), w);
    } else if (told.fresh) {
      find('notice').replaceChildren(h('p', { class: 'notice good', role: 'status' }, w.anew + ' ', h('button', { type: 'button', class: 'link', onclick: () => location.reload() }, w.show_anew)));
    }
    if (!told.fresh && !told.failed) {
      if (!find('notice').firstChild) find('notice').append(h('p', { class: 'notice', role: 'status' }, fill(w.stale, { day: told.as_of })));
      setTimeout(ask, AGAIN);
    }
  }
  ask();
}

/** @param {HTMLElement} root @param {any} m @param {any} w */
function open(root, m, w) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const name = (p) => m.names[p] || w.nameless;
  const begun = m.state(m.last);
  const view = { now: begun, colour: 'strata', strongOnly: false, strongOf: begun.strong, focus: -1, path: null, difference: null, circles: [], words: w };
  const ends = { from: -1, to: -1 };
  let out = -1;
  let compared = null;
  let which = 'people';
  let motion = 0;
  find('asof').textContent = fill(w.until, { day: m.as_of });
  const box = find('stage');
  let stage = null;
  try {
    stage = m.placed.length ? makeStage(box, m, { pick, clear: () => pick(-1) }, view) : null;
  } catch {
    box.replaceChildren(); // no WebGL: said below, and the tables have everything
  }
  if (!stage) {
    find('none').hidden = false;
    find('none').textContent = m.placed.length ? w.no_webgl : w.no_ties;
    if (!m.placed.length) which = 'alone';
    root.classList.toggle('bare', !m.placed.length);
    root.classList.add('undrawn');
  }

  const say = (text) => (find('say').textContent = text);
  const circleName = (circle) => (circle < 0 ? w.no_circle : fill(w.circle, { name: name(heart.get(circle) ?? 0) }));
  /** By circle: its heaviest person. */
  let heart = new Map();

  /** Everything that follows from the view; `quick` while it moves. */
  function render({ quick = false, from = null, share = 1, drawn = false } = {}) {
    view.strongOf = view.now.strong;
    if (!drawn) stage?.show(view, { quick, from, share });
    if (share < 1) return;
    const [tied, ties, strong] = [count(view.now.degree), count(view.now.strength), count(view.now.strong)];
    Object.assign(box.dataset, { ready: 'yes', week: view.now.at, people: tied, ties, strong, drawn: stage?.drawn ?? 0, path: view.path ? view.path.people.join(' ') : '', focus: view.focus, out });
  }
  const count = (values) => values.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0);

  function measure() {
    heart = new Map();
    const size = new Map();
    for (const p of m.placed) {
      const circle = m.circleIn(p, view.now);
      if (circle < 0 || p === out) continue;
      size.set(circle, (size.get(circle) ?? 0) + 1);
      if (!heart.has(circle) || view.now.weight[p] > view.now.weight[heart.get(circle)]) heart.set(circle, p);
    }
    const ranked = [...size].filter(([, n]) => n > 1).sort((one, other) => other[1] - one[1]);
    view.circles = lasting;
    return { size, ranked };
  }
  /** The circles with a colour of their own: the largest over all of the time, so that colours stay. */
  const lasting = (() => {
    const sum = new Map();
    m.circle.forEach((people, k) => people.forEach((circle) => circle >= 0 && sum.set(circle, (sum.get(circle) ?? 0) + 1 + (k === m.circle.length - 1 ? 1000 : 0))));
    return [...sum].sort((one, other) => other[1] - one[1]).slice(0, PALETTE.length).map(([circle]) => circle);
  })();

  function legend() {
    const { size, ranked } = measure();
    const there = m.names.map((_, p) => p).filter((p) => p !== out && (view.now.degree[p] || m.stratumAt(p, view.now.at) !== 5));
    if (compared && compared.side === 'both') {
      const c = stage?.paints() ?? {};
      return [[c.jade, w.new, 1], [c.seal, w.gone, 2], [c.soft, w.kept, 3]].map(([colour, word, k]) => ({ colour, words: `${word} ${whole(compared.count[k])}` }));
    }
    if (view.colour === 'circles') {
      const own = ranked.filter(([circle]) => lasting.includes(circle)).map(([circle, n]) => ({ colour: PALETTE[lasting.indexOf(circle)], words: `${circleName(circle)} ${whole(n)}` }));
      const small = ranked.filter(([circle]) => !lasting.includes(circle)).reduce((sum, [, n]) => sum + n, 0);
      const none = there.filter((p) => m.circleIn(p, view.now) < 0).length;
      const c = stage?.paints() ?? {};
      return [...own, ...(small ? [{ colour: c.greyMark, words: `${w.small_circles} ${whole(small)}` }] : []), ...(none ? [{ colour: c.grey, words: `${w.no_circle} ${whole(none)}` }] : [])];
    }
    const c = stage?.paints() ?? {};
    const tones = [c.deepJade, c.jade, c.indigo, c.violet, c.greyMark];
    const strata = w.strata.map((word, k) => ({ colour: tones[k], words: `${word} ${whole(there.filter((p) => p !== m.owner && m.stratumAt(p, view.now.at) === k).length)}` }));
    return m.owner !== null && m.owner !== out ? [{ colour: c.seal, words: w.owner }, ...strata] : strata;
  }

  /** What stands around the picture, once it has come to rest. */
  function settle(drawn = false) {
    measure();
    render({ drawn });
    find('legend').replaceChildren(...legend().map(({ colour, words }) => {
      const swatch = h('span', { class: 'net-swatch' });
      swatch.style.background = colour;
      return h('li', {}, swatch, h('bdi', {}, words));
    }));
    summary();
    faded();
    const panel = find('person-panel');
    panel.hidden = view.focus < 0;
    if (view.focus >= 0) panel.replaceChildren(...card(m, w, view.now, view.focus, { colour: stage?.colourOf(view.focus) ?? '', act, address: root.dataset.person }).filter(Boolean));
    table(find('table-body'), rows(which, m, w, view.now, circleName), w, pick);
    const ties = Number(box.dataset.ties);
    const notes = [
      ties > MOST_DRAWN && !view.strongOnly ? fill(w.drawn_of, { n: whole(MOST_DRAWN), all: whole(ties) }) : '',
      stage && m.people > m.placed.length ? fill(w.left_out, { n: whole(m.people - m.placed.length) }) : '',
      m.unheard ? fill(w.unheard, { n: whole(m.unheard) }) : '',
    ];
    find('note').textContent = notes.filter(Boolean).join(' ');
  }

  /** Where nothing is drawn although something once was: the last day on which something is. */
  function faded() {
    if (!stage) return;
    const none = find('none');
    none.hidden = Boolean(Number(box.dataset.ties)) || Boolean(compared);
    if (none.hidden) return;
    let at = view.now.at;
    while (at > 0 && !count(m.state(at, out).strength)) at--;
    const there = count(m.state(at, out).strength) > 0;
    const show = h('button', { type: 'button', class: 'button small', onclick: () => { slider.scale(at); go(at, 0); } }, w.faded_show);
    none.replaceChildren(h('span', {}, there ? fill(w.faded, { day: m.weeks[at] }) : w.no_tie_yet), there ? show : '');
  }

  function summary() {
    const { ranked } = measure();
    const there = m.names.map((_, p) => p).filter((p) => p !== out && m.stratumAt(p, view.now.at) !== 5);
    const facts = [
      [w.people_tied, count(view.now.degree)], [w.ties, count(view.now.strength)], [w.strong_ties, count(view.now.strong)],
      [w.circles, ranked.length], [w.alone, there.filter((p) => !view.now.degree[p]).length],
    ];
    const lines = [h('h2', {}, fill(w.whole, { day: m.weeks[view.now.at] })), h('dl', { class: 'net-facts' }, ...facts.flatMap(([word, n]) => [h('dt', {}, word), h('dd', {}, whole(n))]))];
    if (out >= 0) {
      const left = m.without(out, view.now.at);
      const share = (value) => Math.round(value * 100) + '%';
      lines.push(h('p', { class: 'net-without', 'data-without': `${left.ties.toFixed(4)} ${left.starts === null ? '' : left.starts.toFixed(4)}` },
        fill(w.without_said, { name: name(out), ties: share(left.ties), starts: left.starts === null ? w.no_starts : share(left.starts), part: share(left.part) }),
        left.alone.length ? ' ' + fill(w.without_alone, { n: whole(left.alone.length) }) : ''));
    } else if (m.owner === null) lines.push(h('p', { class: 'faint' }, w.no_owner));
    find('summary').replaceChildren(...lines);
  }

  /** Goes to a week; over `time` milliseconds if that is not 0. */
  function go(at, duration, settled) {
    cancelAnimationFrame(motion);
    const from = view.now;
    view.now = m.state(at, out);
    if (duration) view.path = null;
    if (!duration || !stage) {
      settle();
      trace();
      settled?.();
      return;
    }
    const begin = performance.now();
    let last = begin;
    const frame = (moment) => {
      const late = moment - last > LATE && last !== begin; // too slow to show what is between: straight to the end
      last = moment;
      const share = late ? 1 : Math.min(1, Math.max(0, (moment - begin) / duration));
      render({ quick: true, from, share });
      if (share < 1) motion = requestAnimationFrame(frame);
      else if (slider.playing) {
        render({ quick: true });
        setTimeout(() => {
          settled?.();
          if (!slider.playing) settle();
        }, Math.max(0, begin + duration - performance.now()));
      } else {
        settle();
        trace();
      }
    };
    motion = requestAnimationFrame(frame);
  }

  function pick(person) {
    const before = view.focus;
    if (person < 0 && before < 0 && !view.path) return;
    slider.stop();
    view.focus = person === before ? -1 : person;
    if (person < 0) { clearPath(); }
    settle();
    if (view.focus >= 0) {
      say(name(view.focus));
      const ended = ends.from >= 0 && ends.to < 0 && ends.from !== person;
      if (ended) setPath('to', person);
    }
  }
  function ownerButton() {
    const button = find('owner-out');
    button.setAttribute('aria-pressed', String(out >= 0));
    button.textContent = out >= 0 && out !== m.owner ? fill(w.with, { name: name(out) }) : fill(out >= 0 ? w.with : w.without, { name: m.owner === null ? '' : name(m.owner) });
    button.disabled = m.owner === null && out < 0;
  }
  function setOut(person) {
    out = person;
    if (view.focus === person) view.focus = -1;
    ownerButton();
    if (comparison.on) comparison.run();
    else {
      view.now = m.state(view.now.at, out);
      settle();
      trace();
    }
    if (out >= 0) say(find('summary').querySelector('.net-without')?.textContent ?? '');
  }

  function setPath(end, person) {
    ends[end] = person;
    fields[end].say(person);
    trace();
  }
  function clearPath() {
    ends.from = ends.to = -1;
    fields.from.say(-1);
    fields.to.say(-1);
    trace();
  }
  function trace() {
    const said = find('path-said');
    const { from, to } = ends;
    find('path-clear').hidden = from < 0 && to < 0;
    const before = view.path;
    view.path = null;
    if (from < 0 || to < 0) said.textContent = w.path_pick;
    else if (from === to) said.textContent = w.path_same;
    else {
      const allowed = (t) => (view.strongOnly ? view.now.strong[t] : view.now.strength[t] > 0);
      view.path = shortest(m.people, { a: m.ties.a, b: m.ties.b, strength: view.now.strength, shown: allowed }, from, to);
      const between = view.path?.people.slice(1, -1) ?? [];
      if (!view.path) said.textContent = fill(w.path_none, { a: name(from), b: name(to) });
      else if (!between.length) said.textContent = fill(w.path_direct, { a: name(from), b: name(to) });
      else said.textContent = fill(w.path_through, { n: between.length + 1, names: between.map(name).join(' → ') });
    }
    if (before || view.path) render();
  }

  const act = { close: () => pick(-1), pick, out: setOut, path: setPath };
  const fields = {
    from: finder(root.querySelector('[data-path="from"]'), m, w, (person) => setPath('from', person)),
    to: finder(root.querySelector('[data-path="to"]'), m, w, (person) => setPath('to', person)),
  };
  const slider = time(root, m, w, (at, duration, settled) => {
    if (comparison.on) comparison.end();
    go(at, duration, settled);
  });
  const beside = pair(root, m, w, () => view);
  const comparison = compare(root, m, w, {
    strongOnly: () => view.strongOnly,
    out: () => out,
    show(next) {
      slider.stop();
      compared = next;
      view.path = null;
      view.now = next ? (next.side === 'before' ? next.a : next.b) : m.state(m.last, out);
      const both = next?.side === 'both';
      view.difference = both ? next.difference : null;
      view.strengthOf = both ? next.a.strength.map((s, t) => Math.max(s, next.b.strength[t])) : null;
      box.dataset.difference = next ? next.count.slice(1).join(' ') : '';
      slider.scale(view.now.at);
      settle();
      beside(next);
    },
  });
  finder(find('find'), m, w, (person) => {
    if (view.focus !== person) pick(person);
    stage?.to(person);
  });

  const press = (attribute, button) => each(root, `[${attribute}]`, (one) => one.setAttribute('aria-pressed', String(one === button)));
  each(root, '[data-colour]', (button) => on(button, 'click', () => { view.colour = button.dataset.colour; press('data-colour', button); settle(); }));
  each(root, '[data-strong]', (button) => on(button, 'click', () => {
    view.strongOnly = button.dataset.strong === 'yes';
    press('data-strong', button);
    if (comparison.on) comparison.run();
    else { settle(); trace(); }
  }));
  each(root, '[data-zoom]', (button) => on(button, 'click', () => stage?.zoom(button.dataset.zoom)));
  each(root, '[data-table]', (button) => on(button, 'click', () => { which = button.dataset.table; press('data-table', button); settle(); }));
  on(find('owner-out'), 'click', () => setOut(out >= 0 ? -1 : m.owner));
  on(find('path-clear'), 'click', () => { clearPath(); settle(); });
  each(root, '[data-save]', (button) => on(button, 'click', () => {
    const about = { title: fill(w.title, { group: m.group, day: m.weeks[view.now.at] }), source: fill(w.as_of, { day: m.as_of }), legend: legend() };
    const kind = button.dataset.save;
    if (kind === 'png' && stage) png(stage, about);
    else if (kind === 'svg' && stage) svg(stage, about);
    else if (kind === 'people' || kind === 'ties') {
      const found = rows(kind, m, w, view.now, circleName);
      saveTable(about.title, [found.heads, ...found.rows.map((row) => row.cells)]);
    }
  }));
  press('data-table', root.querySelector(`[data-table="${which}"]`));
  trace();
  ownerButton();
  settle(true); // the stage has just been drawn with this view
}

remember();
each(document, '[data-net]', mount);
