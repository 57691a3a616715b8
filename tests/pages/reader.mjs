// What every look at a page needs: headless Chromium, one line a page, a page opened as a reader has it, and axe.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// A4 without the margins of the page's own style, in CSS pixels.
export const SHEET = { width: Math.floor((210 - 28) / 25.4 * 96), height: Math.floor((297 - 31) / 25.4 * 96) };
export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

// `modules` is the folder with node_modules.
export async function reader(modules) {
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

  // The page's own policy holds, so a violation of it is a console message.
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

  // With axe inside: only this context leaves the page's policy aside.
  async function axed(file, viewport) {
    const context = await browser.newContext({ viewport, bypassCSP: true });
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

  async function ended() {
    await browser.close();
    return faults;
  }

  return { report, opened, axed, ended };
}

// Its width, if it scrolls sideways.
export async function sideways(page) {
  const [scroll, client] = await page.evaluate(() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]);
  return scroll > client ? [`scrolls sideways: ${scroll} px in ${client} px`] : [];
}

// Pages of the print, with what is cut off at its edge.
export async function printed(page, most) {
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize(SHEET);
  const cut = await page.evaluate((width) => [...document.querySelectorAll('table, svg')]
    .filter((one) => one.getBoundingClientRect().right > width + 1).length, SHEET.width);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const pages = (pdf.match(/\/Type\s*\/Page\b/g) ?? []).length;
  const found = cut > 0 ? [`${cut} tables or figures are cut off at the edge of the sheet`] : [];
  if (pages === 0 || pages > most) found.push(`${pages} printed pages, at most ${most}`);
  return { pages, found };
}
