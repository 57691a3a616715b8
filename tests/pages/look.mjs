// Opens every report in headless Chromium as a reader would: English and Japanese, wide, narrow and in
// print. Prints one line a page; exit 1 if one has a console message, scrolls sideways, has a serious finding of
// axe, a figure without words, a table cut off on paper, or a first page that does not fit on one sheet.
// Arguments: the folder with node_modules, then run folders.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, ...runs] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const WIDTHS = [['1280', 1280, 900], ['390', 390, 844]];
// A report that nobody can carry is no report: the whole of it, questions included.
const MOST_PRINTED_PAGES = 100;
const MOST_BYTES = 1_500_000;
// A4 without the margins of the page's own style, in CSS pixels.
const SHEET = { width: Math.floor((210 - 28) / 25.4 * 96), height: Math.floor((297 - 31) / 25.4 * 96) };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});
let faults = 0;

function report(name, found, note) {
  faults += found.length;
  console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(34)} ${note}`);
  for (const fault of found) console.log(`       ${fault}`);
}

// As a reader has it: the page's own policy holds, so a violation of it is a console message.
async function asReader(file, [name, width, height], print) {
  const found = [];
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  page.on('console', (message) => found.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => found.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) found.push(`loads ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  if (print) await page.emulateMedia({ media: 'print' });
  const { scroll, client, tall } = await page.evaluate(() => {
    const root = document.scrollingElement;
    return { scroll: root.scrollWidth, client: root.clientWidth, tall: root.scrollHeight };
  });
  if (scroll > client) found.push(`scrolls sideways: ${scroll} px in ${client} px`);
  let note = `${name} px wide, ${tall} px long`;
  found.push(...(await page.evaluate(() => [...document.querySelectorAll('svg')].flatMap((svg) => {
    const named = svg.getAttribute('aria-label') ?? [...svg.querySelectorAll('title, desc')].map((one) => one.textContent).join('');
    const faults = [];
    if (svg.getAttribute('role') !== 'img' || named.trim() === '') faults.push('a figure has no words');
    if (svg.getBoundingClientRect().width > 700) faults.push('a figure is wider than 700 px');
    return faults;
  }))));
  if (print) {
    await page.setViewportSize(SHEET);
    const { end, cut } = await page.evaluate((width) => ({
      end: document.querySelector('.first').getBoundingClientRect().bottom + window.scrollY,
      cut: [...document.querySelectorAll('table')].filter((table) => table.getBoundingClientRect().right > width + 1).length,
    }), SHEET.width);
    if (end > SHEET.height) found.push(`the first page takes ${Math.ceil(end)} px of ${SHEET.height}`);
    if (cut > 0) found.push(`${cut} tables are cut off at the edge of the sheet`);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const pages = (pdf.match(/\/Type\s*\/Page\b/g) ?? []).length;
    note = `${pages} printed pages`;
    if (pages === 0 || pages > MOST_PRINTED_PAGES) found.push(`${pages} printed pages, at most ${MOST_PRINTED_PAGES}`);
  }
  await context.close();
  return { found, note };
}

// With axe inside: only this context leaves the page's policy aside.
async function asAxe(file, [, width, height]) {
  const context = await browser.newContext({ viewport: { width, height }, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  await context.close();
  if (passes.length === 0) return ['axe looked at nothing'];
  return violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => `axe ${one.impact}: ${one.id} (${one.nodes.length}), first ${one.nodes[0].target.join(' ')}`);
}

for (const run of runs) {
  for (const language of ['en', 'ja']) {
    const file = join(resolve(run), 'reports', `report.${language}.html`);
    const bytes = readFileSync(file).length;
    for (const width of WIDTHS) {
      const { found, note } = await asReader(file, width, false);
      found.push(...(await asAxe(file, width)));
      if (bytes > MOST_BYTES) found.push(`${bytes} bytes, at most ${MOST_BYTES}`);
      report(`${basename(run)} ${language} ${width[0]}`, found, note);
    }
    const { found, note } = await asReader(file, ['print', 794, 1123], true);
    report(`${basename(run)} ${language} print`, found, note);
  }
}
await browser.close();
if (runs.length === 0) {
  console.log('no run folder given');
  process.exit(2);
}
process.exit(faults === 0 ? 0 : 1);
