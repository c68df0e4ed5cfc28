// The front door: pages answer, headers are strict, bad input gets a clear answer and changes nothing.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Site } from './lib.mjs';

let site, officer;
const agency = '11532801015175290A';

before(async () => {
  site = await Site.make();
  officer = await site.user('tester', 'handler,window');
  await site.serve();
});
after(() => site.remove());

// What goes over the wire, byte by byte; resolves with the answer's text.
function raw(text) {
  const { hostname, port } = new URL(site.url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => socket.end(text));
    let got = '';
    socket.on('data', (data) => { got += data; });
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
  });
}

test('the portal answers anybody, with a strict policy', async () => {
  for (const where of ['/', '/publications', '/agencies', '/verify', '/rules', '/login']) {
    const page = await site.stranger().get(where, { accept: 'text/html' });
    assert.equal(page.status, 200, `${where}: ${page.text.slice(0, 300)}`);
    assert.match(page.headers.get('content-type'), /text\/html; charset=utf-8/i);
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'/);
    assert.doesNotMatch(page.headers.get('content-security-policy'), /unsafe-inline|unsafe-eval/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.doesNotMatch(page.text, /<script(?![^>]*\ssrc=)/, `${where} has an inline script`);
  }
});

test('the desk is closed to strangers: a browser is led to the login, a program is told 401', async () => {
  const page = await site.stranger().get('/desk', { accept: 'text/html' });
  assert.ok([302, 303].includes(page.status), String(page.status));
  assert.match(page.headers.get('location'), /^\/login/);
  const program = await site.stranger().get('/desk');
  assert.equal(program.status, 401);
  assert.equal(program.json.status, 401);
  assert.match(program.headers.get('content-type'), /application\/problem\+json/);
});

test('bad JSON says where', async () => {
  const where = '/desk/new/penalty';
  for (const [name, body] of [
    ['duplicate keys', '{"f":{},"f":{}}'],
    ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['nested 10,000 deep', '{"f":' + '['.repeat(10000) + ']'.repeat(10000) + '}'],
    ['cut short', '{"f":{"title":"x"'],
    ['two documents', '{} {}'],
  ]) {
    const got = await officer.post(where, body);
    assert.ok([400, 422].includes(got.status), `${name}: ${got.status} ${got.text.slice(0, 200)}`);
    assert.ok(got.json.detail || got.json.title, name);
  }
});

test('a body too long is refused and nothing is kept', async () => {
  const got = await officer.post('/desk/new/penalty', JSON.stringify({ f: { content: 'x'.repeat(3 << 20) } }));
  assert.equal(got.status, 413);
});

test('a wrong type, an unknown path, a wrong method', async () => {
  assert.equal((await officer.post('/desk/new/penalty', 'title=x', { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await officer.get('/no/such/page')).status, 404);
  const wrong = await officer.post('/desk/cases', {});
  assert.equal(wrong.status, 405);
  assert.match(wrong.headers.get('allow'), /GET/);
});

test('requests that two servers could read in two ways are refused', async () => {
  const both = await raw('POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n');
  assert.match(both, /^HTTP\/1\.1 400/);
  const twice = await raw('POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd');
  assert.match(twice, /^HTTP\/1\.1 400/);
  const hosts = await raw('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n');
  assert.match(hosts, /^HTTP\/1\.1 400/);
  const none = await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n');
  assert.match(none, /^HTTP\/1\.1 400/);
});

test('a form by session needs its CSRF token', async () => {
  const got = await fetch(`${site.url}/login`, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }, body: 'user=tester&password=x' });
  assert.equal(got.status, 403);
});

test('the log is served to strangers as C2SP says', async () => {
  const note = await site.stranger().get('/log/checkpoint');
  assert.equal(note.status, 200);
  const [origin, size, hash, blank, first, second] = note.text.split('\n');
  assert.equal(origin, '127.0.0.1:1/log');
  assert.ok(Number(size) > 0);
  assert.equal(Buffer.from(hash, 'base64').length, 32);
  assert.equal(blank, '');
  assert.match(first, /^— 127\.0\.0\.1:1\/log /);
  assert.match(second, /^— /);
  const tile = await site.stranger().get(`/log/tile/0/000.p/${size}`);
  assert.equal(tile.status, 200);
  assert.match((await site.stranger().get('/log/keys')).text, /^\S+\+[0-9a-f]{8}\+/);
  assert.equal((await site.stranger().get('/log/tile/0/999')).status, 404);
});

test('health, and OpenAPI from the table of actions', async () => {
  assert.equal((await site.stranger().get('/healthz')).status, 200);
  const api = await site.stranger().get('/openapi.json');
  assert.equal(api.status, 200);
  assert.match(api.json.openapi, /^3\.1/);
  assert.ok(api.json.paths['/desk/cases/{key}']);
  assert.equal(api.json.info.title.length > 0, true);
});

test('who is of no agency opens no case, and is told why', async () => {
  const got = await officer.post('/desk/new/penalty', { f: { title: 'x' } });
  assert.equal(got.status, 403);
  assert.match(got.json.detail, /不属于任何执法机关/);
  void agency;
});
