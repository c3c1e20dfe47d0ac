// Charts: ECharts with one theme, and behind each chart its table and its picture to save.
import * as echarts from 'echarts/core';
import { LineChart, ScatterChart } from 'echarts/charts';
import { DataZoomInsideComponent, GridComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';
import { each, h, on } from './dom.js';
import { savePicture } from './save.js';
import { PAPER, colours, onTheme } from './theme.js';

echarts.use([LineChart, ScatterChart, DataZoomInsideComponent, GridComponent, MarkAreaComponent, TooltipComponent, CanvasRenderer]);

const live = new Set();

/** Charts at the size they have on paper, or of their place again; drawn at once, since the printer does not wait. */
export function fitForPaper(paper) {
  for (const chart of live) {
    chart.resize(paper ? { width: PAPER.width, height: PAPER.chart } : { width: 'auto', height: 'auto' });
    chart.getZr().flush();
  }
}

/** What all charts share: type, grid lines, tooltip. Tooltips are nodes, never markup. */
export function base(c) {
  const text = { color: c.soft, fontFamily: c.sans, fontSize: 12 };
  return {
    animation: false,
    textStyle: { fontFamily: c.sans, color: c.soft },
    axis: { axisLabel: { ...text, hideOverlap: true }, axisLine: { lineStyle: { color: c.line } }, axisTick: { show: false }, splitLine: { lineStyle: { color: c.line } } },
    tooltip: {
      confine: true, transitionDuration: 0, backgroundColor: c.card, borderColor: c.line, borderWidth: 1, padding: [8, 12],
      textStyle: { ...text, color: c.ink, fontSize: 13 }, extraCssText: 'box-shadow:none;border-radius:9px;max-width:280px;white-space:normal',
    },
  };
}

/** Lines of a tooltip as nodes. @param {string} title @param {[string, string][]} lines */
export function tip(title, lines) {
  return h('div', { class: 'tip' }, h('b', {}, title), ...lines.map(([name, value]) => h('div', {}, h('span', {}, name), ' ', h('bdi', {}, value))));
}

/** A table as nodes, made when somebody asks for it. @param {string[]} head @param {unknown[][]} rows */
export function table(head, rows, caption) {
  const apart = (value) => (typeof value === 'number' ? value : h('bdi', {}, value));
  const cells = (row) => row.map((value, k) => h(k ? 'td' : 'th', k ? { class: 'num' } : { scope: 'row' }, apart(value)));
  return h('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', {}, h('thead', {}, h('tr', {}, ...head.map((name, k) => h('th', { scope: 'col', class: k ? 'num' : null }, name)))),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...cells(row))))));
}

/** @param {any} page */
export function charts(page) {
  const { root, data } = page;
  const w = data.words;
  const known = new Map();
  const source = () => [data.title, `${w.as_of} ${data.asOf}`, w.product].join(' · ');

  /** Something with a table and a picture: `title`, `canvas()`, `rows()` → [head, rows]. */
  function register(key, thing) {
    known.set(key, thing);
  }

  /** An ECharts chart in an element; `option(colours)` is asked again when the theme changes. */
  function make(element, option, { key, title, rows } = {}) {
    const chart = echarts.init(element, null, { renderer: 'canvas' });
    const draw = () => chart.setOption(option(colours()), { notMerge: true });
    draw();
    live.add(chart);
    onTheme(draw);
    const watch = new ResizeObserver(() => {
      if (!element.isConnected) {
        watch.disconnect();
        live.delete(chart);
        chart.dispose();
      } else if (!document.documentElement.hasAttribute('data-paper')) {
        chart.resize({ width: 'auto', height: 'auto' });
        chart.getZr().flush(); // else one frame shows the old shapes at the new size
      }
    });
    watch.observe(element);
    if (key) register(key, { title, rows, canvas: () => chart.renderToCanvas({ pixelRatio: 2, backgroundColor: colours().card }) });
    return { chart, draw };
  }

  each(root, '[data-save]', (button) =>
    on(button, 'click', async () => {
      const thing = known.get(button.dataset.save);
      if (!thing) return;
      await savePicture(thing.canvas(), `${data.title} · ${thing.title}`, source());
      page.say(w.saved);
    }),
  );
  each(root, '[data-table]', (button) =>
    on(button, 'click', () => {
      const key = button.dataset.table;
      const behind = root.querySelector(`[data-behind="${key}"]`);
      const thing = known.get(key);
      if (!behind || !thing) return;
      behind.hidden = !behind.hidden;
      button.setAttribute('aria-expanded', String(!behind.hidden));
      behind.replaceChildren();
      if (!behind.hidden) behind.append(table(...thing.rows(), thing.title));
    }),
  );
  return { make, register, source };
}
