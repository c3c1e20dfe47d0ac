// The pulse: messages (or speakers) a day with their 7-day mean, events on the curve, a range to look at.
import { dayText, each, on, whole } from './dom.js';
import { base, tip } from './chart.js';

/** Mean of each day and the six before it; null until seven days are known. @param {number[]} values */
export function weekMean(values) {
  let sum = 0;
  return values.map((value, k) => {
    sum += value - (k >= 7 ? values[k - 7] : 0);
    return k >= 6 ? sum / 7 : null;
  });
}

/** @param {any} page */
export function pulse(page) {
  const { root, data } = page;
  const element = root.querySelector('[data-chart="pulse"]');
  if (!element) return;
  const w = data.words;
  const { start, events } = data.pulse;
  const days = data.pulse.messages.map((_, k) => dayText(start + k));
  const means = { messages: weekMean(data.pulse.messages), speakers: weekMean(data.pulse.speakers) };
  let what = 'messages';
  let range = 0;
  const byDay = new Map();
  for (const event of events) for (let day = Math.max(0, event.from); day <= Math.min(days.length - 1, event.to, event.from + 31); day++) byDay.set(day, event);
  const name = () => (what === 'messages' ? w.pulse_title : w.speakers);

  function about(k) {
    const lines = [[w.messages, whole(data.pulse.messages[k])], [w.speakers, whole(data.pulse.speakers[k])]];
    if (means[what][k] !== null) lines.push([w.mean_7, whole(means[what][k])]);
    const event = byDay.get(k);
    if (event) lines.push([event.marked ? w.marked : w.observed, [event.title, event.at].filter(Boolean).join(' · ')]);
    return tip(`${days[k]} ${data.weekdays[(start + k + 3) % 7]}`, lines);
  }

  function option(c) {
    const shared = base(c);
    const values = data.pulse[what];
    const short = data.pulse.short; // the days themselves are the line; else their mean is, and days stand behind it
    const first = range ? Math.max(0, days.length - range) : 0;
    const top = (event) => {
      let best = Math.max(0, event.from);
      for (let k = best; k <= Math.min(values.length - 1, event.to); k++) if (values[k] > values[best]) best = k;
      return best;
    };
    const dots = (marked) => events.filter((e) => e.marked === marked && e.to >= 0 && e.from < days.length).map((e) => [top(e), values[top(e)]]);
    const down = data.stages.filter((s) => s.stage === 'declining' || s.stage === 'silent').map((s) => {
      const next = data.stages.find((other) => other.day > s.day);
      return [{ xAxis: Math.max(0, s.day - start), name: s.name }, { xAxis: Math.min(days.length - 1, (next ? next.day : start + days.length) - start) }];
    });
    const dot = { type: 'scatter', z: 5, silent: true, symbolSize: 8 };
    return {
      ...shared,
      grid: { left: 4, right: 8, top: 16, bottom: 4, containLabel: true },
      tooltip: { ...shared.tooltip, trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: c.soft, type: 'dashed' } }, formatter: (all) => about(all[0].dataIndex) },
      xAxis: { ...shared.axis, type: 'category', data: days, boundaryGap: false, splitLine: { show: false },
        axisLabel: { ...shared.axis.axisLabel, formatter: (day) => (days.length > 400 ? day.slice(0, 7) : day.slice(5)) } },
      yAxis: { ...shared.axis, type: 'value', axisLine: { show: false }, splitNumber: 4, minInterval: 1, axisLabel: { ...shared.axis.axisLabel, formatter: (v) => v.toLocaleString('en-US') } },
      dataZoom: [{ type: 'inside', startValue: first, endValue: days.length - 1, zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, minValueSpan: 6 }],
      series: [
        { type: 'line', data: values, symbol: 'none', sampling: days.length > 1500 ? 'lttb' : undefined, silent: true,
          lineStyle: { width: short ? 1.75 : 1, color: short ? c.ink : c.grey }, areaStyle: { color: c.jade, opacity: 0.1 }, z: 2,
          markArea: { silent: true, itemStyle: { color: c.seal, opacity: 0.05 }, label: { show: false }, data: down } },
        { type: 'line', data: short ? [] : means[what], symbol: 'none', silent: true, lineStyle: { width: 1.75, color: c.ink }, z: 3 },
        { ...dot, symbol: 'diamond', symbolSize: 10, data: dots(true), itemStyle: { color: c.amber } },
        { ...dot, symbol: 'circle', data: dots(false), itemStyle: { color: c.card, borderColor: c.amber, borderWidth: 2 } },
      ],
    };
  }

  const { draw } = page.charts.make(element, option, {
    key: 'pulse',
    get title() {
      return name();
    },
    rows: () => [
      [w.day, w.messages, w.speakers, w.mean_7, w.marked + ' / ' + w.observed],
      days.map((day, k) => [day, data.pulse.messages[k], data.pulse.speakers[k], means.messages[k] === null ? '' : whole(means.messages[k]), byDay.get(k)?.title || (byDay.has(k) ? '•' : '')]).reverse(),
    ],
  });
  each(root, '[data-pulse]', (button) =>
    on(button, 'click', () => {
      what = what === 'messages' ? 'speakers' : 'messages';
      button.setAttribute('aria-pressed', String(what === 'speakers'));
      draw();
    }),
  );
  each(root, '[data-range]', (button) => {
    const asked = Number(button.dataset.range);
    on(button, 'click', () => {
      range = asked;
      each(root, '[data-range]', (other) => other.setAttribute('aria-pressed', String(other === button)));
      draw();
    });
  });
}
