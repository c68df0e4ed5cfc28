// Work with the keyboard alone, and work over a line that breaks: in a real browser, against a real site.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeWorld } from '../flow/world.mjs';
import { Walk } from '../journeys/walk.mjs';
import { openBrowser, password, signIn } from './people.mjs';

let browser, world, walk;
before(async () => {
  browser = await openBrowser();
  world = await makeWorld('jinghong', { password });
  walk = await new Walk(world, 'jinghong', 'penalty').until('decision.proposed');
});
after(async () => {
  await browser?.close();
  await world?.site.remove();
});

/* Presses Tab until the focus stands on what is wanted. Each stop on the way must be seen: a ring or a shadow, and within the window. */
async function reach(page, wanted) {
  const stops = [];
  for (let i = 0; i < 250; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate((what) => {
      const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect(), { body } = document;
      const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
      const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
      return { name: at === body ? 'body' : `${at.localName} ${at.name || at.getAttribute('href') || at.textContent.trim().slice(0, 20)}`, there: at.matches(what), seen: at === body || at.getAttribute('tabindex') === '-1' || (ring && inside) };
    }, wanted);
    assert.ok(stop.seen, `the focus on ${stop.name} is not to be seen`);
    if (stop.there) return;
    stops.push(stop.name);
  }
  assert.fail(`Tab does not lead to ${wanted}: ${[...new Set(stops)].join(', ')}`);
}

test('signing in, finding a case, filling in a form and sending it, with the keyboard alone', async () => {
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' }), page = await context.newPage(), keys = page.keyboard;
  await page.goto(`${world.site.url}/login`);
  await reach(page, '#user');
  await keys.type('jinghong.handler');
  await reach(page, '#password');
  await keys.type(password);
  await keys.press('Enter');
  await page.waitForURL(`${world.site.url}/desk`);

  await keys.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip', 'the first stop leads past the menu');
  await keys.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');

  await keys.press('Shift+Tab');
  await page.evaluate(() => document.activeElement.blur());
  await reach(page, '.top-nav a[href="/desk/cases"]');
  await keys.press('Enter');
  await page.locator('[data-search]').waitFor();
  await keys.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await keys.type('食品');
  await keys.press('Enter');
  await page.waitForURL(/q=/);
  await page.locator('[data-item]').first().waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await keys.press('j');
  await keys.press('Enter');
  await page.waitForURL(`${world.site.url}/desk/cases/${walk.key}`);

  const where = walk.where('recording.noted');
  const folded = await page.locator('main details:not([open])').filter({ has: page.locator(`a[href="${where}"]`) }).count();
  if (folded > 0) {
    await reach(page, `details:has(a[href="${where}"]) > summary`);
    await keys.press('Enter');
  }
  await reach(page, `main a[href="${where}"]`);
  await keys.press('Enter');
  await page.locator('form[data-draft]').waitFor();
  await reach(page, '[name="f.about"]');
  await keys.press('Space');
  const chosen = () => page.evaluate(() => new FormData(document.querySelector('form[data-draft]')).get('f.about'));
  for (let i = 0; i < 8 && (await chosen()) !== '摄录重点补充说明'; i++) await keys.press('ArrowDown');
  assert.equal(await chosen(), '摄录重点补充说明');
  await reach(page, '[name="f.content"]');
  await keys.type('只用键盘也能办。');
  await reach(page, 'form[data-draft] button[type="submit"]');
  await keys.press('Enter');
  await page.locator('.case-main, .problem').first().waitFor();
  assert.deepEqual(await page.locator('.problem').allTextContents(), []);
  assert.match(await page.locator('.case-main').textContent(), /只用键盘也能办。/);
  await context.close();
});

test('what was typed outlives a line that breaks: sent in vain, the page lost, typed words back, sent', async () => {
  const page = await signIn(browser, world.site, 'jinghong.second'), where = world.site.url + walk.where('recording.noted');
  await page.goto(where);
  await page.context().setOffline(true);
  await page.check('[name="f.about"][value="摄录重点补充说明"]');
  await page.fill('[name="f.content"]', '线断了，字还在。');
  await page.click('form[data-draft] button[type=submit]');
  await page.waitForFunction(() => document.getElementById('say').textContent.includes('没有连上服务器'));
  assert.equal(await page.inputValue('[name="f.content"]'), '线断了，字还在。', 'a sending in vain leaves the form as it was');
  page.on('dialog', (dialog) => dialog.accept());
  await page.reload().catch(() => {}); // nobody answers: the page is gone
  await page.context().setOffline(false);
  await page.goto(where);
  assert.equal(await page.inputValue('[name="f.content"]'), '');
  await page.click('text=恢复草稿');
  assert.equal(await page.inputValue('[name="f.content"]'), '线断了，字还在。');
  assert.ok(await page.isChecked('[name="f.about"][value="摄录重点补充说明"]'));
  await page.click('form[data-draft] button[type=submit]');
  await page.waitForURL(`${world.site.url}/desk/cases/${walk.key}`);
  await page.locator('.case-main').waitFor();
  assert.equal((await page.locator('.case-main').textContent()).split('线断了，字还在。').length, 2, 'recorded once');
  await page.goto(where);
  assert.equal(await page.locator('text=恢复草稿').count(), 0, 'what was sent is no draft any more');
  assert.deepEqual(page.troubles.filter((one) => !/ERR_INTERNET_DISCONNECTED|^htmx:/.test(one)), []);
  await page.context().close();
});
