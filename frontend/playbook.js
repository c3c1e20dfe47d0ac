// Playbooks: the editor keeps text and timeline together. Pages without an editor only need the style.
import './style/playbook.css';
import { bench } from './playbook/bench.js';

// On a phone the days come first: what else is to be known is folded.
function fold() {
  const narrow = window.matchMedia('(max-width: 1000px)').matches;
  for (const one of document.querySelectorAll('[data-fold]')) one.open = !narrow;
}

const start = () => {
  fold();
  for (const one of document.querySelectorAll('[data-bench]')) bench(one);
};
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
