// Builds what the pages need into huoqun/static/dist: every module beside this one is a bundle of its own name, and the
// style it imports comes out as a stylesheet of that name. `huoqun` is the page of a diagnosis (console and one file).
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = fileURLToPath(new URL('../huoqun/static/dist/', import.meta.url));

const entries = (await readdir(here)).filter((name) => name.endsWith('.js')).map((name) => here + name);
await rm(out, { recursive: true, force: true });
await esbuild.build({
  entryPoints: entries,
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2021', 'chrome94', 'firefox93', 'safari15.4'],
  legalComments: 'external',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.woff': 'file', '.woff2': 'file', '.svg': 'dataurl' },
  logLevel: 'warning',
});

// Pictures made on the server (posters) are drawn with fonts that come with the installation, not from the system.
const fonts = fileURLToPath(new URL('../huoqun/fonts/', import.meta.url));
const family = fileURLToPath(new URL('../node_modules/@expo-google-fonts/noto-sans-sc/', import.meta.url));
await mkdir(fonts, { recursive: true });
for (const weight of ['400Regular', '700Bold']) {
  await copyFile(`${family}${weight}/NotoSansSC_${weight}.ttf`, `${fonts}NotoSansSC_${weight}.ttf`);
}

for (const name of (await readdir(out)).sort()) {
  if (!/\.(js|css)$/.test(name)) continue;
  let text = await readFile(out + name, 'utf8');
  // Both stand inside an HTML element in the one-file page; "<!--" would change how a script element is read.
  const safe = text.replaceAll('<!--', '<\\!--');
  if (safe !== text) await writeFile(out + name, (text = safe));
  const kilobytes = (bytes) => (bytes / 1024).toFixed(0).padStart(4) + ' KB';
  console.log(name.padEnd(16), kilobytes(Buffer.byteLength(text)), kilobytes(gzipSync(text).length), 'gzipped');
}
