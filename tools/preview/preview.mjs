// Looks at every page as a person would: renders the example documents, serves them with the real security policy on loopback, opens each at
// desktop and phone width in Chromium, and reports what axe-core finds, what the policy blocked, script errors, and pages wider than the screen.
//
//   node tools/preview/preview.mjs PREVIEW_PROGRAM ASSETS_DIR [--shots DIR] [--only PART]
//
// PREVIEW_PROGRAM is the build's tests/unit/template/template-preview, ASSETS_DIR what tools/assets.sh made. Exit 1: something was found.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [program, assets, ...rest] = process.argv.slice(2);
const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : null);
if (!program || !assets) {
  console.error('use: node preview.mjs PREVIEW_PROGRAM ASSETS_DIR [--shots DIR] [--only PART]');
  process.exit(2);
}
const shots = option('--shots');
const only = option('--only') ?? '';
const pages = join(root, 'tests/unit/template/pages');
const names = readdirSync(pages, { recursive: true }).filter((n) => n.endsWith('.json') && n.includes(only)).map((n) => n.slice(0, -5)).sort();
const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

const render = (name) => execFileSync(program, [join(root, 'web/templates'), name.split('@')[0], join(pages, `${name}.json`)], { maxBuffer: 1 << 24 });
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  try {
    if (path.startsWith('/assets/')) {
      const file = normalize(path.slice(8));
      if (file.startsWith('..')) throw new Error('outside');
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
      response.end(readFileSync(join(assets, file)));
    } else if (path.startsWith('/page/')) {
      const html = render(path.slice(6));
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
      });
      response.end(html);
    } else {
      response.writeHead(404).end();
    }
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
  }
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const base = `http://127.0.0.1:${server.address().port}`;
const profile = mkdtempSync(join(tmpdir(), 'preview-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  locale: 'zh-CN',
  bypassCSP: false,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN'],
});
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
if (shots) mkdirSync(shots, { recursive: true });
let found = 0;
const report = (name, width, what) => { found++; console.log(`${name} (${width}): ${what}`); };

for (const name of names) {
  for (const width of [1280, 390]) {
    const page = await browser.newPage();
    page.on('console', (message) => { if (message.type() === 'error') report(name, width, message.text()); });
    page.on('pageerror', (error) => report(name, width, error.message));
    await page.setViewportSize({ width, height: width > 600 ? 900 : 844 });
    await page.goto(`${base}/page/${name}`);
    await page.waitForLoadState('networkidle');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) report(name, width, `wider than the screen by ${wide} px`);
    if (shots) await page.screenshot({ path: join(shots, `${name.replaceAll('/', '-')}-${width}.png`), fullPage: true });
    // Folded parts are looked at too.
    await page.evaluate(() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; }));
    const folded = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (folded > 0 && folded > wide) report(name, width, `with everything unfolded wider than the screen by ${folded} px`);
    await page.evaluate(() => { document.querySelectorAll('details.me').forEach((fold) => { fold.open = false; }); });
    // evaluate runs by the debugger's protocol, so the policy does not stop it as it would an inline script.
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    for (const violation of result.violations) {
      report(name, width, `axe ${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} | ${n.failureSummary.split('\n')[1]?.trim() ?? ''}`).join(' ;; ')}`);
    }
    await page.close();
  }
}
await browser.close();
server.close();
rmSync(profile, { recursive: true, force: true });
console.log(found === 0 ? `${names.length} passed, 0 failed` : `${found} findings over ${names.length} pages`);
process.exit(found === 0 ? 0 : 1);
