// A vital sign's history, opened from its trend line: chart with the normal range, and its table.
import { base, table, tip } from './chart.js';
import { dayText, each, h, on, percent, whole } from './dom.js';
import { savePicture } from './save.js';
import { colours } from './theme.js';

/** @param {any} page */
export function trend(page) {
  const { root, data } = page;
  const w = data.words;
  each(root, '[data-trend]', (button) => on(button, 'click', () => open(data.signs[Number(button.dataset.trend)])));

  function open(sign) {
    const say = (value) => (value === null ? '' : sign.unit === 'share' ? percent(value) : sign.unit === 'number' ? value.toFixed(2) : whole(value));
    const days = sign.day.map(dayText);
    const element = h('div', { class: 'chart trend-chart', role: 'img', 'aria-label': sign.name });
    const save = h('button', { type: 'button', class: 'tool' }, w.save_picture);
    page.sheet.open(sign.name, h('p', {}, save), element, table([w.week_of, w.value], days.map((day, k) => [day, say(sign.value[k])]).reverse(), sign.name));
    const band = sign.low !== null || sign.high !== null; // either side may be open
    const top = Math.max(...sign.value.map((value) => value ?? 0), sign.high ?? (sign.low ?? 0) * 1.5);
    const { chart } = page.charts.make(element, (c) => {
      const shared = base(c);
      return {
        ...shared,
        grid: { left: 4, right: 8, top: 12, bottom: 4, containLabel: true },
        tooltip: { ...shared.tooltip, trigger: 'axis', formatter: ([{ dataIndex: k }]) => tip(`${w.week_of} ${days[k]}`, [[w.value, say(sign.value[k]) || '—']]) },
        xAxis: { ...shared.axis, type: 'category', data: days, boundaryGap: false, splitLine: { show: false }, axisLabel: { ...shared.axis.axisLabel, formatter: (day) => (days.length > 60 ? day.slice(0, 7) : day.slice(5)) } },
        yAxis: { ...shared.axis, type: 'value', axisLine: { show: false }, splitNumber: 4, min: (seen) => Math.min(0, seen.min), max: band ? top : undefined, axisLabel: { ...shared.axis.axisLabel, formatter: say } },
        series: [{ type: 'line', data: sign.value, symbol: 'none', lineStyle: { color: c.ink, width: 1.75 }, connectNulls: false,
          markArea: band ? { silent: true, itemStyle: { color: c.jade, opacity: 0.14 }, data: [[{ yAxis: sign.low ?? 0 }, { yAxis: sign.high ?? top }]] } : undefined }],
      };
    });
    on(save, 'click', () => savePicture(chart.renderToCanvas({ pixelRatio: 2, backgroundColor: colours().card }), `${data.title} · ${sign.name}`, page.charts.source()));
  }
}
