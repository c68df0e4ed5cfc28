// What the measurements share: running things, requests as bytes, medians.
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const build = process.env.SANZHI_BUILD;
export const folder = await mkdtemp(path.join(tmpdir(), 'sanzhi-bench-'));
const started = [];

process.env.TMPDIR = folder; // what tests/flow makes lies here too

export async function cleanUp() {
  for (const stop of started.splice(0).reverse()) await Promise.resolve(stop()).catch(() => {});
  await rm(folder, { recursive: true, force: true });
}
export const atEnd = (stop) => started.push(stop);

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export async function tool(name, ...args) {
  const { stdout } = await run(path.join(build, 'bench', name), args.map(String), { maxBuffer: 1 << 24 });
  return stdout.trim() === '' ? null : JSON.parse(stdout);
}

export function get(url, where, headers = {}) {
  const lines = Object.entries({ host: new URL(url).host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${where} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

export function post(url, where, body, headers = {}) {
  const bytes = Buffer.from(JSON.stringify(body));
  const lines = Object.entries({ host: new URL(url).host, accept: 'application/json', 'content-type': 'application/json', 'content-length': bytes.length, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${where} HTTP/1.1\r\n${lines.join('')}\r\n`), bytes]);
}

let files = 0;
// Sends requests from so many connections for so long; the load client's figures.
export async function load(url, requests, { connections, seconds, once = false }) {
  const file = path.join(folder, `requests-${++files}`), { hostname, port } = new URL(url);
  await writeFile(file, Buffer.concat(requests.flatMap((one) => [Buffer.from(`${one.length}\n`), one])));
  const got = await tool('load', hostname, port, connections, seconds, file, ...(once ? ['once'] : []));
  if (got.refused + got.failed > got.requests / 100) throw new Error(`${got.refused} refused and ${got.failed} failed of ${got.requests}`);
  return got;
}

export function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// nginx over a folder of its own, as Debian has it, without a log of accesses.
export async function nginx(files) {
  const dir = path.join(folder, 'nginx'), port = await freePort();
  await run('mkdir', ['-p', `${dir}/tmp`, `${dir}/www`]);
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(dir, 'www', name), bytes);
  await writeFile(path.join(dir, 'nginx.conf'), `daemon off; ${process.getuid() === 0 ? 'user root;' : ''} worker_processes auto; pid ${dir}/pid; error_log ${dir}/error.log;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; types { text/html html; } default_type text/html; open_file_cache max=100;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${dir}/tmp;`).join(' ')}
server { listen 127.0.0.1:${port}; root ${dir}/www; } }
`);
  const child = spawn('/usr/sbin/nginx', ['-c', path.join(dir, 'nginx.conf'), '-e', path.join(dir, 'error.log')], { stdio: 'ignore' });
  atEnd(() => new Promise((resolve) => { child.on('exit', resolve); child.kill('SIGQUIT'); }));
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 100; i++) {
    try {
      await fetch(url);
      return url;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('nginx does not answer');
}

export const resident = (pid, what = 'VmRSS') => Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
export const copy = copyFile;
