// A database that is full, gone or silent while people work: each is told plainly within a bounded time, what was typed is
// not lost, the server goes on by itself as soon as the database does, and nothing is half-written.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Walk } from '../journeys/walk.mjs';
import { engine, root } from './lib.mjs';
import { makeWorld } from './world.mjs';

const run = promisify(execFile);
const password = 'Ziyuan-2026-yueguang';
const typed = '断电前写下的说明：当事人在场，照片三张。';
const note = { about: '摄录重点补充说明', content: typed };
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/* Signs in as a browser does; resolves with a function that sends a form and one that reads a page. */
async function browser(site, user) {
  const cookies = {};
  const ask = async (where, init = {}) => {
    const begun = Date.now();
    const got = await fetch(site.url + where, { redirect: 'manual', signal: AbortSignal.timeout(40000), ...init,
      headers: { accept: 'text/html', cookie: Object.entries(cookies).map(([k, v]) => `${k}=${v}`).join('; ') } });
    for (const line of got.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies[name] = value;
    }
    return { status: got.status, headers: got.headers, text: await got.text(), ms: Date.now() - begun };
  };
  const token = async (where) => /name="csrf" value="([^"]+)"/.exec((await ask(where)).text)?.[1] ?? '';
  const signed = await ask('/login', { method: 'POST', body: new URLSearchParams({ csrf: await token('/login'), user, password }) });
  assert.equal(signed.status, 303, signed.text);
  return { ask, token };
}

/* What a page of a fault must be: the status, when to try again, a sentence for people, nothing of the machine. */
function honest(got, ...statuses) {
  assert.ok(statuses.includes(got.status), `${got.status} ${got.text.slice(0, 500)}`);
  assert.match(got.headers.get('retry-after') ?? '', /^[0-9]+$/);
  assert.ok(got.ms < 25000, `answered after ${got.ms} ms`);
  assert.match(got.text, /暂时不能使用|存储空间|系统繁忙/);
  assert.doesNotMatch(got.text, /sqlite|postgres|SQLSTATE|errno|No space|\/tmp\//i);
}

async function until(what, most = 30000) {
  for (const end = Date.now() + most; ;) {
    const got = await what().catch(() => null);
    if (got) return got;
    assert.ok(Date.now() < end, 'it did not recover in time');
    await sleep(250);
  }
}

let world, walk, web, act, csrf;
async function begin() {
  world = await makeWorld('jinghong', { password });
  walk = await new Walk(world, 'jinghong', 'penalty').until('inquiry.ended');
  web = await browser(world.site, 'jinghong.handler');
  act = `/desk/cases/${walk.key}/acts/recording.noted`;
  csrf = await web.token(act);
  assert.notEqual(csrf, '');
}
const count = async () => (await walk.document()).json['entry-count'];
const submit = (expect) => web.ask(act, { method: 'POST', body: new URLSearchParams({ csrf, expect: String(expect), 'f.about': note.about, 'f.content': typed }) });

/* After the fault: the same form goes through, once, and the log is whole. */
async function recovered(before) {
  await until(async () => (await walk.document()).status === 200);
  const seen = await count();
  const again = seen === before ? await until(async () => { const got = await submit(before); return got.status === 303 && got; }) : { status: 303 };
  assert.equal(again.status, 303);
  const page = (await walk.document()).json;
  assert.equal(page['entry-count'], before + 1);
  assert.equal(page.entries.filter((one) => JSON.stringify(one.fields ?? '').includes(typed.slice(0, 8))).length, 1);
}

async function whole() {
  await world.site.stop();
  const verified = await world.site.cli('log', 'verify');
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
}

/* A disk of 48 MB of our own; null where this machine lets nobody mount. */
function smallDisk() {
  const dir = mkdtempSync('/tmp/sanzhi-full-');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'sanzhi-test', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return null;
  }
}

describe('a full disk', { skip: engine !== 'sqlite' && 'on PostgreSQL the disk is the database server’s' }, () => {
  let disk;
  before(async () => {
    disk = smallDisk();
    if (!disk) return;
    const usual = process.env.TMPDIR;
    process.env.TMPDIR = disk;
    try {
      await begin();
    } finally {
      if (usual === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = usual;
    }
  });
  after(async () => {
    await world?.site.remove();
    if (!disk) return;
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  test('is told, loses nothing that was typed, and is over when there is room', async (t) => {
    if (!disk) return t.skip('a disk can be mounted by root only');
    const already = await count(), filler = path.join(disk, 'filler');
    const { bavail, bsize } = statfsSync(disk);
    try {
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
    } catch (error) {
      assert.equal(error.code, 'ENOSPC');
    }
    let got;
    for (let i = 0; i < 5; i++) { // the write-ahead file may have room for one more
      got = await submit(await count());
      if (got.status !== 303) break;
    }
    honest(got, 507, 503);
    assert.ok(got.text.includes(typed), 'the form came back empty');
    const program = await world.as.handler.act(walk.key, 'recording.noted', note);
    assert.ok([503, 507].includes(program.status), program.text);
    assert.match(program.headers.get('content-type'), /problem\+json/);
    const looked = await web.ask(`/desk/cases/${walk.key}`);
    assert.equal(looked.status, 200, 'what is there can be read although the disk is full');
    assert.equal(await count(), already);
    rmSync(filler);
    await recovered(already);
    await whole();
  });
});

describe('PostgreSQL of its own', { skip: engine !== 'postgres' && 'of PostgreSQL' }, () => {
  const tool = path.join(root, 'tests/tools/pg.sh');
  const usual = process.env.SANZHI_PG_URL;
  let dir, port;
  const start = async () => {
    const { stdout } = await new Promise((resolve, reject) => {
      // The server keeps its starter's output open: to a file it goes, as from a shell.
      execFile('sh', ['-c', `"${tool}" start "${dir}/pg" ${port ?? 0} >"${dir}/url" 2>&1 </dev/null; cat "${dir}/url"`], (error, out, err) => (error ? reject(error) : resolve({ stdout: out, stderr: err })));
    });
    const url = stdout.trim();
    assert.match(url, /^postgres:/, url);
    port = new URL(url).port;
    return url;
  };
  before(async () => {
    dir = mkdtempSync('/tmp/sanzhi-pg-');
    execFileSync('chmod', ['755', dir]);
    process.env.SANZHI_PG_URL = await start();
    await begin();
  });
  after(async () => {
    await world?.site.remove();
    await run(tool, ['stop', `${dir}/pg`]).catch(() => null);
    rmSync(dir, { recursive: true, force: true });
    process.env.SANZHI_PG_URL = usual;
  });

  test('gone and back: a plain page, the words kept, the server goes on by itself', async () => {
    const already = await count();
    await run(tool, ['kill', `${dir}/pg`]);
    const got = await submit(already);
    honest(got, 503);
    assert.ok(got.text.includes(typed), 'what was typed is not on the page');
    honest(await web.ask(`/desk/cases/${walk.key}`), 503);
    const program = await world.as.handler.act(walk.key, 'recording.noted', note);
    assert.equal(program.status, 503, program.text);
    assert.ok(program.json.detail.length > 4);
    await start();
    await recovered(already);
  });

  test('frozen, saying nothing: the same, in a bounded time', async () => {
    const already = await count();
    const pids = (await run('ps', ['-eo', 'pid=,ppid='])).stdout.trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    const head = Number(execFileSync('head', ['-1', `${dir}/pg/data/postmaster.pid`]).toString());
    const ours = pids.filter(([pid, parent]) => pid === head || parent === head).map(([pid]) => pid);
    for (const pid of ours) process.kill(pid, 'SIGSTOP');
    try {
      const [got, read] = await Promise.all([submit(already), web.ask(`/desk/cases/${walk.key}?fresh=1`)]);
      honest(got, 503);
      assert.ok(got.text.includes(typed), 'what was typed is not on the page');
      if (read.status !== 200) honest(read, 503); // a page kept for this reader is shown where it is known to hold
    } finally {
      for (const pid of ours) try { process.kill(pid, 'SIGCONT'); } catch { /* it ended when its client left */ }
    }
    await sleep(500);
    const seen = await until(async () => { const got = await walk.document(); return got.status === 200 && got; });
    assert.ok([already, already + 1].includes(seen.json['entry-count']));
    if (seen.json['entry-count'] === already) {
      const again = await until(async () => { const done = await submit(already); return done.status === 303 && done; });
      assert.equal(again.status, 303);
    }
    assert.equal(await count(), already + 1);
  });

  test('slow: a table that somebody holds is waited for, not for ever', async () => {
    const already = await count();
    const held = run('psql', [world.site.db, '-qc', 'begin; lock table entry in access exclusive mode; select pg_sleep(9); commit']);
    await sleep(700);
    const got = await submit(already);
    honest(got, 503);
    assert.ok(got.text.includes(typed), 'what was typed is not on the page');
    await held;
    const again = await until(async () => { const done = await submit(await count()); return done.status === 303 && done; });
    assert.equal(again.status, 303);
    assert.equal(await count(), already + 1);
  });

  test('after all that the log is whole', whole);
});
