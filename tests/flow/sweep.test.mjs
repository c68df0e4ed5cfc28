// Contents that no entry names: of uploads that were broken off or refused. They go after a day; nothing else ever does.
import assert from 'node:assert/strict';
import { mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createHash } from 'node:crypto';
import { Walk } from '../journeys/walk.mjs';
import { makeWorld } from './world.mjs';

let world, walk, acts;
before(async () => {
  world = await makeWorld('jinghong');
  walk = await new Walk(world, 'jinghong', 'penalty').until('inquiry.ended');
  acts = `/desk/cases/${walk.key}/acts/recording.noted`;
});
after(() => world?.site.remove());

const name = (bytes) => createHash('sha256').update(bytes).digest('hex');
const place = (hex) => path.join(world.site.dir, 'blobs', hex.slice(0, 2), hex.slice(2, 4), hex);
async function held() {
  const all = await readdir(path.join(world.site.dir, 'blobs'), { recursive: true });
  return new Set(all.map((one) => path.basename(one)).filter((one) => /^[0-9a-f]{64}$/.test(one)));
}
const age = async (hex, hours) => utimes(place(hex), new Date(Date.now() - hours * 36e5), new Date(Date.now() - hours * 36e5));
async function sweep(...more) {
  const answer = await world.site.cli('sweep', '--json', ...more);
  assert.equal(answer.code, 0, answer.stderr);
  return JSON.parse(answer.stdout);
}
/* Refused by the rules: what it says is not among the choices. The file was in the store by then. */
async function refusedUpload(bytes) {
  const answer = await world.as.handler.form(acts, { about: '没有这一项', content: '说明' }, { file: ['a.wav', bytes, 'audio/wav'] });
  assert.equal(answer.status, 422, answer.text);
}
const keep = async (bytes) => {
  const answer = await world.as.handler.form(acts, { about: '摄录重点补充说明', content: '说明' }, { file: ['a.wav', bytes, 'audio/wav'] });
  assert.equal(answer.status, 201, answer.text);
};
const verified = async () => {
  const answer = await world.site.cli('log', 'verify');
  assert.equal(answer.code, 0, answer.stdout + answer.stderr);
};

test('what a refused act left goes after a day, and not before', async () => {
  const bytes = Buffer.from('refused');
  await refusedUpload(bytes);
  assert.ok((await held()).has(name(bytes)));
  assert.equal((await sweep()).swept, 0);
  await age(name(bytes), 23.9);
  assert.equal((await sweep()).swept, 0);
  await age(name(bytes), 24.1);
  assert.deepEqual({ ...(await sweep('--look')), held: 0, named: 0 }, { held: 0, named: 0, swept: 1, bytes: bytes.length });
  assert.ok((await held()).has(name(bytes)), 'only looked at');
  assert.equal((await sweep()).swept, 1);
  assert.ok(!(await held()).has(name(bytes)));
  await verified();
});

test('an upload that broke off leaves nothing that counts', async () => {
  const before = await held();
  const { hostname, port } = new URL(world.site.url);
  await new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname, () => {
      socket.write(`POST ${acts} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${world.as.handler.token}\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 900000\r\n\r\n`
        + '--B\r\nContent-Disposition: form-data; name="f.file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n' + 'x'.repeat(300000));
      setTimeout(() => { socket.destroy(); resolve(); }, 300);
    });
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.deepEqual(await held(), before);
  assert.deepEqual(await readdir(path.join(world.site.dir, 'blobs', 'spool')), []);
});

test('nothing that an entry names ever goes, however old it is', async () => {
  const bytes = Buffer.from('named by an entry');
  await keep(bytes);
  const before = await held();
  for (const hex of before) await age(hex, 24 * 365);
  const result = await sweep();
  assert.equal(result.swept, 0);
  assert.equal(result.named, before.size);
  assert.deepEqual(await held(), before);
  await verified();
});

test('what was refused once and is kept later is kept', async () => {
  const bytes = Buffer.from('at the second try');
  await refusedUpload(bytes);
  await age(name(bytes), 48);
  await keep(bytes); // put again: young again, and named
  assert.equal((await sweep()).swept, 0);
  await age(name(bytes), 48);
  assert.equal((await sweep()).swept, 0);
  await verified();
});

test('sweeping beside uploads of the very contents that are old', async () => {
  const all = Array.from({ length: 12 }, (_, i) => Buffer.from(`beside ${i}`));
  for (const bytes of all) await refusedUpload(bytes);
  for (const bytes of all) await age(name(bytes), 48);
  await Promise.all([...all.map(keep), sweep(), sweep(), sweep()]);
  const now = await held();
  for (const bytes of all) assert.ok(now.has(name(bytes)), 'an entry names it');
  await verified();
});

test('the files of another site in this folder: nothing is removed', async () => {
  const blobs = path.join(world.site.dir, 'blobs'), away = `${blobs}.away`, foreign = name('of another site');
  await rename(blobs, away);
  try {
    await mkdir(path.dirname(place(foreign)), { recursive: true });
    await writeFile(place(foreign), 'of another site');
    await age(foreign, 48);
    const answer = await world.site.cli('sweep');
    assert.equal(answer.code, 1, answer.stdout);
    assert.match(answer.stderr, /什么也没有清理/);
    assert.deepEqual([...(await held())], [foreign]);
  } finally {
    await rm(blobs, { recursive: true });
    await rename(away, blobs);
  }
  await verified();
});
