// Opens cross-walk pages in headless Chromium: what look.mjs asks of a report, and that the search finds what is
// there and nothing else, by keyboard alone, and is not there without script; paper has what is shown. Prints one line
// a page; exit 1 on any fault. Arguments: the folder with node_modules, then pages.
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { PHONE, WIDE, printed, reader, sideways } from './reader.mjs';

// All of it is for the screen; on paper it has to stay something that can be carried.
const MOST_PRINTED_PAGES = 100;
const MOST_BYTES = 1_100_000;

const [modules, ...pages] = process.argv.slice(2);
const { report, opened, axed, ended } = await reader(modules);

// What a reader sees of it now.
const seen = (page) => page.evaluate(() => {
  const drawn = (part) => part.getClientRects().length > 0;
  const rows = [...document.querySelectorAll('tr[data-row]')];
  const told = (row) => {
    const { source } = row.closest('tbody').dataset;
    const { phase, roles = '', viewpoint } = row.dataset;
    return { text: row.textContent, id: row.querySelector('code').textContent, phase, roles, source, viewpoint: `${source}/${viewpoint}` };
  };
  const sections = [...document.querySelectorAll('section.provision')];
  return {
    all: rows.length,
    rows: rows.filter(drawn).map(told),
    sections: sections.filter(drawn).length,
    hollow: sections.filter((one) => drawn(one) && ![...one.querySelectorAll('[data-row]')].some(drawn)).length,
    head: drawn(document.querySelector('#provisions > h2')),
    entries: [...document.querySelectorAll('[data-of]')].filter(drawn).length,
    tool: drawn(document.getElementById('search')),
    none: drawn(document.getElementById('none-shown')),
    status: document.getElementById('shown').textContent,
    narrowed: document.getElementById('narrowed').hidden ? '' : document.getElementById('narrowed').textContent,
    focus: document.activeElement.id,
  };
});

async function searched(file) {
  const found = [];
  const need = (holds, what) => { if (!holds) found.push(what); };
  const { context, page } = await opened(file, { viewport: WIDE }, found);
  const whole = await seen(page);
  need(whole.tool && !whole.none && whole.rows.length === whole.all && whole.all > 0, 'not everything is shown at first');
  need(whole.status.includes(String(whole.all)), `the count says: ${whole.status}`);

  // From the field on, by keyboard alone: the id of an item that is there, in full-width capitals of another hand.
  const { id } = whole.rows[0];
  await page.locator('#by-words').focus();
  await page.keyboard.insertText(id.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)));
  const one = await seen(page);
  need(one.rows.length > 0 && one.rows.length < whole.all, `${id}: ${one.rows.length} rows`);
  need(one.rows.every((row) => row.text.includes(id)), `${id}: other rows are shown`);
  need(one.hollow === 0 && one.sections === one.entries, 'headings or entries without rows are left');
  need(one.status !== whole.status && one.status.includes(String(one.rows.length)), `the count says: ${one.status}`);
  need(whole.narrowed === '' && one.narrowed.includes(one.status), `what is printed says: ${one.narrowed}`);
  await page.keyboard.insertText(' no-such-word');
  const none = await seen(page);
  need(none.rows.length === 0 && none.none && none.sections === 0 && !none.head, 'something is shown that has not all words');
  while ((await seen(page)).focus !== 'clear') {
    await page.keyboard.press('Tab');
    if ((await seen(page)).focus === '') { need(false, 'the way back is not reached by keyboard'); break; }
  }
  await page.keyboard.press('Enter');
  const back = await seen(page);
  need(back.rows.length === whole.all && back.focus === 'by-words', 'not everything comes back');

  // By the name of a source, as --guide takes it; and no word is found over the edge of two texts.
  const name = whole.rows[0].source.split('/').at(-1);
  await page.locator('#by-words').fill(name);
  const named = await seen(page);
  const own = whole.rows.filter((row) => row.source === whole.rows[0].source).length;
  need(own > 0 && named.rows.length >= own, `${name}: ${named.rows.length} rows, of it are ${own}`);
  const edge = await page.evaluate(() => {
    const row = document.querySelector('tr[data-row] th');
    return row.querySelector('b').textContent.slice(-3) + row.querySelector('p').textContent.slice(0, 3);
  });
  await page.locator('#by-words').fill(edge);
  const glued = await seen(page);
  need(!glued.rows.some((row) => row.id === id), `${edge}: found, and stands nowhere`);
  await page.locator('#by-words').fill('');

  const KEYS = [['phase', 'phase'], ['role', 'roles'], ['viewpoint', 'viewpoint'], ['source', 'source']];
  const fits = ([name, key], value) => (row) =>
    value === '' || (row[key] ?? '').split(' ').includes(value) || (name === 'phase' && row[key] === 'all');
  const choices = [];
  for (const one of KEYS) {
    const select = page.locator(`#by-${one[0]}`);
    if (await select.count() === 0) continue;
    const values = await select.locator('option').evaluateAll((options) => options.map((option) => option.value));
    need(new Set(values).size === values.length, `${one[0]}: the same choice twice`);
    choices.push([one, select, values]);
    for (const value of values) {
      await select.selectOption(value);
      const now = await seen(page);
      const wanted = whole.rows.filter(fits(one, value)).length;
      need(now.rows.length === wanted && now.rows.every(fits(one, value)), `${one[0]} ${value}: ${now.rows.length} rows, expected ${wanted}`);
      need(wanted > 0, `${one[0]} ${value}: a choice of nothing`);
    }
    await select.selectOption('');
  }
  // Several at once: a row has to fit all of them.
  let left = whole.rows;
  for (const [one, select] of choices) {
    const value = { phase: 'design', role: 'developer', source: left.at(-1).source, viewpoint: left.at(-1).viewpoint }[one[0]];
    await select.selectOption(value);
    left = left.filter(fits(one, value));
    const now = await seen(page);
    need(left.length > 0 && now.rows.length === left.length, `with ${one[0]} ${value} as well: ${now.rows.length} rows, expected ${left.length}`);
    need(now.rows.every(fits(one, value)) && now.narrowed.split(' · ').length > 1, `with ${one[0]} ${value} as well: others, or unsaid on paper`);
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

// Paper has what is shown, and says by what it was chosen.
async function onPaper(file, words, most) {
  const found = [];
  const { context, page } = await opened(file, { viewport: WIDE }, found);
  if (words !== '') await page.locator('#by-words').fill(words);
  const paper = await printed(page, most);
  if (await page.locator('#search').isVisible()) found.push('the search is printed');
  const told = await page.locator('#narrowed').isVisible() ? await page.locator('#narrowed').textContent() : '';
  if ((words === '') !== (told === '') || !told.includes(words)) found.push(`${words}: the print says: ${told}`);
  await context.close();
  report(`${basename(file)} print ${words}`, [...found, ...paper.found], `${paper.pages} printed pages`);
}

await Promise.all(pages.map((page) => resolve(page)).map(async (file) => {
  for (const viewport of [WIDE, PHONE]) {
    const found = [];
    const { context, page } = await opened(file, { viewport }, found);
    found.push(...await sideways(page));
    await context.close();
    found.push(...await axed(file, viewport));
    const bytes = readFileSync(file).length;
    if (bytes > MOST_BYTES) found.push(`${bytes} bytes, at most ${MOST_BYTES}`);
    report(`${basename(file)} ${viewport.width}`, found, `${bytes} bytes`);
  }
  await searched(file);
  await onPaper(file, '', MOST_PRINTED_PAGES);
  await onPaper(file, '5.3-2', 6);
  await onPaper(file, '5.3-12', 3);
}));
const faults = await ended();
if (pages.length === 0) {
  console.log('no page given');
  process.exit(2);
}
process.exit(faults === 0 ? 0 : 1);
