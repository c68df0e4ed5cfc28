// The measurements themselves; each resolves with rows of the table.
import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Walk } from '../tests/journeys/walk.mjs';
import { citizen } from '../tests/journeys/parts.mjs';
import { binary, root } from '../tests/flow/lib.mjs';
import { makeWorld, places } from '../tests/flow/world.mjs';
import { atEnd, build, copy, folder, freePort, get, load, median, nginx, post, resident, run, tool } from './tools.mjs';

const bearer = (client) => ({ authorization: `Bearer ${client.token}` });
const perSecond = (rate) => `${Math.round(rate)}/s`;
const ms = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;

export async function world(place = 'jinghong') {
  const made = await makeWorld(place);
  atEnd(() => made.site.remove());
  return made;
}

async function openCases(made, count) {
  const keys = [];
  for (let i = 0; i < count; i++) {
    const opened = await made.as.handler.post('/desk/new/penalty', { at: '2026-10-12T09:30', f: {
      title: `${i + 1}号铺销售超过保质期食品案`, source: '投诉举报', received: '2026-10-12T09:00', provider: '12315 平台', content: '消费者反映该店出售过期牛奶和饼干。', party: citizen,
      division: made.place.division, 'act-kind': '处罚', 'decided-as': '本机关', secrecy: '公开', 'offence-ended': '2026-10-11' } });
    if (opened.status !== 201) throw new Error(`${opened.status} ${opened.text}`);
    keys.push(opened.json.url.split('/').pop());
  }
  return keys;
}

// Acts that may be noted again and again, of the size that acts have.
function notes(made) {
  const officers = [made.officers.handler, made.officers.second], place = '告庄西双景 12 栋 3 号铺';
  return [
    ['identity.shown', { officers, 'shown-to': '岩罕', 'certificates-shown': true, uniform: '已按规定', 'assistants-carded': '无辅助人员', 'confirmed-by-party': true, place }],
    ['recording.announced', { people: '岩罕', manner: '口头告知并录入' }],
    ['recording.noted', { about: '摄录重点补充说明', content: '录像为现场检查全过程，与原始文件一致。', disc: true }],
    ['inquiry.inspected', { when: { from: '2026-10-13T09:05', to: '2026-10-13T10:15' }, place, officers, 'certificates-shown': true, present: '岩罕', 'officers-signed': true,
      course: '执法人员出示证件、说明来意后，由在场人员陪同逐区检查。', findings: '货架和冷柜内有超过保质期的预包装食品 46 件，已拍照、清点。', violations: true, signature: { by: '岩罕', at: '2026-10-13T10:16' } }],
  ];
}

function noteRequests(made, keys, each) {
  const acts = notes(made), out = [];
  for (let round = 0; round < each; round++)
    for (const key of keys) {
      const [kind, f] = acts[round % acts.length];
      out.push(post(made.site.url, `/desk/cases/${key}/acts/${kind}`, { f, at: '2026-10-13T10:20' }, bearer(made.as.handler)));
    }
  return out;
}

// Appends over HTTP beside the same rows by a bare loop, in turns.
export async function appendsSqlite(size) {
  const made = await world(), keys = await openCases(made, size.cases), rates = [], bare = [], groups = [];
  const database = path.join(made.site.dir, 'sanzhi.db');
  for (let round = 0; round < size.rounds; round++) {
    await made.site.stop();
    await copy(database, `${folder}/before.db`);
    await made.site.serve();
    const got = await load(made.site.url, noteRequests(made, keys, size.each), { connections: 64, seconds: 20, once: true });
    await made.site.stop();
    await copy(database, `${folder}/after.db`);
    const rows = await tool('rows', `${folder}/before.db`, `${folder}/after.db`, 0);
    rates.push(got.rate);
    bare.push(rows.rate);
    groups.push(rows.group);
  }
  await made.site.remove();
  return [{ what: `durable appends, 64 clients, SQLite (groups of ${median(groups)})`, ours: perSecond(median(rates)), beside: `${perSecond(median(bare))} bare loop`, ratio: median(rates.map((one, i) => one / bare[i])), least: 0.5 }];
}

/* One transaction of pgbench: the same statements' worth of rows as a group of the journal's, sent without waiting in between. Kinds of act take turns, as the
   journal's do; their values travel as parameters, since no client's rows are known to the server before they come. */
function pgbenchScript(samples, streams, group) {
  const lines = ['\\startpipeline', 'begin;'];
  for (let i = 0; i < group; i++) {
    const k = i % samples.length;
    lines.push(`\\set s ${streams.first} + (:client_id * 7919 + :n * ${group} + ${i}) % ${streams.count}`, `\\set k 1000000 + :client_id * 10000000 + :n * ${group} + ${i}`);
    lines.push('update stream set head = head + 1, recorded = recorded + 1 where id = (:s)::bigint;');
    lines.push(`insert into entry (stream, number, kind, at, recorded, by_user, agency, bytes, salt, leaf) values ((:s)::bigint, (:k)::bigint, :kind${k}, 1, 1, :by_user${k}, :agency${k}, (:bytes${k})::bytea, (:salt${k})::bytea, (:leaf${k})::bytea);`);
    lines.push(`insert into leaf (idx, entry, hash) values ((:k)::bigint * 1000 + 1, currval('entry_id_seq'), (:leaf${k})::bytea);`);
    lines.push(`update stream_state set head = head + 1, state = :state${k} where stream = (:s)::bigint;`);
    lines.push('update case_file set updated = updated + 1, entries = entries + 1 where id = (:s)::bigint;');
    lines.push(`insert into case_search (rowid, tokens) values ((:s)::bigint * 100000000000 + (:k)::bigint, cast(:tokens${k} as tsvector));`);
  }
  lines.push('commit;', '\\endpipeline', '\\set n :n + 1');
  return lines.map((line) => `${line}\n`).join('');
}

// A server of PostgreSQL of its own, with a function that gives the address of one of its databases; null where it is not installed.
async function postgres() {
  const pg = path.join(root, 'tests/tools/pg.sh'), dir = path.join(folder, 'pg');
  await run('chmod', ['755', folder]); // the server runs as another user
  let url;
  try {
    url = (await run(pg, ['start', dir, '0'])).stdout.trim();
  } catch (error) {
    if (error.code !== 77) throw error;
    return null;
  }
  const stop = () => run(pg, ['stop', dir]);
  atEnd(stop);
  process.env.SANZHI_PG_URL = url;
  return {
    stop,
    database: (name) => Object.assign(new URL(url), { pathname: `/${name}` }).href,
    sql: async (text, name = 'postgres') => (await run('psql', [Object.assign(new URL(url), { pathname: `/${name}` }).href, '-At', '-c', text], { maxBuffer: 1 << 24 })).stdout.trim(),
  };
}

// The world in a database of that server.
async function worldIn(server, name) {
  const { Site } = await import('../tests/flow/lib.mjs'), plain = Site.prototype.options;
  await server.sql(`create database ${name}`);
  Site.prototype.options = function options() { return ['--site', this.dir, '--db', this.db ?? server.database(name)]; };
  try {
    const made = await world();
    made.site.db = server.database(name);
    return made;
  } finally {
    Site.prototype.options = plain;
  }
}

// Appends over HTTP beside the same sorts of rows by pgbench, in turns, each into a database of its own that began the same.
export async function appendsPostgres(size) {
  const what = 'durable appends, 64 clients, PostgreSQL', server = await postgres();
  if (server === null) return [{ what, note: 'PostgreSQL 15 is not installed' }];
  const made = await worldIn(server, 'bench'), keys = await openCases(made, size.cases), rates = [], bare = [], grouped = [];
  await made.site.stop();
  await server.sql('create database beside template bench');
  const before = Number(await server.sql('select max(id) from entry', 'bench'));
  const [first, count] = (await server.sql("select min(id), count(*) from stream where type = 'case'", 'bench')).split('|').map(Number);
  for (let round = 0, last = before; round < size.rounds; round++) {
    await made.site.serve();
    rates.push((await load(made.site.url, noteRequests(made, keys, size.each), { connections: 64, seconds: 20, once: true })).rate);
    await made.site.stop();
    const [newest, entries, groups] = (await server.sql(`select max(id), count(*), count(distinct recorded) from entry where id > ${last}`, 'bench')).split('|').map(Number);
    last = newest;
    const group = Math.max(1, Math.round(entries / groups));
    grouped.push(group);
    const samples = JSON.parse(await server.sql(`select json_agg(one) from (select distinct on (e.kind) e.kind, e.by_user, e.agency, '\\x' || encode(e.bytes, 'hex') as bytes, '\\x' || encode(e.salt, 'hex') as salt,
      '\\x' || encode(e.leaf, 'hex') as leaf, s.state, c.tokens::text as tokens
      from entry e join stream_state s on s.stream = e.stream join case_search c on c.rowid = e.stream * 1024 + e.number where e.id > ${before} order by e.kind, e.id) one`, 'bench'));
    const values = samples.flatMap((one, i) => Object.entries(one).flatMap(([name, value]) => ['-D', `${name}${i}=${value}`]));
    await writeFile(`${folder}/append.sql`, pgbenchScript(samples, { first, count }, group));
    const { stdout } = await run('pgbench', ['-n', '-M', 'prepared', '-c', '1', '-j', '1', '-T', String(size.seconds), '-D', `n=${(round + 1) * 100000}`, ...values, '-f', `${folder}/append.sql`, server.database('beside')]);
    bare.push(Number(/tps = ([\d.]+)/.exec(stdout)[1]) * group);
  }
  await made.site.remove();
  await server.stop();
  return [{ what: `${what} (groups of ${median(grouped)})`, ours: perSecond(median(rates)), beside: `${perSecond(median(bare))} pgbench`, ratio: median(rates.map((one, i) => one / bare[i])), least: 0.5 }];
}

// A case of sixty entries and a list that is kept, beside nginx with files of their sizes.
export async function pages(size) {
  const made = await world(), walk = new Walk(made, 'jinghong', 'penalty');
  await walk.until('closing.proposed');
  for (const [kind, f] of Array.from({ length: 60 }, (_, i) => notes(made)[i % 3])) {
    const page = (await walk.document()).json;
    if (page['entry-count'] >= 60) break;
    const answer = await made.as.handler.act(walk.key, kind, f, { at: '2026-10-31T10:00' });
    if (answer.status !== 201) throw new Error(`${kind}: ${answer.status} ${answer.text}`);
  }
  await made.site.stop();
  await made.site.serve();
  await made.as.handler.get('/desk/cases');
  const idle = resident(made.site.server.pid), html = { accept: 'text/html' };
  const cases = { case: get(made.site.url, `/desk/cases/${walk.key}`, { ...html, ...bearer(made.as.handler) }), portal: get(made.site.url, '/publications', html) };
  const files = {
    'case.html': (await made.as.handler.get(`/desk/cases/${walk.key}`, html)).text,
    'portal.html': (await made.site.stranger().get('/publications', html)).text };
  const beside = await nginx(files), rows = [];
  for (const [name, what, least] of [['case', `case page, 60 entries (${Math.round(Buffer.byteLength(files['case.html']) / 1024)} KB)`, 0.1], ['portal', `kept portal page (${Math.round(Buffer.byteLength(files['portal.html']) / 1024)} KB)`, 0.9]]) {
    const ours = [], theirs = [];
    for (let round = 0; round < size.rounds; round++) {
      ours.push((await load(made.site.url, [cases[name]], { connections: 32, seconds: size.seconds })).rate);
      theirs.push((await load(beside, [get(beside, `/${name}.html`, html)], { connections: 32, seconds: size.seconds })).rate);
    }
    rows.push({ what, ours: perSecond(median(ours)), beside: `${perSecond(median(theirs))} nginx`, ratio: median(ours.map((one, i) => one / theirs[i])), least });
  }
  const most = resident(made.site.server.pid, 'VmHWM'), looks = [];
  for (let round = 0; round < size.rounds; round++) { // each at an address of its own, for which no page is kept
    const requests = Array.from({ length: 1000 }, (_, i) => get(made.site.url, `/desk/cases/${walk.key}?look=${round}-${i}`, { ...html, ...bearer(made.as.handler) }));
    looks.push((await load(made.site.url, requests, { connections: 32, seconds: 20, once: true })).rate);
  }
  const anew = resident(made.site.server.pid, 'VmHWM');
  const paper = await load(made.site.url, [get(made.site.url, `/desk/cases/${walk.key}/decision.pdf`, bearer(made.as.handler))], { connections: 1, seconds: size.seconds });
  await made.site.remove();
  rows.push({ what: 'that case page, made anew for each look', ours: perSecond(median(looks)), note: 'no target of its own (docs/decisions/0017)' },
    { what: 'a decision as PDF, one client', ours: ms(paper.p50), note: 'no target' });
  return [...rows, { what: 'memory idle, after start and one page', ours: `${idle.toFixed(0)} MB`, target: '40 MB', met: idle <= 40 }, { what: 'memory under load, at most', ours: `${most.toFixed(0)} MB`, target: '200 MB', met: most <= 200 },
    { what: 'the same, where 32 clients ask for pages of which none is kept', ours: `${anew.toFixed(0)} MB`, target: '200 MB', met: anew <= 200 }];
}

// A world with so many cases; `made` begins as `world` makes it, here or in a database of PostgreSQL's.
async function filled(made, fill) {
  // Who sees the province's cases holds an office over it; without one a list is empty, and an empty list is soon made.
  const { code } = places['cx-gxj'];
  const registered = await made.admin.post(`/desk/agencies/${code}/acts/agency.registered`, { f: {
    name: '云南省司法厅', uscc: code, abbreviation: '云司', division: '530000', level: '省', kind: '司法行政机关', acts: ['检查'] } });
  if (registered.status !== 201) throw new Error(`${registered.status} ${registered.text}`);
  made.supervisor = await made.site.user('jiandu', 'supervisor', { name: '监督', agency: code });
  await made.site.stop();
  await fill(made);
  const swept = await made.site.cli('sweep'); // as serve does once a day
  if (swept.code !== 0) throw new Error(swept.stderr);
  await made.site.serve();
  return made;
}

const inSqlite = async (count) => filled(await world(), (made) => tool('fill', path.join(made.site.dir, 'sanzhi.db'), count, made.place.code, 'jinghong.handler'));

const inPostgres = async (server, count) => filled(await worldIn(server, `cases${count}`), async (made) => {
  const rows = path.join(made.site.dir, 'rows/'), first = Number(await server.sql('select max(id) + 1 from stream', `cases${count}`));
  await mkdir(rows);
  await tool('fill', rows, count, made.place.code, 'jinghong.handler', first);
  await run('psql', [server.database(`cases${count}`), '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', path.join(rows, 'load.sql')]);
  await rm(rows, { recursive: true });
});

// The number of the newest case stands for what people type most.
const lists = [
  ['list of an agency', 'handler', '/desk/cases'],
  ['list of an agency, late', 'handler', '/desk/cases?late=late'],
  ['list of the province', 'supervisor', '/desk/cases'],
  ['search, common words', 'handler', `/desk/cases?q=${encodeURIComponent('超过保质期')}`],
  ['search, a case number', 'handler', null],
  ['search in the province, common words', 'supervisor', `/desk/cases?q=${encodeURIComponent('有限公司')}`],
];

async function listRows(size, few, many, where = '') {
  const rows = [], name = (n) => n.toLocaleString('en');
  for (const [what, who, address] of lists) {
    const times = { few: [], many: [] };
    for (let round = 0; round < size.rounds; round++)
      for (const [which, made] of [['few', few], ['many', many]]) {
        const client = who === 'supervisor' ? made.supervisor : made.as.handler;
        if (address !== null && (await client.get(address)).json.cases.length === 0) throw new Error(`${what}: the page that is to be measured shows no case`);
        made.newest ??= (await made.as.handler.get('/desk/cases')).json.cases[0].number;
        times[which].push(await load(made.site.url, [get(made.site.url, address ?? `/desk/cases?q=${encodeURIComponent(made.newest)}`, { accept: 'text/html', ...bearer(client) })], { connections: 16, seconds: size.seconds }));
      }
    const at = (which, share) => median(times[which].map((one) => one[share]));
    const slow = at('many', 'p99');
    rows.push({ what: `${what}${where}: ${name(size.many)} cases, p50`, ours: ms(at('many', 'p50')), beside: `${ms(at('few', 'p50'))} at ${name(size.few)}`, ratio: at('many', 'p50') / at('few', 'p50'), most: 1.5 },
      { what: `${what}${where}: p99, 16 clients`, ours: ms(slow), beside: `${ms(at('few', 'p99'))} at ${name(size.few)}`, target: '20 ms', met: slow <= 20 });
  }
  const tower = async (made) => (await load(made.site.url, [get(made.site.url, '/tower', { accept: 'text/html', ...bearer(made.supervisor) })], { connections: 1, seconds: size.seconds })).p50;
  rows.push({ what: `supervisor's page of the province${where}: ${name(size.many)} cases, one client`, ours: ms(await tower(many)), beside: `${ms(await tower(few))} at ${name(size.few)}`, note: 'no target' });
  return rows;
}

export async function manyCases(size) {
  const few = await inSqlite(size.few), many = await inSqlite(size.many), rows = await listRows(size, few, many);
  await many.site.stop();
  rows.push(await firstAnswer(`start to first answer, ${size.many.toLocaleString('en')} cases`, many.site.options(), 1000, size.rounds));
  await few.site.remove();
  await many.site.remove();
  return rows;
}

export async function manyCasesPostgres(size) {
  const server = await postgres();
  if (server === null) return [{ what: 'lists, PostgreSQL', note: 'PostgreSQL 15 is not installed' }];
  const few = await inPostgres(server, size.few), many = await inPostgres(server, size.many), rows = await listRows(size, few, many, ', PostgreSQL');
  await few.site.remove();
  await many.site.remove();
  await server.stop();
  return rows;
}

async function answers(url) {
  try {
    return (await fetch(url)).status === 200;
  } catch {
    return false;
  }
}

async function firstAnswer(what, options, most, rounds) {
  const env = { ...process.env, SANZHI_TEMPLATES: path.join(root, 'web/templates'), SANZHI_ASSETS: path.join(build, 'assets') }, times = [];
  for (let round = 0; round < rounds; round++) {
    const port = await freePort(), began = performance.now();
    const child = spawn(binary, ['serve', ...options, '--listen', `127.0.0.1:${port}`], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => { said += data; });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    while (!(await answers(`http://127.0.0.1:${port}/`)) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2));
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}: ${said}`);
    times.push(performance.now() - began);
    child.kill('SIGTERM');
    await ended;
  }
  return { what, ours: ms(median(times)), target: ms(most), met: median(times) <= most };
}

export async function startSample(size) {
  const dir = path.join(folder, 'sample'), env = { ...process.env, SANZHI_TEMPLATES: path.join(root, 'web/templates'), SANZHI_ASSETS: path.join(build, 'assets') };
  await run(binary, ['demo', '--site', dir, '--cases', String(size.sample)], { env });
  return [await firstAnswer(`start to first answer, the sample year (${size.sample} cases)`, ['--site', dir], 300, size.rounds)];
}

export async function judging(size) {
  const got = await tool('judge', path.join(root, 'rulebook'), size.judgements);
  return [
    { what: `judging an act (mean of ${got.pairs} pairs of kind and state)`, ours: `${got.judge.toFixed(2)} µs`, beside: `${got.dearest.toFixed(1)} µs ${got.kind}`, target: '5 µs', met: got.judge <= 5 },
    { what: 'loading and checking the rulebook', ours: ms(got.load), target: '100 ms', met: got.load <= 100 },
  ];
}
