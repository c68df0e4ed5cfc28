// A browser with one signed-in person to a context, and hands that fill in a form by the names of its fields.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pdf, png } from '../flow/lib.mjs';
import { withFiles } from '../journeys/journey.mjs';
import { secrets } from '../journeys/parts.mjs';

const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');
export const password = 'Zhifa-2026-renyuan';

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'] });
}

/* Signs in through the login form; the page it resolves with is the desk. */
export async function signIn(browser, site, user, options = {}) {
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error' && !/status of (4\d\d)/.test(message.text())) page.troubles.push(message.text()); });
  await page.goto(`${site.url}/login`);
  await page.fill('#user', user);
  await page.fill('#password', password);
  await page.click('main button[type=submit]');
  await page.waitForURL(`${site.url}/desk`);
  return page;
}

const file = (name) => ({ name, mimeType: name.endsWith('.png') ? 'image/png' : 'application/pdf', buffer: name.endsWith('.png') ? png : pdf });

// In the page: every control by its name, as a person would leave it. Says what it found no place for.
function put(f) {
  const form = document.querySelector('form[data-draft]'), lost = [];
  const controls = (name) => [...form.elements].filter((el) => el.name === name);
  const told = (el) => { el.dispatchEvent(new Event('input', { bubbles: true })); el.dispatchEvent(new Event('change', { bubbles: true })); };
  const set = (name, value) => {
    const found = controls(name);
    if (found.length === 0) return lost.push(name);
    const words = (Array.isArray(value) ? value : [value]).map((one) => (one === true ? 'yes' : one === false ? 'no' : String(one)));
    if (['radio', 'checkbox'].includes(found[0].type)) {
      for (const word of words) {
        const box = found.find((el) => el.value === word);
        if (box) { box.checked = true; told(box); } else lost.push(`${name}=${word}`);
      }
    } else {
      found[0].value = words.join('\n');
      if (found[0].value.replaceAll('\r', '') !== words.join('\n')) lost.push(`${name}=${words}`);
      told(found[0]);
    }
  };
  const walk = (name, value) => {
    if (Array.isArray(value) && value.length > 0 && typeof value[0] === 'object') {
      const grid = document.getElementById(name)?.querySelector('[data-grid]');
      value.forEach((row, i) => {
        while (grid && grid.tBodies[0].rows.length <= i) grid.closest('fieldset').querySelector('[data-grid-add]').click();
        for (const [key, cell] of Object.entries(row)) walk(`${name}.${i}.${key}`, cell);
      });
    } else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [key, member] of Object.entries(value)) walk(`${name}.${key}`, member);
    } else set(name, value);
  };
  for (const [key, value] of Object.entries(f)) walk(`f.${key}`, value);
  return lost;
}

/* Fills in the open form with a journey's act. Resolves with the names that had no place. */
export async function fillIn(page, act) {
  const { f, files } = withFiles(act.f);
  const lost = await page.evaluate(put, f);
  for (const [field, names] of Object.entries(files)) await page.locator(`[name="f.${field}"]`).setInputFiles(names.map(file));
  if (act.at) await page.evaluate((at) => { const el = document.getElementById('at'); el.closest('details').open = true; el.value = at; }, act.at);
  return lost;
}

/* Names of fields the browser itself would not send. */
export function invalid(page) {
  return page.evaluate(() => [...document.querySelector('form[data-draft]').elements].filter((el) => el.willValidate && !el.validity.valid).map((el) => `${el.name}: ${el.validationMessage}`));
}

/* Sends the form by its own button and waits for what the server answered. */
export async function submit(page) {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    page.locator('form[data-draft] button[type=submit]').click(),
  ]);
  await page.waitForLoadState('domcontentloaded');
  return answer;
}

/* Goes to the form of a walk's act as its hand would: by the links of the case's page, folded ones unfolded; or by 新建案件 for the first.
   `here`: the page still shows what this hand did last. A publication is prepared on a page of its own (pages.test.mjs goes through it);
   what it drafts is looked at, and then the plain form is opened, whose words and times are the journey's. Resolves with false where no page offers the act. */
export async function openForm(page, site, walk, act, here) {
  const where = walk.where(act.kind), publish = ['publication.proposed', 'publication.redacted'].includes(act.kind);
  if (walk.key === '') await page.goto(`${site.url}/desk/new`);
  else if (!here || !page.url().endsWith(`/desk/cases/${walk.key}`)) await page.goto(`${site.url}/desk/cases/${walk.key}`);
  const link = `a[href$="${publish ? `/desk/cases/${walk.key}/publish` : where}"]`, found = page.locator(`main ${link}`).first();
  if ((await found.count()) === 0) return false;
  const fold = page.locator('main details:not([open])').filter({ has: page.locator(link) });
  if ((await fold.count()) > 0) await fold.first().locator('> summary').click();
  await found.click();
  await page.locator('form[data-draft]').waitFor();
  if (publish) {
    const text = await page.inputValue('[name="f.text"]');
    for (const secret of secrets) if (text.includes(secret)) throw new Error(`the draft of the publication shows ${secret}`);
    await page.goto(site.url + where);
  }
  return true;
}

const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/* What axe-core finds against WCAG 2.2 AA. */
export async function axe(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.map((one) => `${one.id}: ${one.help} — ${one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`);
}
