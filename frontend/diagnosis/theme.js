// Light and dark: the system's choice until the reader chooses. Charts ask for colours anew when it changes.
import { each, on } from './dom.js';

/** Sizes on A4 in CSS pixels; `style/print.css` has the same. */
export const PAPER = { width: 660, chart: 216, network: 400 };

const listeners = new Set();
const CHANGED = 'huoqun:theme';
let forPrint = false;

/** Calls back when colours have changed. @param {() => void} act */
export const onTheme = (act) => listeners.add(act);

const tell = () => listeners.forEach((act) => act());

/** Colours of the page as canvases need them; on paper always the light ones. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue('--' + name).trim();
  return Object.fromEntries(
    ['ink', 'soft', 'paper', 'card', 'line', 'wash', 'jade', 'jade-wash', 'deep-jade', 'amber', 'seal', 'seal-wash', 'indigo',
      'violet', 'grey', 'grey-mark', 'sans'].map((name) => [name.replace(/-(\w)/g, (_, c) => c.toUpperCase()), token(name)]),
  );
}

/** Shows the light theme while a page is printed. @param {boolean} printing */
export function printing(printing) {
  const root = document.documentElement;
  if (printing && !forPrint) root.setAttribute('data-screen-theme', root.getAttribute('data-theme') ?? '');
  if (printing) root.setAttribute('data-theme', 'light');
  else if (forPrint) {
    const before = root.getAttribute('data-screen-theme');
    if (before) root.setAttribute('data-theme', before);
    else root.removeAttribute('data-theme');
  }
  forPrint = printing;
  tell();
}

function remembered() {
  try {
    return localStorage.getItem('huoqun-theme');
  } catch {
    return null; // storage may be closed to a file; the choice then holds for this page
  }
}

function choose(name) {
  document.documentElement.setAttribute('data-theme', name);
  document.documentElement.setAttribute('data-bs-theme', name);
}

/** What the reader chose before holds again. */
export function remember() {
  const before = remembered();
  if (before === 'dark' || before === 'light') choose(before);
}

/** Wires the toggle and the system's choice; in the console two bundles do, and the button listens to the first. */
export function theme() {
  const system = matchMedia('(prefers-color-scheme: dark)');
  remember();
  on(system, 'change', tell);
  on(document, CHANGED, tell);
  each(document, '[data-theme-toggle=""]', (button) => {
    button.setAttribute('data-theme-toggle', 'wired');
    on(button, 'click', () => {
      const now = document.documentElement.getAttribute('data-theme') ?? (system.matches ? 'dark' : 'light');
      const next = now === 'dark' ? 'light' : 'dark';
      choose(next);
      try {
        localStorage.setItem('huoqun-theme', next);
      } catch {
        // see remembered()
      }
      document.dispatchEvent(new Event(CHANGED));
    });
  });
}
