// A real site, a real server, real HTTP; on SQLite, or on the PostgreSQL of SANZHI_PG_URL where SANZHI_ENGINE is postgres.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const run = promisify(execFile);
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.SANZHI_BUILD ?? path.join(root, 'build');
export const binary = path.join(build, 'src/cli/sanzhi');
export const engine = process.env.SANZHI_ENGINE ?? 'sqlite';
const env = {
  ...process.env,
  SANZHI_RULEBOOK: path.join(root, 'rulebook'),
  SANZHI_TEMPLATES: path.join(root, 'web/templates'),
  SANZHI_ASSETS: path.join(build, 'assets'),
  SANZHI_TEMPLATE_STRICT: '1', // a name that a document lacks is an error, not a gap that nobody sees
};

// One database for each site on PostgreSQL, so that tests do not see each other.
let databases = 0;
async function freshDatabase() {
  if (engine !== 'postgres') return null;
  const url = new URL(process.env.SANZHI_PG_URL);
  const name = `site_${process.pid}_${++databases}`;
  await run('psql', [url.href, '-q', '-c', `create database ${name}`]);
  url.pathname = `/${name}`;
  return url.href;
}

export class Site {
  static async make({ name = '测试平台' } = {}) {
    const site = new Site();
    site.dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-flow-'));
    site.db = await freshDatabase();
    const made = await site.cli('init', '--name', name, '--base-url', 'http://127.0.0.1:1');
    site.adminPassword = /初始密码 ([^\s（]+)/.exec(made.stdout)[1];
    return site;
  }

  /* A demonstration site, as `sanzhi demo` makes it. */
  static async demo({ cases = 40 } = {}) {
    const site = new Site();
    site.dir = await mkdtemp(path.join(tmpdir(), 'sanzhi-flow-'));
    site.db = await freshDatabase();
    const made = await site.cli('demo', '--cases', String(cases), '--data', path.join(root, 'data/demo'));
    if (made.code !== 0) throw new Error(made.stderr);
    return site;
  }

  options() {
    return ['--site', this.dir, ...(this.db ? ['--db', this.db] : [])];
  }

  // Runs a subcommand; resolves with {stdout, stderr, code} whatever its status.
  async cli(...args) {
    const words = [];
    while (args.length > 0 && !args[0].startsWith('--')) words.push(args.shift());
    try {
      const running = run(binary, [...words, ...this.options(), ...args], { env, maxBuffer: 64 << 20 });
      running.child.stdin.on('error', () => {}); // a command that reads nothing may be gone before its input ends
      running.child.stdin.end(this.input ?? '');
      const { stdout, stderr } = await running;
      return { stdout, stderr, code: 0 };
    } catch (error) {
      if (typeof error.code !== 'number') throw error;
      if (words[0] === 'init') throw error;
      return { stdout: error.stdout, stderr: error.stderr, code: error.code };
    }
  }

  async serve(...more) {
    const { server, url } = await this.start(more);
    this.server = server;
    this.url = url;
    return this;
  }

  /* One more server on the same database; clients made of it speak with it: `new Client(other, token)`. */
  async another(...more) {
    const other = await this.start(more);
    (this.others ??= []).push(other.server);
    return other;
  }

  async start(more) {
    const server = spawn(binary, ['serve', ...this.options(), '--listen', '127.0.0.1:0', ...more], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.log ??= '';
    server.stderr.on('data', (data) => { this.log += data; });
    const line = await new Promise((resolve, reject) => {
      let text = '';
      server.stdout.on('data', (data) => { text += data; if (text.includes('\n')) resolve(text); });
      server.on('exit', (code) => reject(new Error(`serve ended with ${code}: ${this.log}`)));
    });
    return { server, url: /http:\/\/\S+/.exec(line)[0] };
  }

  async stop(signal = 'SIGTERM') {
    for (const server of [this.server, ...(this.others ?? [])]) {
      if (!server || server.exitCode !== null || server.signalCode !== null) continue;
      const ended = new Promise((resolve) => server.on('exit', resolve));
      server.kill(signal);
      await ended;
    }
    this.others = [];
  }

  async remove() {
    await this.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  // A user made on the machine, with a token for programs; `password` for the login form, else one is drawn.
  async user(id, roles, { agency = '', name = id, officer, password } = {}) {
    const more = [...(agency ? ['--agency', agency] : []), ...(officer ? ['--officer', officer] : []), ...(password ? ['--password-stdin'] : [])];
    this.input = password && `${password}\n`;
    const made = await this.cli('user', 'add', id, '--name', name, '--roles', roles, ...more, '--keep-password');
    this.input = undefined;
    if (made.code !== 0) throw new Error(`user add ${id}: ${made.stderr}`);
    const token = await this.cli('user', 'token', id, '--title', '测试');
    return new Client(this, token.stdout.trim());
  }

  stranger() {
    return new Client(this, null);
  }
}

export class Client {
  constructor(site, token) {
    this.site = site;
    this.token = token;
  }

  headers(more = {}) {
    return { accept: 'application/json', ...(this.token ? { authorization: `Bearer ${this.token}` } : {}), ...more };
  }

  async get(where, headers = {}) {
    return answer(await fetch(this.site.url + where, { headers: this.headers(headers), redirect: 'manual' }));
  }

  async post(where, body, headers = {}) {
    return answer(await fetch(this.site.url + where, {
      method: 'POST', headers: this.headers({ 'content-type': 'application/json', ...headers }),
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body), redirect: 'manual',
    }));
  }

  // A form with files, as a browser sends it: `files` is {field: [name, bytes, type]}.
  async form(where, f, files = {}, more = {}) {
    const form = new FormData();
    const add = (name, value) => {
      if (Array.isArray(value)) value.forEach((item, i) => (typeof item === 'object' ? add(`${name}.${i}`, item) : form.append(name, String(item))));
      else if (value !== null && typeof value === 'object') for (const [key, member] of Object.entries(value)) add(`${name}.${key}`, member);
      else form.append(name, value === true ? 'yes' : value === false ? 'no' : String(value));
    };
    for (const [key, value] of Object.entries(more)) form.append(key, String(value));
    for (const [key, value] of Object.entries(f)) add(`f.${key}`, value);
    for (const [key, [name, bytes, type]] of Object.entries(files)) form.append(`f.${key}`, new Blob([bytes], { type }), name);
    return answer(await fetch(this.site.url + where, { method: 'POST', headers: this.headers(), body: form, redirect: 'manual' }));
  }

  act(key, kind, f, more = {}) {
    return this.post(`/desk/cases/${key}/acts/${kind}`, { f, ...more });
  }
}

async function answer(response) {
  const text = await response.text();
  let json = null;
  if ((response.headers.get('content-type') ?? '').includes('json')) json = JSON.parse(text);
  return { status: response.status, headers: response.headers, text, json };
}

// The smallest true pictures and documents.
export const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
export const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n');
