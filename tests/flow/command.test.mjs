// The command, as somebody at a terminal or in a script uses it: what it prints, with --json and without, and how it ends.
// shows: cf-85, fy-88, ms-85, qz-69, xk-82, fy-20, ss-45, ss-46
// shows what is served by: command:rules show
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, root, Site } from './lib.mjs';
import { places } from './world.mjs';

const rulebook = path.join(root, 'rulebook');
const execute = promisify(execFile);

// A command that needs no site.
async function sanzhi(...args) {
  try {
    const { stdout, stderr } = await execute(binary, args, { env: { ...process.env, SANZHI_RULEBOOK: rulebook, SANZHI_SITE: '/nonexistent' }, maxBuffer: 64 << 20 });
    return { stdout, stderr, code: 0 };
  } catch (error) {
    if (typeof error.code !== 'number') throw error;
    return { stdout: error.stdout, stderr: error.stderr, code: error.code };
  }
}

async function prints(args, expected) {
  const got = await sanzhi(...args);
  assert.equal(got.stdout.trim(), expected, `${args.join(' ')}: ${got.stderr}`);
  assert.equal(got.code, 0);
}

async function wrong(args, said) {
  const got = await sanzhi(...args);
  assert.equal(got.code, 2, args.join(' '));
  assert.match(got.stderr, said, args.join(' '));
  assert.equal(got.stdout, '', args.join(' '));
}

describe('due', () => {
  test('working days over the Spring Festival, make-up Saturday counted', async () => {
    await prints(['due', '--from', '2026-02-10', '--within', '7wd'], '2026-02-26');
    await prints(['due', '--from', '2026-02-10', '--within', '7wd', '--json'], (await sanzhi('due', '--from', '2026-02-10T00:00', '--within', '7wd', '--json')).stdout.trim());
    await prints(['due', '--from', '2025-12-30', '--within', '2wd'], '2026-01-04');
  });

  test('a clause with the kind of act it speaks of', async () => {
    await prints(['due', '--clause', 'yn-gs-14', '--kind', '处罚', '--from', '2026-02-10'], '2026-02-26');
    await prints(['due', '--clause', 'yn-gs-14', '--kind', '检查', '--from', '2026-02-10'], '2026-03-16');
  });

  test('hours print an instant', async () => {
    await prints(['due', '--from', '2026-02-10T10:30', '--within', '24h'], '2026-02-11T10:30:00+08:00');
  });

  test('an agency is bound by the strictest of what binds it', async () => {
    await prints(['due', '--clause', 'cxgx-jl-17', '--from', '2026-02-10'], '2026-02-13');
    await prints(['due', '--clause', 'cxgx-jl-17', '--from', '2026-02-10', '--agency', places['cx-gxj'].code], '2026-02-12');
    await prints(['due', '--clause', 'cxgx-jl-17', '--from', '2026-02-10', '--area', '532300'], '2026-02-12');
    const all = await sanzhi('due', '--clause', 'yn-jl-20', '--from', '2026-02-10', '--agency', places['cx-gxj'].code, '--all');
    assert.match(all.stdout, /2026-02-13 {2}cxgx-jl-17 .*\n/);
    assert.match(all.stdout, /2026-02-12 {2}yn-jl-20 .*为准\n/);
  });

  test('each day is explained', async () => {
    const got = await sanzhi('due', '--from', '2026-02-10', '--within', '7wd', '--explain');
    assert.match(got.stdout, /2026-02-10 周二 {2}不计/);
    assert.match(got.stdout, /2026-02-14 周六 {2}计入，第 4 日 .*调休上班/);
    assert.match(got.stdout, /2026-02-17 周二 {2}不计 {2}春节放假/);
    assert.ok(got.stdout.endsWith('\n2026-02-26\n'));
    const doc = JSON.parse((await sanzhi('due', '--from', '2026-02-10', '--within', '7wd', '--json')).stdout);
    assert.equal(doc.due, '2026-02-26');
    assert.equal(doc.explain.filter((day) => day.counted).length, 7);
  });

  test('a year without a calendar is a plain error', async () => {
    const got = await sanzhi('due', '--from', '2026-12-28', '--within', '7wd');
    assert.equal(got.code, 1);
    assert.match(got.stderr, /没有 2027 年的工作日历/);
    assert.equal(got.stdout, '');
  });

  test('wrong use', async () => {
    await wrong(['due', '--within', '7wd'], /缺少 --from/);
    await wrong(['due', '--from', '2026-02-30', '--within', '7wd'], /读不懂的时间 2026-02-30/);
    await wrong(['due', '--from', '2026-02-10'], /--within.*--clause/);
    await wrong(['due', '--from', '2026-02-10', '--within', '7xx'], /7xx.*7wd（工作日）/);
    await wrong(['due', '--from', '2026-02-10', '--within', '0wd'], /“0wd”是零/);
    await wrong(['due', '--from', '2026-02-10', '--within', '7wd', '--kind', '处罚'], /--clause/);
    await wrong(['due', '--from', '2026-02-10', '--clause', 'yn-gs-14', '--kind', '乱写'], /乱写.*许可、处罚/);
    await wrong(['due', '--from', '2026-02-10', '--clause', 'yn-gs-14', '--agency', '11532300015175292X'], /统一社会信用代码/);
    await wrong(['due', '--from', '2026-02-10', '--clause', 'yn-gs-14', '--area', '999999'], /区划表中没有 999999/);
    await wrong(['due', '--form', '2026-02-10'], /是不是 --from/);
    const unknown = await sanzhi('due', '--from', '2026-02-10', '--clause', 'yn-gs-99');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /yn-gs-99/);
    assert.equal(unknown.stderr.match(/yn-gs-99/g).length, 1, `told twice: ${unknown.stderr}`);
  });
});

describe('rules', () => {
  test('check, list, show, conflicts, coverage', async () => {
    assert.match((await sanzhi('rules', 'check')).stdout, /规则库没有错误：\d+ 部文件/);
    const list = JSON.parse((await sanzhi('rules', 'list', '--json')).stdout);
    assert.ok(list.some((one) => one.id === 'bn-jl') && list.some((one) => one.id === 'cf'));
    const show = await sanzhi('rules', 'show', 'yn-gs-14');
    assert.match(show.stdout, /《云南省行政执法公示办法》第十四条/);
    assert.equal((await sanzhi('rules', 'show', 'nope')).code, 1);
    assert.match(JSON.parse((await sanzhi('rules', 'show', 'nope', '--json')).stderr).message, /nope/);
    const unknown = await sanzhi('rules', 'list', 'nope');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /没有编号为 nope 的文件.*yn-gs/);
    await wrong(['rules', 'list', '--section', 'nope'], /没有“nope”这一类.*gates/);
    await wrong(['rules', 'list', 'yn-gs', 'nope'], /多余的“nope”/);
    await wrong(['rules', 'check', 'nope'], /多余的“nope”/);
    const conflicts = JSON.parse((await sanzhi('rules', 'conflicts', '--json')).stdout);
    // of 德宏 the same two days, but from the return; of 西双版纳 the urgent exception that the law of penalties does not know
    assert.ok(conflicts.some((one) => one.lower.clause === 'dh-jl-29' && one.higher.clause === 'yn-jl-20' && one.difference === 'laxer'));
    assert.ok(conflicts.some((one) => one.lower.clause === 'bn-sh-3' && one.higher.clause === 'cf-58.5' && one.governs === 'cf-58.5'));
    const storing = conflicts.find((one) => one.lower.clause === 'cxgx-jl-17');
    assert.equal(storing.higher.clause, 'yn-jl-20');
    const coverage = JSON.parse((await sanzhi('rules', 'coverage', '--json')).stdout);
    assert.ok(coverage.length >= 274);
    for (const row of coverage) if (['def', 'param', 'gate', 'duty', 'record', 'ground', 'final'].includes(row.kind)) assert.notEqual(row.state, 'not-yet', row.clause);
  });

  test('every clause shows its words, and every figure its value', async () => {
    const rows = JSON.parse((await sanzhi('rules', 'coverage', '--json')).stdout).filter((row) => row.serves.includes('command:rules show'));
    assert.ok(rows.length >= 25);
    for (const row of rows) {
      const { stdout, code } = await sanzhi('rules', 'show', row.clause);
      assert.ok(code === 0 && stdout.includes(row.cite) && stdout.includes(row.text), row.clause);
    }
    for (const [instrument, name, value, unit] of [['fy', 'reconsideration-days', '60', 'd'], ['ss', 'suit-after-reconsideration-days', '15', 'd'], ['ss', 'suit-months', '6', 'm']]) {
      const params = JSON.parse((await sanzhi('rules', 'list', instrument, '--section', 'params', '--json')).stdout), one = params.find((param) => param.name === name);
      assert.deepEqual([one.value, one.unit], [value, unit], name);
    }
  });

  test('a slip in the writing is told in Chinese, with its place', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-rules-'));
    await execute('cp', ['-r', rulebook, dir]);
    const file = path.join(dir, 'rulebook', 'yn-gs', 'duties.yaml'), text = await readFile(file, 'utf8'), line = text.split('\n').length;
    for (const [slip, said] of [
      ['wrong: [a, b\n', `${line}:8：从这里开始的“\\[”没有合上`], ['wrong: "a\n', `${line}:8：从这里开始的双引号没有合上`], ['wrong：a\n', `${line}:1：.*全角冒号`],
      ['wrong: a\n  other: b\n', `${line + 1}:3：缩进不对`], ['wrong: a\n\tother: b\n', `${line + 1}:1：缩进里有制表符`],
    ]) {
      await writeFile(file, `${text.trimEnd()}\n${slip}`);
      const got = await sanzhi('rules', 'check', '--rulebook', path.join(dir, 'rulebook'));
      assert.equal(got.code, 1);
      assert.match(got.stderr, new RegExp(`yn-gs/duties\\.yaml:${said}`), slip);
      assert.doesNotMatch(got.stderr, /[a-z]+ [a-z]+ [a-z]+/, 'the parser’s English');
    }
    await rm(dir, { recursive: true });
  });

  test('ten mistakes are all told, with their places', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-rules-'));
    await execute('cp', ['-r', rulebook, dir]);
    const file = path.join(dir, 'rulebook', 'yn-gs', 'duties.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text + Array.from({ length: 10 }, (_, i) => `\nwrong-${i}: {title: 错, clause: yn-gs-99${i}, limit: ${i} moons}\n`).join(''));
    const got = await sanzhi('rules', 'check', '--rulebook', path.join(dir, 'rulebook'));
    assert.equal(got.code, 1);
    const said = got.stdout + got.stderr;
    for (let i = 0; i < 10; i++) assert.match(said, new RegExp(`duties\\.yaml:\\d+.*(wrong-${i}|yn-gs-99${i}|${i} moons)`), `mistake ${i}: ${said}`);
    await rm(dir, { recursive: true });
  });
});

describe('calendar', () => {
  test('a new year is checked and loaded from a file, once', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-calendar-'));
    await execute('cp', ['-r', rulebook, dir]);
    const book = path.join(dir, 'rulebook'), file = path.join(dir, '2027.tsv');
    await writeFile(file, [1, 2, 3, 4, 5, 6, 7].map((day) => `2027-01-0${day}\tholiday\t元旦\n`).join('') + '2027-01-09\tworkday\t元旦\n');
    assert.equal((await sanzhi('calendar', 'check', file)).code, 0);
    assert.equal((await sanzhi('calendar', 'load', file, '--rulebook', book)).code, 0);
    assert.equal((await sanzhi('due', '--from', '2026-12-31', '--within', '2wd', '--rulebook', book)).stdout, '2027-01-09\n');
    assert.equal((await sanzhi('calendar', 'load', file, '--rulebook', book)).code, 1, 'loaded twice');
    assert.equal((await sanzhi('calendar', 'load', file, '--rulebook', book, '--replace')).code, 0);
    assert.match((await sanzhi('calendar', 'show', '2026')).stdout, /2026-02-14 {2}上班/);
    assert.equal((await sanzhi('calendar', 'show', '2030')).code, 1);
    await writeFile(file, '2027-13-01\toff\t元旦\n');
    const bad = await sanzhi('calendar', 'check', file);
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /:1/);
    await rm(dir, { recursive: true });
  });
});

describe('play', () => {
  const cases = path.join(root, 'tests/cases'), env = { ...process.env, SANZHI_RULEBOOK: rulebook, SANZHI_SCENARIOS: cases };
  const play = (...args) => execute(binary, ['play', ...args], { env }).then(({ stdout }) => ({ stdout, stderr: '', code: 0 }), (error) => ({ stdout: error.stdout, stderr: error.stderr, code: error.code }));
  let dir;
  before(async () => { dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-play-')); });
  after(() => rm(dir, { recursive: true }));
  const scenario = async (text) => { await writeFile(path.join(dir, 's.yaml'), text); return path.join(dir, 's.yaml'); };

  test('a scenario that stands by itself: what came is told, right or wrong', async () => {
    const good = await play(await scenario(`title: 一天后公示会不会迟
procedure: penalty
from: 2026-01-30
given-until: decision.made
acts:
  - {at: "2026-02-10 15:00", act: decision.made, duties: {publication.decision: {due: 2026-02-26}}}
  - {at: "2026-02-27 00:00:00", check: {duties: {publication.decision: late}}}
`));
    assert.equal(good.code, 0, good.stdout + good.stderr);
    assert.match(good.stdout, /1 passed, 0 failed/);
    const wrong = await play('--json', await scenario('title: 错的期待\nacts:\n  - {at: "2026-03-02 09:00", act: source.registered, duties: {filing.decide: met}}\n  - {act: decision.made}\n'));
    assert.equal(wrong.code, 1);
    const verdicts = JSON.parse(wrong.stdout).files[0].scenarios[0].verdicts;
    assert.ok(verdicts.some((one) => one.ok) && verdicts.filter((one) => !one.ok).length === 2, JSON.stringify(verdicts));
  });

  test('what is not there is told by a word, never by nothing', async () => {
    const got = await play(await scenario('title: 空的\nacts:\n  - {at: "2026-03-02 09:00", act: source.registered, warns: [yn-gs-1]}\n' +
      '  - {check: {grounds: [yn-gs-31], facts: {nothing: 1}, duties: {publication.decision: met}, lists: [yn-gs-1], exemptions: [yn-gs-1], redactions: []}}\n'));
    assert.equal(got.code, 1);
    assert.match(got.stdout, /追责情形 {2}应为 yn-gs-31；实为 none/);
    assert.match(got.stdout, /事实 nothing {2}应为 1；实为 没有这一事实/);
    assert.match(got.stdout, /期限 publication\.decision {2}应为 met；实为 none/);
    for (const line of got.stdout.split('\n')) assert.ok(!/(应为|实为|提醒) *($|[；\[])/.test(line), line);
  });

  test('what is wrong in the file is told with its place', async () => {
    const got = await play(await scenario('scenarios:\n  - title: 坏的\n    procdure: penalty\n    acts:\n      - {act: source.registered, check: {}}\n'));
    assert.equal(got.code, 1);
    assert.match(got.stderr, /s\.yaml:3:5：不认识的键“procdure”。是不是 procedure/);
    assert.match(got.stderr, /s\.yaml:5:9：每一步写且只写/);
    const broken = await play(await scenario('title: 坏的\nacts:\n\t- {act: source.registered}\n'));
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /s\.yaml:3:1：缩进里有制表符.*换成空格/);
    assert.equal((await play()).code, 2);
    const listed = JSON.parse((await play('--list', '--json', path.join(cases, 'publication/limits.yaml'))).stdout);
    assert.ok(listed[0].scenarios.every((one) => one.title && one.shows.length > 0));
  });
});

describe('a file that cannot be read', () => {
  test('is said to be so, and why, in Chinese', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-read-'));
    const empty = path.join(dir, 'empty.yaml'), calendar = path.join(dir, '2027.tsv');
    await writeFile(empty, '');
    await mkdir(calendar);
    for (const [args, said] of [
      [['play', path.join(dir, 'none.yaml')], /读不到文件：没有这个文件/],
      [['play', dir], /读文件出错：这是目录/],
      [['play', empty], /empty\.yaml:1:1：文件里什么也没有/],
      [['calendar', 'check', path.join(dir, '2028.tsv')], /2028\.tsv：没有这个文件/],
      [['calendar', 'check', calendar], /2027\.tsv：这是目录/],
      [['import', path.join(dir, 'none.csv'), '--what', 'users'], /none\.csv：没有这个文件/],
      [['import', dir, '--what', 'users'], /这是目录/],
      [['restore', '--from', dir, '--site', path.join(dir, 'site')], /这是目录/],
    ]) {
      const got = await sanzhi(...args);
      assert.equal(got.code, 1, args.join(' '));
      assert.match(got.stderr, said, args.join(' '));
    }
    await rm(dir, { recursive: true });
  });
});

describe('help', () => {
  test('every command explains itself; nothing known is said to be unknown', async () => {
    const all = await sanzhi('--help');
    assert.equal(all.code, 0);
    const commands = all.stdout.split('\n').map((line) => /^ {2}([a-z]+(?: [a-z-]+)?) {2,}\S/.exec(line)?.[1]).filter(Boolean);
    assert.ok(commands.length >= 25, commands.join());
    const manual = (await sanzhi('--manual')).stdout, completion = (await sanzhi('--completion')).stdout;
    for (const command of commands) {
      const help = await sanzhi(...command.split(' '), '--help');
      assert.equal(help.code, 0, command);
      assert.ok(help.stdout.startsWith(`用法：sanzhi ${command}`), command);
      assert.ok(manual.includes(`sanzhi ${command}`) && completion.includes(`"${command}"`), command);
      const got = await sanzhi(...command.split(' '), '--frobnicate');
      assert.equal(got.code, 2, command);
    }
    assert.ok(!/[\u4e00-\u9fff]\.$/m.test(manual), 'a Chinese sentence with a Latin stop');
    await wrong(['frobnicate'], /没有“frobnicate”这条命令/);
    await wrong(['log'], /log verify/);
    assert.equal((await sanzhi()).code, 2);
    assert.match((await sanzhi('rules', '--help')).stdout, /rules coverage/);
  });

  test('completion offers what may come next, each word once', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-complete-'));
    const file = path.join(dir, 'completion');
    await writeFile(file, (await sanzhi('--completion')).stdout);
    const offered = async (...words) => {
      const script = '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sanzhi; printf "%s\\n" "${COMPREPLY[@]}"';
      const { stdout } = await execute('bash', ['-c', script, file, 'sanzhi', ...words], { cwd: dir });
      return stdout.trim().split('\n').filter(Boolean);
    };
    assert.deepEqual(await offered('ru'), ['rules']);
    assert.deepEqual(await offered('rules', 'c'), ['check', 'conflicts', 'coverage']);
    assert.deepEqual((await offered('log', '')).sort(), ['--help', 'checkpoint', 'keys', 'prove', 'verify']);
    assert.deepEqual(await offered('due', '--fr'), ['--from']);
    assert.deepEqual(await offered('rules', 'show', '--json', '--r'), ['--rulebook']);
    const first = await offered('');
    assert.equal(new Set(first).size, first.length, first.join());
    await rm(dir, { recursive: true });
  });
});

describe('demo', () => {
  test('the last day: today, but never so late that what is due then has no calendar; the help says the same', async () => {
    const years = (await readdir(path.join(rulebook, 'calendar'))).map((name) => /^(\d{4})\.tsv$/.exec(name)?.[1]).filter(Boolean).sort();
    const tail = Number(/结束前 (\d+) 天/.exec((await sanzhi('demo', '--help')).stdout)[1]);
    const day = (time) => new Date(time).toISOString().slice(0, 10), last = day(Date.UTC(Number(years.at(-1)), 11, 31) - tail * 86_400_000);
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-demo-')), site = path.join(dir, 'site');
    const today = () => [day(Date.now() + 8 * 3_600_000), last].sort()[0], before = today();
    const made = await sanzhi('demo', '--site', site, '--cases', '3', '--json', '--data', path.join(root, 'data/demo'));
    assert.equal(made.code, 0, made.stderr);
    assert.ok([before, today()].includes(JSON.parse(made.stdout).until), `${JSON.parse(made.stdout).until}, not ${before}`);
    const unread = await sanzhi('demo', '--site', path.join(dir, 'other'), '--until', '11-20');
    assert.equal(unread.code, 2);
    assert.ok(unread.stderr.includes(`写成 ${last}`), unread.stderr);
    await wrong(['demo', '--site', path.join(dir, 'other'), '--until', `${Number(years.at(-1)) + 1}-01-01`], new RegExp(`至 ${years.at(-1)}-12-31 之间`));
    assert.deepEqual(await readdir(dir), ['site']);
    await rm(dir, { recursive: true });
  });
});

describe('a site', () => {
  let site;
  before(async () => { site = await Site.demo({ cases: 6 }); });
  after(() => site?.remove());

  test('log: verify, checkpoint, keys, prove, and a stranger’s own check of the proof', async () => {
    const verify = await site.cli('log', 'verify', '--json');
    assert.equal(verify.code, 0, verify.stderr);
    assert.deepEqual(JSON.parse(verify.stdout).findings, []);
    const note = (await site.cli('log', 'checkpoint')).stdout;
    assert.equal(JSON.parse((await site.cli('log', 'checkpoint', '--json')).stdout).checkpoint, note);
    const keys = (await site.cli('log', 'keys')).stdout;
    assert.deepEqual(JSON.parse((await site.cli('log', 'keys', '--json')).stdout).keys, keys.trim().split('\n'));
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-proof-'));
    await writeFile(path.join(dir, 'proof.json'), (await site.cli('log', 'prove', '3', '--open')).stdout);
    await writeFile(path.join(dir, 'keys'), keys);
    const checked = await execute('python3', [path.join(root, 'docs/verify/verify_proof.py'), path.join(dir, 'proof.json'), path.join(dir, 'keys')]).catch((error) => error);
    assert.equal(checked.code ?? 0, 0, checked.stderr);
    assert.notEqual((await site.cli('log', 'prove', '999999')).code, 0);
    await rm(dir, { recursive: true });
  });

  test('backup and restore, to a new folder', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-backup-'));
    const file = path.join(dir, 'b.tar'), restored = path.join(dir, 'restored');
    assert.equal((await site.cli('backup', '--to', file)).code, 0);
    assert.equal((await stat(file)).mode & 0o077, 0, 'others may read the keys in it');
    assert.equal((await site.cli('backup', '--to', file)).code, 1, 'written over');
    const got = await sanzhi('restore', '--from', file, '--site', restored);
    assert.equal(got.code, 0, got.stderr);
    assert.equal((await sanzhi('log', 'verify', '--site', restored)).code, 0);
    assert.equal((await sanzhi('log', 'checkpoint', '--site', restored)).stdout.split('\n')[2], (await site.cli('log', 'checkpoint')).stdout.split('\n')[2], 'another root');
    assert.equal((await sanzhi('restore', '--from', file, '--site', restored)).code, 1, 'restored over a site');
    // what fails leaves nothing that would stand in the way of the next try; what was there before stays
    const bytes = await readFile(file), spoilt = path.join(dir, 'spoilt.tar'), again = path.join(dir, 'again');
    await writeFile(spoilt, bytes.subarray(0, bytes.length >> 1));
    assert.equal((await sanzhi('restore', '--from', spoilt, '--site', again)).code, 1);
    assert.deepEqual(await readdir(again), []);
    assert.equal((await sanzhi('restore', '--from', file, '--site', again)).code, 0, 'not to be tried again');
    const full = path.join(dir, 'full');
    await mkdir(full);
    await writeFile(path.join(full, 'note.txt'), '');
    const refused = await sanzhi('restore', '--from', file, '--site', full);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /空的目录/);
    assert.deepEqual(await readdir(full), ['note.txt']);
    await rm(dir, { recursive: true });
  });

  test('export, import and rebuild', async () => {
    const lines = (await site.cli('export', '--all')).stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, JSON.parse((await site.cli('log', 'verify', '--json')).stdout).entries);
    assert.ok((await site.cli('export', '--stream', 'case')).stdout.trim().split('\n').every((line) => JSON.parse(line).stream.startsWith('case/')));
    const none = await site.cli('export', '--stream', 'cse');
    assert.equal(none.code, 1);
    assert.match(none.stderr, /没有“cse”/);
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-import-'));
    const file = path.join(dir, 'officers.csv');
    await writeFile(file, 'id,name,nothing\nnew,甲,1\n');
    const bad = await site.cli('import', file, '--what', 'officers');
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /nothing/);
    await writeFile(file, '');
    const empty = await site.cli('import', file, '--what', 'officers');
    assert.equal(empty.code, 1, 'nothing was taken in, and no word of it');
    assert.match(empty.stderr, /没有一行内容/);
    await writeFile(file, 'login,name,roles\ntable.one,甲,handler\ntable.two,乙,emperor\n');
    const role = await site.cli('import', file, '--what', 'users');
    assert.equal(role.code, 1);
    assert.match(role.stderr, /第 3 行.*没有“emperor”这个角色/);
    assert.ok(!JSON.parse((await site.cli('user', 'list', '--json')).stdout).some((user) => user.id.startsWith('table.')), 'the lines before were taken in');
    assert.equal((await site.cli('rebuild')).code, 0);
    await rm(dir, { recursive: true });
  });

  test('users: add, list, roles, password, disable, enable, token', async () => {
    const made = await site.cli('user', 'add', 'lin.shi', '--name', '林试', '--roles', 'audit-admin');
    assert.equal(made.code, 0, made.stderr);
    assert.equal((await site.cli('user', 'add', 'lin.shi', '--name', '林试', '--roles', 'audit-admin')).code, 1, 'made twice');
    assert.equal((await site.cli('user', 'add', 'lin.er', '--name', '林二', '--roles', 'emperor')).code === 0, false);
    assert.ok(JSON.parse((await site.cli('user', 'list', '--json')).stdout).some((user) => user.id === 'lin.shi'));
    site.input = 'short\n';
    assert.equal((await site.cli('user', 'password', 'lin.shi')).code, 1);
    site.input = 'Lancang-2026-jiang\n';
    assert.equal((await site.cli('user', 'password', 'lin.shi')).code, 0);
    site.input = undefined;
    assert.equal((await site.cli('user', 'disable', 'lin.shi', '--reason', '调离')).code, 0);
    assert.equal((await site.cli('user', 'enable', 'lin.shi')).code, 0);
    assert.match((await site.cli('user', 'token', 'lin.shi', '--title', '试')).stdout, /^\S{20,}\n$/);
    assert.equal((await site.cli('user', 'token', 'nobody', '--title', '试')).code, 1);
  });

  test('somebody is left who makes users', async () => {
    const [last] = JSON.parse((await site.cli('user', 'list', '--json')).stdout).filter((user) => user.roles.some((role) => role.id === 'system-admin'));
    for (const words of [['disable', last.id], ['roles', last.id, '--roles', 'handler']]) {
      const got = await site.cli('user', ...words);
      assert.equal(got.code, 1, words.join(' '));
      assert.match(got.stderr, /唯一的系统管理员/, words.join(' '));
    }
    assert.equal((await site.cli('user', 'add', 'guan.er', '--name', '管二', '--roles', 'system-admin')).code, 0);
    assert.equal((await site.cli('user', 'disable', last.id)).code, 0);
    assert.equal((await site.cli('user', 'roles', 'guan.er', '--roles', 'handler')).code, 1, 'who is stopped does not count');
    assert.equal((await site.cli('user', 'enable', last.id)).code, 0);
    assert.equal((await site.cli('user', 'disable', 'guan.er')).code, 0);
  });

  test('what is printed is printed as JSON too', async () => {
    const json = async (...args) => {
      const got = await site.cli(...args, '--json');
      assert.equal(got.code, 0, `${args.join(' ')}: ${got.stderr}`);
      return JSON.parse(got.stdout);
    };
    const made = await json('user', 'add', 'json.yi', '--name', '甲', '--roles', 'handler');
    assert.equal(made.user, 'json.yi');
    assert.ok(made.password.length >= 10);
    site.input = 'Lancang-2026-jiang\n';
    assert.deepEqual(await json('user', 'add', 'json.er', '--name', '乙', '--roles', 'handler', '--password-stdin'), { user: 'json.er' });
    assert.deepEqual(await json('user', 'password', 'json.yi'), { user: 'json.yi' });
    site.input = undefined;
    for (const [word, ...more] of [['roles', '--roles', 'window'], ['disable'], ['enable'], ['totp-off']]) assert.deepEqual(await json('user', word, 'json.yi', ...more), { user: 'json.yi' }, word);
    const token = await json('user', 'token', 'json.yi', '--title', '试', '--days', '3');
    assert.ok(token.user === 'json.yi' && token.token.startsWith('sz_') && token.days === 3);
    assert.deepEqual((await json('user', 'list')).find((user) => user.id === 'json.yi').roles.map((role) => role.id), ['window']);
    const wrongUser = await site.cli('user', 'disable', 'nobdy', '--json');
    assert.equal(wrongUser.code, 1);
    assert.equal(JSON.parse(wrongUser.stderr).code, 'not-found');
    assert.equal((await json('rebuild')).entries, JSON.parse((await site.cli('log', 'verify', '--json')).stdout).entries);
  });

  test('a slip in a login makes no user, and what was wrong in a new one leaves none', async () => {
    const entries = JSON.parse((await site.cli('log', 'verify', '--json')).stdout).entries;
    site.input = 'Lancang-2026-jiang\n';
    for (const words of [['disable', 'nobdy'], ['enable', 'nobdy'], ['roles', 'nobdy', '--roles', 'handler'], ['totp-off', 'nobdy'], ['password', 'nobdy']]) {
      const got = await site.cli('user', ...words);
      assert.equal(got.code, 1, words.join(' '));
      assert.match(got.stderr, /没有.*用户/, words.join(' '));
    }
    site.input = undefined;
    const wrongRole = await site.cli('user', 'add', 'lin.san', '--name', '林三', '--roles', 'handler,emperor');
    assert.equal(wrongRole.code, 1);
    assert.match(wrongRole.stderr, /没有“emperor”这个角色.*可选：handler/);
    assert.equal(JSON.parse((await site.cli('log', 'verify', '--json')).stdout).entries, entries, 'something was written');
    assert.equal((await site.cli('user', 'add', 'lin.san', '--name', '林三', '--roles', 'handler')).code, 0, 'the name is taken');
  });
});

describe('a site that cannot be made', () => {
  test('leaves nothing: the next try succeeds', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-init-'));
    const to = path.join(dir, 'site');
    for (const more of [['--admin', '坏 人'], ['--rulebook', '/nonexistent'], ['--db', 'postgres://127.0.0.1:1/nothing'], ['--base-url', 'nowhere']]) {
      assert.equal((await sanzhi('init', '--site', to, ...more)).code, 1, more.join(' '));
      assert.deepEqual(await readdir(to).catch(() => []), [], more.join(' '));
    }
    const made = JSON.parse((await sanzhi('init', '--site', to, '--json')).stdout);
    assert.ok(made.site === to && made.user === 'admin' && made.password.length >= 10);
    await writeFile(path.join(to, 'site.json'), 'garbage');
    const spoilt = await sanzhi('user', 'list', '--site', to);
    assert.equal(spoilt.code, 1);
    assert.match(spoilt.stderr, /site\.json 读不懂/, 'which file is not said');
    await rm(dir, { recursive: true });
  });
});
