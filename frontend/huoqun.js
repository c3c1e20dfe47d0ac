// The page of a diagnosis: finds it, reads its data, and brings its pictures and tables to life. The same bundle works
// in the console and in the one file. Texts of the chat only ever become text nodes and canvas text.
import './style/huoqun.css';
import { each, on } from './diagnosis/dom.js';
import { charts } from './diagnosis/chart.js';
import { effect } from './diagnosis/effect.js';
import { pulse } from './diagnosis/pulse.js';
import { heat } from './diagnosis/heat.js';
import { mood } from './diagnosis/mood.js';
import { network } from './diagnosis/network.js';
import { people } from './diagnosis/people.js';
import { sheet } from './diagnosis/sheet.js';
import { trend } from './diagnosis/trend.js';
import { theme } from './diagnosis/theme.js';
import { paper } from './diagnosis/paper.js';

/** @param {Element} root */
function mount(root) {
  if (root.hasAttribute('data-mounted')) return;
  root.setAttribute('data-mounted', '');
  const data = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const page = { root, data, say: (text) => (root.querySelector('[data-status]').textContent = text) };
  page.charts = charts(page);
  page.sheet = sheet(page);
  pulse(page);
  heat(page);
  mood(page);
  trend(page);
  network(page);
  people(page);
}

function start() {
  theme();
  paper();
  each(document, '[data-diagnosis]', mount);
  each(document, '[data-effect]', effect);
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
// The console swaps pages in without loading them anew.
on(document, 'htmx:load', (event) => each(event.target, '[data-diagnosis]', mount));
