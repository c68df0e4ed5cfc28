// What was acknowledged is kept: through a crash, and against a hand on the database file.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Walk } from '../journeys/walk.mjs';
import { engine } from './lib.mjs';
import { makeWorld } from './world.mjs';

const run = promisify(execFile);

test('kill -9 amid two hundred acts: whatever was answered is there, and the log is whole', async () => {
  const world = await makeWorld('chuxiong');
  try {
    const walk = await new Walk(world, 'chuxiong', 'penalty').until('inquiry.ended');
    const acknowledged = [];
    let begun = 0, stopped = false;
    const worker = async () => {
      while (begun < 200 && !stopped) {
        const i = begun++;
        const answer = await world.as.handler.act(walk.key, 'recording.noted', { about: '摄录重点补充说明', content: `第${i}份说明。` }).catch(() => null);
        if (answer?.status === 201) acknowledged.push([i, answer.json.number]);
        if (acknowledged.length >= 90 && !stopped) {
          stopped = true;
          world.site.server.kill('SIGKILL');
        }
      }
    };
    const ended = new Promise((resolve) => world.site.server.on('exit', resolve));
    await Promise.all(Array.from({ length: 8 }, worker));
    assert.ok(stopped, `${acknowledged.length} of ${begun} acts were answered`);
    await ended;
    const verified = await world.site.cli('log', 'verify');
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    await world.site.serve();
    const page = (await walk.document()).json;
    const kept = new Map(page.entries.filter((one) => one.kind === 'recording.noted').map((one) => [one.number, JSON.stringify(one.fields)]));
    for (const [i, number] of acknowledged) assert.ok(kept.get(number)?.includes(`第${i}份说明。`), `entry ${number} is lost`);
    const more = await world.as.handler.act(walk.key, 'recording.noted', { about: '摄录重点补充说明', content: '重启之后。' });
    assert.equal(more.status, 201, more.text);
    assert.equal(more.json.number, page['entry-count'] + 1);
    const again = await world.site.cli('log', 'verify');
    assert.equal(again.code, 0, again.stdout + again.stderr);
  } finally {
    await world.site.remove();
  }
});

describe('a hand on what was kept', { skip: engine !== 'sqlite' && 'these reach into the SQLite file' }, () => {
  let world, walk, file;
  before(async () => {
    world = await makeWorld('chuxiong');
    walk = await new Walk(world, 'chuxiong', 'penalty').until('inquiry.ended');
    await world.site.stop();
    file = path.join(world.site.dir, 'sanzhi.db');
  });
  after(() => world?.site.remove());
  const sql = async (text) => (await run('sqlite3', [file, text])).stdout.trim();

  test('the database refuses a plain update and a plain delete', async () => {
    await assert.rejects(sql("update entry set kind = 'x' where id = 5"), /nothing is changed/);
    await assert.rejects(sql('delete from entry where id = 5'), /nothing is removed/);
  });

  test('a changed byte of an entry is found and the entry named', async () => {
    const trigger = await sql("select sql from sqlite_schema where name = 'entry_update'");
    const id = await sql("select id from entry where kind = 'filing.proposed'");
    const was = await sql(`select hex(bytes) from entry where id = ${id}`);
    const changed = (parseInt(was.slice(40, 42), 16) ^ 1).toString(16).padStart(2, '0');
    await sql(`drop trigger entry_update; update entry set bytes = x'${was.slice(0, 40)}${changed}${was.slice(42)}' where id = ${id}`);
    const found = await world.site.cli('log', 'verify');
    assert.equal(found.code, 1, found.stdout);
    assert.ok(found.stdout.includes(walk.key) || new RegExp(`第 ?${id} ?条|\\b${id}\\b`).test(found.stdout), found.stdout);
    await sql(`update entry set bytes = x'${was}' where id = ${id}; ${trigger}`);
    assert.equal((await world.site.cli('log', 'verify')).code, 0);
  });

  test('an entry taken out of the middle is found', async () => {
    const trigger = await sql("select sql from sqlite_schema where name = 'entry_delete'");
    const id = await sql("select id from entry where kind = 'identity.shown'");
    const keep = `${file}.keep`;
    await writeFile(keep, await readFile(file));
    await sql(`pragma foreign_keys = off; drop trigger entry_delete; delete from entry where id = ${id}`);
    const found = await world.site.cli('log', 'verify');
    assert.equal(found.code, 1, found.stdout);
    await writeFile(file, await readFile(keep));
    assert.ok(trigger);
    assert.equal((await world.site.cli('log', 'verify')).code, 0);
  });

  test('a changed file is found', async () => {
    const blobs = path.join(world.site.dir, 'blobs');
    const names = (await readdir(blobs, { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name));
    const blob = path.join(blobs, names[0]), was = await readFile(blob);
    const bad = Buffer.from(was);
    bad[bad.length >> 1] ^= 1;
    await run('chmod', ['u+w', blob]);
    await writeFile(blob, bad);
    const found = await world.site.cli('log', 'verify');
    assert.equal(found.code, 1, found.stdout);
    await writeFile(blob, was);
    assert.equal((await world.site.cli('log', 'verify')).code, 0);
  });
});
