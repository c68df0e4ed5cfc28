// The pages' script, in a real browser over the example pages: drafts, rows, signatures, files, keys, leaving.
// SANZHI_PREVIEW (the build's template-preview) and SANZHI_ASSETS (what tools/assets.sh made) say where things are.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { browse, serve } from '../../tools/preview/serve.mjs';

const { SANZHI_PREVIEW: program, SANZHI_ASSETS: assets } = process.env;
const skip = program && assets ? false : 'SANZHI_PREVIEW and SANZHI_ASSETS are not set';
let server, browser, close, page;
let answer = { name: 'desk/case', status: 200 };
let sent = '';

before(async () => {
  if (skip) return;
  server = await serve(program, assets, (body) => { sent = body; return answer; });
  ({ browser, close } = await browse());
});
after(async () => {
  if (skip) return;
  await close();
  server.close();
});
beforeEach(async () => {
  if (skip) return;
  if (page) await page.close();
  page = await browser.newPage();
  await page.goto(`${server.base}/page/desk/work`);
  await page.evaluate(() => localStorage.clear());
});
const open = async (name) => { await page.goto(`${server.base}/page/${name}`); await page.waitForLoadState('networkidle'); };
const drafts = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('sanzhi.draft.')));
const aim = (form = 'form.form') => page.evaluate((what) => { document.querySelector(what).setAttribute('novalidate', ''); }, form);

test('what was typed is kept and comes back after the page was lost', { skip }, async () => {
  await open('desk/act');
  await page.fill('[name="f.findings"]', '柜内另有火腿 12 根。');
  await page.check('[name="f.checklist"][value="其他"]');
  await page.fill('[name="f.items.1.name"]', '火腿');
  await page.click('[data-grid-add]');
  await page.fill('[name="f.items.2.name"]', '面包');
  await page.waitForFunction(() => document.querySelector('[data-draft-state]').textContent.includes('草稿已存'));
  assert.equal((await drafts()).length, 1);
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  assert.ok(!kept.includes('c3JmLXRva2Vu'), 'the token is not kept');
  page.on('dialog', (dialog) => dialog.accept());
  await open('desk/act');
  await page.click('text=恢复草稿');
  assert.equal(await page.inputValue('[name="f.findings"]'), '柜内另有火腿 12 根。');
  assert.equal(await page.inputValue('[name="f.items.2.name"]'), '面包');
  assert.ok(await page.isChecked('[name="f.checklist"][value="其他"]'));
});

test('a draft that is not wanted goes', { skip }, async () => {
  await open('desk/act');
  await page.fill('[name="f.findings"]', '改过。');
  await page.waitForFunction(() => Object.keys(localStorage).length > 0);
  page.on('dialog', (dialog) => dialog.accept());
  await open('desk/act');
  await page.click('text=不要了');
  assert.deepEqual(await drafts(), []);
});

test('a draft goes once its form was accepted, and stays where it was refused', { skip }, async () => {
  await open('desk/act');
  await page.fill('[name="f.findings"]', '改过。');
  await aim();
  answer = { name: 'desk/act', status: 422 };
  await page.click('text=提交并记入案卷');
  await page.waitForFunction(() => document.querySelector('.problem'));
  assert.equal((await drafts()).length, 1);
  await open('desk/act');
  await page.fill('[name="f.findings"]', '再改。');
  await aim();
  answer = { name: 'desk/case', status: 200 };
  await page.click('text=提交并记入案卷');
  await page.waitForSelector('.rail');
  await page.waitForFunction(() => Object.keys(localStorage).length === 0);
  assert.match(sent, /name="f\.findings"\r\n\r\n再改。/);
  assert.match(sent, /name="expect"\r\n\r\n21/);
});

test('rows are added, numbered and removed', { skip }, async () => {
  await open('desk/act');
  await page.click('[data-grid-add]');
  assert.equal(await page.locator('[data-grid] tbody tr').count(), 3);
  assert.equal(await page.getAttribute('[data-grid] tbody tr:nth-child(3) input', 'name'), 'f.items.2.name');
  assert.equal(await page.getAttribute('[data-grid] tbody tr:nth-child(3) input', 'aria-label'), '名称，第 3 行');
  await page.click('[data-grid] tbody tr:nth-child(1) [data-grid-remove]');
  assert.equal(await page.getAttribute('[data-grid] tbody tr:nth-child(1) input', 'name'), 'f.items.0.name');
  assert.equal(await page.inputValue('[name="f.items.0.name"]'), '');
  for (let i = 0; i < 4; i++) await page.click('[data-grid] tbody tr:nth-child(1) [data-grid-remove]');
  assert.equal(await page.locator('[data-grid] tbody tr').count(), 1, 'one row always stays');
});

test('a signature becomes a picture in the form, and can be written anew', { skip }, async () => {
  await open('desk/act');
  const canvas = page.locator('[data-sign-pad] canvas');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + 30, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 150, box.y + 90, { steps: 8 });
  await page.mouse.up();
  assert.match(await page.inputValue('[name="f.signature.image"]'), /^data:image\/png;base64,/);
  assert.match(await page.inputValue('[name="f.signature.at"]'), /^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  await page.click('[data-sign-clear]');
  assert.equal(await page.inputValue('[name="f.signature.image"]'), '');
});

test('chosen files are listed', { skip }, async () => {
  await open('desk/act');
  await page.setInputFiles('[name="f.report"]', [{ name: '照片一.png', mimeType: 'image/png', buffer: Buffer.alloc(3000) }, { name: '录像.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(2097152) }]);
  assert.deepEqual(await page.locator('[data-drop-list] li').allTextContents(), ['照片一.png（3 KB）', '录像.mp4（2.0 MB）']);
});

test('keys: search, lists, help', { skip }, async () => {
  await open('desk/cases');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.keyboard.type('jk?');
  assert.equal(await page.inputValue('#q'), 'jk?');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  assert.equal(await page.locator('[data-item].is-picked .c-number').textContent().then((t) => t.includes('402')), true);
  await page.keyboard.press('k');
  assert.equal(await page.locator('[data-item].is-picked .c-number').textContent().then((t) => t.includes('118')), true);
  await page.keyboard.press('?');
  assert.ok(await page.isVisible('#keys'));
});

test('leaving with something unsaved asks first', { skip }, async () => {
  await open('desk/act');
  await page.fill('[name="f.findings"]', '没交。');
  let asked = '';
  page.on('dialog', (dialog) => { asked = dialog.message(); dialog.dismiss(); });
  await page.click('nav.top-nav >> text=我的工作');
  await page.waitForTimeout(300);
  assert.match(asked, /没提交/);
  assert.match(page.url(), /desk\/act$/);
});
