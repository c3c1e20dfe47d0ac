// Files for the reader: pictures with their title and source, tables as CSV.
import { colours } from './theme.js';

/** Hands a file to the reader. @param {string} name @param {Blob} blob */
export function download(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, ' ').trim().slice(0, 80) || 'huoqun';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Saves a canvas as PNG under its title, with where and when it comes from. @param {HTMLCanvasElement} drawn */
export function savePicture(drawn, title, source, scale = 2) {
  const c = colours();
  const edge = 24 * scale;
  const head = 56 * scale;
  const foot = 36 * scale;
  const made = document.createElement('canvas');
  made.width = drawn.width + 2 * edge;
  made.height = drawn.height + head + foot;
  const pen = made.getContext('2d');
  pen.fillStyle = c.card;
  pen.fillRect(0, 0, made.width, made.height);
  pen.drawImage(drawn, edge, head);
  pen.textBaseline = 'middle';
  pen.fillStyle = c.ink;
  pen.font = `600 ${18 * scale}px ${c.sans}`;
  pen.fillText(title, edge, head / 2, made.width - 2 * edge);
  pen.fillStyle = c.soft;
  pen.font = `${12 * scale}px ${c.sans}`;
  pen.fillText(source, edge, made.height - foot / 2, made.width - 2 * edge);
  return new Promise((done) =>
    made.toBlob((blob) => {
      download(title + '.png', blob);
      done(made);
    }, 'image/png'),
  );
}

/** One cell: quoted, and never a formula for the spreadsheet that opens it. @param {unknown} value */
export function cell(value) {
  let text = String(value ?? '');
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\r\n]/.test(text) || text !== text.trim() ? '"' + text.replaceAll('"', '""') + '"' : text;
}

/** Saves rows as CSV that Excel reads in any language. @param {unknown[][]} rows */
export function saveTable(name, rows) {
  const text = rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
  download(name + '.csv', new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }));
}
