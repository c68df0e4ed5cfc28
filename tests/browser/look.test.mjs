// Every page that a hand of the sample year can open, at the width of a desk and of a telephone: nothing for axe-core to find, nothing wider than the screen,
// no fault in the console. With LOOK=DIR pictures are kept there, to be looked at.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, Site } from '../flow/lib.mjs';
import { axe, openBrowser } from './people.mjs';

const widths = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const sample = 'Banna-Dehong-Chuxiong-2026';
let browser, site, found;

async function enter(user, size) {
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: widths[size], isMobile: size === 'phone', hasTouch: size === 'phone', deviceScaleFactor: 1 });
  const page = await context.newPage();
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error' && !/status of (4\d\d|503)/.test(message.text())) page.troubles.push(message.text()); });
  if (user) {
    await page.goto(`${site.url}/login`);
    await page.fill('#user', user);
    await page.fill('#password', sample);
    await page.click('main button[type=submit]');
    await page.waitForURL(`${site.url}/desk`);
  }
  return page;
}

/* Cases and things of the sample year that pages are about. */
async function gather() {
  const as = async (user) => new Client(site, (await site.cli('user', 'token', user, '--title', '看页面')).stdout.trim());
  const handler = await as('jinghong.chengban'), publisher = await as('jinghong.gongshi');
  const { cases } = (await handler.get('/desk/cases')).json;
  const pages = [];
  for (const one of cases) pages.push((await handler.get(one.url)).json);
  const richest = pages.sort((a, b) => b.duties.length + b['entry-count'] - a.duties.length - a['entry-count'])[0];
  const published = (await publisher.get('/publications')).json.publications, withdrawn = published.find((one) => one.withdrawn) ?? published[0];
  const officers = (await handler.get('/desk/officers')).json, agencies = (await handler.get('/desk/agencies')).json;
  const first = (doc, part) => JSON.stringify(doc).match(new RegExp(`${part}/[^"/?]+`))?.[0];
  const open = pages.find((one) => one.next?.length > 0) ?? richest;
  const act = JSON.stringify(open).match(/\/desk\/cases\/[^"]+\/acts\/[a-z.-]+/)?.[0];
  const all = { richest: `/desk/cases/${richest.key}`, act, publication: published.find((one) => !one.withdrawn).url, withdrawn: withdrawn.url, officer: first(officers, '/desk/officers'),
    agency: first(agencies, '/desk/agencies'), tower: (await (await as('sifa.xishuangbanna')).get('/tower')).json.agencies[0].url, entry: `/desk/cases/${richest.key}/entries/1`, publish: `/desk/cases/${richest.key}/publish`, proof: JSON.stringify(richest).match(/\/p\/\d+/)?.[0] };
  for (const what of Object.keys(all)) if (what !== 'proof') assert.ok(all[what], `${what}: not found`);
  return all;
}

before(async () => {
  browser = await openBrowser();
  site = await Site.demo({ cases: 60 });
  await site.serve();
  found = await gather();
});
after(async () => {
  await browser?.close();
  await site?.remove();
});

const tours = {
  stranger: { user: null, where: () => ['/', '/publications', `/publications?q=${encodeURIComponent('食品')}`, '/publications?q=zzzz', found.publication, found.withdrawn, '/agencies', found.agency.replace('/desk', ''),
    '/rules', '/rules?instrument=yn-gs', '/rules/yn-gs-14', '/verify', '/login', '/no-such-page', ...(found.proof ? [found.proof] : [])] },
  handler: { user: 'jinghong.chengban', where: () => ['/desk', '/desk/cases', `/desk/cases?q=${encodeURIComponent('食品')}`, '/desk/cases?q=zzzz', '/desk/cases?late=late', '/desk/new', '/desk/new/penalty', '/desk/new/licence', found.richest,
    found.act, found.entry, found.publish, '/desk/officers', found.officer, '/desk/agencies', '/desk/password', '/desk/sessions', '/desk/tokens', '/desk/totp', '/desk/cases/no-such-case', '/tower'] },
  supervisor: { user: 'sifa.xishuangbanna', where: () => ['/desk', '/tower', found.tower, '/tower/rules', '/tower/rules?instrument=bn-sh', '/tower/conflicts', '/tower/log', '/desk/cases', found.richest] },
  administrators: { user: 'anquan', where: () => ['/desk', '/desk/users', '/desk/users/jinghong.chengban', '/desk/agencies', found.agency, '/tower/log'] },
};

for (const size of Object.keys(widths))
  describe(`at the width of a ${size}`, () => {
    for (const [name, tour] of Object.entries(tours))
      test(name, async () => {
        const page = await enter(tour.user, size), wrong = [];
        for (const where of tour.where()) {
          const answer = await page.goto(site.url + where);
          if (answer.status() >= 500) wrong.push(`${where}: ${answer.status()}`);
          for (const one of await axe(page)) wrong.push(`${where}: ${one}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (wide > 0) wrong.push(`${where}: ${wide} px wider than the screen`);
          if (process.env.LOOK) {
            await mkdir(process.env.LOOK, { recursive: true });
            await page.screenshot({ path: path.join(process.env.LOOK, `${size}-${name}-${tour.where().indexOf(where)}.png`), fullPage: true });
          }
        }
        assert.deepEqual(wrong, []);
        assert.deepEqual(page.troubles, []);
        await page.context().close();
      });
  });
