// Mood: the unhappy and the happy share of each week.
import { base, tip } from './chart.js';
import { dayText, percent, whole } from './dom.js';

/** @param {any} page */
export function mood(page) {
  const { root, data } = page;
  const element = root.querySelector('[data-chart="mood"]');
  if (!element) return;
  const w = data.words;
  const { day, messages, negative, positive } = data.mood;
  const days = day.map(dayText);

  page.charts.make(
    element,
    (c) => {
      const shared = base(c);
      const line = (values, color, type) => ({ type: 'line', data: values, symbol: 'none', silent: true, lineStyle: { color, width: 1.75, type } });
      return {
        ...shared,
        grid: { left: 4, right: 8, top: 12, bottom: 4, containLabel: true },
        tooltip: {
          ...shared.tooltip, trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: c.soft, type: 'dashed' } },
          formatter: ([{ dataIndex: k }]) => tip(`${w.week_of} ${days[k]}`, [[w.negative, percent(negative[k] ?? 0)], [w.positive, percent(positive[k] ?? 0)], [w.messages, whole(messages[k])]]),
        },
        xAxis: { ...shared.axis, type: 'category', data: days, boundaryGap: false, splitLine: { show: false }, axisLabel: { ...shared.axis.axisLabel, formatter: (text) => (days.length > 60 ? text.slice(0, 7) : text.slice(5)) } },
        yAxis: { ...shared.axis, type: 'value', axisLine: { show: false }, splitNumber: 3, min: 0, axisLabel: { ...shared.axis.axisLabel, formatter: percent } },
        series: [line(positive, c.jade, 'solid'), line(negative, c.seal, 'dashed')],
      };
    },
    { key: 'mood', title: w.mood_title, rows: () => [[w.week_of, w.negative, w.positive, w.messages], days.map((text, k) => [text, percent(negative[k] ?? 0), percent(positive[k] ?? 0), messages[k]]).reverse()] },
  );
}
