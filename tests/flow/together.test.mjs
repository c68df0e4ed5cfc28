// Several people at once: nobody's act is lost and nobody overwrites another's; on PostgreSQL also through two servers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Walk } from '../journeys/walk.mjs';
import { Client, engine } from './lib.mjs';
import { makeWorld } from './world.mjs';

let world, walk;
before(async () => {
  world = await makeWorld('jinghong');
  walk = await new Walk(world, 'jinghong', 'penalty').until('inquiry.ended');
});
after(() => world?.site.remove());

const head = async () => (await walk.document()).json['entry-count'];

test('two people who saw the same state: one acts, the other is told, and what he wrote is not lost', async () => {
  const expect = await head();
  const second = world.as.second, f = { about: '摄录重点补充说明', content: '' };
  const both = await Promise.all([world.as.handler, second].map((client, i) => client.act(walk.key, 'recording.noted', { ...f, content: `说明 ${i}` }, { expect })));
  assert.deepEqual(both.map((one) => one.status).sort(), [201, 409], both.map((one) => one.text).join('\n'));
  assert.equal(await head(), expect + 1);
  const late = both.findIndex((one) => one.status === 409);
  const again = await [world.as.handler, second][late].act(walk.key, 'recording.noted', { ...f, content: `说明 ${late}` }, { expect: expect + 1 });
  assert.equal(again.status, 201, again.text);
  const text = (await walk.document()).text;
  assert.ok(text.includes('说明 0') && text.includes('说明 1'));
});

test('twenty acts at once on one case: each is there once, numbered without a gap', async () => {
  const before = await head();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? world.as.handler : world.as.second).act(walk.key, 'recording.noted', { about: '摄录重点补充说明', content: `同时第 ${i} 份` })));
  for (const one of answers) assert.equal(one.status, 201, one.text);
  const done = answers;
  const page = (await walk.document()).json;
  assert.equal(page['entry-count'], before + done.length);
  assert.deepEqual(page.entries.map((one) => one.number).sort((a, b) => a - b), Array.from({ length: page['entry-count'] }, (_, i) => i + 1));
  assert.equal(new Set(done.map((one) => one.json.number)).size, done.length);
});

test('twenty cases opened at once have twenty numbers', async () => {
  const f = walk.act('source.registered').f;
  delete f.materials;
  const answers = await Promise.all(Array.from({ length: 20 }, () => world.as.handler.post('/desk/new/penalty', { f, at: '2026-11-16T09:30' })));
  for (const one of answers) assert.equal(one.status, 201, one.text);
  const urls = answers.map((one) => one.json.url);
  assert.equal(new Set(urls).size, 20);
  const numbers = (await Promise.all(urls.map((url) => world.as.handler.get(url)))).map((one) => one.json.case.number);
  assert.equal(new Set(numbers).size, 20);
});

test('two servers on one database take acts at once', { skip: engine !== 'postgres' && 'one SQLite site has one server' }, async () => {
  const other = await world.site.another();
  const there = new Client(other, world.as.second.token);
  const f = walk.act('source.registered').f;
  delete f.materials;
  const opened = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? world.as.handler : there).post('/desk/new/penalty', { f, at: '2026-11-16T10:30' })));
  for (const one of opened) assert.equal(one.status, 201, one.text);
  assert.equal(new Set(opened.map((one) => one.json.url)).size, 40);

  const expect = await head();
  const both = await Promise.all([world.as.handler, there].map((client, i) => client.act(walk.key, 'recording.noted', { about: '摄录重点补充说明', content: `第 ${i} 台` }, { expect })));
  assert.deepEqual(both.map((one) => one.status).sort(), [201, 409], both.map((one) => one.text).join('\n'));
  for (let i = 0; i < 10; i++) {
    const here = await world.as.handler.act(walk.key, 'recording.noted', { about: '摄录重点补充说明', content: `这台 ${i}` });
    const next = await there.act(walk.key, 'recording.noted', { about: '摄录重点补充说明', content: `那台 ${i}` });
    assert.deepEqual([here.status, next.status], [201, 201], here.text + next.text);
    assert.equal(next.json.number, here.json.number + 1);
  }
  const mine = (await world.as.handler.get(`/desk/cases/${walk.key}`)).json, theirs = (await there.get(`/desk/cases/${walk.key}`)).json;
  assert.equal(mine['entry-count'], theirs['entry-count']);
  const last = await world.as.handler.act(walk.key, 'inquiry.ended', walk.act('inquiry.ended').f.report ? { ...walk.act('inquiry.ended').f, report: undefined } : walk.act('inquiry.ended').f, { at: '2026-10-15T16:00' });
  assert.equal(last.status, 201, last.text);
});

test('a whole case by two servers in turns: what one kept of it never refuses what the other made possible', { skip: engine !== 'postgres' && 'one SQLite site has one server' }, async () => {
  const other = await world.site.another();
  const as = [world.as, Object.fromEntries(Object.entries(world.as).map(([who, client]) => [who, new Client(other, client.token)]))];
  const turns = new Walk(world, 'jinghong', 'penalty'), acts = turns.acts().length;
  for (let i = 0; i < acts; i++) {
    turns.world = { ...world, as: as[i % 2] };
    await turns.step();
  }
  assert.equal((await turns.document()).json.case.status, '已归档');
});

test('after all that the log is whole', async () => {
  await world.site.stop();
  const verified = await world.site.cli('log', 'verify');
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
});
