// Somebody with the superuser's hand on a PostgreSQL changes, removes, adds and reorders, past every trigger: the full check finds it and
// says what. (The same on SQLite, in more kinds: tests/unit/journal/test_tamper.c.)
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { engine, Site } from './lib.mjs';

const run = promisify(execFile);
const skip = engine !== 'postgres' && 'of PostgreSQL';

let site, pick;
const psql = async (url, sql, ...more) => (await run('psql', [url, '-q', '-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...more, '-c', sql])).stdout.trim();
const one = async (sql) => Number(await psql(site.db, sql));

before(async () => {
  if (skip) return;
  site = await Site.demo({ cases: 12 });
  // An entry in the middle of a long stream, its place in the log, and what else the table below speaks of.
  const stream = await one("select id from stream where type = 'case' order by head desc, id limit 1");
  const entry = await one(`select id from entry where stream = ${stream} and number = 5`);
  const index = await one(`select idx from leaf where entry = ${entry}`);
  const size = await one('select count(*) from leaf');
  const last = await one(`select max(number) from entry where stream = ${stream}`);
  pick = {
    stream, entry, index, size, last, other: await one(`select entry from leaf where idx = ${index} + 1`), filed: await one('select min(entry) from entry_file'),
    newest: await one(`select id from entry where stream = ${stream} and number = ${last}`), checkpoint: await one('select max(size) from checkpoint'), level: 8,
  };
  assert.ok(size > 256, `${size} leaves are more than a tile`);
});
after(() => site?.remove());

/* A copy of the site's database, with what is done to it; resolves with what the check finds. */
let copies = 0;
async function tampered(sql) {
  const url = new URL(site.db), admin = new URL(site.db), name = `${url.pathname.slice(1)}_${++copies}`;
  admin.pathname = '/postgres';
  await psql(admin.href, `create database ${name} template ${url.pathname.slice(1)}`);
  url.pathname = `/${name}`;
  if (sql) await psql(url.href, `set session_replication_role = replica; ${sql}`);
  const copy = Object.assign(new Site(), { dir: site.dir, db: url.href });
  const { code, stdout, stderr } = await copy.cli('log', 'verify', '--json');
  assert.ok(stdout.startsWith('{'), stderr);
  await psql(admin.href, `drop database ${name}`);
  const { findings } = JSON.parse(stdout);
  assert.equal(code, findings.length === 0 ? 0 : 1);
  return findings;
}

test('an untouched copy is clean', { skip }, async () => {
  assert.deepEqual(await tampered(''), []);
});

// [what is done, the finding that must be there, its members, at most so many findings]
const zero = (n) => `decode(repeat('00', ${n}), 'hex')`;
const kinds = [
  ['a word in an entry', (p) => `update entry set bytes = overlay(bytes placing '\\x78'::bytea from 40) where id = ${p.entry}`, 'entry-changed', (p) => ({ entry: p.entry }), 2],
  ['an entry emptied', (p) => `update entry set bytes = ''::bytea where id = ${p.entry}`, 'entry-changed', (p) => ({ entry: p.entry }), 3],
  ['the salt', (p) => `update entry set salt = ${zero(16)} where id = ${p.entry}`, 'entry-changed', (p) => ({ entry: p.entry }), 1],
  ['the digest', (p) => `update entry set leaf = ${zero(32)} where id = ${p.entry}`, 'entry-digest', (p) => ({ entry: p.entry }), 2],
  ['the kind beside the bytes', (p) => `update entry set kind = 'other' where id = ${p.entry}`, 'entry-columns', (p) => ({ entry: p.entry }), 1],
  ['the time beside the bytes', (p) => `update entry set at = at - 1 where id = ${p.entry}`, 'entry-columns', (p) => ({ entry: p.entry }), 1],
  ['who did it', (p) => `update entry set by_user = 'somebody' where id = ${p.entry}`, 'entry-columns', (p) => ({ entry: p.entry }), 1],
  ['which agency', (p) => `update entry set agency = '' where id = ${p.entry}`, 'entry-columns', (p) => ({ entry: p.entry }), 1],
  ['an entry gone', (p) => `delete from entry where id = ${p.entry}`, 'entry-missing', (p) => ({ entry: p.entry }), 4],
  ['the newest entry gone', (p) => `delete from entry where id = ${p.newest}`, 'entry-missing', (p) => ({ number: p.last }), 3],
  ['an entry slipped in', (p) => `insert into entry overriding system value select 999999, stream, number + 1, kind, at, recorded, by_user, agency, bytes, salt, leaf from entry where id = ${p.newest}`,
    'entry-unlogged', () => ({ entry: 999999 }), 5],
  ['a head set back', (p) => `update stream set head = head - 1 where id = ${p.stream}`, 'stream-head', (p) => ({ number: p.last }), 1],
  ['a head set on', (p) => `update stream set head = head + 1 where id = ${p.stream}`, 'entry-missing', (p) => ({ number: p.last + 1 }), 1],
  ['a stream that never was', () => `insert into stream (id, type, key, head, recorded) overriding system value values (999999, 'case', 'ghost', 3, 0)`, 'entry-missing', () => ({ number: 1 }), 3],
  ['a leaf changed', (p) => `update leaf set hash = ${zero(32)} where idx = ${p.index}`, 'leaf-changed', (p) => ({ index: p.index }), 2],
  ['a leaf gone', (p) => `delete from leaf where idx = ${p.index}`, 'leaf-missing', (p) => ({ index: p.index }), 400],
  ['a leaf before the first', () => `insert into leaf values (-1, 999999, ${zero(32)})`, 'leaf-added', () => ({ index: -1 }), 1],
  ['a node changed', () => `update node set hash = ${zero(32)} where level = 8 and idx = 0`, 'node-changed', () => ({ index: 0 }), 1],
  ['a node too many', () => `insert into node values (8, 500, ${zero(32)})`, 'node-added', () => ({ index: 500 }), 1],
  ['a file by another name', (p) => `update entry_file set name = 'other' where entry = ${p.filed}`, 'entry-files', (p) => ({ entry: p.filed }), 1],
  ['a file by another digest', (p) => `update entry_file set sha256 = ${zero(32)} where entry = ${p.filed}`, 'entry-files', (p) => ({ entry: p.filed }), 1],
  ['a file gone from the list', (p) => `delete from entry_file where entry = ${p.filed}`, 'entry-files', (p) => ({ entry: p.filed }), 1],
  ['a checkpoint of another tree', (p) => `update checkpoint set root = ${zero(32)} where size = ${p.checkpoint}`, 'checkpoint-changed', (p) => ({ size: p.checkpoint }), 2],
  ['a checkpoint’s text', (p) => `update checkpoint set note = replace(note, '${p.checkpoint}', '${p.checkpoint + 1}') where size = ${p.checkpoint}`, 'checkpoint-changed', (p) => ({ size: p.checkpoint }), 2],
  ['a checkpoint without signatures', (p) => `update checkpoint set note = split_part(note, E'\\n\\n', 1) || E'\\n\\n' where size = ${p.checkpoint}`, 'checkpoint-changed', (p) => ({ size: p.checkpoint }), 1],
  ['two entries in each other’s places', (p) => `update leaf set idx = -5 where idx = ${p.index}; update leaf set idx = ${p.index} where idx = ${p.index} + 1; update leaf set idx = ${p.index} + 1 where idx = -5`,
    'log-changed', () => ({}), 400],
  ['the end cut off, heads and all', (p) => `delete from leaf where idx >= ${p.size} - 10; delete from entry where not exists (select 1 from leaf where leaf.entry = entry.id);
    delete from stream where not exists (select 1 from entry where entry.stream = stream.id);
    update stream set head = (select max(number) from entry where stream = stream.id), recorded = (select max(recorded) from entry where stream = stream.id)`, 'leaf-missing', () => ({}), 400],
  ['bytes, digest and leaf all made to agree', (p) => `update entry set bytes = o.bytes, salt = o.salt, leaf = o.leaf from entry o where entry.id = ${p.entry} and o.id = ${p.other};
    update leaf set hash = (select hash from leaf l where l.entry = ${p.other}) where entry = ${p.entry}`, 'log-changed', () => ({}), 400],
];

for (const [title, sql, what, members, most] of kinds) {
  test(title, { skip }, async () => {
    const findings = await tampered(sql(pick)), wanted = Object.entries(members(pick));
    const told = findings.slice(0, 6).map((finding) => JSON.stringify(finding)).join('\n');
    assert.ok(findings.some((finding) => finding.what === what && wanted.every(([name, value]) => finding[name] === value)), `${what} ${JSON.stringify(members(pick))} not among:\n${told}`);
    assert.ok(findings.length <= most, `${findings.length} findings:\n${told}`);
  });
}

test('the engine refuses what the program never asks for', { skip }, async () => {
  for (const sql of ["update entry set kind = 'x'", 'delete from entry', 'truncate entry cascade', 'update leaf set idx = idx + 1', 'delete from leaf', 'update node set idx = 0', 'delete from node',
    "update checkpoint set note = ''", 'delete from checkpoint', "update entry_file set name = ''", 'delete from entry_file', 'delete from stream', 'update stream set head = head - 1',
    'update stream set head = head', "update stream set key = 'x', head = head + 1", 'update stream set recorded = 0, head = head + 1'])
    await assert.rejects(psql(site.db, sql), /journal: /, sql);
  assert.deepEqual(await tampered(''), []);
});
