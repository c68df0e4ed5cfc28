// Registers as tables: what one site exports another imports, photographs included; what is wrong in a table or in its files changes nothing.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { png, Site } from './lib.mjs';

const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
const registers = ['agencies', 'officers', 'assistants', 'reviewers', 'users'];
const places = { 西双版纳: '532800', justice: '11530000015110018Y' };
let from, dir;

before(async () => {
  from = await Site.demo({ cases: 3 });
  dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-tables-'));
});
after(async () => {
  await from?.remove();
  await rm(dir, { recursive: true, force: true });
});

async function good(site, ...args) {
  const got = await site.cli(...args);
  assert.equal(got.code, 0, `${args.join(' ')}: ${got.stderr}`);
  return got;
}

// All registers of a site: {officers: text, …} with the photographs below `photos`.
async function give(site, photos) {
  const tables = {};
  for (const what of registers) tables[what] = (await good(site, 'export', '--what', what, ...(what === 'officers' ? ['--files', photos] : ['--files', `${photos}-none`]))).stdout;
  return tables;
}

const entries = async (site) => JSON.parse((await good(site, 'log', 'verify', '--json')).stdout).entries;
const held = async (site) => JSON.parse((await good(site, 'sweep', '--look', '--json')).stdout).held;
const rows = (csv) => csv.replace(/^\ufeff/, '').trim().split('\n');

describe('registers go from one site to another', () => {
  let to;
  before(async () => { to = await Site.make(); });
  after(() => to?.remove());

  test('as CSV, photographs included; nothing is lost and no secret goes along', async () => {
    const photos = path.join(dir, 'photos'), tables = await give(from, photos);
    assert.ok(rows(tables.officers).length > 50 && rows(tables.agencies).length > 10);
    assert.ok(tables.officers.startsWith('\ufeffid,'), 'a spreadsheet would not know the encoding');
    for (const [what, text] of Object.entries(tables)) {
      assert.doesNotMatch(text, /argon2|password|secret|totp|token/i, what);
      const file = path.join(dir, `${what}.csv`);
      await writeFile(file, text);
      const before = await entries(to);
      assert.match((await good(to, 'import', file, '--what', what, '--look', '--files', photos)).stdout, /没有错误，可以导入 \d+ 行/);
      assert.equal(await entries(to), before, 'a look took something in');
      const taken = await good(to, 'import', file, '--what', what, '--files', photos, '--json');
      assert.equal(JSON.parse(taken.stdout).taken, rows(text).length - 1, what);
    }
    const again = path.join(dir, 'again'), back = await give(to, again);
    for (const what of registers) {
      const own = what === 'users' ? (line) => !line.startsWith('admin,') : () => true;
      assert.deepEqual(rows(back[what]).filter(own).sort(), rows(tables[what]).filter(own).sort(), what);
    }
    assert.ok(!(await readdir(dir)).includes('photos-none'), 'a folder for no file');
    const names = await readdir(photos);
    assert.ok(names.length > 50);
    assert.deepEqual(await readdir(again), names);
    for (const name of names) assert.deepEqual(await readFile(path.join(again, name)), await readFile(path.join(photos, name)));
    assert.equal((await stat(path.join(photos, names[0]))).mode & 0o077, 0, 'others may read the photographs');
    assert.equal(JSON.parse((await good(to, 'log', 'verify', '--json')).stdout).findings.length, 0);
  });

  test('as JSON, line by line; what is there already is passed over when asked', async () => {
    const file = path.join(dir, 'officers.json'), photos = path.join(dir, 'json');
    const text = (await good(from, 'export', '--what', 'officers', '--json', '--files', photos)).stdout;
    const lines = text.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.every((one) => Array.isArray(one.acts) && one.photo.startsWith(`${one.id}-photo.`)));
    // somebody may be there as an officer and not yet as a reviewer
    const more = path.join(dir, 'more.json'), known = JSON.parse((await good(from, 'export', '--what', 'reviewers', '--json')).stdout.split('\n')[0]), fresh = lines.find((one) => one.id !== known.id && one.id.endsWith('-01'));
    await writeFile(more, [known, { ...known, id: fresh.id, name: fresh.name }].map((one) => JSON.stringify(one)).join('\n'));
    const reviewers = JSON.parse((await good(to, 'import', more, '--what', 'reviewers', '--new-only', '--json')).stdout);
    assert.deepEqual([reviewers.taken, reviewers.known], [1, 1]);
    await writeFile(file, text + `${JSON.stringify({ ...lines[0], id: 'brand-new', number: '云53009999999' })}\n`);
    const before = await entries(to);
    const got = JSON.parse((await good(to, 'import', file, '--what', 'officers', '--files', photos, '--new-only', '--json')).stdout);
    assert.deepEqual([got.taken, got.known], [1, lines.length]);
    assert.equal(await entries(to), before + 1);
  });

  test('without a folder the photographs are left out, and that is said; a folder in use is refused', async () => {
    const plain = await good(from, 'export', '--what', 'officers');
    assert.ok(!rows(plain.stdout)[0].includes('photo'));
    assert.match(plain.stderr, /相片没有导出：加上 --files/);
    const full = path.join(dir, 'full');
    await mkdir(full);
    await writeFile(path.join(full, 'note.txt'), '');
    const refused = await from.cli('export', '--what', 'officers', '--files', full);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /已有内容/);
    assert.equal(refused.stdout, '');
    assert.deepEqual(await readdir(full), ['note.txt']);
    for (const words of [[], ['--what', 'users', '--all'], ['--all', '--files', full]]) assert.equal((await from.cli('export', ...words)).code, 2, words.join(' '));
    const unknown = await from.cli('export', '--what', 'ofcers');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /没有“ofcers”.*officers/);
  });

  test('what is in force no longer is not carried into another site', async () => {
    await from.serve();
    const supervisor = await from.user('jian.du', 'supervisor', { agency: places.justice, name: '监督' });
    const [first] = rows((await good(from, 'export', '--what', 'officers')).stdout).slice(1), id = first.split(',')[0];
    const suspended = await supervisor.post(`/desk/officers/${id}/acts/officer.suspended`, { f: { reason: '核查', from: '2026-06-01' } });
    assert.ok(suspended.status < 400, suspended.text);
    await good(from, 'user', 'disable', 'jian.du');
    const officers = await good(from, 'export', '--what', 'officers'), users = await good(from, 'export', '--what', 'users');
    assert.ok(!rows(officers.stdout).some((line) => line.startsWith(`${id},`)), 'a suspended certificate would be valid again');
    assert.match(officers.stderr, /另有 1 项已经停用、暂扣或者收回/);
    assert.ok(!rows(users.stdout).some((line) => line.startsWith('jian.du,')));
    await from.stop();
  });
});

describe('officers come in with their photographs', () => {
  let site, folder, table;
  const heading = 'id,name,number,agency,unit,acts,area,valid-from,valid-until,photo';
  const line = (id, photo) => `${id},刀玉,云5328${id.slice(-4)},${table.agency},执法大队,处罚;检查,${places.西双版纳},2025-01-01,2029-12-31,${photo}`;
  before(async () => {
    site = await Site.demo({ cases: 1 });
    folder = path.join(dir, 'import');
    await mkdir(path.join(folder, 'deep'), { recursive: true });
    const agencies = rows((await good(site, 'export', '--what', 'agencies')).stdout).map((one) => one.split(','));
    table = { agency: agencies.find((one) => one[3].startsWith('5328'))[0], file: path.join(folder, 'officers.csv') };
    for (const [name, bytes] of [['a.png', png], ['deep/b.jpg', jpeg], ['fake.png', 'no picture'], ['empty.jpg', '']]) await writeFile(path.join(folder, name), bytes);
    await writeFile(path.join(folder, 'huge.png'), png);
    await truncate(path.join(folder, 'huge.png'), (16 << 20) + 1);
    await writeFile(path.join(dir, 'outside.png'), png);
  });
  after(() => site?.remove());

  test('every file that is wrong is told with its line, its column and how to mend it, and nothing changes', async () => {
    const bad = [['none.png', /没有这个文件.*把文件放到/], ['fake.png', /不是 PNG 或者 JPEG.*另存为/], ['empty.jpg', /不是 PNG 或者 JPEG/], ['huge.png', /16 MiB，超过 16 MiB.*缩小/],
      ['deep', /不是一个文件/], ['../outside.png', /不在给定的文件夹里/], ['/etc/passwd', /不在给定的文件夹里/], ['deep/../../outside.png', /不在给定的文件夹里/]];
    await writeFile(table.file, [heading, line('bn-0001', 'a.png'), ...bad.map(([name], i) => line(`bn-1${String(i).padStart(3, '0')}`, name)), line('bn-0003', '')].join('\n'));
    const before = [await entries(site), await held(site)];
    const got = await site.cli('import', table.file, '--what', 'officers');
    assert.equal(got.code, 1);
    const said = got.stderr.split('\n');
    for (const [i, [name, mend]] of bad.entries()) {
      const one = said.find((text) => text.startsWith(`第 ${i + 3} 行，photo：`) && text.includes(name));
      assert.match(one ?? got.stderr, mend, name);
    }
    assert.match(said.find((text) => text.startsWith(`第 ${bad.length + 3} 行`)), /照片.*西双版纳/, 'the law of the place asks for the photograph');
    assert.ok(!got.stderr.includes('第 2 行'));
    assert.match(got.stderr, new RegExp(`有 ${bad.length + 1} 处需要改正，一行也没有导入`));
    assert.deepEqual([await entries(site), await held(site)], before, 'something was taken in');
  });

  test('a heading may bear the titles of the form; one without the key, and an agency that nobody registered, are told', async () => {
    const say = async (text, code) => {
      await writeFile(table.file, text);
      const got = await site.cli('import', table.file, '--what', 'officers');
      assert.equal(got.code, code, got.stderr);
      return got;
    };
    const titles = '编号,姓名,执法证号,所在机关,所在执法机构,执法类别,执法区域,有效期起,有效期止,照片\n';
    assert.match((await say(`单位,姓名\n甲,乙\n丙,丁\n`, 1)).stderr, /^第 1 行：没有“id”这一列。第一行写列名；sanzhi export --what officers.*样本\nsanzhi：有 1 处/);
    const stranger = (await say(titles + line('bn-0009', 'a.png').replace(table.agency, '12532823MB1234567L'), 1)).stderr;
    assert.match(stranger, /第 2 行，agency：机关 \S+ 还没有登记。先登记或者导入机关/);
    assert.match((await say(titles + line('bn-0009', 'a.png'), 0)).stdout, /已导入 1 行/);
    assert.match((await say(titles.replace('照片', '像片') + line('bn-0008', 'a.png'), 1)).stderr, /第 2 行，像片/);
  });

  test('beside the table, or in the folder that is named', async () => {
    await writeFile(table.file, [heading, line('bn-0001', 'a.png'), line('bn-0002', 'deep/b.jpg')].join('\n'));
    assert.match((await good(site, 'import', table.file, '--what', 'officers')).stdout, /已导入 2 行/);
    const elsewhere = path.join(dir, 'elsewhere.csv');
    await writeFile(elsewhere, [heading, line('bn-0004', 'b.jpg')].join('\n'));
    await good(site, 'import', elsewhere, '--what', 'officers', '--files', path.join(folder, 'deep'));
    const photos = path.join(dir, 'taken');
    await good(site, 'export', '--what', 'officers', '--files', photos);
    assert.deepEqual(await readFile(path.join(photos, 'bn-0001-photo.png')), png);
    assert.deepEqual(await readFile(path.join(photos, 'bn-0002-photo.jpg')), jpeg);
    assert.deepEqual(await readFile(path.join(photos, 'bn-0004-photo.jpg')), jpeg);
  });
});
