// Opens cross-walk pages in headless Chromium: what look.mjs asks of a report, and that the search finds what is
// there and nothing else, by keyboard alone, and is not there without script. Prints one line a page; exit 1 on any
// fault. Arguments: the folder with node_modules, then pages.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, ...pages] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
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

async function opened(file, options, found) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('console', (message) => found.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => found.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) found.push(`loads ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return { context, page };
}

// What a reader sees of it now.
const seen = (page) => page.evaluate(() => {
  const drawn = (part) => part.getClientRects().length > 0;
  const rows = [...document.querySelectorAll('[data-row="item"]')];
  const sections = [...document.querySelectorAll('section.provision')];
  return {
    all: rows.length,
    rows: rows.filter(drawn).map((row) => ({ text: row.textContent, ...row.dataset })),
    sections: sections.filter(drawn).length,
    hollow: sections.filter((one) => drawn(one) && ![...one.querySelectorAll('[data-row]')].some(drawn)).length,
    entries: [...document.querySelectorAll('[data-of]')].filter(drawn).length,
    tool: drawn(document.getElementById('search')),
    none: drawn(document.getElementById('none-shown')),
    status: document.getElementById('shown').textContent,
    focus: document.activeElement.id,
  };
});

async function searched(file) {
  const found = [];
  const need = (holds, what) => { if (!holds) found.push(what); };
  const { context, page } = await opened(file, { viewport: { width: 1280, height: 900 } }, found);
  const whole = await seen(page);
  need(whole.tool && !whole.none && whole.rows.length === whole.all && whole.all > 0, 'not everything is shown at first');
  need(whole.status.includes(String(whole.all)), `the count says: ${whole.status}`);

  // From the field on, by keyboard alone: the id of an item that is there, in full-width capitals of another hand.
  const id = whole.rows[0].item.split('/').at(-1);
  await page.locator('#by-words').focus();
  await page.keyboard.insertText(id.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)));
  const one = await seen(page);
  need(one.rows.length > 0 && one.rows.length < whole.all, `${id}: ${one.rows.length} rows`);
  need(one.rows.every((row) => row.text.includes(id)), `${id}: other rows are shown`);
  need(one.hollow === 0 && one.sections === one.entries, 'headings or entries without rows are left');
  need(one.status !== whole.status && one.status.includes(String(one.rows.length)), `the count says: ${one.status}`);
  await page.keyboard.insertText(' no-such-word');
  const none = await seen(page);
  need(none.rows.length === 0 && none.none && none.sections === 0, 'something is shown that has not all words');
  while ((await seen(page)).focus !== 'clear') {
    await page.keyboard.press('Tab');
    if ((await seen(page)).focus === '') { need(false, 'the way back is not reached by keyboard'); break; }
  }
  await page.keyboard.press('Enter');
  const back = await seen(page);
  need(back.rows.length === whole.all && back.focus === 'by-words', 'not everything comes back');

  for (const [name, key] of [['phase', 'phase'], ['role', 'roles'], ['viewpoint', 'viewpoint'], ['source', 'source']]) {
    const select = page.locator(`#by-${name}`);
    if (await select.count() === 0) continue;
    for (const value of await select.locator('option').evaluateAll((options) => options.map((one) => one.value))) {
      await select.selectOption(value);
      const fits = (row) => value === '' || row[key].split(' ').includes(value) || (name === 'phase' && row[key] === 'all');
      const now = await seen(page);
      const wanted = whole.rows.filter(fits).length;
      need(now.rows.length === wanted && now.rows.every(fits), `${name} ${value}: ${now.rows.length} rows, expected ${wanted}`);
      need(wanted > 0 || name === 'source', `${name} ${value}: a choice of nothing`);
    }
    await select.selectOption('');
  }
  await context.close();

  const without = await opened(file, { javaScriptEnabled: false, viewport: { width: 1280, height: 900 } }, found);
  const drawn = async (what) => {
    const parts = await without.page.locator(what).all();
    const boxes = await Promise.all(parts.slice(0, 40).map((part) => part.isVisible()));
    return boxes.filter(Boolean).length;
  };
  need(await drawn('#search, #none-shown') === 0, 'without script, something dead is on the page');
  need(await drawn('[data-row]') === 40, 'without script, rows are missing');
  await without.context.close();
  report(`${basename(file)} search`, found, `${whole.all} rows`);
}

for (const file of pages.map((page) => resolve(page))) {
  for (const [width, height] of [[1280, 900], [390, 844]]) {
    const found = [];
    const { context, page } = await opened(file, { viewport: { width, height } }, found);
    const [scroll, client] = await page.evaluate(() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]);
    if (scroll > client) found.push(`scrolls sideways: ${scroll} px in ${client} px`);
    await page.emulateMedia({ media: 'print' });
    if (await page.locator('#search').isVisible()) found.push('the search is printed');
    await context.close();
    // With axe inside: only this context leaves the page's policy aside.
    const looked = await opened(file, { viewport: { width, height }, bypassCSP: true }, found);
    await looked.page.evaluate(axe);
    const { violations, passes } = await looked.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    await looked.context.close();
    if (passes.length === 0) found.push('axe looked at nothing');
    for (const one of violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')) {
      found.push(`axe ${one.impact}: ${one.id} (${one.nodes.length}), first ${one.nodes[0].target.join(' ')}`);
    }
    report(`${basename(file)} ${width}`, found, `${readFileSync(file).length} bytes`);
  }
  await searched(file);
}
await browser.close();
if (pages.length === 0) {
  console.log('no page given');
  process.exit(2);
}
process.exit(faults === 0 ? 0 : 1);
