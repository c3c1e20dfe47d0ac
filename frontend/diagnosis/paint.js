// Painting one moment of the network on a canvas. Colour says the stratum, and so does the shape.
import { outline } from './graph.js';

const SHAPES = ['square', 'disc', 'disc', 'triangle', 'ring', 'ring'];

/** Colours by stratum number. */
export const strataColours = (c) => [c.deepJade, c.jade, c.indigo, c.violet, c.greyMark, c.grey];

function mark(pen, shape, x, y, r) {
  pen.beginPath();
  if (shape === 'square') pen.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else if (shape === 'triangle') {
    pen.moveTo(x, y - r * 1.15);
    pen.lineTo(x + r * 1.05, y + r * 0.8);
    pen.lineTo(x - r * 1.05, y + r * 0.8);
    pen.closePath();
  } else pen.arc(x, y, r, 0, 2 * Math.PI);
}

/** Radius of a person, in CSS pixels. */
export function radius(graph, k, at, zoom) {
  const base = k === graph.owner ? 7 : 2.6;
  const grow = graph.people > 800 ? 8 : 12;
  return (base + graph.weightAt(k, at) * grow) * Math.sqrt(zoom);
}

function paintTies(pen, graph, scene, place, c) {
  const buckets = Array.from({ length: 6 }, () => []);
  const near = [];
  for (let t = 0; t < graph.ties; t++) {
    const strength = graph.tieAt(t, scene.at);
    if (strength <= 0.02) continue;
    const a = graph.a[t];
    const b = graph.b[t];
    const fade = a === graph.owner || b === graph.owner ? 1 - scene.ownerOut : 1;
    if (fade <= 0.02) continue;
    if (scene.focus === a || scene.focus === b) near.push([a, b, strength * fade]);
    else buckets[Math.min(5, Math.floor(strength * fade * 6))].push(a, b);
  }
  const crowd = Math.min(1, 500 / Math.max(1, buckets.reduce((sum, b) => sum + b.length / 2, 0)));
  const dim = scene.focus >= 0 ? 0.25 : 1;
  pen.strokeStyle = c.soft;
  buckets.forEach((pairs, level) => {
    pen.globalAlpha = (0.14 + level * 0.1) * dim * (0.5 + 0.5 * crowd);
    pen.lineWidth = 0.6 + level * 0.28;
    pen.beginPath();
    for (let k = 0; k < pairs.length; k += 2) {
      pen.moveTo(place.x[pairs[k]], place.y[pairs[k]]);
      pen.lineTo(place.x[pairs[k + 1]], place.y[pairs[k + 1]]);
    }
    pen.stroke();
  });
  pen.strokeStyle = c.ink;
  for (const [a, b, strength] of near) {
    pen.globalAlpha = 0.35 + 0.5 * strength;
    pen.lineWidth = 0.8 + 2 * strength;
    pen.beginPath();
    pen.moveTo(place.x[a], place.y[a]);
    pen.lineTo(place.x[b], place.y[b]);
    pen.stroke();
  }
  pen.globalAlpha = 1;
  return new Set(near.flatMap(([a, b]) => [a, b]));
}

function paintCircles(pen, graph, scene, place, c, words) {
  const circles = new Map();
  for (let k = 0; k < graph.people; k++) {
    if (graph.circle[k] < 0 || graph.stratumAt(k, scene.at) === 5 || graph.weightAt(k, scene.at) <= 0) continue;
    if (!circles.has(graph.circle[k])) circles.set(graph.circle[k], []);
    circles.get(graph.circle[k]).push([place.x[k], place.y[k]]);
  }
  for (const [number, points] of circles) {
    if (points.length < 3) continue;
    const line = outline(points);
    pen.beginPath();
    line.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.lineWidth = 22;
    pen.globalAlpha = 0.07;
    pen.strokeStyle = pen.fillStyle = c.jade;
    pen.stroke();
    pen.fill();
    pen.globalAlpha = 1;
    const top = line.reduce((best, p) => (p[1] < best[1] ? p : best));
    pen.fillStyle = c.soft;
    pen.font = `12px ${c.sans}`;
    pen.textAlign = 'center';
    pen.fillText(`${words.circle} ${number + 1} · ${points.length}`, top[0], Math.max(14, top[1] - 14));
  }
}

function paintNames(pen, graph, scene, place, c, names, size) {
  const ranked = [...graph.order].filter((k) => k !== graph.owner && graph.stratumAt(k, scene.at) !== 5).sort((j, k) => graph.weightAt(k, scene.at) - graph.weightAt(j, scene.at));
  const wanted = [scene.focus, scene.ownerOut < 0.5 ? graph.owner : -1, ...ranked.slice(0, Math.round(6 * scene.zoom))].filter((k) => k >= 0);
  const taken = [];
  pen.font = `12px ${c.sans}`;
  for (const k of new Set(wanted)) {
    const letters = [...(names[k] ?? '')];
    const text = letters.length > 12 ? letters.slice(0, 11).join('') + '…' : letters.join('');
    if (!text) continue;
    const width = pen.measureText(text).width;
    const r = radius(graph, k, scene.at, scene.zoom);
    const right = place.x[k] + r + 4 + width < size.width - 2;
    const x = right ? place.x[k] + r + 4 : place.x[k] - r - 4 - width;
    const box = [x - 2, place.y[k] - 8, x + width + 2, place.y[k] + 8];
    if (k !== scene.focus && taken.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) continue;
    taken.push(box);
    pen.textAlign = 'left';
    pen.lineWidth = 4;
    pen.strokeStyle = c.card;
    pen.strokeText(text, x, place.y[k]);
    pen.fillStyle = c.ink;
    pen.fillText(text, x, place.y[k]);
  }
}

/**
 * Paints the network. `scene`: at (place between frames), ownerOut 0–1, focus (person or -1), circles, zoom.
 * @param {CanvasRenderingContext2D} pen
 */
export function paint(pen, graph, scene, place, size, c, names, words) {
  pen.lineJoin = 'round';
  pen.textBaseline = 'middle';
  pen.fillStyle = c.card;
  pen.fillRect(0, 0, size.width + 1, size.height + 1);
  if (scene.circles) paintCircles(pen, graph, scene, place, c, words);
  const near = paintTies(pen, graph, scene, place, c);
  const tints = strataColours(c);
  for (const k of graph.order) {
    const owner = k === graph.owner;
    const stratum = graph.stratumAt(k, scene.at);
    const r = radius(graph, k, scene.at, scene.zoom);
    let alpha = stratum === 5 ? 0.25 : 1;
    if (owner) alpha *= 1 - scene.ownerOut;
    else if (scene.alone?.has(k)) alpha *= 1 - 0.72 * scene.ownerOut;
    if (scene.focus >= 0 && k !== scene.focus && !near.has(k)) alpha *= 0.3;
    if (alpha <= 0.01) continue;
    pen.globalAlpha = alpha;
    const tint = owner ? c.seal : tints[stratum];
    const shape = owner ? 'disc' : SHAPES[stratum];
    mark(pen, shape, place.x[k], place.y[k], shape === 'ring' ? r * 0.9 : r);
    pen.lineWidth = shape === 'ring' ? 1.4 : 1.5;
    if (shape === 'ring') {
      pen.fillStyle = c.card;
      pen.fill();
      pen.strokeStyle = tint;
    } else {
      pen.fillStyle = tint;
      pen.fill();
      pen.strokeStyle = c.card;
    }
    pen.stroke();
    if (k === scene.focus) {
      pen.globalAlpha = 1;
      pen.strokeStyle = c.ink;
      pen.lineWidth = 2;
      mark(pen, 'disc', place.x[k], place.y[k], r + 4);
      pen.stroke();
    }
  }
  pen.globalAlpha = 1;
  paintNames(pen, graph, scene, place, c, names, size);
}
