// Who must not see, act, forge or guess: each test does what an attacker, a curious colleague or a broken program would do.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noExemption, person, secrets, signed } from '../journeys/parts.mjs';
import { Walk } from '../journeys/walk.mjs';
import { Client, pdf, png } from './lib.mjs';
import { makeWorld, places } from './world.mjs';

const html = { accept: 'text/html' };
const password = 'Ziyuan-2026-yueguang';
let world, site, made, other;

/* A second agency of another prefecture on the same site, with a handler, a head and an officer. */
async function makeOther() {
  const place = places.chuxiong;
  const agency = await world.admin.post(`/desk/agencies/${place.code}/acts/agency.registered`, { f: {
    name: place.name, uscc: place.code, abbreviation: place.abbreviation, division: place.division, level: place.level, kind: '行政机关', spheres: ['市场监管'], acts: ['处罚'] } });
  assert.equal(agency.status, 201, agency.text);
  return {
    place,
    handler: await site.user('cx.handler', 'handler', { agency: place.code }),
    head: await site.user('cx.head', 'head', { agency: place.code }),
    supervisor: await site.user('cx.supervisor', 'supervisor', { agency: place.code }),
    admin: await site.user('cx.admin', 'system-admin', { agency: place.code }),
    security: await site.user('cx.security', 'security-admin', { agency: place.code }),
  };
}

before(async () => {
  world = await makeWorld('jinghong', { password, serve: ['--proxy'] });
  site = world.site;
  other = await makeOther();
  made = await new Walk(world, 'jinghong', 'penalty').until('publication.proposed');
});
after(() => site?.remove());

/* A browser: cookies kept, forms sent with their token; each at an address of its own, as the proxy in front would say. */
let browsers = 0;
class Browser {
  constructor(cookies = {}, address = `10.0.${browsers >> 8}.${browsers++ & 255}`) { Object.assign(this, { cookies: { ...cookies }, address }); }
  async ask(where, init = {}) {
    const headers = { accept: 'text/html', 'x-forwarded-for': this.address, cookie: Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join('; '), ...init.headers };
    const got = await fetch(site.url + where, { redirect: 'manual', ...init, headers });
    for (const line of got.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/Max-Age=0/.test(line)) delete this.cookies[name];
      else this.cookies[name] = value;
    }
    return { status: got.status, headers: got.headers, text: await got.text() };
  }
  get(where) { return this.ask(where); }
  async token(where) { return /name="csrf" value="([^"]+)"/.exec((await this.get(where)).text)?.[1] ?? ''; }
  async submit(page, where, fields) {
    return this.ask(where, { method: 'POST', body: new URLSearchParams({ csrf: await this.token(page), ...fields }) });
  }
  login(user, pass, more = {}) { return this.submit('/login', '/login', { user, password: pass, ...more }); }
}

const count = async (key) => (await world.as.handler.get(`/desk/cases/${key}`)).json['entry-count'];

/* What stands in a user's stream, as the command hands it out. */
async function stream(type, key) {
  const out = await site.cli('export', '--stream', `${type}/${key}`);
  assert.equal(out.code, 0, out.stderr);
  return out.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

describe('seeing', () => {
  test('another agency finds nothing of a case by any way that leads to it', async () => {
    for (const client of [other.handler, other.head, other.supervisor, other.admin, world.admin, world.security]) {
      for (const where of ['', '/entries/1', '/entries/1/files/0', '/decision.pdf', '/publish', '/acts/inquiry.questioned']) {
        const got = await client.get(`/desk/cases/${made.key}${where}`);
        assert.equal(got.status, 404, `${where}: ${got.status} ${got.text.slice(0, 200)}`);
      }
      for (const query of ['', `?q=${encodeURIComponent('岩罕')}`, `?agency=${world.place.code}`, `?agency=${world.place.code}&q=${encodeURIComponent('岩罕')}`, '?late=late']) {
        const got = await client.get(`/desk/cases${query}`);
        assert.ok(!got.text.includes(made.key), `/desk/cases${query}`);
      }
      assert.ok(!(await client.get('/desk')).text.includes(made.key));
      assert.ok(!(await client.get('/tower')).text.includes(world.place.name));
      assert.notEqual((await client.get(`/tower/agencies/${world.place.code}`)).status, 200);
    }
  });

  test('a secret case: hands that need not know see no title of it, and every reading is written down', async () => {
    const walk = new Walk(world, 'jinghong', 'penalty');
    const act = walk.acts()[0];
    const opened = await world.as.handler.form('/desk/new/penalty', { ...act.f, materials: [], title: '绝密白象案', secrecy: '秘密' }, { materials: ['a.png', png, 'image/png'] }, { at: act.at });
    assert.equal(opened.status, 201, opened.text);
    walk.key = opened.json.url.split('/').pop();
    walk.next = 1;
    for (let n = 0; n < 3; n++) await walk.step();
    for (const who of ['publisher', 'archivist', 'window']) {
      for (const where of ['/desk', '/desk/cases', `/desk/cases?q=${encodeURIComponent('白象')}`]) assert.ok(!(await world.as[who].get(where)).text.includes('绝密白象'), `${who} ${where}`);
      for (const where of ['', '/entries/1', '/entries/1/files/0', '/publish']) assert.equal((await world.as[who].get(`/desk/cases/${walk.key}${where}`)).status, 404, `${who} ${where}`);
    }
    for (const who of ['publisher', 'archivist', 'window']) for (const way of ['acts', 'judge']) {
      const got = await world.as[who].post(`/desk/cases/${walk.key}/${way}/review.taken-in`, { f: {} });
      assert.equal(got.status, 404, `${who} ${way}: ${got.status} ${got.text.slice(0, 200)}`);
    }
    const near = await site.user('jd.near', 'supervisor', { agency: await neighbour() });
    for (const where of ['/tower', `/tower/agencies/${world.place.code}`, '/desk', '/desk/cases', `/desk/cases?q=${encodeURIComponent('绝密')}`]) {
      const page = (await near.get(where)).text;
      assert.ok(!page.includes('绝密白象') && !page.includes(walk.key), `the supervisor's ${where}`);
    }
    assert.equal((await near.get(`/desk/cases/${walk.key}`)).status, 404);
    const read = async () => (await stream('user', 'jinghong.head')).filter((one) => one.kind === 'user.read').length;
    for (const where of ['', '/entries/1', '/entries/1/files/0', '/acts/filing.approved']) {
      const before = await read();
      assert.equal((await world.as.head.get(`/desk/cases/${walk.key}${where}`)).status, 200, where);
      assert.equal(await read(), before + 1, `reading ${where || 'the case'} left no trace`);
    }
  });

  test('a supervisor who opens a case, an entry, a file or the printed decision leaves a trace', async () => {
    const over = await site.user('jd.over', 'supervisor', { agency: await neighbour() });
    const read = async () => (await stream('user', 'jd.over')).filter((one) => one.kind === 'user.read').length;
    for (const where of ['', '/entries/1', '/entries/1/files/0', '/decision.pdf']) {
      const before = await read(), got = await over.get(`/desk/cases/${made.key}${where}`);
      assert.equal(got.status, 200, `${where}: ${got.text.slice(0, 200)}`);
      assert.equal(await read(), before + 1, `reading ${where || 'the case'} left no trace`);
    }
  });

  test('waiting work of a secret case reaches only who may see it', async () => {
    const walk = await new Walk(world, 'jinghong', 'penalty').until('publication.reviewed');
    assert.equal((await world.as.handler.get(`/desk/cases/${walk.key}`)).status, 200);
    assert.ok(!(await world.as.archivist.get('/desk')).text.includes(walk.key));
  });

  test('administrators of one place see and change no users of another', async () => {
    for (const admin of [other.admin, other.security]) {
      assert.ok(!(await admin.get('/desk/users')).text.includes('jinghong.'), 'the list');
      assert.ok(!(await admin.get(`/desk/users?agency=${world.place.code}`)).text.includes('jinghong.'), 'the list by agency');
      assert.equal((await admin.get('/desk/users/jinghong.head')).status, 404);
    }
    for (const change of [{ change: 'totp' }, { change: 'logout' }, { change: 'password', password: 'Ganlan-2026-shu!' }, { change: 'disable', reason: '试' }, { change: 'roles', roles: ['handler'] }]) {
      const got = await other.security.post('/desk/users/jinghong.head', change);
      assert.ok([403, 404].includes(got.status), `${change.change}: ${got.status} ${got.text}`);
    }
    assert.ok((await stream('user', 'jinghong.head')).every((one) => one.by === 'sanzhi'), 'something was written');
    assert.equal((await world.as.head.get('/desk')).status, 200);
  });
});

describe('acting', () => {
  test('nobody acts on another agency’s case, whatever the role', async () => {
    const before = await count(made.key);
    const body = { f: { received: '2026-10-16T10:00', reviewer: '某' } };
    for (const client of [other.handler, other.head, other.supervisor, other.admin]) assert.equal((await client.act(made.key, 'review.taken-in', body.f)).status, 404);
    assert.equal(await count(made.key), before);
  });

  test('a supervisor with other hats wears them in the own agency only', async () => {
    const both = await site.user('jd.both', 'supervisor,handler,head', { agency: places.jinghong.code });
    assert.equal((await both.get(`/desk/cases/${made.key}`)).status, 200);
    const far = await site.user('jd.far', 'supervisor,handler,head', { agency: await neighbour() });
    assert.equal((await far.get(`/desk/cases/${made.key}`)).status, 200, 'the area is the same');
    const got = await far.act(made.key, 'publication.proposed', made.act('publication.proposed').f);
    assert.ok([403, 409].includes(got.status), `${got.status} ${got.text}`);
    assert.ok(JSON.stringify(got.json.clauses ?? got.json).includes('岗位'), got.text);
  });

  test('a case begins only through its procedure: no act makes one under a key of one’s own', async () => {
    for (const key of [`${world.place.code}-2026-9999`, `${other.place.code}-2026-0001`, 'x', '..%2Fx']) {
      const got = await world.as.handler.act(key, 'source.registered', {}, { expect: 0 });
      assert.equal(got.status, 404, `${key}: ${got.status} ${got.text.slice(0, 200)}`);
    }
  });

  test('a register’s key is what it must be', async () => {
    const f = { name: '某局', uscc: places.dehong.code, abbreviation: '某', division: '532801', level: '县市区', kind: '行政机关' };
    for (const code of ['x', '11532801015175290', '..%2F..%2Fdesk', places['cx-gxj'].code]) {
      const got = await world.admin.post(`/desk/agencies/${code}/acts/agency.registered`, { f });
      assert.ok(got.status >= 400 && got.status < 500, `${code}: ${got.status} ${got.text.slice(0, 200)}`);
    }
    const officer = { name: '某', number: '1', agency: world.place.code, acts: ['处罚'], area: '532801', 'valid-from': '2020-01-01', 'valid-until': '2030-12-31' };
    for (const id of ['a%20b', 'a%22%3E', '..%2Fx', 'é', 'a?b']) {
      const got = await world.admin.form(`/desk/officers/${id}/acts/officer.certified`, officer, { photo: ['p.png', png, 'image/png'] });
      assert.ok(got.status >= 400 && got.status < 500, `${id}: ${got.status} ${got.text.slice(0, 200)}`);
    }
  });

  test('an administrator of one prefecture registers and changes nothing in another', async () => {
    const f = { name: '假冒局', uscc: places.dehong.code, abbreviation: '假', division: '533103', level: '县市区', kind: '行政机关' };
    assert.equal((await other.admin.post(`/desk/agencies/${places.dehong.code}/acts/agency.registered`, { f })).status, 403);
    assert.equal((await other.admin.post(`/desk/agencies/${world.place.code}/acts/agency.changed`, { f: { name: '被改名', reason: '试' } })).status, 403);
    const officer = { name: '假', number: '9', agency: world.place.code, unit: '一', post: '一', acts: ['处罚'], area: '532801', 'valid-from': '2020-01-01', 'valid-until': '2030-12-31' };
    const photo = { photo: ['p.png', png, 'image/png'] };
    assert.equal((await other.admin.form('/desk/officers/o-fake/acts/officer.certified', officer, photo)).status, 403);
    const own = await other.admin.form('/desk/officers/o-own/acts/officer.certified', { ...officer, agency: other.place.code, area: '532301' }, photo);
    assert.equal(own.status, 201, own.text);
    const moved = await other.admin.form('/desk/officers/o-own/acts/officer.certified', officer, photo);
    assert.ok([403, 409, 422].includes(moved.status), `an officer was moved into another area: ${moved.status}`);
    assert.ok(!(await site.stranger().get(`/agencies/${world.place.code}`)).text.includes('"假"'));
  });

  test('the three administrators: none does another’s work, none has two hats, none lifts himself', async () => {
    const audit = await site.user('shenji', 'audit-admin');
    assert.equal((await world.admin.post('/desk/users/jinghong.handler', { change: 'roles', roles: ['head'] })).status, 403);
    assert.equal((await world.admin.post('/desk/users/xitong', { change: 'roles', roles: ['security-admin'] })).status, 403);
    assert.equal((await world.security.post('/desk/users', { id: 'xin.ren', name: '新人' })).status, 403);
    assert.equal((await audit.post('/desk/users/jinghong.handler', { change: 'disable', reason: '试' })).status, 403);
    assert.equal((await world.security.post('/desk/users/anquan', { change: 'roles', roles: ['system-admin'] })).status, 403);
    for (const roles of [['system-admin', 'security-admin'], ['audit-admin', 'handler'], ['program'], ['sanzhi'], []]) {
      const got = await world.security.post('/desk/users/jinghong.window', { change: 'roles', roles });
      assert.ok(got.status >= 400 && got.status < 500, `${roles}: ${got.status}`);
    }
    const fresh = await world.admin.post('/desk/users', { id: 'xin.ren', name: '新人', agency: world.place.code, roles: ['head'], officer: '' });
    assert.equal(fresh.status, 200, fresh.text);
    assert.ok((await stream('user', 'xin.ren')).every((one) => one.kind !== 'user.roles-set'), 'whoever makes users gives them no roles');
  });

  test('the first administrator has one hat, must change the password, and cannot give roles', async () => {
    const first = new Browser();
    assert.equal((await first.login('admin', site.adminPassword)).status, 303);
    const led = await first.get('/desk/users');
    assert.equal(led.headers.get('location'), '/desk/password');
    const kinds = (await stream('user', 'admin')).map((one) => one.kind);
    assert.ok(kinds.includes('user.roles-set') && kinds.includes('user.signed-in'));
  });
});

/* A second agency in the same area as the world's. */
let near;
async function neighbour() {
  if (near) return near;
  const code = places.dehong.code;
  const got = await world.admin.post(`/desk/agencies/${code}/acts/agency.registered`, { f: { name: '景洪市司法局', uscc: code, abbreviation: '景司', division: '532801', level: '县市区', kind: '司法行政机关' } });
  assert.equal(got.status, 201, got.text);
  near = code;
  return code;
}

describe('forging', () => {
  test('a file that was not sent is no file: no name, digest or place stands for one', async () => {
    const walk = await new Walk(world, 'jinghong', 'penalty').until('recording.stored');
    const act = walk.act('recording.stored');
    for (const file of [['现场音像.mp4'], [{ sha256: 'ab'.repeat(32), name: '现场音像.mp4' }], '现场音像.mp4', { file: 0 }, [{ file: 3 }], [{ file: '0' }], [{ file: 0.5 }]]) {
      const got = await world.as.handler.act(walk.key, 'recording.stored', { ...act.f, file }, { at: act.at });
      assert.equal(got.status, 422, `${JSON.stringify(file)}: ${got.status} ${got.text.slice(0, 300)}`);
    }
    const got = await world.as.handler.act(walk.key, 'recording.stored', { ...act.f, file: [null] }, { at: act.at }); // no file is said to be there
    const entry = got.status === 201 && (await world.as.handler.get(`/desk/cases/${walk.key}/entries/${got.json.number}`)).json;
    assert.ok(got.status === 422 || JSON.parse(entry.bytes).files.length === 0, entry?.bytes);
  });

  test('what the program keeps in an entry is not the client’s to say', async () => {
    for (const more of [{ stream: { number: '假号' } }, { shown: { text: '假' } }, { by: 'jinghong.head' }, { at: '2020-01-01' }]) {
      const got = await world.as.unitHead?.act(made.key, 'officers.assigned', { officers: [world.officers.handler], ...more })
        ?? await world.as['unit-head'].act(made.key, 'officers.assigned', { officers: [world.officers.handler], ...more });
      assert.equal(got.status, 422, `${JSON.stringify(more)}: ${got.status}`);
    }
    const forged = { id: world.officers.handler, name: '冒名', certificate: '000', status: '有效', kinds: ['处罚'], areas: ['532801'] };
    const got = await world.as['unit-head'].act(made.key, 'officers.assigned', { officers: [forged] });
    assert.equal(got.status, 201, got.text);
    const entry = await world.as.handler.get(`/desk/cases/${made.key}/entries/${got.json.number}`);
    assert.ok(!entry.text.includes('冒名') && entry.text.includes('李勤'), 'a snapshot was taken from the client');
    assert.equal((await world.as['unit-head'].act(made.key, 'officers.assigned', { officers: [{ ...forged, id: 'o-nobody' }] })).status, 422);
  });

  test('a correction stands beside the entry and changes nothing of it', async () => {
    const before = (await world.as.handler.get(`/desk/cases/${made.key}/entries/1`)).json;
    const got = await world.as.handler.act(made.key, 'entry.corrected', { entry: 1, field: 'title', value: '改成别的', reason: '试' });
    assert.ok([201, 409, 422].includes(got.status), got.text);
    const now = (await world.as.handler.get(`/desk/cases/${made.key}/entries/1`)).json;
    assert.equal(now.bytes, before.bytes);
    assert.equal(now.proof.leaf, before.proof.leaf);
    assert.equal((await world.as.handler.get(`/desk/cases/${made.key}`)).json.case.title, '岩罕销售超过保质期食品案');
  });

  test('pictures that could run are taken away, never shown; names cannot break a header', async () => {
    const walk = await new Walk(world, 'jinghong', 'penalty').until('evidence.collected');
    const act = walk.act('evidence.collected');
    const names = ['坏".html', 'a.svg', 'x.png', 'a\\..\\b;.mp3'], types = ['text/html', 'image/svg+xml', 'image/png', 'audio/html'];
    const form = new FormData();
    const f = { ...act.f };
    delete f.files;
    const flat = (name, value) => Array.isArray(value) ? value.forEach((item, i) => (typeof item === 'object' ? flat(`${name}.${i}`, item) : form.append(name, item)))
      : typeof value === 'object' ? Object.entries(value).forEach(([k, v]) => flat(`${name}.${k}`, v)) : form.append(name, value === true ? 'yes' : String(value));
    flat('f', f);
    form.append('at', act.at);
    names.forEach((name, i) => form.append('f.files[]', new Blob(['<script>alert(1)</script>'], { type: types[i] }), name));
    const sent = await fetch(`${site.url}/desk/cases/${walk.key}/acts/evidence.collected`, { method: 'POST', body: form, headers: world.as.handler.headers() });
    const said = await sent.json();
    assert.equal(sent.status, 201, JSON.stringify(said));
    for (let i = 0; i < names.length; i++) {
      const got = await world.as.handler.get(`/desk/cases/${walk.key}/entries/${said.number}/files/${i}`);
      assert.equal(got.status, 200, got.text);
      assert.equal(got.headers.get('x-content-type-options'), 'nosniff');
      assert.match(got.headers.get('content-security-policy'), /default-src 'none'/);
      assert.doesNotMatch(got.headers.get('content-type'), /html|svg/);
      assert.match(got.headers.get('content-disposition'), i < 2 || i === 3 ? /^attachment; filename\*=UTF-8''[^ "<>\r\n]+$/ : /^inline; filename\*=/);
    }
    const page = await world.as.handler.get(`/desk/cases/${walk.key}`, html);
    assert.ok(!page.text.includes('<script>alert'));
  });

  test('markup in every field is text on every page', async () => {
    const bad = '"><img src=x onerror=alert(1)><svg/onload=alert(2)>';
    const act = new Walk(world, 'jinghong', 'penalty').acts()[0];
    const opened = await world.as.handler.form('/desk/new/penalty', { ...act.f, materials: [], title: `${bad}案`, provider: bad, content: bad, party: { ...act.f.party, name: bad } }, {}, { at: act.at });
    assert.equal(opened.status, 201, opened.text);
    const key = opened.json.url.split('/').pop();
    for (const where of [`/desk/cases/${key}`, `/desk/cases/${key}/entries/1`, `/desk/cases/${key}/acts/filing.proposed`, `/desk/cases?q=${encodeURIComponent(bad)}`, '/desk', '/desk/cases', `/publications?q=${encodeURIComponent(bad)}`, `/login?next=${encodeURIComponent(bad)}`]) {
      const page = await world.as.handler.get(where, html);
      assert.ok(page.status < 500, where);
      assert.doesNotMatch(page.text, /<img src=x|<svg\/onload/, where);
    }
    const back = await world.as.handler.post(`/desk/cases/${key}/acts/filing.proposed`, { f: { reason: bad } }, html);
    assert.doesNotMatch(back.text, /<img src=x/);
  });
});

describe('signing in', () => {
  test('a wrong name, a wrong password and a locked user are told the same, in the same time', async () => {
    const attempt = async (user) => {
      const browser = new Browser(), token = await browser.token('/login'), started = performance.now();
      const got = await browser.ask('/login', { method: 'POST', body: new URLSearchParams({ csrf: token, user, password: 'Wrong-Password-1' }), headers: { accept: 'application/json' } });
      const { request, instance, ...said } = JSON.parse(got.text);
      return { status: got.status, said: JSON.stringify(said), ms: performance.now() - started };
    };
    const seen = { known: [], unknown: [] };
    for (let i = 0; i < 7; i++) {
      seen.known.push(await attempt('jinghong.window'));
      seen.unknown.push(await attempt('mei.you.zhe.ren'));
    }
    for (let i = 0; i < 7; i++) {
      assert.equal(seen.known[i].status, seen.unknown[i].status, `attempt ${i + 1}`);
      assert.equal(seen.known[i].said, seen.unknown[i].said, `attempt ${i + 1}`);
    }
    const median = (list) => list.map((one) => one.ms).sort((a, b) => a - b)[list.length >> 1];
    const known = median(seen.known), unknown = median(seen.unknown), locked = median(seen.known.slice(5));
    assert.ok(unknown > known / 3 && unknown < known * 3, `${known} ms for a name that is there, ${unknown} ms for one that is not`);
    assert.ok(locked > known / 3, `${locked} ms when locked, ${known} ms else`);
    const right = await new Browser().login('jinghong.window', password);
    assert.notEqual(right.status, 303, 'the lock holds against the right password');
    assert.ok((await stream('user', 'jinghong.window')).some((one) => one.kind === 'user.locked'));
  });

  test('guesses at once count each', async () => {
    const browser = new Browser(), token = await browser.token('/login');
    await Promise.all(Array.from({ length: 8 }, () => browser.ask('/login', { method: 'POST', body: new URLSearchParams({ csrf: token, user: 'jinghong.archivist', password: 'Wrong-Password-1' }) })));
    assert.notEqual((await new Browser().login('jinghong.archivist', password)).status, 303, 'eight guesses at once did not lock');
  });

  test('a session is new at each login, is not taken from outside, and leads to this site only', async () => {
    const fixed = 'A'.repeat(43), browser = new Browser({ sanzhi: fixed, 'sanzhi-pre': fixed });
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)', '/desk\r\nx: y']) {
      const got = await new Browser().login('jinghong.head', password, { next });
      if (got.status === 303) assert.match(got.headers.get('location'), /^\/(?![/\\\t])[^\s\\]*$/, next);
    }
    assert.equal((await browser.login('jinghong.head', password)).status, 303);
    assert.notEqual(browser.cookies.sanzhi, fixed);
    assert.equal((await new Browser({ sanzhi: fixed }).get('/desk')).status, 303);
    const set = (await new Browser().login('jinghong.head', password)).headers.getSetCookie().find((line) => line.startsWith('sanzhi='));
    assert.match(set, /HttpOnly/);
    assert.match(set, /SameSite=Lax/);
  });

  test('a changed password ends every other session; a stolen one cannot stay', async () => {
    const user = 'gai.mima', mine = new Browser(), thief = new Browser(), next = 'Xinde-2026-mima!';
    await site.user(user, 'handler', { agency: world.place.code, password });
    assert.equal((await mine.login(user, password)).status, 303);
    assert.equal((await thief.login(user, password)).status, 303);
    assert.equal((await mine.submit('/desk/password', '/desk/password', { old: password, new: next, again: next })).status, 303);
    assert.equal((await mine.get('/desk')).status, 200, 'the own session goes on');
    assert.match((await thief.get('/desk')).headers.get('location') ?? '', /^\/login/, 'another session goes on');
  });

  test('who is disabled is out at once, with sessions and tokens; who must change may do nothing else', async () => {
    const user = 'ting.yong', browser = new Browser();
    const program = await site.user(user, 'handler', { agency: world.place.code, password });
    assert.equal((await browser.login(user, password)).status, 303);
    assert.equal((await world.security.post(`/desk/users/${user}`, { change: 'disable', reason: '离岗' })).status, 200);
    assert.match((await browser.get('/desk')).headers.get('location') ?? '', /^\/login/);
    assert.equal((await program.get('/desk')).status, 401);
    assert.equal((await world.security.post(`/desk/users/${user}`, { change: 'enable', reason: '回岗' })).status, 200);
    assert.equal((await program.get('/desk')).status, 401, 'the old token works again');
    assert.equal((await world.security.post(`/desk/users/${user}`, { change: 'password', password: 'Linshi-2026-mima' })).status, 200);
    const token = new Client(site, (await site.cli('user', 'token', user, '--title', '试')).stdout.trim());
    for (const where of ['/desk', '/desk/cases', '/desk/new']) assert.equal((await token.get(where)).status, 403, where);
    assert.equal((await token.post('/desk/new/penalty', { f: {} })).status, 403);
  });

  test('tokens and sessions are nobody else’s: not revoked, not listed, not used where a person must sit', async () => {
    const tokens = (await (async () => { const b = new Browser(); await b.login('jinghong.head', password); return b.get('/desk/tokens'); })()).text;
    assert.ok(!tokens.includes(world.as.head.token) && !/[0-9a-f]{64}/.test(tokens), 'a token or its digest is shown');
    const mine = new Browser();
    await site.user('ling.pai', 'publisher', { agency: world.place.code, password });
    assert.equal((await mine.login('ling.pai', password)).status, 303);
    for (let id = 1; id < 30; id++) {
      const got = await mine.submit('/desk/tokens', `/desk/tokens/${id}/revoke`, {});
      if (got.status === 303) break; /* the own one */
      assert.equal(got.status, 404);
    }
    assert.equal((await world.as.head.get('/desk')).status, 200);
    for (const [where, body] of [['/desk/password', { old: 'a', new: 'b' }], ['/desk/tokens', { title: 'x', days: 9 }], ['/logout-all', {}]])
      assert.equal((await world.as.head.post(where, body)).status, 403, where);
  });

  test('every POST by a session needs its form’s token', async () => {
    const browser = new Browser();
    assert.equal((await browser.login('jinghong.head', password)).status, 303);
    const openapi = (await site.stranger().get('/openapi.json')).json;
    for (const [where, methods] of Object.entries(openapi.paths)) {
      if (!methods.post || where === '/verify') continue;
      const path = where.replace(/\{[^}]+\}/g, '1');
      for (const csrf of ['', 'x'.repeat(43)]) {
        const got = await browser.ask(path, { method: 'POST', body: new URLSearchParams({ csrf }), headers: { accept: 'application/json' } });
        assert.equal(got.status, 403, `${path}: ${got.status}`);
      }
      const foreign = await browser.ask(path, { method: 'POST', body: new URLSearchParams({ csrf: await browser.token('/desk/password') }), headers: { accept: 'application/json', origin: 'http://evil.example' } });
      assert.equal(foreign.status, 403, `${path} from another site: ${foreign.status}`);
    }
  });
});

describe('publishing', () => {
  const proposal = () => ({ ...made.act('publication.proposed').f });
  /* The five acts with other words; the last one's answer. */
  async function publish(words, text, manner = '摘要') {
    const day = '2026-11-04';
    let got;
    for (const act of made.acts().filter((one) => one.kind.startsWith('publication.'))) {
      const f = { ...act.f };
      if (act.kind === 'publication.proposed') Object.assign(f, words, { manner });
      if (act.kind === 'publication.redacted') f.text = text;
      if (act.kind === 'publication.published') f['published-at'] = `${day}T15:00`;
      got = await world.as[act.who].act(made.key, act.kind, f, { at: act.at.replace(/^[\d-]{10}/, day) });
      if (got.status !== 201) break;
    }
    return got;
  }

  test('the draft strikes what is known of the person, and numbers that nobody wrote into a field', async () => {
    const draft = (await world.as.handler.get(`/desk/cases/${made.key}/publish`)).json;
    const shown = JSON.stringify([draft.redacted, draft.summary]);
    for (const secret of secrets) assert.ok(!shown.includes(secret), `${secret} is in the draft`);
  });

  test('answers to the exemption questions are yes or no, nothing between', async () => {
    const draft = (await world.as.handler.get(`/desk/cases/${made.key}/publish`)).json, before = await count(made.key);
    for (const answer of ['maybe', 'YES', '', true, 1, null, ['no'], { a: 1 }]) {
      const exemptions = Object.fromEntries(draft.exemptions.map((one) => [one.id, answer]));
      const got = await world.as.handler.post(`/desk/cases/${made.key}/publish`, { f: { exemptions, manner: '摘要', text: '甲', read: 'yes' } });
      assert.ok([409, 422].includes(got.status), `${JSON.stringify(answer)}: ${got.status}`);
    }
    for (const exemptions of [[], 'no', null, 3]) {
      const got = await world.as.handler.post(`/desk/cases/${made.key}/publish`, { f: { exemptions, manner: '摘要', text: '甲', read: 'yes' } });
      assert.ok([409, 422].includes(got.status), `${JSON.stringify(exemptions)}: ${got.status}`);
    }
    assert.equal(await count(made.key), before, 'something was proposed');
  });

  test('a name, number, telephone or address that somebody wrote back in does not leave', async () => {
    for (const [where, words, text] of [
      ['the summary’s facts', { facts: `当事人${person.name}销售过期食品。` }],
      ['the case’s name', { 'case-name': `${person.name}销售过期食品案` }],
      ['the party', { 'party-shown': person.name }],
      ['the decision', { decision: `罚款，联系 ${person.phone}` }],
      ['a stranger’s identity number', { facts: '证人身份证号 110101199003077758。' }],
      ['a telephone no field holds', { facts: '请联系 13700001111。' }],
      ['a telephone in full width', { facts: '请联系１３７００００１１１１。' }],
      ['the number of the paper', { number: `景市监罚 ${person['id-number']} 号` }],
      ['the whole text', {}, `决定书\n\n当事人：${person.name}，住${person.address}`],
    ]) {
      const got = await publish({ ...proposal(), ...words }, text ?? '决定书', text ? '全文' : '摘要');
      assert.equal(got.status, 409, `${where}: ${got.status} ${got.text.slice(0, 300)}`);
      assert.match(got.text, /隐去|个人信息/, where);
      assert.ok(got.json.clauses.concat(got.json.errors).some((one) => /“.+”中还有应当隐去的.+“.+”/.test(JSON.stringify(one)) && /重新拟公示/.test(JSON.stringify(one))), `${where}: what, where and how to mend: ${got.text}`);
    }
    for (const secret of [person.name, '110101199003077758', '13700001111'])
      assert.equal((await site.stranger().get(`/publications?q=${encodeURIComponent(secret)}`)).json.publications.length, 0, secret);
  });

  test('what was approved leaves; what is withdrawn is gone from page, list, search, cache and home', async () => {
    const said = proposal();
    const got = await publish({ ...said, facts: '销售超过保质期的孔雀牌饼干。' }, '决定书');
    assert.equal(got.status, 201, got.text);
    const url = `/publications/${made.key}.${got.json.number}`, stranger = site.stranger();
    const where = [url, '/publications', '/', `/publications?q=${encodeURIComponent('孔雀牌')}`];
    for (const one of where) for (const accept of ['text/html', 'application/json']) await stranger.get(one, { accept });
    assert.match((await stranger.get(url, html)).text, /孔雀牌/);
    assert.equal((await stranger.get(where[3])).json.publications.length, 1);
    assert.equal((await stranger.get(`${where[3]}&area=532300`)).json.publications.length, 0, 'a search heeds the area');
    assert.equal((await stranger.get(`${where[3]}&area=532801`)).json.publications.length, 1);
    for (const area of ['532801', '532800', '530000', '5328']) assert.ok((await stranger.get(`/publications?area=${area}`)).text.includes(url), `not listed under ${area}`);
    assert.ok(!(await stranger.get('/publications?area=532300')).text.includes(url));
    const gone = await world.as.publisher.act(made.key, 'publication.withdrawn', { reason: '内容有误', explanation: '当事人岩罕来电。', 'approved-by': '罗平', 'withdrawn-at': '2026-11-10T09:00' }, { at: '2026-11-10T09:05' });
    assert.equal(gone.status, 201, gone.text);
    for (const one of where) for (const accept of ['text/html', 'application/json']) {
      const page = await stranger.get(one, { accept });
      for (const word of [...(one === where[3] ? [] : ['孔雀牌']), said['party-shown'], said['case-name'], '岩罕', '来电']) // a search says again what was asked
        assert.ok(!page.text.includes(word), `${one} still shows ${word}`);
    }
    assert.equal((await stranger.get(where[3])).json.publications.length, 0);
  });

  test('a proof and a check reveal nothing and let nobody guess', async () => {
    const page = await world.as.handler.get(`/desk/cases/${made.key}/entries/1`);
    const id = /\/p\/(\d+)/.exec(page.json.proof['download-url'])[1];
    for (const where of [`/p/${id}`, `/p/${id}/proof.json`]) for (const accept of ['text/html', 'application/json']) {
      const got = await site.stranger().get(where, { accept });
      assert.equal(got.status, 200);
      for (const word of [...secrets, made.key, 'source.registered', world.place.code, page.json.proof.salt, '2026-10-12'].filter(Boolean)) assert.ok(!got.text.includes(word), `${where} shows ${word}`);
      assert.doesNotMatch(got.text, /"salt"|"entry":|"at":|"by":/);
    }
    const bytes = page.json.bytes;
    const checked = await site.stranger().form('/verify', {}, {}, { number: bytes.slice(0, 150) });
    assert.equal(checked.status, 200);
    assert.match(checked.json.result.title, /查不到/);
  });
});

test('pages of errors and searches say again what was asked as text only, and no host that was claimed', async () => {
  const bad = '"><script>alert(1)</script>', coded = encodeURIComponent(bad);
  for (const where of [`/${coded}`, `/nope?x=${coded}`, `/login?next=${coded}`, `/publications/${coded}`, `/publications?q=${coded}&agency=${coded}&area=${coded}&act=${coded}`, `/agencies/${coded}`, `/agencies?area=${coded}`, `/rules?q=${coded}`, `/rules/${coded}`, `/p/${coded}`, `/verify?number=${coded}`]) {
    for (const accept of ['text/html', 'application/json', 'image/svg+xml', '*/*']) {
      const got = await site.stranger().get(where, { accept, 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' });
      assert.ok(got.status < 500, `${where}: ${got.status}`);
      if (!got.headers.get('content-type').includes('json')) assert.ok(!got.text.includes('<script>alert'), `${where} as ${accept}`);
      assert.ok(!got.text.includes('evil.example') && !(got.headers.get('location') ?? '').includes('evil'), where);
      assert.equal(got.headers.get('x-content-type-options'), 'nosniff');
      assert.match(got.headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
      assert.doesNotMatch(got.text, /\/work\/|\.c:\d+|sqlite|postgres/i, `${where} tells of the inside`);
    }
  }
});

test('what was never published is nowhere to be had', async () => {
  const stranger = site.stranger();
  const walk = await new Walk(world, 'jinghong', 'penalty').until('publication.published'); // approved, not yet out
  const number = walk.act('publication.proposed').f.number;
  for (let n = 1; n <= walk.next + 1; n++) assert.equal((await stranger.get(`/publications/${walk.key}.${n}`)).status, 404);
  for (const where of [`/publications?q=${encodeURIComponent(number)}`, `/publications?agency=${world.place.code}`, '/', `/agencies/${world.place.code}`]) assert.ok(!(await stranger.get(where)).text.includes(walk.key), where);
  for (const where of [`/desk/cases/${walk.key}`, `/desk/cases/${walk.key}/decision.pdf`, `/desk/cases/${walk.key}/entries/1/files/0`, '/desk/users', '/tower', '/tower/log', '/desk/officers']) {
    const got = await stranger.get(where);
    assert.equal(got.status, 401, where);
    assert.ok(!got.text.includes('岩罕'), where);
  }
});

test('one address may try to sign in only so often', async () => {
  const browser = new Browser({}, '192.0.2.7'), token = await browser.token('/login'), seen = [];
  for (let i = 0; i < 14; i++) seen.push((await browser.ask('/login', { method: 'POST', body: new URLSearchParams({ csrf: token, user: `nobody.${i}`, password: 'Wrong-Password-1' }) })).status);
  assert.ok(seen.includes(429), seen.join(' '));
  assert.notEqual((await new Browser({}, '192.0.2.8').get('/login')).status, 429);
});

describe('odd input', () => {
  const odd = [null, 0, -1, 1e308, 9007199254740993, true, '', 'x', '\u0000', '\ud800', 'é'.repeat(300), [], [[]], [null], {}, { a: { b: { c: {} } } }, { file: 0 }, { id: 1 }, { type: [] }];

  function nested(depth) {
    let out = {};
    for (let i = 0; i < depth; i++) out = i % 2 ? { a: out } : [out];
    return out;
  }

  test('every action with wrong inputs answers, never with a fault', async () => {
    const openapi = (await site.stranger().get('/openapi.json')).json;
    const everyone = { stranger: site.stranger(), admin: world.admin, security: world.security, handler: world.as.handler, head: world.as.head };
    const values = { key: made.key, kind: 'inquiry.questioned', code: world.place.code, id: 'xin.ren', procedure: 'penalty', number: '1', position: '0', path: '0/000', clause: 'yn-gs-14' };
    const segments = ['x', '0', '-1', '99999999999999999999', '%00', '%ff', '..%2f..%2fetc%2fpasswd', '%25s%25n', `${'y'.repeat(300)}`, '%E2%80%AE', "1'--"];
    for (const [where, methods] of Object.entries(openapi.paths)) {
      for (const [method, described] of Object.entries(methods)) {
        if (!['get', 'post'].includes(method) || where === '/logout-all') continue;
        const good = where.replace(/\{([^}]+)\}/g, (_, name) => values[name.replace('*', '')] ?? '1'), paths = new Set([good]);
        for (const [hole] of where.matchAll(/\{[^}]+\}/g)) for (const segment of segments) paths.add(where.replace(hole, segment).replace(/\{([^}]+)\}/g, (_, name) => values[name] ?? '1'));
        const queries = (described.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name);
        const tries = [];
        for (const path of paths) {
          tries.push([path]);
          for (const name of path === good ? queries : []) for (const value of ['', '-1', 'x', '%00', '%ff', '0', '99999999999999999999', '2026-02-30', '1&' + name + '=2', '%22%20OR%201', '*', '%E2%80%9C']) tries.push([`${path}?${name}=${value}`]);
        }
        for (const [path] of tries) for (const [who, client] of Object.entries(everyone)) {
          if (path !== good && !['handler', 'admin'].includes(who)) continue;
          const got = method === 'get' ? await client.get(path) : await client.post(path, {});
          assert.ok(got.status < 500, `${method} ${path} by ${who}: ${got.status} ${got.text.slice(0, 300)}`);
        }
      }
    }
  });

  test('acts with every field of a wrong shape are refused, not fatal', async () => {
    const walk = await new Walk(world, 'jinghong', 'penalty').until('inquiry.questioned'), act = walk.act('inquiry.questioned');
    const before = await count(walk.key);
    for (const field of Object.keys(act.f)) {
      for (const value of odd) {
        const got = await world.as.handler.post(`/desk/cases/${walk.key}/judge/inquiry.questioned`, { f: { ...act.f, [field]: value } });
        assert.ok(got.status < 500, `${field} = ${JSON.stringify(value)}: ${got.status} ${got.text.slice(0, 300)}`);
      }
    }
    for (const body of [null, [], 'x', 3, { f: [] }, { f: 'x' }, { f: null }, { f: nested(40) }, { f: { officers: Array(3000).fill('x') } }, { f: act.f, at: {} }, { f: act.f, expect: 'x' }, { f: act.f, expect: -1 }, { f: act.f, at: '9999-99-99' }, { f: act.f, at: '0001-01-01T00:00' }, { f: act.f, at: '2926-01-01T00:00' }, { csrf: {}, f: {} }, { unknown: 1 }]) {
      const got = await world.as.handler.post(`/desk/cases/${walk.key}/acts/inquiry.questioned`, body);
      assert.ok(got.status >= 400 && got.status < 500, `${JSON.stringify(body)?.slice(0, 80)}: ${got.status} ${got.text.slice(0, 300)}`);
    }
    const deep = await world.as.handler.post(`/desk/cases/${walk.key}/acts/inquiry.questioned`, `{"f":${'['.repeat(100000)}${']'.repeat(100000)}}`);
    assert.ok(deep.status >= 400 && deep.status < 500);
    assert.equal(await count(walk.key), before);
  });

  test('other handlers with members of a wrong type', async () => {
    const tries = [
      [world.admin, '/desk/users', { id: 3, name: [] }], [world.admin, '/desk/users', { id: 'a.b', name: '甲', roles: [null, 3, {}] }], [world.admin, '/desk/users', { id: 'A B', name: '甲' }],
      [world.security, '/desk/users/xin.ren', { change: 'roles', roles: [[]] }], [world.security, '/desk/users/xin.ren', { change: 'roles' }], [world.security, '/desk/users/xin.ren', { change: 'password' }],
      [world.security, '/desk/users/mei.you', { change: 'totp' }], [world.security, '/desk/users/mei.you', { change: 'logout' }], [world.security, '/desk/users/mei.you', { change: 'roles', roles: ['head'] }],
      [site.stranger(), '/verify', { number: {} }], [site.stranger(), '/verify', { number: '9'.repeat(200) }], [site.stranger(), '/verify', { file: { file: 0 } }], [site.stranger(), '/verify', {}],
      [world.as.handler, `/desk/cases/${made.key}/publish`, { f: { exemptions: [[]], override: [], text: {}, read: [], manner: {} } }],
      [world.as.handler, '/desk/new/penalty', { f: { party: 'x', title: {}, materials: 'x' } }],
      [world.admin, `/desk/agencies/${places['cx-gxj'].code}/acts/agency.registered`, { f: { division: [], name: {}, uscc: 1 } }],
      [world.admin, '/desk/officers/new/acts/officer.certified', { f: { agency: [], name: 1, acts: {}, officer: [] } }],
      [world.admin, `/desk/agencies/${world.place.code}/acts/list.item-set`, { f: { list: 'powers', item: '1', values: '{"a":{"b":1}}' } }],
    ];
    for (const [client, where, body] of tries) {
      const got = await client.post(where, body);
      assert.ok(got.status >= 400 && got.status < 500 || got.status === 200 || got.status === 201, `${where} ${JSON.stringify(body)}: ${got.status} ${got.text.slice(0, 300)}`);
    }
    assert.equal((await site.stranger().get('/healthz')).status, 200);
    assert.equal((await site.stranger().get(`/agencies/${world.place.code}`, html)).status, 200);
  });

  test('tiles and assets lead nowhere else', async () => {
    for (const where of ['/log/tile/../../keys', '/log/tile/..%2f..%2fkeys', '/log/tile/0/..%2f000', '/log/tile/entries/%2e%2e', '/log/tile/9/000', '/log/tile/-1/000', '/log/tile/0/999', '/assets/..%2f..%2fsite.json', '/assets/%2e%2e/keys', '/assets//etc/passwd', '/log/tile/0/x999999999999/000']) {
      const got = await site.stranger().get(where);
      assert.ok(got.status >= 400 && got.status < 500, `${where}: ${got.status}`);
    }
  });
});

test('the log of the program names no person and holds no password, and nothing went wrong in it', () => {
  for (const word of [...secrets, password, world.as.head.token]) assert.ok(!site.log.includes(word), `the log shows ${word}`);
  assert.doesNotMatch(site.log, /request .*(INTERNAL|BUG)/, site.log.slice(-2000));
});
