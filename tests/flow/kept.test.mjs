// A case's page is kept for the one who looked; nobody is ever shown a page that is not, or no longer, theirs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Walk } from '../journeys/walk.mjs';
import { Client, engine } from './lib.mjs';
import { makeWorld, places } from './world.mjs';

const password = 'Zhifa-2026-renyuan', html = { accept: 'text/html' };
let world, walk, page;
before(async () => {
  world = await makeWorld('jinghong', { password });
  walk = await new Walk(world, 'jinghong', 'penalty').until('inquiry.ended');
  page = `/desk/cases/${walk.key}`;
});
after(() => world?.site.remove());

const note = (content) => world.as.second.act(walk.key, 'recording.noted', { about: '摄录重点补充说明', content });

/* Looks twice, so that a page is kept; resolves with what it shows. */
async function look(client, headers = html) {
  const first = await client.get(page, headers), second = await client.get(page, headers);
  assert.equal(first.status, 200, first.text.slice(0, 300));
  if (second.text !== first.text) assert.equal((await client.get(page, headers)).text, second.text); // a minute had passed
  assert.equal(second.headers.get('cache-control'), 'no-store');
  assert.notEqual(second.headers.get('x-request-id'), first.headers.get('x-request-id'));
  return second.text;
}

/* Signs in as a browser does; resolves with the cookie's header. */
async function signIn(user) {
  const form = await fetch(`${world.site.url}/login`, { headers: html });
  const pre = form.headers.getSetCookie()[0].split(';')[0], csrf = /name="csrf" value="([^"]+)"/.exec(await form.text())[1];
  const answer = await fetch(`${world.site.url}/login`, { method: 'POST', redirect: 'manual', headers: { ...html, cookie: pre, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ user, password, csrf }) });
  assert.equal(answer.status, 303, await answer.text());
  return answer.headers.getSetCookie().find((one) => /^sanzhi=[^;]/.test(one)).split(';')[0];
}

const readings = async () => {
  const listed = await world.site.cli('log', 'verify');
  assert.equal(listed.code, 0, listed.stdout + listed.stderr);
  return Number(/(\d+) 条/.exec(listed.stdout)?.[1]);
};

test('each is shown their own page: name, acts and tokens', async () => {
  const handler = await look(world.as.handler), head = await look(world.as.head);
  assert.ok(handler.includes('李勤') && !head.includes('<strong>李勤'));
  assert.notEqual(handler, head);
  assert.equal(await look(world.as.handler), handler);
  const program = JSON.parse(await look(world.as.handler, {}));
  assert.equal(program.key, walk.key);
  const one = await signIn('jinghong.handler'), two = await signIn('jinghong.handler'), nobody = world.site.stranger();
  const seen = await Promise.all([one, two].map((cookie) => look(nobody, { ...html, cookie })));
  const tokens = seen.map((text) => /name="csrf" value="([^"]+)"/.exec(text)[1]);
  assert.notEqual(tokens[0], tokens[1]);
  assert.equal((await nobody.get(page, html)).status, 303);
});

test('a new entry is on the page at once, whoever made it', async () => {
  await look(world.as.handler);
  for (let i = 0; i < 3; i++) {
    assert.equal((await note(`新添的说明 ${i}`)).status, 201);
    assert.ok((await look(world.as.handler)).includes(`新添的说明 ${i}`));
  }
});

test('another process writes to the same database', { skip: engine !== 'postgres' && 'one SQLite site has one server' }, async () => {
  const other = await world.site.another(), there = new Client(other, world.as.second.token);
  await look(world.as.handler);
  assert.equal((await there.act(walk.key, 'recording.noted', { about: '摄录重点补充说明', content: '另一台服务器写下' })).status, 201);
  assert.ok((await look(world.as.handler)).includes('另一台服务器写下'));
});

test('the agency has a new name', async () => {
  await look(world.as.handler);
  const changed = await world.admin.post(`/desk/agencies/${world.place.code}/acts/agency.changed`, { f: { name: '景洪市新市场监督管理局', reason: '机构改革' } });
  assert.equal(changed.status, 201, changed.text);
  const text = await look(world.as.handler);
  assert.ok(text.includes('景洪市新市场监督管理局') && !text.includes(world.place.name));
});

test('a reading by the supervisor is noted each time, kept page or not', async () => {
  const supervisor = await world.site.user('jiandu', 'supervisor', { name: '监督', agency: world.place.code });
  const { code, ...bureau } = places['cx-gxj']; // any other agency: here one over the whole prefecture
  const registered = await world.admin.post(`/desk/agencies/${code}/acts/agency.registered`, { f: {
    name: '西双版纳州司法局', uscc: code, abbreviation: '西司', division: '532800', level: bureau.level, kind: '司法行政机关', acts: ['检查'] } });
  assert.equal(registered.status, 201, registered.text);
  const far = await world.site.user('zhouju', 'supervisor', { name: '州局监督', agency: code });
  await look(supervisor); // their own agency's: nothing to note
  const before = await readings();
  for (let i = 0; i < 4; i++) assert.equal((await far.get(page, html)).status, 200);
  assert.equal(await readings(), before + 4);
});

test('a role is taken away, a session ends, a user is stopped', async () => {
  const cookie = await signIn('jinghong.second'), nobody = world.site.stranger();
  await look(nobody, { ...html, cookie });
  await look(world.as.second);
  const path = '/desk/users/jinghong.second';
  const changed = await world.security.post(path, { change: 'roles', roles: ['system-admin'] });
  assert.ok(changed.status < 300, changed.text);
  assert.equal((await nobody.get(page, { ...html, cookie })).status, 303); // sessions end with their roles
  assert.equal((await world.as.second.get(page)).status, 404);
  const publisher = await signIn('jinghong.publisher');
  await look(nobody, { ...html, cookie: publisher });
  const stopped = await world.security.post('/desk/users/jinghong.publisher', { change: 'disable', reason: '调离' });
  assert.ok(stopped.status < 300, stopped.text);
  assert.equal((await nobody.get(page, { ...html, cookie: publisher })).status, 303);
  assert.equal((await world.as.publisher.get(page)).status, 401);
});

test('signed out is signed out', async () => {
  const cookie = await signIn('jinghong.handler'), nobody = world.site.stranger();
  const text = await look(nobody, { ...html, cookie }), csrf = /name="csrf" value="([^"]+)"/.exec(text)[1];
  const out = await fetch(`${world.site.url}/logout`, { method: 'POST', redirect: 'manual', headers: { ...html, cookie, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ csrf }) });
  assert.equal(out.status, 303);
  assert.equal((await nobody.get(page, { ...html, cookie })).status, 303);
});

test('a secret case: each reading is noted, and who may not see it sees nothing', async () => {
  const { materials, ...f } = walk.act('source.registered').f;
  const opened = await world.as.handler.post('/desk/new/penalty', { f: { ...f, secrecy: '秘密' }, at: '2026-11-16T09:30' });
  assert.equal(opened.status, 201, opened.text);
  const before = await readings();
  for (let i = 0; i < 3; i++) assert.equal((await world.as.handler.get(opened.json.url, html)).status, 200);
  assert.equal(await readings(), before + 3);
  assert.equal((await world.as.window.get(opened.json.url, html)).status, 404);
  assert.equal((await world.as.archivist.get(opened.json.url)).status, 404);
});
