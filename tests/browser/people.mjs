// A browser with one signed-in person to a context, and hands that fill in a form by the names of its fields.
import { createRequire } from 'node:module';
import { pdf, png } from '../flow/lib.mjs';
import { withFiles } from '../journeys/journey.mjs';

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
