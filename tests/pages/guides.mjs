// Opens the pages of guides that lie in a run folder, as look.mjs opens its report. Besides: every link of a page
// leads to something, in the page or in the report beside it, and each figure has words and is no wider than the
// screen. Arguments: the folder with node_modules, then RUN:WIDE:SMALL, where WIDE names the languages that are
// opened wide, and SMALL those on a phone and in print as well: pass:en,ja:ja. Every guide has to be there.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PHONE, WIDE, printed, reader, sideways } from './reader.mjs';

// The longest, on A4: 321 rows of advice, each with its results.
const MOST_PRINTED_PAGES = 60;
const MOST_BYTES = 600_000;

// As many browsers' pages as are looked at side by side.
const ABREAST = 2;
const catalogue = fileURLToPath(new URL('../../testcases/catalogue/guides', import.meta.url));

const [modules, ...runs] = process.argv.slice(2);
const { report, opened, axed, ended } = await reader(modules);

// Links that lead nowhere.
function dead(file, text) {
  const beside = new Map([['', text]]);
  const ids = (name) => {
    if (!beside.has(name)) beside.set(name, readFileSync(join(file, '..', name), 'utf8'));
    return beside.get(name);
  };
  const links = new Set([...text.matchAll(/ href="([^"]*)"/g)].map((one) => one[1]));
  return [...links].filter((link) => {
    const [name, place] = link.split('#');
    try {
      return !ids(name).includes(` id="${place}"`);
    } catch {
      return true;
    }
  });
}

const figures = (page) => page.evaluate(() => [...document.querySelectorAll('svg')].flatMap((svg) => {
  const named = svg.getAttribute('aria-label') ?? [...svg.querySelectorAll('title, desc')].map((one) => one.textContent).join('');
  const faults = named.trim() === '' || svg.getAttribute('role') !== 'img' ? ['a figure has no words'] : [];
  const box = svg.getBoundingClientRect();
  if (box.right > document.scrollingElement.clientWidth) faults.push('a figure is wider than the screen');
  return faults;
}));

async function looked(file, viewport) {
  const found = [];
  const { context, page } = await opened(file, { viewport }, found);
  found.push(...await sideways(page), ...await figures(page));
  const tall = await page.evaluate(() => document.scrollingElement.scrollHeight);
  await context.close();
  found.push(...await axed(file, viewport));
  return { found, note: `${tall} px long` };
}

async function onPaper(file) {
  const found = [];
  const { context, page } = await opened(file, { viewport: WIDE }, found);
  const paper = await printed(page, MOST_PRINTED_PAGES);
  await context.close();
  return { found: [...found, ...paper.found], note: `${paper.pages} printed pages` };
}

async function wholly(file) {
  const text = readFileSync(file, 'utf8');
  const { found, note } = await looked(file, WIDE);
  found.push(...dead(file, text).map((link) => `leads nowhere: ${link}`));
  if (Buffer.byteLength(text) > MOST_BYTES) found.push(`${Buffer.byteLength(text)} bytes, at most ${MOST_BYTES}`);
  return { found, note };
}

const tasks = [];
for (const argument of runs) {
  const [folder, wide = '', small = ''] = argument.split(':').map((part) => part.split(','));
  for (const guide of readdirSync(catalogue).sort()) {
    for (const language of wide) {
      const file = join(resolve(folder[0]), 'reports', `guide.${guide}.${language}.html`);
      const title = `${basename(folder[0])} ${guide} ${language}`;
      tasks.push([`${title} 1280`, () => wholly(file)]);
      if (!small.includes(language)) continue;
      tasks.push([`${title} 390`, () => looked(file, PHONE)], [`${title} print`, () => onPaper(file)]);
    }
  }
}
const counted = tasks.length;
await Promise.all(Array.from({ length: ABREAST }, async () => {
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const [title, look] = task;
    const { found, note } = await look().catch((error) => ({ found: [error.message], note: '' }));
    report(title, found, note);
  }
}));
const faults = await ended();
if (counted === 0) {
  console.log('no pages of guides to look at');
  process.exit(2);
}
process.exit(faults === 0 ? 0 : 1);
