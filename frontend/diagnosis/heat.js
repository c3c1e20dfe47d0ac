// The week as a heat map: seven days by twenty-four hours.
import { base, tip } from './chart.js';
import { whole } from './dom.js';

/** @param {any} page */
export function heat(page) {
  const { root, data } = page;
  const element = root.querySelector('[data-chart="heat"]');
  if (!element) return;
  const w = data.words;
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const cells = data.heat.flatMap((row, day) => row.map((count, hour) => [hour, day, count]));
  const most = Math.max(1, ...cells.map((cell) => cell[2]));
  const hourText = (hour) => `${String(hour).padStart(2, '0')}:00–${String(hour + 1).padStart(2, '0')}:00`;

  page.charts.make(
    element,
    (c) => {
      const shared = base(c);
      return {
        ...shared,
        grid: { left: 4, right: 4, top: 4, bottom: 4, containLabel: true },
        tooltip: { ...shared.tooltip, formatter: ({ data: [hour, day, count] }) => tip(`${data.weekdays[day]} ${hourText(hour)}`, [[w.messages, whole(count)]]) },
        xAxis: { ...shared.axis, type: 'category', data: hours, splitLine: { show: false }, axisLine: { show: false }, axisLabel: { ...shared.axis.axisLabel, interval: 2 } },
        yAxis: { ...shared.axis, type: 'category', data: data.weekdays, inverse: true, splitLine: { show: false }, axisLine: { show: false } },
        visualMap: { type: 'continuous', show: false, min: 0, max: most, inRange: { color: [c.wash, c.jadeWash, c.jade] } },
        series: [{ type: 'heatmap', data: cells, itemStyle: { borderColor: c.card, borderWidth: 2, borderRadius: 4 }, emphasis: { itemStyle: { borderColor: c.ink } } }],
      };
    },
    { key: 'heat', title: w.week_title, rows: () => [['', ...hours.map((hour) => hour + (w.hour === 'h' ? '' : ' ') + w.hour)], data.heat.map((row, day) => [data.weekdays[day], ...row])] },
  );
}
