// Serves the example pages with the real security policy on loopback, and opens Chromium on them; for the preview and the tests of the script.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const pages = join(root, 'tests/unit/template/pages');
const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/* The names of all examples: "desk/case", "desk/case@new", … */
export const examples = () => readdirSync(pages, { recursive: true }).filter((n) => n.endsWith('.json')).map((n) => n.slice(0, -5)).sort();

/* A form sent to /page/NAME is answered as `answer(body, path)` says: the name of the page to show and the status. */
export async function serve(program, assets, answer = () => ({ name: 'desk/case', status: 200 })) {
  const render = (name) => execFileSync(program, [join(root, 'web/templates'), name.split('@')[0], join(pages, `${name}.json`)], { maxBuffer: 1 << 24 });
  const send = (response, status, name) => {
    const html = render(name);
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(html);
  };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    try {
      if (path.startsWith('/assets/')) {
        const file = normalize(path.slice(8));
        if (file.startsWith('..')) throw new Error('outside');
        response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(join(assets, file)));
      } else if (request.method === 'POST') {
        const parts = [];
        for await (const part of request) parts.push(part);
        const said = answer(Buffer.concat(parts).toString(), path);
        send(response, said.status, said.name);
      } else if (path.startsWith('/page/')) {
        send(response, 200, path.slice(6));
      } else {
        response.writeHead(404).end();
      }
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { base: `http://127.0.0.1:${server.address().port}`, close: () => { server.closeAllConnections(); server.close(); } };
}

export async function browse() {
  const profile = mkdtempSync(join(tmpdir(), 'preview-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    headless: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN'],
  });
  return { browser, close: async () => { await browser.close(); rmSync(profile, { recursive: true, force: true }); } };
}
