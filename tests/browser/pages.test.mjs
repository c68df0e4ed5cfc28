// The desk's pages in a real browser, one by one: what a form says of mistakes and refusals, drafts, printing, and what axe-core finds.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeWorld } from '../flow/world.mjs';
import { secrets } from '../journeys/parts.mjs';
import { Walk } from '../journeys/walk.mjs';
import { axe, fillIn, openBrowser, password, signIn, submit } from './people.mjs';

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

describe('the pages themselves', () => {
  let world, walk, page;
  const at = (where) => page.goto(world.site.url + where);
  before(async () => {
    world = await makeWorld('jinghong', { password });
    walk = await new Walk(world, 'jinghong', 'penalty').until('decision.proposed');
    await world.site.user('jiandu', 'supervisor', { agency: world.place.code, password });
    page = await signIn(browser, world.site, 'jinghong.handler');
  });
  after(async () => {
    await page?.context().close();
    await world?.site.remove();
  });

  test('a faulty form shows each mistake beside its field and keeps what was typed', async () => {
    await at(walk.where('decision.proposed'));
    const act = walk.act('decision.proposed');
    await fillIn(page, { ...act, f: { ...act.f, fine: '六千', evidence: '' } });
    await page.evaluate(() => document.querySelector('form[data-draft]').setAttribute('novalidate', ''));
    const answer = await submit(page);
    assert.equal(answer.status(), 422);
    await page.locator('.problem').waitFor();
    const fault = page.locator('.field.has-error');
    assert.deepEqual(await fault.evaluateAll((all) => all.map((one) => one.querySelector('[name]').name).sort()), ['f.evidence', 'f.fine']);
    assert.match(await fault.filter({ has: page.locator('[name="f.fine"]') }).textContent(), /金额读不懂/);
    assert.equal(await page.inputValue('[name="f.fine"]'), '六千');
    assert.equal(await page.inputValue('[name="f.opinion"]'), act.f.opinion);
    assert.ok(await page.isChecked('[name="f.sanctions"][value="罚款"]'));
    assert.deepEqual(await axe(page), []);
  });

  test('a refused act names its clauses and how to mend it, and keeps what was typed', async () => {
    await at(walk.where('closing.proposed'));
    assert.match(await page.locator('.problem').first().textContent(), /现在还不能做这一步/);
    await fillIn(page, walk.act('closing.proposed'));
    const answer = await submit(page);
    assert.equal(answer.status(), 409);
    await page.locator('.problem').first().waitFor();
    const said = await page.locator('.problem').first().textContent();
    assert.match(said, /《云南省行政执法全过程记录办法》第二十条/);
    assert.match(said, /先作出决定/);
    assert.equal(await page.inputValue('[name="f.summary"]'), walk.act('closing.proposed').f.summary);
  });

  test('what was typed comes back after a reload', async () => {
    await at(walk.where('recording.noted'));
    await page.fill('[name="f.content"]', '写到一半断了线。');
    await page.waitForFunction(() => document.querySelector('[data-draft-state]').textContent.includes('草稿已存'));
    page.once('dialog', (dialog) => dialog.accept());
    await page.reload();
    await page.click('text=恢复草稿');
    assert.equal(await page.inputValue('[name="f.content"]'), '写到一半断了线。');
  });

  test('another’s act in between is told, and nothing typed is lost', async () => {
    await at(walk.where('recording.noted'));
    const other = await world.as.second.act(walk.key, 'recording.noted', { about: '摄录重点补充说明', content: '他先办了。' });
    assert.equal(other.status, 201, other.text);
    await fillIn(page, { f: { about: '摄录重点补充说明', content: '我后办。' } });
    const answer = await submit(page);
    assert.equal(answer.status(), 409);
    await page.locator('.problem').first().waitFor();
    assert.match(await page.locator('.problem').first().textContent(), /新的记录/);
    assert.equal(await page.inputValue('[name="f.content"]'), '我后办。');
  });

  test('an act without JavaScript', async () => {
    const plain = await signIn(browser, world.site, 'jinghong.handler', { javaScriptEnabled: false });
    await plain.goto(world.site.url + walk.where('recording.noted'));
    await plain.check('[name="f.about"][value="摄录重点补充说明"]');
    await plain.fill('[name="f.content"]', '没有脚本也能办。');
    await plain.click('form[data-draft] button[type=submit]');
    await plain.waitForURL(`${world.site.url}/desk/cases/${walk.key}`);
    assert.ok((await plain.content()).includes('没有脚本也能办。'));
    await plain.context().close();
  });

  test('a wrong password is told without saying which was wrong', async () => {
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.goto(`${world.site.url}/login`);
    await other.fill('#user', 'jinghong.handler');
    await other.fill('#password', 'bu-shi-zhege-1');
    await other.click('main button[type=submit]');
    await other.locator('.problem').waitFor();
    assert.doesNotMatch(await other.locator('.problem').textContent(), /没有这个用户|口令错误$/);
    assert.equal(await other.inputValue('#password'), '');
    await context.close();
  });

  for (const [name, of] of [['penalty', '执法决定'], ['simple-penalty', '执法决定'], ['licence', '执法决定'], ['inspection', '检查结果'], ['coercion', '强制措施或者执行决定']]) {
    test(`the publishing page of ${name}: what it drafts hides what is personal, and goes to review`, async () => {
      const one = name === 'penalty' ? walk : new Walk(world, 'jinghong', name);
      await one.until('publication.proposed');
      await at(`/desk/cases/${one.key}/publish`);
      for (const no of await page.locator('input[type=radio][value=no]').all()) await no.check();
      const text = await page.inputValue('[name="f.text"]');
      for (const secret of secrets) assert.ok(!text.includes(secret), `the draft shows ${secret}`);
      if (name === 'penalty') assert.deepEqual(await axe(page), []);
      await page.check('[name="f.read"]');
      const answer = await submit(page);
      await page.locator('.case-head, .problem').first().waitFor();
      assert.deepEqual(await page.locator('.problem').allTextContents(), [], String(answer.status()));
      const entries = (await one.document()).json.entries;
      const proposed = Object.fromEntries(entries.find((entry) => entry.kind === 'publication.proposed').fields.map((field) => [field.title, field.text]));
      assert.equal(proposed['公示内容'], of);
      assert.ok(proposed['执法决定'].length > 1, JSON.stringify(proposed));
      assert.ok(entries.some((entry) => entry.kind === 'publication.redacted'));
      one.next = one.acts().findIndex((act) => act.kind === 'publication.reviewed');
    });
  }

  test('printing shows no navigation', async () => {
    await walk.until();
    await at(`/desk/cases/${walk.key}`);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.top-nav').isVisible(), false);
    assert.equal(await page.locator('h1').first().isVisible(), true);
    await page.emulateMedia({ media: 'screen' });
  });
});
