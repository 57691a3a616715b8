// Opens every report in headless Chromium as a reader would: English and Japanese, wide, narrow and in
// print. Prints one line a page; exit 1 if one has a console message, scrolls sideways, has a serious finding of
// axe, a figure without words, a table cut off on paper, or a first page that does not fit on one sheet.
// Arguments: the folder with node_modules, then run folders.
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { PHONE, SHEET, WIDE, printed, reader, sideways } from './reader.mjs';

// A report that nobody can carry is no report: the whole of it, questions included.
const MOST_PRINTED_PAGES = 100;
const MOST_BYTES = 1_500_000;

const [modules, ...runs] = process.argv.slice(2);
const { report, opened, axed, ended } = await reader(modules);

async function asReader(file, viewport, media) {
  const found = [];
  const { context, page } = await opened(file, { viewport }, found);
  await page.emulateMedia({ media });
  found.push(...await sideways(page));
  const tall = await page.evaluate(() => document.scrollingElement.scrollHeight);
  let note = `${viewport.width} px wide, ${tall} px long`;
  found.push(...(await page.evaluate(() => [...document.querySelectorAll('svg')].flatMap((svg) => {
    const named = svg.getAttribute('aria-label') ?? [...svg.querySelectorAll('title, desc')].map((one) => one.textContent).join('');
    const faults = [];
    if (svg.getAttribute('role') !== 'img' || named.trim() === '') faults.push('a figure has no words');
    if (svg.getBoundingClientRect().width > 700) faults.push('a figure is wider than 700 px');
    return faults;
  }))));
  if (media === 'print') {
    await page.setViewportSize(SHEET);
    const end = await page.evaluate(() => document.querySelector('.first').getBoundingClientRect().bottom + window.scrollY);
    if (end > SHEET.height) found.push(`the first page takes ${Math.ceil(end)} px of ${SHEET.height}`);
    const paper = await printed(page, MOST_PRINTED_PAGES);
    found.push(...paper.found);
    note = `${paper.pages} printed pages`;
  }
  await context.close();
  return { found, note };
}

for (const run of runs) {
  for (const language of ['en', 'ja']) {
    const file = join(resolve(run), 'reports', `report.${language}.html`);
    const bytes = readFileSync(file).length;
    for (const viewport of [WIDE, PHONE]) {
      const { found, note } = await asReader(file, viewport, 'screen');
      found.push(...(await axed(file, viewport)));
      if (bytes > MOST_BYTES) found.push(`${bytes} bytes, at most ${MOST_BYTES}`);
      report(`${basename(run)} ${language} ${viewport.width}`, found, note);
    }
    const { found, note } = await asReader(file, { width: 794, height: 1123 }, 'print');
    report(`${basename(run)} ${language} print`, found, note);
  }
}
const faults = await ended();
if (runs.length === 0) {
  console.log('no run folder given');
  process.exit(2);
}
process.exit(faults === 0 ? 0 : 1);
