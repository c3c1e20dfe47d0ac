// The picture: sigma draws on WebGL what the view asks for. Places never change; sizes, colours and ties do.
import Graph from 'graphology';
import Sigma from 'sigma';
import { EdgeLineProgram, EdgeRectangleProgram, NodeCircleProgram } from 'sigma/rendering';
import { colours, onTheme } from '../diagnosis/theme.js';
import { on, still } from '../diagnosis/dom.js';

/** So many ties are drawn at a time, the strongest; more is a grey ball. */
export const MOST_DRAWN = 4000;
/** So many are drawn as bands, as thick as they are strong; more are fine lines, which are quick to draw. */
const MOST_BOLD = 1500;
/** Circles of their own colour: the largest; all others share one. */
export const PALETTE = ['#1f9d77', '#3b5bdb', '#c9822b', '#8b5fbf', '#2b8fb3', '#b3527f', '#7a8c2e', '#8a6d4f'];

const mix = (one, other, share) => {
  const part = (text, k) => parseInt(text.slice(1 + 2 * k, 3 + 2 * k), 16);
  return '#' + [0, 1, 2].map((k) => Math.round(part(one, k) + (part(other, k) - part(one, k)) * share).toString(16).padStart(2, '0')).join('');
};

/** Frames slower than this (milliseconds) while moving: ties are left out until it comes to rest. */
const SLOW = 45;

// Who is under the pointer is found by their place. Sigma would draw everybody a second time in colours that are
// numbers, and wait for the graphics card to read one of them back: most of a frame where there is no such card.
class Circles extends NodeCircleProgram {
  constructor(gl, _picking, renderer) {
    super(gl, null, renderer);
  }
}
class Lines extends EdgeLineProgram {
  constructor(gl, _picking, renderer) {
    super(gl, null, renderer);
  }
}
class Bands extends EdgeRectangleProgram {
  constructor(gl, _picking, renderer) {
    super(gl, null, renderer);
  }
}
class Picture extends Sigma {
  getNodeAtPosition({ x, y }) {
    let [best, nearest] = [null, Infinity];
    this.getGraph().forEachNode((key) => {
      const data = this.getNodeDisplayData(key);
      if (!data || data.hidden) return;
      const at = this.framedGraphToViewport(data);
      const distance = Math.hypot(at.x - x, at.y - y) - this.scaleSize(data.size);
      if (distance < REACH && distance < nearest) [best, nearest] = [key, distance];
    });
    return best;
  }
}
const REACH = matchMedia('(pointer: coarse)').matches ? 14 : 3; // pixels beside a person that still mean them

/**
 * Throws where the browser has no WebGL.
 * @param {HTMLElement} box @param {any} m the model
 * @param {{pick: (person: number) => void, clear: () => void}} told
 * @param {any} first the view it begins with
 */
export function stage(box, m, told, first) {
  const graph = new Graph({ type: 'undirected' });
  const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
  const [cx, cy] = [middle(m.x), middle(m.y)];
  m.placed.forEach((person, k) => graph.addNode(person, { x: m.x[k] - cx, y: m.y[k] - cy, person }));
  // Drawn in this order, so the strongest lie on top.
  const order = Array.from({ length: m.count }, (_, t) => t)
    .filter((t) => m.placeOf[m.ties.a[t]] >= 0 && m.placeOf[m.ties.b[t]] >= 0)
    .sort((t, u) => m.peak[t] - m.peak[u]);
  for (const t of order) graph.addEdgeWithKey('t' + t, m.ties.a[t], m.ties.b[t], { tie: t });
  const node = m.placed.map(String);

  const crowd = Math.min(1, Math.max(0.42, Math.sqrt(500 / m.placed.length))); // in a crowd everybody is smaller
  let c = colours();
  let view = null;
  let hovered = -1;
  let drawn = 0;
  let bold = true; // ties as bands as thick as they are strong; fine lines where there are very many
  let near = null; // people beside who is looked at
  let shade = {};
  const shown = { strength: new Float32Array(m.count), weight: new Float32Array(m.people) };
  let visible = new Uint8Array(m.count);

  function paints() {
    c = colours();
    const edge = Array.from({ length: 9 }, (_, k) => mix(c.card, c.soft, 0.14 + k * 0.07));
    shade = { edge, dim: mix(c.card, c.grey, 0.55), faint: mix(c.card, c.grey, 0.22), strata: [c.deepJade, c.jade, c.indigo, c.violet, c.greyMark] };
  }

  const circleColour = (circle) => {
    if (circle < 0) return c.grey;
    const rank = view.circles.indexOf(circle);
    return rank < 0 ? c.greyMark : PALETTE[rank];
  };
  function colourOf(person) {
    if (view.colour === 'circles') return circleColour(m.circleIn(person, view.now));
    if (person === m.owner) return c.seal;
    return shade.strata[m.stratumAt(person, view.now.at)] ?? c.grey;
  }

  function nodeStyle(_key, { person, x, y }) {
    const weight = shown.weight[person];
    const away = !weight && m.stratumAt(person, view.now.at) === 5;
    if (person === view.now.out || away) return { x, y, hidden: true };
    const lit = view.path?.people.includes(person) || person === view.focus;
    const dim = view.path ? !lit : near !== null && !near.has(person);
    const colour = colourOf(person);
    const size = crowd * Math.min(17, 1.8 + 1.9 * Math.sqrt(weight)) * (lit ? 1.25 : 1);
    return {
      x, y, size,
      color: dim ? mix(c.card, colour, 0.28) : weight || view.colour === 'circles' ? colour : mix(c.card, colour, 0.55),
      label: dim ? null : m.names[person] || view.words.nameless,
      forceLabel: lit || person === hovered || (near !== null && near.size <= 14 && near.has(person)),
      highlighted: false,
      zIndex: lit ? 1 : 0,
    };
  }

  function edgeStyle(_key, { tie }) {
    const own = view.focus >= 0 && (m.ties.a[tie] === view.focus || m.ties.b[tie] === view.focus);
    const lit = view.path ? view.path.ties.includes(tie) : own;
    const type = bold || lit ? 'band' : 'line'; // hidden ones too: it may change only when everything is indexed anew
    if (!visible[tie]) return { hidden: true, type };
    const strength = shown.strength[tie];
    const force = Math.min(1, Math.sqrt(strength / 12));
    const size = 0.5 + 2.6 * force;
    if (view.path) {
      return { type, size: lit ? 4 : 0.6, color: lit ? c.amber : shade.faint, zIndex: lit ? 1 : 0 };
    }
    if (view.difference) {
      const kind = view.difference[tie];
      if (kind === 1) return { type, size: Math.max(1, size), color: c.jade };
      if (kind === 2) return { type, size: Math.max(1, size), color: c.seal };
      return { type, size: 0.7, color: shade.edge[1] };
    }
    if (view.focus >= 0) {
      return own ? { type, size: Math.max(1.2, size), color: c.ink } : { type, size: 0.5, color: shade.faint };
    }
    return { type, size, color: shade.edge[Math.round(force * 8)] };
  }

  function choose(quick) {
    const before = visible;
    visible = new Uint8Array(m.count);
    const wanted = order.filter((t) => shown.strength[t] >= 0.02 && (!view.strongOnly || view.strongOf[t]) && (!view.difference || view.difference[t]));
    const strong = wanted.length > MOST_DRAWN ? wanted.sort((t, u) => shown.strength[u] - shown.strength[t]).slice(0, MOST_DRAWN) : wanted;
    for (const t of strong) visible[t] = 1;
    if (view.path) for (const t of view.path.ties) visible[t] = 1;
    if (view.focus >= 0) for (const t of wanted) if (m.ties.a[t] === view.focus || m.ties.b[t] === view.focus) visible[t] = 1;
    drawn = visible.reduce((sum, one) => sum + one, 0);
    if (!quick) bold = drawn <= MOST_BOLD;
    return order.filter((t) => before[t] || visible[t]);
  }

  paints();
  view = first;
  shown.strength.set(view.now.strength);
  shown.weight.set(view.now.weight);
  choose(false);
  const sigma = new Picture(graph, box, {
    nodeProgramClasses: { circle: Circles },
    edgeProgramClasses: { line: Lines, band: Bands },
    defaultEdgeType: 'line',
    nodeReducer: nodeStyle,
    edgeReducer: edgeStyle,
    labelFont: c.sans || 'sans-serif',
    labelSize: 12,
    labelWeight: '500',
    labelColor: { color: c.ink },
    labelDensity: 0.6,
    labelGridCellSize: 90,
    labelRenderedSizeThreshold: 7 * crowd,
    defaultDrawNodeLabel: drawLabel,
    defaultDrawNodeHover: drawHover,
    zIndex: true,
    stagePadding: 34,
    minCameraRatio: 0.04,
    maxCameraRatio: 2.5,
    hideEdgesOnMove: false,
    allowInvalidContainer: true,
    itemSizesReference: 'screen',
    zoomToSizeRatioFunction: (ratio) => Math.max(0.6, Math.sqrt(ratio)),
  });

  /** A name with a rim, so that it can be read above lines and people. */
  function drawLabel(pen, data, settings) {
    if (!data.label) return;
    pen.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
    pen.lineWidth = 3;
    pen.lineJoin = 'round';
    pen.strokeStyle = c.card;
    pen.strokeText(data.label, data.x + data.size + 3, data.y + settings.labelSize / 3);
    pen.fillStyle = c.ink;
    pen.fillText(data.label, data.x + data.size + 3, data.y + settings.labelSize / 3);
  }

  function drawHover(pen, data, settings) {
    if (!data.label) return;
    pen.font = `600 ${settings.labelSize + 1}px ${settings.labelFont}`;
    const width = pen.measureText(data.label).width;
    pen.fillStyle = c.card;
    pen.strokeStyle = c.soft;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.roundRect(data.x + data.size + 2, data.y - 12, width + 12, 24, 6);
    pen.fill();
    pen.stroke();
    pen.beginPath();
    pen.arc(data.x, data.y, data.size + 2, 0, 2 * Math.PI);
    pen.fillStyle = data.color;
    pen.fill();
    pen.stroke();
    pen.fillStyle = c.ink;
    pen.fillText(data.label, data.x + data.size + 8, data.y + 4.5);
  }

  sigma.on('enterNode', ({ node: key }) => {
    hovered = Number(key);
    box.classList.add('pointing');
  });
  sigma.on('leaveNode', () => {
    hovered = -1;
    box.classList.remove('pointing');
  });
  sigma.on('clickNode', ({ node: key }) => told.pick(Number(key)));
  sigma.on('clickStage', () => told.clear());
  sigma.on('doubleClickStage', (event) => event.preventSigmaDefault());

  const camera = sigma.getCamera();
  const swift = () => ({ duration: still() ? 0 : 300 });
  function zoom(how) {
    if (how === 'all') camera.animatedReset(swift());
    else if (how === 'in') camera.animatedZoom({ factor: 1.6, ...swift() });
    else camera.animatedUnzoom({ factor: 1.6, ...swift() });
  }
  on(box, 'keydown', (event) => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const { x, y, ratio } = camera.getState();
    if (event.key in moves) camera.animate({ x: x + moves[event.key][0] * 0.12 * ratio, y: y + moves[event.key][1] * 0.12 * ratio }, swift());
    else if (event.key === '+' || event.key === '=') zoom('in');
    else if (event.key === '-') zoom('out');
    else if (event.key === '0') zoom('all');
    else if (event.key === 'Escape') told.clear();
    else return;
    event.preventDefault();
  });

  // Where frames are slow, ties wait until the picture has come to rest.
  let [before, slow] = [0, 0];
  camera.on('updated', () => {
    const now = performance.now();
    const took = now - before;
    before = now;
    if (took > 400) return;
    slow = Math.max(0, slow + (took > SLOW ? 1 : -1));
    if (slow > 3) sigma.setSetting('hideEdgesOnMove', true);
  });

  onTheme(() => {
    paints();
    sigma.setSetting('labelColor', { color: c.ink });
    sigma.refresh();
  });

  return {
    sigma, zoom, colourOf, circleColour,
    get drawn() { return drawn; },
    /** Shows a view. `quick`: only numbers changed, so that indexes may stay. */
    show(next, { quick = false, from = null, share = 1 } = {}) {
      view = next;
      const now = next.now;
      if (from && share < 1) {
        for (let t = 0; t < m.count; t++) shown.strength[t] = from.strength[t] + (now.strength[t] - from.strength[t]) * share;
        for (let p = 0; p < m.people; p++) shown.weight[p] = from.weight[p] + (now.weight[p] - from.weight[p]) * share;
      } else {
        shown.strength.set(next.strengthOf ?? now.strength);
        shown.weight.set(now.weight);
      }
      near = null;
      if (next.focus >= 0 && !next.difference) {
        near = new Set([next.focus]);
        for (const t of m.tiesOf(next.focus, now)) if (!next.strongOnly || now.strong[t]) near.add(m.otherOf(t, next.focus));
      }
      const touched = choose(quick);
      if (quick) sigma.refresh({ partialGraph: { nodes: node, edges: touched.map((t) => 't' + t) }, skipIndexation: true });
      else sigma.refresh();
    },
    /** Moves the camera so that a person is in the middle. */
    to(person) {
      const at = sigma.getNodeDisplayData(String(person));
      if (at) camera.animate({ x: at.x, y: at.y, ratio: Math.min(camera.ratio, 0.5) }, swift());
    },
    paints: () => ({ ...c }),
  };
}
