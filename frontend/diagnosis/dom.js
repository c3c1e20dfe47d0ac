// Small words for the document. Text only ever enters as text.

/**
 * An element with properties, attributes (`aria-…`, `data-…`, `class`) and children.
 * @param {string} tag
 * @param {Record<string, unknown>} [props]
 * @param {...(Node | string | number | null)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), /** @type {EventListener} */ (value));
    else made.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) made.append(child instanceof Node ? child : String(child));
  return made;
}

/** @param {EventTarget} target @param {string} name @param {(event: any) => void} act */
export function on(target, name, act) {
  target.addEventListener(name, act);
}

/** @param {ParentNode} root @param {string} selector @param {(element: any) => void} act */
export function each(root, selector, act) {
  if (root instanceof Element && root.matches(selector)) act(root);
  if (root.querySelectorAll) root.querySelectorAll(selector).forEach(act);
}

/** A day counted from 1970 as `2026-03-01`. @param {number} day */
export const dayText = (day) => new Date(day * 864e5).toISOString().slice(0, 10);

/** @param {number} value */
export const whole = (value) => (Math.abs(value) < 10 && Math.round(value * 10) % 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US'));

/** @param {number} share */
export const percent = (share) => (share > 0 && share < 0.01 ? (share * 100).toFixed(1) : Math.round(share * 100)) + '%';

/** Words with `{name}` filled in. @param {string} words @param {Record<string, unknown>} values */
export const fill = (words, values) => words.replace(/\{(\w+)(?::[^}]*)?\}/g, (all, key) => (key in values ? String(values[key]) : all));

/** The page wants no movement. */
export const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
