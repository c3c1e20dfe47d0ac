// Two pictures side by side, before and after: the same people at the same places, so that only what changed differs.
import { colours, onTheme } from '../diagnosis/theme.js';
import { each, fill, h, whole } from '../diagnosis/dom.js';
import { MOST_DRAWN } from './stage.js';

const EDGE = 16; // pixels left free around the people

/**
 * @param {HTMLElement} root @param {any} m @param {any} w
 * @param {() => {strongOnly: boolean}} view
 */
export function pair(root, m, w, view) {
  const panel = root.querySelector('[data-pair]');
  let compared = null;

  function draw() {
    if (!compared) return;
    each(panel, 'figure', (figure) => {
      const now = compared[figure.dataset.half];
      const has = (t) => (view().strongOnly ? now.strong[t] : now.strength[t] > 0);
      const ties = now.strength.reduce((sum, _, t) => sum + (has(t) ? 1 : 0), 0);
      const tied = now.degree.reduce((sum, degree) => sum + (degree > 0 ? 1 : 0), 0);
      const told = fill(w.pair_said, { day: m.weeks[now.at], people: whole(tied), ties: whole(ties) });
      figure.querySelector('figcaption').replaceChildren(h('b', {}, figure.dataset.half === 'a' ? w.before : w.after), ' ' + told);
      const canvas = figure.querySelector('canvas');
      canvas.setAttribute('aria-label', told);
      paint(canvas, now, has);
    });
  }

  function paint(canvas, now, has) {
    const c = colours();
    const scale = Math.min(2, devicePixelRatio || 1);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    [canvas.width, canvas.height] = [width * scale, height * scale];
    const pen = canvas.getContext('2d');
    pen.scale(scale, scale);
    const [left, right, top, bottom] = [Math.min(...m.x), Math.max(...m.x), Math.min(...m.y), Math.max(...m.y)];
    const crowd = Math.min(1, Math.max(0.35, Math.sqrt(120 / m.placed.length))); // in a crowd everybody is smaller
    const size = Math.min((width - 2 * EDGE) / (right - left || 1), (height - 2 * EDGE) / (bottom - top || 1));
    const at = (p) => {
      const k = m.placeOf[p];
      return [width / 2 + (m.x[k] - (left + right) / 2) * size, height / 2 - (m.y[k] - (top + bottom) / 2) * size];
    };
    const there = (p) => m.placeOf[p] >= 0;
    let drawn = Array.from(now.strength, (_, t) => t).filter((t) => has(t) && there(m.ties.a[t]) && there(m.ties.b[t]));
    drawn = drawn.sort((t, u) => now.strength[u] - now.strength[t]).slice(0, MOST_DRAWN);
    for (const t of drawn) {
      pen.globalAlpha = 0.12 + 0.4 * Math.min(1, Math.sqrt(now.strength[t] / 12));
      pen.strokeStyle = c.soft;
      pen.lineWidth = now.strong[t] ? 1.2 : 0.5;
      pen.beginPath();
      pen.moveTo(...at(m.ties.a[t]));
      pen.lineTo(...at(m.ties.b[t]));
      pen.stroke();
    }
    const strata = [c.deepJade, c.jade, c.indigo, c.violet, c.greyMark];
    for (const p of m.placed) {
      const stratum = m.stratumAt(p, now.at);
      if (p === now.out || (stratum === 5 && !now.degree[p])) continue;
      pen.globalAlpha = now.degree[p] ? 1 : 0.5;
      pen.fillStyle = p === m.owner ? c.seal : strata[stratum] ?? c.grey;
      pen.beginPath();
      pen.arc(...at(p), crowd * Math.min(11, 2 + 1.1 * Math.sqrt(now.weight[p])), 0, 2 * Math.PI);
      pen.fill();
    }
  }

  onTheme(draw);
  addEventListener('resize', draw);
  return (next) => {
    compared = next;
    panel.hidden = !next;
    draw();
  };
}
