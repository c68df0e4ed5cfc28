// Lays out what browsers fetch: our own files, and of the npm packages just the files we use. Usage: node build.mjs OUTPUT_DIR
//
// The pages' security policy is `default-src 'self'`: pictures inside style sheets as data: addresses would not load. So those of
// Tabler become files of their own, and the icons one sprite of the symbols that icons.json names. Of Tabler's rules only those go out whose
// words stand in a template or in the pages' script: a twentieth, which matters on a phone, and at each page that a browser opens.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PurgeCSS } from 'purgecss';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const modules = process.env.SANZHI_NODE_MODULES ?? join(root, 'node_modules');
const out = process.argv[2];
if (!out) {
  console.error('use: node build.mjs OUTPUT_DIR');
  process.exit(2);
}
mkdirSync(join(out, 'img'), { recursive: true });

const own = join(root, 'web', 'assets');
for (const name of readdirSync(own)) copyFileSync(join(own, name), join(out, name));
copyFileSync(join(modules, 'htmx.org/dist/htmx.min.js'), join(out, 'htmx.min.js'));

// Source maps are not installed; a browser's tools would ask for them in vain.
const withoutMap = (text) => text.replace(/\n?\/[*/]# sourceMappingURL=\S+(\s*\*\/)?\s*$/, '\n');
const pad = readFileSync(join(modules, 'signature_pad/dist/signature_pad.umd.min.js'), 'utf8');
writeFileSync(join(out, 'signature_pad.umd.min.js'), withoutMap(pad));

const templates = join(root, 'web', 'templates');
const pages = readdirSync(templates, { recursive: true }).filter((name) => name.endsWith('.mustache')).map((name) => join(templates, name));

// Our own style sheet is looked at beside Tabler's for the variables that it takes from there; it goes out as it is.
const whole = readFileSync(join(modules, '@tabler/core/dist/css/tabler.min.css'), 'utf8');
const [{ css }] = await new PurgeCSS().purge({
  content: [...pages, join(own, 'sanzhi.js')],
  css: [{ raw: whole }, { raw: readFileSync(join(own, 'sanzhi.css'), 'utf8') }],
  defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
  keyframes: true,
  variables: true,
});
const picture = /url\(\s*(?:"data:image\/svg\+xml[^,]*,([^"]*)"|'data:image\/svg\+xml[^,]*,([^']*)')\s*\)/g;
const split = withoutMap(css).replace(picture, (whole, a, b) => {
  const svg = decodeURIComponent((a ?? b).replace(/%(?![0-9a-fA-F]{2})/g, '%25'));
  const name = `img/${createHash('sha256').update(svg).digest('hex').slice(0, 12)}.svg`;
  writeFileSync(join(out, name), svg);
  return `url("${name}")`;
});
if (/url\(\s*["']?(data|https?):/.test(split)) throw new Error('tabler.min.css still holds an address that the policy forbids');
writeFileSync(join(out, 'tabler.min.css'), split);

const icons = JSON.parse(readFileSync(join(here, 'icons.json'), 'utf8'));
const symbols = Object.entries(icons).map(([id, name]) => {
  const svg = readFileSync(join(modules, '@tabler/icons/icons/outline', `${name}.svg`), 'utf8');
  const inside = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
    .replace(/<path stroke="none"[^>]*\/>/, '').replace(/\s+/g, ' ').trim();
  return `<symbol id="${id}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inside}</symbol>`;
});
const mark = readFileSync(join(own, 'mark.svg'), 'utf8');
symbols.push(`<symbol id="mark" viewBox="0 0 32 32">${mark.slice(mark.indexOf('>') + 1, mark.lastIndexOf('</svg>'))}</symbol>`);
writeFileSync(join(out, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`);

// Every symbol that a template names must be there; names that end in a value (duty-{{standing}}) are checked by their beginning.
const used = pages.flatMap((name) => [...readFileSync(name, 'utf8').matchAll(/icons\.svg#([a-z-]+)(\{\{)?/g)].map((m) => [name, m[1], m[2]]));
for (const [name, id, open] of used) {
  const found = open ? Object.keys(icons).some((key) => key.startsWith(id)) : id === 'mark' || id in icons;
  if (!found) throw new Error(`${name}: no icon "${id}" in tools/assets/icons.json`);
}

const licences = ['htmx.org', 'signature_pad', '@tabler/core', '@tabler/icons'].map((name) => {
  const about = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'));
  return `${name} ${about.version}: ${about.license}`;
});
writeFileSync(join(out, 'LICENCES.txt'), `${licences.join('\n')}\n`);
