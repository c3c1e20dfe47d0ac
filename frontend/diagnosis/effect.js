// The effect report: each outcome day by day, what was to be expected with its range, and the days on which it went on.
import { base, charts, tip } from './chart.js';

const DAY = 86_400_000;
const day = (text, k) => new Date(Date.parse(text + 'T00:00:00Z') + k * DAY).toISOString().slice(0, 10);
const place = (first, text) => Math.round((Date.parse(text) - Date.parse(first)) / DAY);
const number = (value) => (value === null || value === undefined ? '—' : Math.abs(value) >= 10 ? String(Math.round(value)) : value.toFixed(value % 1 ? 1 : 0));
const percent = (digits) => (value) => (value === null || value === undefined ? '—' : `${(100 * value).toFixed(digits)} %`);

/** @param {HTMLElement} root */
export function effect(root) {
  if (root.dataset.mounted) return;
  root.dataset.mounted = 'yes';
  const data = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const page = { root, data, say: (text) => (root.querySelector('[data-status]').textContent = text) };
  page.charts = charts(page);
  for (const picture of data.pictures) draw(page, picture);
}

function draw(page, { outcome, name, first, start, end, values, spans, share }) {
  const element = page.root.querySelector(`[data-outcome="${outcome}"]`);
  const words = page.data.words;
  const days = values.map((_, k) => day(first, k));
  const blank = () => values.map(() => null);
  const low = blank(), wide = blank(), middle = blank(), mean = blank();
  for (const span of spans) {
    const last = Math.max(place(first, span.end) - 1, place(first, span.begin) + 1); // one day is drawn to the next
    for (let k = place(first, span.begin); k <= last && k < values.length; k++) {
      if (low[k] !== null) continue;
      [low[k], wide[k], middle[k], mean[k]] = [span.low, span.high - span.low, span.expected, span.had];
    }
  }
  const top = Math.max(share ? 0.05 : 1, ...values.map((value) => value ?? 0), ...spans.map((span) => span.high));
  const say = share ? percent(top < 0.2 ? 1 : 0) : number;
  const from = Math.max(place(first, start), 0), until = Math.min(place(first, end), values.length) - 1;
  const range = (k) => (low[k] === null ? '—' : `${say(low[k])} – ${say(low[k] + wide[k])}`);
  page.charts.make(
    element,
    (c) => {
      const shared = base(c);
      const line = (data, color, width, type) => ({ type: 'line', data, symbol: 'none', silent: true, connectNulls: false, lineStyle: { color, width, type } });
      const band = (data, opacity) => ({ ...line(data, 'transparent', 0), stack: 'range', areaStyle: { color: c.indigo, opacity } });
      const shade = until >= from ? [[{ xAxis: days[from] }, { xAxis: days[Math.min(Math.max(until, from + 1), days.length - 1)] }]] : [];
      return {
        ...shared,
        grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
        tooltip: {
          ...shared.tooltip, trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: c.soft, type: 'dashed' } },
          formatter: ([{ dataIndex: k }]) => tip(days[k], [[name, say(values[k])], ...(low[k] === null ? [] : [[words.mean, say(mean[k])], [words.expected, say(middle[k])], [words.range, range(k)]])]),
        },
        xAxis: { ...shared.axis, type: 'category', data: days, boundaryGap: false, splitLine: { show: false }, axisLabel: { ...shared.axis.axisLabel, formatter: (text) => text.slice(5) } },
        yAxis: { ...shared.axis, type: 'value', min: 0, max: top, splitNumber: 3, axisLine: { show: false }, axisLabel: { ...shared.axis.axisLabel, formatter: say } },
        series: [
          band(low, 0), band(wide, 0.16),
          line(middle, c.indigo, 2, 'dashed'),
          { ...line(values, c.ink, 1.5, 'solid'), markArea: { silent: true, itemStyle: { color: c.amber, opacity: 0.14 }, data: shade } },
          line(mean, c.jade, 3, 'solid'),
        ],
      };
    },
    { key: outcome, title: name, rows: () => [[words.day, name, words.mean, words.expected, words.range], days.map((text, k) => [text, say(values[k]), say(mean[k]), say(middle[k]), range(k)]).reverse()] },
  );
}
