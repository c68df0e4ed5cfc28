// Whole cases in a real browser: every hand signs in through the login form and does its acts through the forms.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeWorld, places } from '../flow/world.mjs';
import { journeys } from '../journeys/journey.mjs';
import { secrets } from '../journeys/parts.mjs';
import { Walk } from '../journeys/walk.mjs';
import { fillIn, invalid, openBrowser, openForm, password, signIn, submit } from './people.mjs';

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

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
        let last = '';
        for (; walk.next < walk.acts().length; walk.next++) {
          const act = walk.acts()[walk.next], page = await as(act.who), what = `${name}, act ${walk.next} ${act.kind}`;
          assert.ok(await openForm(page, world.site, walk, act, last === act.who), `${what}: no page offers it to ${act.who}`);
          last = act.who;
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
