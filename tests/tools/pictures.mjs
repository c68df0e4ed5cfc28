// Takes the README's pictures from the sample year: node tests/tools/pictures.mjs URL [OUTPUT]. The site must be made by `sanzhi demo`.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';

const base = process.argv[2] ?? 'http://127.0.0.1:8080';
const out = process.argv[3] ?? 'docs/pictures';
const password = process.env.SANZHI_DEMO_PASSWORD ?? 'Banna-Dehong-Chuxiong-2026';
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
await mkdir(out, { recursive: true });

async function page(user, width = 1280, height = 860) {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const tab = await context.newPage();
  if (user) {
    await tab.goto(`${base}/login`);
    await tab.fill('#user', user);
    await tab.fill('#password', password);
    await tab.click('form button[type=submit]:has-text("登录")');
    await tab.waitForURL(/\/(desk|tower)/);
  }
  return tab;
}

async function shot(tab, name) {
  await tab.waitForLoadState('networkidle');
  await tab.screenshot({ path: path.join(out, `${name}.png`) });
}

// The case that has most to show: duties under way, and a long record.
async function richest(tab) {
  await tab.goto(`${base}/desk/cases`);
  const links = await tab.$$eval('td.c-title a', (all) => all.map((a) => a.getAttribute('href')));
  let best = null;
  for (const link of links) {
    await tab.goto(base + link);
    const score = 20 * Math.min(3, await tab.locator('article.duty').count()) + await tab.locator('li.entry').count();
    if (best === null || score > best.score) best = { link, score };
  }
  return best.link;
}

const desk = await page('jinghong.chengban');
await desk.goto(`${base}/desk`);
await shot(desk, 'work');
const link = await richest(desk);
await desk.goto(base + link);
await shot(desk, 'case');
await desk.goto(`${base + link}/acts/inquiry.questioned`);
await shot(desk, 'act');
const phone = await page('jinghong.chengban', 390, 844);
await phone.goto(base + link);
await shot(phone, 'phone');
const tower = await page('sifa.xishuangbanna');
await tower.goto(`${base}/tower`);
await shot(tower, 'tower');
const portal = await page(null);
await portal.goto(`${base}/publications`);
await shot(portal, 'portal');
await browser.close();
