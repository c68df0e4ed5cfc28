// A player jumps about in a recording: parts of a file, as RFC 9110 (section 14) has them, from a file of 20 MB.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { withFiles } from '../journeys/journey.mjs';
import { Walk } from '../journeys/walk.mjs';
import { pdf } from './lib.mjs';
import { makeWorld } from './world.mjs';

const size = 20 << 20;
const big = Buffer.alloc(size);
for (let i = 0; i < size; i += 4) big.writeUInt32LE(i * 2654435761 % 4294967296, i);
pdf.copy(big);

let world, where;
before(async () => {
  world = await makeWorld('jinghong');
  const act = new Walk(world, 'jinghong', 'penalty').act('source.registered');
  const { f, files } = withFiles(act.f);
  const field = Object.keys(files)[0];
  const made = await world.as.handler.form('/desk/new/penalty', f, { [field]: ['勘验.pdf', big, 'application/pdf'] }, { at: act.at });
  assert.equal(made.status, 201, made.text);
  where = `${made.json.url}/entries/1/files/0`;
});
after(() => world?.site.remove());

async function ask(headers = {}, method = 'GET') {
  const got = await fetch(world.site.url + where, { method, headers: world.as.handler.headers({ 'accept-encoding': 'identity', ...headers }) });
  return { status: got.status, headers: got.headers, bytes: Buffer.from(await got.arrayBuffer()) };
}

test('the whole, with what says that parts can be had', async () => {
  const got = await ask();
  assert.equal(got.status, 200);
  assert.equal(got.headers.get('accept-ranges'), 'bytes');
  assert.match(got.headers.get('etag'), /^"[0-9a-f]{32}"$/);
  assert.ok(got.bytes.equals(big));
});

test('parts from the front, the middle, the end, and by what is left', async () => {
  for (const [range, from, to] of [['bytes=0-0', 0, 1], ['bytes=0-99', 0, 100], ['bytes=10485760-10489999', 10485760, 10490000], [`bytes=${size - 1}-`, size - 1, size],
    ['bytes=-500', size - 500, size], [`bytes=-${size * 2}`, 0, size], [`bytes=5-${size * 3}`, 5, size], ['BYTES=7-8', 7, 9], ['bytes=3-99999999999999999999999', 3, size]]) {
    const got = await ask({ range });
    assert.equal(got.status, 206, range);
    assert.equal(got.headers.get('content-range'), `bytes ${from}-${to - 1}/${size}`, range);
    assert.equal(Number(got.headers.get('content-length')), to - from, range);
    assert.equal(got.headers.get('content-type'), 'application/pdf');
    assert.ok(got.bytes.equals(big.subarray(from, to)), range);
  }
});

test('a part that the file does not have', async () => {
  for (const range of [`bytes=${size}-`, `bytes=${size + 5}-${size + 9}`, 'bytes=-0', 'bytes=99999999999999999999999-']) {
    const got = await ask({ range });
    assert.equal(got.status, 416, range);
    assert.equal(got.headers.get('content-range'), `bytes */${size}`);
    assert.equal(got.bytes.length, 0);
  }
});

test('several parts, another unit, and what nobody can read: the whole', async () => {
  for (const range of ['bytes=0-1,5-6', 'items=0-1', 'bytes=9-5', 'bytes=a-b', 'bytes=', 'bytes=-', 'bytes=1', 'bytes=+1-2', 'bytes=0x1-2'])
    assert.deepEqual([range, (await ask({ range })).status], [range, 200]);
});

test('If-Range: a part of the same file only; If-None-Match: not again', async () => {
  const etag = (await ask({}, 'HEAD')).headers.get('etag');
  assert.equal((await ask({ range: 'bytes=0-9', 'if-range': etag })).status, 206);
  for (const other of ['"0000"', `W/${etag}`, 'Sat, 01 Nov 2025 00:00:00 GMT']) assert.equal((await ask({ range: 'bytes=0-9', 'if-range': other })).status, 200, other);
  assert.equal((await ask({ 'if-none-match': etag })).status, 304);
  assert.equal((await ask({ range: 'bytes=0-9', 'if-none-match': etag })).status, 304);
});

test('put together the parts are the file; many at once do not make the server large', async () => {
  const step = 3 << 20, parts = [];
  for (let at = 0; at < size; at += step) parts.push((await ask({ range: `bytes=${at}-${at + step - 1}` })).bytes);
  assert.ok(Buffer.concat(parts).equals(big));
  const resident = async () => Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${world.site.server.pid}/status`, 'utf8'))[1]);
  const before = await resident();
  await Promise.all(Array.from({ length: 24 }, (_, i) => ask({ range: `bytes=${i * 1000}-` })));
  const grown = (await resident()) - before;
  assert.ok(grown < 60 << 10, `${grown} KiB more for 24 readings of 20 MiB`);
});

test('HEAD tells the length and has no parts', async () => {
  const got = await ask({ range: 'bytes=0-9' }, 'HEAD');
  assert.equal(got.status, 200);
  assert.equal(Number(got.headers.get('content-length')), size);
  assert.equal(got.headers.get('accept-ranges'), 'bytes');
  assert.equal(got.bytes.length, 0);
});

test('who may not see the file gets no part of it', async () => {
  const got = await world.site.stranger().get(where, { range: 'bytes=0-9' });
  assert.equal(got.status, 401);
  assert.equal(got.headers.get('content-range'), null);
});
