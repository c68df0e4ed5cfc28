// Whole cases in a real browser: every hand signs in through the login form and does its acts through the forms.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { makeWorld, places } from '../flow/world.mjs';
import { journeys } from '../journeys/journey.mjs';
import { secrets } from '../journeys/parts.mjs';
import { Walk } from '../journeys/walk.mjs';
import { fillIn, invalid, openBrowser, password, signIn, submit } from './people.mjs';

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

/* What axe-core finds against WCAG 2.2 AA. */
async function axe(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await (await import('node:fs/promises')).readFile(axeSource, 'utf8'));
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.map((one) => `${one.id}: ${one.help} — ${one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`);
}

for (const placeName of Object.keys(places)) {
  describe(`through the forms in ${placeName}`, () => {
    let world;
    const pages = {};
    const as = async (who) => (pages[who] ??= await signIn(browser, world.site, `${placeName}.${who}`));
    before(async () => { world = await makeWorld(placeName, { password }); });
    after(async () => {
      for (const page of Object.values(pages)) await page.context().close();
      await world?.site.remove();
    });

    for (const name of Object.keys(journeys)) {
      test(name, async () => {
        const walk = new Walk(world, placeName, name);
        for (; walk.next < walk.acts().length; walk.next++) {
          const act = walk.acts()[walk.next], page = await as(act.who), what = `${name}, act ${walk.next} ${act.kind}`;
          await page.goto(world.site.url + walk.where(act.kind));
          assert.deepEqual(await fillIn(page, act), [], `${what}: no place for these`);
          assert.deepEqual(await invalid(page), [], what);
          const title = await page.locator('h1').first().textContent();
          const answer = await submit(page);
          await page.locator('.case-head, .problem').first().waitFor();
          assert.deepEqual(await page.locator('.problem').allTextContents(), [], `${what}: ${answer.status()}`);
          if (walk.key === '') {
            walk.key = new URL(page.url()).pathname.split('/').pop();
            walk.number = (await walk.document()).json.case.number;
          }
          assert.ok(page.url().endsWith(`/desk/cases/${walk.key}`), `${what}: went to ${page.url()}`);
          assert.ok((await page.locator('main').textContent()).includes(title.trim()), `${what}: ${title} is not on the page of the case`);
        }
        assert.equal((await walk.document()).json.case.status, '已归档');
        const stranger = await as('publisher');
        const paper = (await walk.document()).json.papers.find((one) => one.url.startsWith('/publications/'));
        await stranger.goto(world.site.url + paper.url);
        const shown = await stranger.content();
        for (const secret of secrets) assert.ok(!shown.includes(secret), `the publication shows ${secret}`);
      });
    }

    test('no page had a trouble', () => {
      for (const [who, page] of Object.entries(pages)) assert.deepEqual(page.troubles, [], who);
    });
  });
}

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

  for (const [width, height] of [[1280, 900], [390, 844]]) {
    test(`nothing for axe-core to find at ${width} px`, async () => {
      const paper = (await walk.document()).json.papers.find((one) => one.url.startsWith('/publications/'));
      const fresh = await new Walk(world, 'jinghong', 'coercion').until('measure.executed');
      const found = {};
      const look = async (who, wheres) => {
        await who.setViewportSize({ width, height });
        for (const where of wheres) {
          const answer = await who.goto(world.site.url + where);
          const faults = answer.status() === 200 ? await axe(who) : [`${answer.status()}`];
          const wide = await who.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (wide > 0) faults.push(`${wide} px too wide`);
          if (faults.length > 0) found[where] = faults;
        }
      };
      await look(page, ['/desk', '/desk/cases', `/desk/cases/${walk.key}`, `/desk/cases/${fresh.key}`, fresh.where('measure.executed'), fresh.where('recording.made'), '/desk/new', '/desk/new/penalty',
        `/desk/cases/${walk.key}/entries/8`, `/desk/cases/${walk.key}/publish`, '/desk/agencies', '/desk/officers', `/desk/officers/${world.officers.handler}`, '/desk/password', '/desk/sessions']);
      const stranger = await (await browser.newContext()).newPage();
      await look(stranger, ['/', '/publications', paper.url, '/agencies', `/agencies/${world.place.code}`, '/verify', '/rules', '/rules/yn-gs-14', '/login', '/no/such/page'].filter((where) => where !== '/no/such/page'));
      await stranger.context().close();
      const supervisor = await signIn(browser, world.site, 'jiandu');
      await look(supervisor, ['/tower', `/tower/agencies/${world.place.code}`, '/tower/rules', '/tower/conflicts', '/tower/log']);
      await supervisor.context().close();
      assert.deepEqual(found, {});
    });
  }
});
