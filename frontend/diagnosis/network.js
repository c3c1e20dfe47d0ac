// The network on the page: time slider, the owner taken out, circles, names on hover, cards on click, keys, picture.
import { each, fill, h, on, still, whole } from './dom.js';
import { graph as unpack } from './graph.js';
import { paint, radius } from './paint.js';
import { PAPER, colours, onTheme } from './theme.js';

const STEP = 900; // milliseconds a frame takes while playing
const STRATA = ['kol', 'core', 'regular', 'word_of_mouth', 'silent'];

/** @param {any} page */
export function network(page) {
  const { root, data } = page;
  const canvas = root.querySelector('[data-network]');
  if (!canvas || !data.network) return;
  const w = data.words;
  const graph = unpack(data.network);
  const names = graph.person.map((place) => data.people.name[place] ?? '').map((name) => name || w.nameless);
  const last = graph.frames - 1;
  graph.order = Array.from({ length: graph.people }, (_, k) => k).sort((j, k) => graph.weightAt(j, last) - graph.weightAt(k, last));
  const scene = { at: last, ownerOut: 0, focus: -1, circles: false, zoom: 1, dx: 0, dy: 0, alone: new Set() };
  const size = { width: 0, height: 0 };
  const place = { x: new Float32Array(graph.people), y: new Float32Array(graph.people) };
  const find = (name) => root.querySelector(`[data-${name}]`);
  let pending = 0;
  let motion = 0;

  // People fill the picture, the same way in every frame; neither side is stretched more than half over the other.
  const middle = (values) => [(Math.min(...values) + Math.max(...values)) / 2, Math.max(1, (Math.max(...values) - Math.min(...values)) / 2, graph.people < 8 ? 800 : 0)];
  const [middleX, reachX] = middle(graph.x);
  const [middleY, reachY] = middle(graph.y);

  function layout() {
    const pad = 28;
    let sx = (size.width / 2 - pad) / reachX;
    let sy = (size.height / 2 - pad) / reachY;
    [sx, sy] = [Math.min(sx, sy * 1.5), Math.min(sy, sx * 1.5)];
    for (let k = 0; k < graph.people; k++) {
      place.x[k] = size.width / 2 + scene.dx + (graph.x[k] - middleX) * sx * scene.zoom;
      place.y[k] = size.height / 2 + scene.dy + (graph.y[k] - middleY) * sy * scene.zoom;
    }
  }

  function draw() {
    pending = 0;
    const paper = document.documentElement.hasAttribute('data-paper');
    const box = paper ? { width: PAPER.width, height: PAPER.network } : canvas.getBoundingClientRect();
    if (!box.width) return;
    size.width = box.width;
    size.height = box.height;
    const scale = Math.max(2, window.devicePixelRatio || 1);
    const [wide, high] = [Math.round(size.width * scale), Math.round(size.height * scale)];
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    const pen = canvas.getContext('2d');
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    layout();
    paint(pen, graph, scene, place, size, colours(), names, w);
  }
  const redraw = () => (pending ||= requestAnimationFrame(draw));

  /** Moves one number of the scene to where it should be. */
  function move(key, to, time, then) {
    cancelAnimationFrame(motion);
    const from = scene[key];
    if (still() || !time) {
      scene[key] = to;
      draw();
      then?.();
      return;
    }
    const begin = performance.now();
    const step = (now) => {
      const share = Math.min(1, Math.max(0, (now - begin) / time));
      scene[key] = from + (to - from) * share;
      draw();
      if (share < 1) motion = requestAnimationFrame(step);
      else then?.();
    };
    motion = requestAnimationFrame(step);
  }

  /** Who is tied to the owner alone in the frame shown. */
  function dependants() {
    const tied = new Set();
    const others = new Set();
    const at = Math.round(scene.at);
    for (let t = 0; t < graph.ties; t++) {
      if (graph.tieAt(t, at) <= 0) continue;
      const [a, b] = [graph.a[t], graph.b[t]];
      if (a === graph.owner) tied.add(b);
      else if (b === graph.owner) tied.add(a);
      else others.add(a).add(b);
    }
    return new Set([...tied].filter((k) => !others.has(k)));
  }

  function frameChanged() {
    const at = Math.round(scene.at);
    const day = find('day');
    if (day) day.textContent = graph.days[at];
    const counts = [0, 0, 0, 0, 0, 0];
    for (let k = 0; k < graph.people; k++) counts[graph.stratumAt(k, at)]++;
    each(root, '[data-count]', (count) => {
      const index = STRATA.indexOf(count.dataset.count);
      count.textContent = index < 0 ? '' : ' ' + whole(counts[index]);
    });
    scene.alone = dependants();
    const now = find('without-now');
    if (now) now.textContent = fill(w.now_alone, { n: whole(scene.alone.size) });
  }

  const slider = find('slider');
  const play = find('play');
  let playing = false;
  slider.max = String(last);
  slider.value = String(last);
  if (last < 1) each(root, '.frames', (frames) => (frames.hidden = true));

  function show(frame, time) {
    slider.value = String(frame);
    slider.setAttribute('aria-valuetext', graph.days[frame]);
    const day = find('day');
    day.textContent = graph.days[frame];
    move('at', frame, time, () => {
      frameChanged();
      if (!playing) return;
      if (frame < last) show(frame + 1, STEP);
      else stop();
    });
  }
  function stop() {
    playing = false;
    play.textContent = '▶';
    play.setAttribute('aria-label', w.play);
  }
  on(slider, 'input', () => {
    stop();
    show(Number(slider.value), 350);
  });
  on(play, 'click', () => {
    if (playing) return stop();
    playing = true;
    play.textContent = '❚❚';
    play.setAttribute('aria-label', w.pause);
    const from = Math.round(scene.at) >= last ? 0 : Math.round(scene.at) + 1;
    show(from, from ? STEP : 0);
  });

  each(root, '[data-owner-out]', (button) =>
    on(button, 'click', () => {
      const out = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(out));
      button.textContent = out ? w.owner_back : w.owner_out;
      find('without-owner').hidden = !out;
      if (out) page.say(find('without-owner').textContent.trim());
      stop();
      move('ownerOut', out ? 1 : 0, 500);
    }),
  );
  each(root, '[data-circles]', (button) =>
    on(button, 'click', () => {
      scene.circles = !scene.circles;
      button.setAttribute('aria-pressed', String(scene.circles));
      button.textContent = scene.circles ? w.hide_circles : w.show_circles;
      redraw();
    }),
  );

  function zoom(factor) {
    const next = Math.min(6, Math.max(1, scene.zoom * factor));
    scene.dx *= next / scene.zoom;
    scene.dy *= next / scene.zoom;
    scene.zoom = next;
    if (next === 1) scene.dx = scene.dy = 0;
    redraw();
  }
  each(root, '[data-zoom]', (button) => on(button, 'click', () => zoom(button.dataset.zoom === 'in' ? 1.5 : 1 / 1.5)));
  canvas.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
  }, { passive: false });

  function under(event) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const reach = event.pointerType === 'touch' ? 18 : 6;
    let best = -1;
    let nearest = Infinity;
    for (const k of graph.order) {
      if (k === graph.owner && scene.ownerOut > 0.5) continue;
      const distance = Math.hypot(place.x[k] - x, place.y[k] - y) - radius(graph, k, scene.at, scene.zoom);
      if (distance < reach && distance <= nearest) [best, nearest] = [k, distance];
    }
    return best;
  }

  const hover = find('hover');
  function focus(k, aloud) {
    if (scene.focus === k) return;
    scene.focus = k;
    hover.hidden = k < 0;
    if (k >= 0) {
      const stratum = graph.stratumAt(k, scene.at);
      const about = [k === graph.owner ? data.strata.owner : data.strata[STRATA[stratum] ?? 'away'], `${w.ties} ${data.people.ties[graph.person[k]] ?? 0}`];
      hover.replaceChildren(h('bdi', {}, names[k]), ' ', h('span', {}, about.join(' · ')));
      if (aloud) page.say(`${names[k]} ${about.join(' ')}`);
    }
    canvas.classList.toggle('pointing', k >= 0);
    redraw();
  }
  let drag = null;
  on(canvas, 'pointerdown', (event) => {
    drag = { x: event.clientX, y: event.clientY, dx: scene.dx, dy: scene.dy, moved: false };
    if (scene.zoom > 1) canvas.setPointerCapture(event.pointerId);
  });
  on(canvas, 'pointermove', (event) => {
    if (drag && scene.zoom > 1 && event.buttons) {
      scene.dx = drag.dx + event.clientX - drag.x;
      scene.dy = drag.dy + event.clientY - drag.y;
      drag.moved ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 4;
      redraw();
    } else focus(under(event));
  });
  on(canvas, 'pointerleave', () => focus(-1));
  on(canvas, 'click', (event) => {
    const moved = drag?.moved;
    drag = null;
    const k = under(event);
    if (!moved && k >= 0) page.sheet.person(graph.person[k]);
  });
  on(canvas, 'keydown', (event) => {
    const ranked = [...graph.order].reverse();
    const now = ranked.indexOf(scene.focus);
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key in steps) focus(ranked[(now + steps[event.key] + ranked.length) % ranked.length], true);
    else if (event.key === 'Enter' && scene.focus >= 0) page.sheet.person(graph.person[scene.focus]);
    else if (event.key === '+' || event.key === '=') zoom(1.5);
    else if (event.key === '-') zoom(1 / 1.5);
    else if (event.key === 'Escape') focus(-1);
    else return;
    event.preventDefault();
  });
  on(canvas, 'blur', () => focus(-1));

  page.charts.register('network', {
    title: w.network_title,
    canvas() {
      focus(-1);
      draw();
      return canvas;
    },
    rows() {
      const at = Math.round(scene.at);
      const shown = [];
      for (let t = 0; t < graph.ties; t++) {
        if (scene.ownerOut > 0.5 && (graph.a[t] === graph.owner || graph.b[t] === graph.owner)) continue;
        const strength = graph.tieAt(t, at);
        if (strength > 0) shown.push([names[graph.a[t]], names[graph.b[t]], Math.round(strength * strength * 100)]);
      }
      shown.sort((one, other) => other[2] - one[2]);
      return [[w.person, w.person, `${w.strength} (0–100)`], shown.slice(0, 300)];
    },
  });
  if (graph.faint) find('network-note').append(' ' + fill(w.faint_left_out, { n: whole(graph.faint) }));
  new ResizeObserver(() => document.documentElement.hasAttribute('data-paper') || redraw()).observe(canvas);
  onTheme(draw);
  frameChanged();
  draw();
}
