// Looks at every page as a person would: renders the example documents, serves them with the real security policy on loopback, opens each at
// desktop and phone width in Chromium, and reports what axe-core finds, what the policy blocked, script errors, and pages wider than the screen.
//
//   node tools/preview/preview.mjs PREVIEW_PROGRAM ASSETS_DIR [--shots DIR] [--only PART]
//
// PREVIEW_PROGRAM is the build's tests/unit/template/template-preview, ASSETS_DIR what tools/assets.sh made. Exit 1: something was found.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { browse, examples, root, serve } from './serve.mjs';

const [program, assets, ...rest] = process.argv.slice(2);
const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : null);
if (!program || !assets) {
  console.error('use: node preview.mjs PREVIEW_PROGRAM ASSETS_DIR [--shots DIR] [--only PART]');
  process.exit(2);
}
const shots = option('--shots');
const names = examples().filter((name) => name.includes(option('--only') ?? ''));
const server = await serve(program, assets);
const { browser, close } = await browse();
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
    await page.goto(`${server.base}/page/${name}`);
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
await close();
server.close();
console.log(found === 0 ? `${names.length} passed, 0 failed` : `${found} findings over ${names.length} pages`);
process.exit(found === 0 ? 0 : 1);
