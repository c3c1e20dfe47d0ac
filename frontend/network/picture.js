// The picture to take along: what is on the screen, under its title, with its legend and its day.
import { h } from '../diagnosis/dom.js';
import { download } from '../diagnosis/save.js';

const EDGE = 28;
const HEAD = 64;
const FOOT = 40;

/** Saves a PNG. @param {any} stage @param {{title: string, source: string, legend: {colour: string, words: string}[]}} about */
export function png(stage, about) {
  const { sigma } = stage;
  const c = stage.paints();
  const { width, height } = sigma.getDimensions();
  const scale = 2;
  const lines = rowsOf(about.legend, width);
  const made = /** @type {HTMLCanvasElement} */ (h('canvas'));
  made.width = (width + 2 * EDGE) * scale;
  made.height = (height + HEAD + FOOT + lines.length * 22) * scale;
  const pen = made.getContext('2d');
  pen.scale(scale, scale);
  pen.fillStyle = c.card;
  pen.fillRect(0, 0, made.width, made.height);
  sigma.refresh(); // drawn now, so that the drawing buffers still hold it
  for (const layer of Object.values(sigma.getCanvases())) if (layer.width) pen.drawImage(layer, EDGE, HEAD, width, height);
  pen.textBaseline = 'middle';
  pen.fillStyle = c.ink;
  pen.font = `600 20px ${c.sans}`;
  pen.fillText(about.title, EDGE, HEAD / 2, width);
  pen.font = `13px ${c.sans}`;
  lines.forEach((row, k) => row.forEach(({ colour, words, x }) => {
    const y = HEAD + height + 14 + k * 22;
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(EDGE + x + 5, y, 5, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = c.ink;
    pen.fillText(words, EDGE + x + 16, y);
  }));
  pen.fillStyle = c.soft;
  pen.font = `12px ${c.sans}`;
  pen.fillText(about.source, EDGE, made.height / scale - FOOT / 2, width);
  return new Promise((done) => made.toBlob((blob) => { download(about.title + '.png', blob); done(made); }, 'image/png'));
}

/** Entries of the legend in rows that fit: about nine pixels a sign, sixteen for a Chinese one. */
function rowsOf(legend, width) {
  const rows = [[]];
  let x = 0;
  for (const { colour, words } of legend) {
    const wide = 34 + [...words].reduce((sum, sign) => sum + (sign > '\u2e7f' ? 14 : 8), 0);
    if (x && x + wide > width) [rows[rows.length], x] = [[], 0];
    rows[rows.length - 1].push({ colour, words, x });
    x += wide;
  }
  return rows;
}

/** Saves what is on the screen as SVG, in the order in which it is drawn. */
export function svg(stage, about) {
  const { sigma } = stage;
  const c = stage.paints();
  const graph = sigma.getGraph();
  const { width, height } = sigma.getDimensions();
  const lines = rowsOf(about.legend, width);
  const space = 'http://www.w3.org/2000/svg';
  const el = (tag, values, text) => {
    const made = document.createElementNS(space, tag);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, String(value));
    if (text) made.textContent = text;
    return made;
  };
  const tall = height + HEAD + FOOT + lines.length * 22;
  const root = el('svg', { viewBox: `0 0 ${width + 2 * EDGE} ${tall}`, 'font-family': c.sans });
  root.append(el('rect', { width: width + 2 * EDGE, height: tall, fill: c.card }));
  root.append(el('text', { x: EDGE, y: 40, 'font-size': 20, 'font-weight': 600, fill: c.ink }, about.title));
  const drawing = el('g', { transform: `translate(${EDGE} ${HEAD})` });
  root.append(drawing);
  const at = (key) => {
    const data = sigma.getNodeDisplayData(key);
    return { ...data, ...sigma.framedGraphToViewport(data), r: sigma.scaleSize(data.size) };
  };
  graph.forEachEdge((key, _, one, other) => {
    const style = sigma.getEdgeDisplayData(key);
    if (!style || style.hidden) return;
    const [p, q] = [at(one), at(other)];
    if (!p.hidden && !q.hidden) drawing.append(el('line', { x1: p.x.toFixed(1), y1: p.y.toFixed(1), x2: q.x.toFixed(1), y2: q.y.toFixed(1), stroke: style.color, 'stroke-width': sigma.scaleSize(style.size).toFixed(2) }));
  });
  const named = new Set(sigma.getNodeDisplayedLabels());
  const labels = [];
  graph.forEachNode((key) => {
    const p = at(key);
    if (p.hidden) return;
    drawing.append(el('circle', { cx: p.x.toFixed(1), cy: p.y.toFixed(1), r: p.r.toFixed(1), fill: p.color }));
    if (p.label && named.has(key)) labels.push(el('text', { x: (p.x + p.r + 3).toFixed(1), y: (p.y + 4).toFixed(1), 'font-size': 12, fill: c.ink }, p.label));
  });
  drawing.append(...labels);
  lines.forEach((row, k) => row.forEach(({ colour, words, x }) => {
    const y = HEAD + height + 14 + k * 22;
    root.append(el('circle', { cx: EDGE + x + 5, cy: y, r: 5, fill: colour }), el('text', { x: EDGE + x + 16, y: y + 5, 'font-size': 13, fill: c.ink }, words));
  }));
  root.append(el('text', { x: EDGE, y: tall - 14, 'font-size': 12, fill: c.soft }, about.source));
  download(about.title + '.svg', new Blob([new XMLSerializer().serializeToString(root)], { type: 'image/svg+xml' }));
}
