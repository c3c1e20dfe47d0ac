// Printing: light colours, charts at the width of A4, folded findings opened; afterwards everything as it was.
import { each, on } from './dom.js';
import { printing } from './theme.js';
import { fitForPaper } from './chart.js';

/** Wires the print button and the browser's own printing. */
export function paper() {
  const opened = [];
  on(window, 'beforeprint', () => {
    each(document, '.findings details.rest, .moved details', (fold) => {
      if (!fold.open) opened.push(fold);
      fold.open = true;
    });
    document.documentElement.setAttribute('data-paper', '');
    printing(true);
    fitForPaper(true);
  });
  on(window, 'afterprint', () => {
    document.documentElement.removeAttribute('data-paper');
    for (const fold of opened.splice(0)) fold.open = false;
    printing(false);
    fitForPaper(false);
  });
  each(document, '[data-print]', (button) => on(button, 'click', () => window.print()));
}
