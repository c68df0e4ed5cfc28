// The desk's pages in a real browser, one by one: what a form says of mistakes and refusals, drafts, printing, and what axe-core finds.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeWorld } from '../flow/world.mjs';
import { $file, secrets } from '../journeys/parts.mjs';
import { Walk } from '../journeys/walk.mjs';
import { axe, fillIn, openBrowser, password, signIn, submit } from './people.mjs';

/* GB 32100: the last character of a code. */
function lastOf(code) {
  const set = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const sum = [...code].reduce((total, c, i) => total + set.indexOf(c) * (3 ** i % 31), 0);
  return set[(31 - (sum % 31)) % 31];
}

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
    /* By keyboard: the problem has the focus, and its first link leads to the field. */
    await page.waitForFunction(() => document.activeElement.className === 'problem');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.name?.startsWith('f.'));
    assert.match(await page.evaluate(() => document.activeElement.name), /^f\.(evidence|fine)$/);
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

  test('a session that ended in the middle of a form: the way back to the form, with its words', async () => {
    const other = await signIn(browser, world.site, 'jinghong.handler');
    await other.goto(world.site.url + walk.where('recording.noted'));
    await other.check('[name="f.about"][value="摄录重点补充说明"]');
    await other.fill('[name="f.content"]', '写着写着登录到期了。');
    await other.context().clearCookies();
    assert.equal((await submit(other)).status(), 401);
    await other.click('text=登录后继续');
    await other.fill('#user', 'jinghong.handler');
    await other.fill('#password', password);
    await other.click('main button[type=submit]');
    await other.waitForURL(world.site.url + walk.where('recording.noted'));
    await other.click('text=恢复草稿');
    assert.equal(await other.inputValue('[name="f.content"]'), '写着写着登录到期了。');
    await other.context().close();
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
    assert.doesNotMatch(await other.locator('.problem').textContent(), /没有这个用户|密码错误$/);
    assert.match(await other.locator('.problem').textContent(), /用户名或者密码不对/, 'in the words of the form’s own labels');
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

  test('a name of two hundred characters neither stretches its row of the list nor squeezes the columns beside it', async () => {
    const { f } = walk.act('source.registered');
    const opened = await world.as.handler.post('/desk/new/penalty', { f: { title: '长'.repeat(200), source: f.source, received: f.received, content: f.content, party: { ...f.party, name: '名'.repeat(200) } } });
    assert.equal(opened.status, 201, opened.text);
    for (const [width, tallest] of [[1280, 160], [390, 330]]) {
      await page.setViewportSize({ width, height: 900 });
      await at('/desk/cases');
      const row = page.locator('.cases tbody tr', { hasText: '长长长' });
      assert.ok((await row.boundingBox()).height <= tallest, `${width}: ${(await row.boundingBox()).height}`);
      const hand = row.locator('.c-hand > span').first();
      assert.equal(await hand.evaluate((el) => el.getClientRects().length), 1, 'the handler’s name is broken');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('printing shows no navigation', async () => {
    await walk.until();
    await at(`/desk/cases/${walk.key}`);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.top-nav').isVisible(), false);
    assert.equal(await page.locator('h1').first().isVisible(), true);
    await page.emulateMedia({ media: 'screen' });
  });
});

describe('what an agency discloses beforehand', () => {
  let world, page;
  before(async () => {
    world = await makeWorld('jinghong', { password });
    page = await signIn(browser, world.site, 'jinghong.publisher');
  });
  after(async () => {
    await page?.context().close();
    await world?.site.remove();
  });

  const open = async (title) => {
    await page.goto(`${world.site.url}/desk/agencies/${world.place.code}`);
    await page.locator('main a.btn', { hasText: title }).first().click();
    await page.locator('form[data-draft]').waitFor();
  };
  const send = async () => {
    await submit(page);
    await page.locator('#lists, .problem').first().waitFor();
    assert.deepEqual(await page.locator('.problem').allTextContents(), []);
  };

  test('an item written by columns waits, is published, and stands on the portal under its columns; changed, it waits again', async () => {
    const stranger = await (await browser.newContext()).newPage(), portal = `${world.site.url}/agencies/${world.place.code}`;
    const shown = async () => {
      await stranger.goto(portal);
      return stranger.locator('#list-remedies').textContent();
    };
    await open('清单条目新增或者修改');
    await page.selectOption('[name="f.list"]', { label: '救济渠道' });
    await page.fill('[name="f.item"]', '1');
    const list = (await world.as.publisher.get(`/desk/agencies/${world.place.code}`)).json.lists.find((one) => one.title === '救济渠道'), [first, second] = list.columns.split('；');
    await page.fill('[name="f.values"]', `${first}：行政复议\n${second}：景洪市人民政府，\n六十日内提出`);
    await send();
    assert.match(await page.locator('tr:has(a:text-is("救济渠道"))').textContent(), /1 条待公示/);
    assert.match(await shown(), /还没有公开/);

    await open('公示事前信息');
    await page.selectOption('[name="f.lists"]', { label: '救济渠道' });
    await page.check('[name="f.channels"][value="本单位网站"]');
    await page.fill('[name="f.published-at"]', '2026-11-20T10:00');
    await page.fill('[name="f.reviewed-by"]', '周正');
    await page.fill('[name="f.approved-by"]', '罗平');
    await send();
    assert.doesNotMatch(await page.locator('tr:has(a:text-is("救济渠道"))').textContent(), /待公示/);
    const text = await shown();
    assert.match(text, new RegExp(`${first}[\\s\\S]*行政复议[\\s\\S]*景洪市人民政府，\\s*六十日内提出`));

    await open('清单条目新增或者修改');
    await page.selectOption('[name="f.list"]', { label: '救济渠道' });
    await page.fill('[name="f.item"]', '1');
    await page.fill('[name="f.values"]', `${first}：行政诉讼`);
    await send();
    assert.match(await page.locator('tr:has(a:text-is("救济渠道"))').textContent(), /1 条待公示/);
    assert.doesNotMatch(await shown(), /行政诉讼/);
    await stranger.context().close();
  });
});

describe('registers through their forms', () => {
  let world;
  before(async () => { world = await makeWorld('jinghong', { password }); });
  after(() => world?.site.remove());

  test('the system administrator registers an agency and an officer of it, and finds both', async () => {
    await world.site.user('guanli', 'system-admin', { password });
    const page = await signIn(browser, world.site, 'guanli'), form = page.locator('form[data-draft]');
    await page.click('.top-nav a[href="/desk/agencies"]');
    await page.click('text=登记机关');
    await form.waitFor();
    await fillIn(page, { f: { name: '景洪市农业农村局', uscc: '11532801015180999X', abbreviation: '景农', division: '532801', level: '县市区', kind: '行政机关', acts: ['处罚', '检查'], head: '岩应', phone: '0691-2130000', 'supervision-phone': '0691-2130001', parent: world.place.code } });
    await submit(page);
    await page.locator('.problem').waitFor();
    assert.match(await page.locator('.problem').textContent(), /信用代码/, 'a wrong last character is told');
    assert.equal(await page.inputValue('[name="f.name"]'), '景洪市农业农村局');
    await page.fill('[name="f.uscc"]', '11532801015180999' + lastOf('11532801015180999'));
    await submit(page);
    await page.locator('h1', { hasText: '景洪市农业农村局' }).waitFor();

    await page.click('.top-nav a[href="/desk/officers"]');
    await page.click('text=登记证件');
    await form.waitFor();
    await page.selectOption('[name="f.agency"]', { label: '景洪市农业农村局' });
    await fillIn(page, { f: { name: '玉罕', number: '532801099', unit: '执法大队', acts: ['检查'], area: '532801', 'valid-from': '2025-01-01', 'valid-until': '2030-01-01', photo: $file('照片.png') } });
    await submit(page);
    await page.locator('h1, .problem').first().waitFor();
    assert.deepEqual(await page.locator('.problem').allTextContents(), []);
    await page.locator('h1', { hasText: '玉罕' }).waitFor();
    assert.match(await page.locator('main').textContent(), /532801099[\s\S]*景洪市农业农村局/);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });
});
