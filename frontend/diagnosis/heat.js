// The week: the heat map is a table that stands in the page already; here it says the hour under the pointer, shows its
// numbers on demand, and becomes a picture to save.
import { each, fill, on, whole } from './dom.js';
import { colours } from './theme.js';

/** A colour between two, as canvases need it. @param {string} one @param {string} other @param {number} share */
export function mix(one, other, share) {
  const parts = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  const [a, b] = [parts(one), parts(other)];
  return `rgb(${a.map((value, k) => Math.round(value + (b[k] - value) * share)).join(' ')})`;
}

/** @param {any} page */
export function heat(page) {
  const { root, data } = page;
  const grid = root.querySelector('[data-heat]');
  if (!grid) return;
  const w = data.words;
  const said = root.querySelector('[data-heat-said]');
  const quiet = said.textContent;
  const hours = (hour) => `${String(hour).padStart(2, '0')}:00–${String(hour + 1).padStart(2, '0')}:00`;

  on(grid, 'pointerover', (event) => {
    const cell = event.target.closest('tbody td');
    if (!cell) return;
    const [day, hour] = [cell.parentElement.sectionRowIndex, cell.cellIndex - 1];
    said.textContent = `${data.weekdays[day]} ${hours(hour)} · ${fill(w.n_messages, { n: whole(data.heat[day][hour]) })}`;
  });
  on(grid, 'pointerleave', () => (said.textContent = quiet));
  each(root, '[data-heat-numbers]', (button) =>
    on(button, 'click', () => button.setAttribute('aria-pressed', String(grid.classList.toggle('numbers')))),
  );

  function canvas() {
    const [cell, left, top] = [44, 90, 8];
    const made = document.createElement('canvas');
    [made.width, made.height] = [left + 24 * cell + 8, top + 7 * cell + 48];
    const pen = made.getContext('2d');
    const c = colours();
    pen.fillStyle = c.card;
    pen.fillRect(0, 0, made.width, made.height);
    pen.font = `24px ${c.sans}`;
    pen.textBaseline = 'middle';
    data.weekdays.forEach((name, day) => {
      pen.fillStyle = c.soft;
      pen.fillText(name, 0, top + (day + 0.5) * cell, left - 12);
      for (let hour = 0; hour < 24; hour++) {
        const level = Number(grid.tBodies[0].rows[day].cells[hour + 1].className.slice(1));
        pen.fillStyle = mix(c.wash, c.jade, level / 8);
        pen.beginPath();
        pen.roundRect(left + hour * cell + 2, top + day * cell + 2, cell - 4, cell - 4, 7);
        pen.fill();
      }
    });
    pen.fillStyle = c.soft;
    pen.textAlign = 'center';
    for (let hour = 0; hour < 24; hour += 3) pen.fillText(hour, left + (hour + 0.5) * cell, made.height - 20);
    return made;
  }
  page.charts.register('heat', { title: w.week_title, canvas });
}
