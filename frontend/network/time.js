// The time slider: weeks or months, by hand or by itself. People stay where they are; what is between them changes.
import { each, h, on, still } from '../diagnosis/dom.js';

const STEP = { months: 620, weeks: 240 }; // milliseconds a step takes while playing

/** @param {HTMLElement} root @param {any} m @param {any} w @param {(week: number, time: number, settled?: () => void) => void} go */
export function time(root, m, w, go) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const [slider, play, day] = [find('slider'), find('play'), find('day')];
  let by = 'months';
  let playing = false;
  const steps = () => (by === 'months' ? m.months : m.weeks.map((_, k) => k));
  const nearest = (at) => steps().reduce((best, week, k, all) => (Math.abs(week - at) < Math.abs(all[best] - at) ? k : best), 0);

  function say(at) {
    day.textContent = m.weeks[at];
    slider.setAttribute('aria-valuetext', m.weeks[at]);
  }
  function scale(at) {
    slider.max = String(steps().length - 1);
    slider.value = String(nearest(at));
    say(at);
  }
  function stop() {
    playing = false;
    play.textContent = '▶';
    play.setAttribute('aria-label', w.play);
  }
  function step() {
    if (!playing) return;
    const next = Number(slider.value) + 1;
    if (next >= steps().length) return stop();
    slider.value = String(next);
    say(steps()[next]);
    go(steps()[next], still() ? 0 : STEP[by], () => setTimeout(step, still() ? 700 : 0));
  }
  on(slider, 'input', () => {
    stop();
    const at = steps()[Number(slider.value)];
    say(at);
    go(at, 0);
  });
  on(play, 'click', () => {
    if (playing) return stop();
    playing = true;
    play.textContent = '❚❚';
    play.setAttribute('aria-label', w.pause);
    if (Number(slider.value) >= steps().length - 1) {
      slider.value = '0';
      say(steps()[0]);
      go(steps()[0], 0);
    }
    step();
  });
  each(root, '[data-step]', (button) => on(button, 'click', () => {
    stop();
    const at = steps()[Number(slider.value)];
    by = button.dataset.step;
    each(root, '[data-step]', (one) => one.setAttribute('aria-pressed', String(one === button)));
    scale(at);
    if (steps()[Number(slider.value)] !== at) go(steps()[Number(slider.value)], 0);
  }));
  const ticks = find('ticks');
  for (const mark of m.marks) {
    if (mark.end < m.weeks[0] || mark.start > m.weeks[m.last] || !m.last) continue;
    const tick = h('span', { title: `${mark.title} ${mark.start}` });
    tick.style.insetInlineStart = `${(m.weekOf(mark.start) / m.last) * 100}%`;
    ticks.append(tick);
  }
  scale(m.last);
  if (!m.last) find('time').hidden = true;
  return { stop, scale, get playing() { return playing; } };
}
