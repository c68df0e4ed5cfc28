// Searching: the same cases however they are asked for, on either engine, and every case that bears the words.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, Site } from './lib.mjs';

let site, as;
before(async () => {
  site = await Site.demo({ cases: 60 });
  await site.serve();
  const client = async (user) => new Client(site, (await site.cli('user', 'token', user, '--title', '查找')).stdout.trim());
  as = { province: await client('sifa.yunnan'), handler: await client('jinghong.chengban') };
});
after(() => site?.remove());

async function all(client, query, limit) {
  const found = [];
  for (let before = '', pages = 0; pages < 200; pages++) {
    const page = (await client.get(`/desk/cases?${new URLSearchParams({ ...query, limit, ...(before && { before }) })}`)).json;
    found.push(...page.cases);
    if (page.next === null) return found;
    before = page.next;
  }
  assert.fail('pages without end');
}
const keys = (cases) => cases.map((one) => one.key);

for (const who of ['province', 'handler'])
  for (const q of ['公司', '有限公司', '云', '市场监督', '无此字词'])
    test(`${who}: ${q}`, async () => {
      const listed = await all(as[who], {}, 100), found = await all(as[who], { q }, 100);
      assert.deepEqual(keys(await all(as[who], { q }, 2)), keys(found));
      assert.deepEqual(keys(found), keys(listed).filter((key) => keys(found).includes(key)), 'newest first, each once, none that the list does not have');
      for (const one of listed) if (`${one.number}\n${one.title}\n${one.party}`.includes(q)) assert.ok(keys(found).includes(one.key), `${one.title} is not found`);
      if (q === '无此字词') assert.equal(found.length, 0);
      else if (who === 'province') assert.ok(found.length > 0);
      const { agency } = listed.at(-1);
      assert.deepEqual(keys(await all(as[who], { q, agency }, 3)), keys(found.filter((one) => one.agency === agency)));
    });

test('dates and stage go on to the next page', async () => {
  const archived = (await all(as.province, { q: '公司', stage: 'archive' }, 100)).map((one) => one.opened);
  assert.ok(archived.length > 1);
  const asked = { q: '公司', from: archived.at(-1), to: archived[0], stage: 'archive' };
  const page = (await as.province.get(`/desk/cases?${new URLSearchParams({ ...asked, limit: '1' })}`)).json;
  assert.equal(page.cases.length, 1);
  const next = new URL(page['next-url'], site.url).searchParams;
  for (const [name, value] of Object.entries(asked)) assert.equal(next.get(name), value, name);
  assert.equal((await all(as.province, asked, 1)).length, archived.length);
  const turned = { ...asked, from: '2026-12-31', to: '2020-01-01' }; // the days between the two, whichever was given first
  assert.equal((await all(as.province, turned, 100)).length, archived.length);
});
