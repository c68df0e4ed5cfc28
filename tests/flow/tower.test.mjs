// What a supervisor sees: who is late, agency by agency, only within the own area, and each figure to be followed to its case.
// shows: jd-1, jd-2, cx-fa-2.2.3, cx-fa-2.3.2, cx-fa-2.4.1, yn-gs-5, yn-jl-8
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, Site } from './lib.mjs';

const html = { accept: 'text/html' };
let site, as;
before(async () => {
  site = await Site.demo({ cases: 60 });
  await site.serve();
  const client = async (user) => new Client(site, (await site.cli('user', 'token', user, '--title', '监督')).stdout.trim());
  as = { province: await client('sifa.yunnan'), banna: await client('sifa.xishuangbanna'), chuxiong: await client('sifa.chuxiong'), handler: await client('jinghong.chengban') };
});
after(() => site?.remove());

test('the overview counts what is late by agency, and the whole is the sum of its parts', async () => {
  const page = await as.province.get('/tower');
  assert.equal(page.status, 200, page.text);
  const { totals, agencies } = page.json;
  assert.ok(agencies.length >= 12);
  for (const what of ['late', 'amber', 'open', 'cases']) assert.equal(agencies.reduce((sum, one) => sum + Number(one[what]), 0), Number(totals[what]), what);
  assert.ok(Number(totals.cases) > 0 && Number(totals.late) > 0, JSON.stringify(totals));
  const late = agencies.map((one) => Number(one.late));
  assert.deepEqual(late, [...late].sort((a, b) => b - a), 'who is most late stands first');
});

test('among more agencies than a page holds one is found by its name, and the pages go on', async () => {
  const all = (await as.province.get('/tower')).json;
  assert.equal(all.many, false);
  assert.equal(all['next-url'], null);
  const found = (await as.province.get(`/tower?q=${encodeURIComponent('景洪')}`)).json;
  assert.ok(found.agencies.length > 0 && found.agencies.length < all.agencies.length);
  for (const one of found.agencies) assert.ok((one.name + one['area-name']).includes('景洪'), one.name);
  assert.deepEqual(found.totals, all.totals, 'the whole stays the whole');
  const none = await as.province.get('/tower?page=7', html);
  assert.equal(none.status, 200);
  assert.ok(none.text.includes('没有这样的机关'));
});

test('a case that is closed is no longer under way', async () => {
  const { agencies } = (await as.province.get('/tower')).json, one = agencies.find((agency) => agency.name === '景洪市市场监督管理局');
  let under = 0, all = 0;
  for (let where = '/desk/cases?limit=100'; where; ) {
    const page = (await as.handler.get(where)).json;
    all += page.cases.length;
    for (const each of page.cases) under += (await as.handler.get(each.url)).json.case.status.match(/^(已结案|已归档)$/) ? 0 : 1;
    where = page['next-url'];
  }
  assert.ok(all > under && under > 0, `${all} cases, ${under} under way`);
  assert.equal(Number(one.cases), under);
});

test('who holds a publication to be wrong is led to how its agency is reached', async () => {
  const stranger = new Client(site), [one] = (await stranger.get('/publications')).json.publications;
  const shown = (await stranger.get(one.url, html)).text, [, path, part] = shown.match(/href="(\/agencies\/\w+)#(\w+)">认为内容有错/), page = await stranger.get(path, html);
  assert.equal(page.status, 200);
  assert.match(page.text.slice(page.text.indexOf(`id="${part}"`)), /^id="facts"[\s\S]*联系电话[\s\S]*监督电话/);
});

test('what an agency owes late stands on its page, with its cases', async () => {
  const worst = (await as.province.get('/tower')).json.agencies[0];
  const page = (await as.province.get(worst.url)).json;
  assert.equal(page.agency.name, worst.name);
  const duties = Object.values(page.duties ?? {}).flat().filter((one) => typeof one === 'object');
  const text = JSON.stringify(page);
  assert.ok(text.includes('/desk/cases/'), 'no way to a case');
  assert.ok(duties.length > 0);
  for (const ground of page.grounds) assert.ok(ground.cite && ground.evidence.length > 0, ground.title);
});

test('what an agency itself owes stands on the supervisor’s page and on its own: the yearly report, the hearing room its place asks for', async () => {
  const { agencies } = (await as.chuxiong.get('/tower')).json, room = '建设听证室，配备音像记录设备';
  const owed = async (name) => (await as.chuxiong.get(agencies.find((one) => one.name === name).url)).json;
  const without = await owed('禄丰市市场监督管理局'), having = await owed('楚雄市城市管理局');
  const late = without.own.find((one) => one.title === room);
  assert.deepEqual([late.standing, late['limit-text']], ['late', '立即']);
  assert.match(late.cite, /楚雄州全面推行/);
  assert.ok(having.own.length > 0 && !having.own.some((one) => one.title === room), JSON.stringify(having.own));
  assert.ok(having.own.some((one) => one.title.includes('年度')), JSON.stringify(having.own.map((one) => [one.title, one.standing])));
  const due = without.own.map((one) => one.due);
  assert.deepEqual(due, [...due].sort((a, b) => a - b), 'the most urgent first');
  const page = await as.chuxiong.get(`/tower/agencies/${without.agency.url.split('/').pop()}`, html);
  assert.equal(page.status, 200);
  assert.match(page.text, /机关自己应办[\s\S]*建设听证室/);
  const own = await as.chuxiong.get(without.agency.url, html);
  assert.equal(own.status, 200, own.text);
  assert.match(own.text, /机关应办[\s\S]*建设听证室/);
  assert.match(own.text, /执法领域[\s\S]*市场监管/);
  const stranger = (await as.handler.get(without.agency.url)).json; // of another prefecture
  assert.deepEqual(stranger.duties, []);
});

test('where a rule wants a share of legal reviewers, an agency shows whether it has them', async () => {
  const [one] = (await as.chuxiong.get('/tower')).json.agencies, [other] = (await as.banna.get('/tower')).json.agencies;
  const { staff } = (await as.chuxiong.get(one.url)).json, [, officers, reviewers, needed] = staff.text.match(/执法人员 (\d+) 名，法制审核人员 (\d+) 名，至少应有 (\d+) 名/).map(Number);
  assert.ok(officers > 0 && reviewers > 0, staff.text);
  assert.equal(needed, Math.max(1, Math.ceil(officers * 0.05)));
  assert.equal(staff.short, reviewers < needed);
  assert.match(staff.cite, /楚雄/);
  assert.equal((await as.banna.get(other.url)).json.staff, null, 'no rule of 西双版纳 sets a share');
  assert.ok((await as.chuxiong.get(one.url, html)).text.includes(staff.text));
});

test('a prefecture sees its own agencies, and no other', async () => {
  const banna = (await as.banna.get('/tower')).json.agencies, chuxiong = (await as.chuxiong.get('/tower')).json.agencies;
  assert.ok(banna.some((one) => one.name === '景洪市市场监督管理局'));
  assert.ok(chuxiong.some((one) => one.name.includes('工业和信息化局')));
  assert.deepEqual(banna.filter((one) => chuxiong.some((other) => other.url === one.url)), []);
  for (const one of chuxiong) assert.notEqual((await as.banna.get(one.url)).status, 200, one.name);
  assert.equal((await as.handler.get('/tower')).status, 403);
});

test('rules, differences and the log are there for everybody whom they concern', async () => {
  const rules = (await as.banna.get('/tower/rules')).json;
  assert.ok(rules.instruments.length >= 20);
  const one = (await as.banna.get(rules.instruments.find((instrument) => instrument.title.includes('西双版纳')).url)).json.instrument;
  assert.ok(one.clauses.length >= 10, `${one.title}: ${one.clauses.length}`);
  for (const clause of one.clauses) assert.ok(clause.cite && clause.text, JSON.stringify(clause));
  const conflicts = (await as.banna.get('/tower/conflicts')).json.conflicts;
  assert.ok(conflicts.some((conflict) => conflict.lower.cite.includes('楚雄州工业和信息化局') && conflict['governs-cite'].includes('云南省')));
  const log = (await as.banna.get('/tower/log')).json;
  assert.ok(Number(String(log.size).replaceAll(',', '')) > 500 && log.checkpoint.split('\n').length > 4);
  for (const where of ['/tower', '/tower/rules', '/tower/conflicts', '/tower/log']) assert.equal((await as.banna.get(where, html)).status, 200, where);
});

test('what an agency records is with those above it at once', async () => {
  const count = async () => Number((await as.province.get('/tower')).json.agencies.find((one) => one.name === '景洪市市场监督管理局').cases);
  const before = await count();
  const opened = await as.handler.post('/desk/new/penalty', { f: {
    title: '岩罕销售超过保质期食品案', source: '投诉举报', received: new Date(Date.now() - 3600_000).toISOString(), provider: '12315平台', content: '反映该店出售过期食品。',
    party: { type: '公民', name: '岩罕' }, division: '532801', 'act-kind': '处罚', 'decided-as': '本机关', secrecy: '公开' } });
  assert.ok([200, 201, 303].includes(opened.status), opened.text);
  assert.equal(await count(), before + 1);
});

test('one portal holds the agencies of every level and prefecture, for people and for programs', async () => {
  const anyone = new Client(site);
  const { agencies, groups } = (await anyone.get('/agencies')).json;
  const text = JSON.stringify(agencies ?? groups);
  for (const name of ['云南省', '西双版纳', '德宏', '楚雄', '景洪市市场监督管理局']) assert.ok(text.includes(name), name);
  const list = async (query) => (await anyone.get(`/publications?limit=100${query}`)).json.publications;
  const all = await list(''), banna = await list('&area=5328');
  assert.ok(banna.length > 0 && banna.length < all.length);
  for (const one of banna) assert.ok(all.some((other) => other.url === one.url), one.url);
});
