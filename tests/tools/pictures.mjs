// Takes the README's pictures of a demonstration site made for it: node tests/tools/pictures.mjs [FOLDER]
// (docs/pictures where none is named). SANZHI_BUILD is the build's folder, with the assets laid out in it.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, deflateSync, inflateSync } from './png.mjs';
import { openBrowser } from '../browser/people.mjs';
import { Site, root } from '../flow/lib.mjs';

const folder = path.resolve(process.argv[2] ?? path.join(root, 'docs/pictures'));
const LARGEST = 250 * 1024;

/* The screenshot with 256 colours: the pages have few, and a picture of a page should not weigh more than the page. */
function quantised(png) {
  const parts = [];
  let width = 0, height = 0, colours = 3;
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at), type = png.toString('latin1', at + 4, at + 8), data = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') [width, height, colours] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9] === 6 ? 4 : 3];
    if (type === 'IDAT') parts.push(data);
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(parts)), line = width * colours, pixels = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x++) {
      const a = x >= colours ? pixels[y * line + x - colours] : 0, b = y > 0 ? pixels[(y - 1) * line + x] : 0, c = x >= colours && y > 0 ? pixels[(y - 1) * line + x - colours] : 0;
      const p = a + b - c, pa = Math.abs(p - a), pb = Math.abs(p - b), pc = Math.abs(p - c);
      const guess = [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c][filter];
      pixels[y * line + x] = raw[y * (line + 1) + 1 + x] + guess;
    }
  }
  const counts = new Map(), key = (i) => (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
  for (let i = 0; i < pixels.length; i += colours) counts.set(key(i), (counts.get(key(i)) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([colour]) => colour), nearest = new Map(palette.map((colour, i) => [colour, i]));
  const place = (colour) => {
    let best = nearest.get(colour);
    if (best !== undefined) return best;
    let least = Infinity;
    palette.forEach((other, i) => {
      const d = ((colour >> 16) - (other >> 16)) ** 2 + (((colour >> 8) & 255) - ((other >> 8) & 255)) ** 2 + ((colour & 255) - (other & 255)) ** 2;
      if (d < least) [least, best] = [d, i];
    });
    nearest.set(colour, best);
    return best;
  };
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = place(key((y * width + x) * colours));
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]), out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([png.subarray(0, 8), chunk('IHDR', head), chunk('PLTE', Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

const site = await Site.demo({ cases: 500 });
const browser = await openBrowser();
try {
  await site.serve();
  const logins = JSON.parse((await site.cli('demo', '--logins', '--json')).stdout);
  const open = async (user, size) => {
    const context = await browser.newContext({ viewport: size, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' }), page = await context.newPage();
    if (user) {
      await page.goto(`${site.url}/login`);
      await page.fill('#user', user);
      await page.fill('#password', logins.password);
      await page.click('main button[type=submit]');
      await page.waitForURL(`${site.url}/desk`);
    }
    return page;
  };
  const take = async (page, name, where) => {
    if (where) await page.goto(site.url + where);
    await page.waitForLoadState('networkidle');
    const file = path.join(folder, `${name}.png`);
    await writeFile(file, quantised(await page.screenshot()));
    const { size } = await stat(file);
    if (size > LARGEST) throw new Error(`${file} has ${size} bytes`);
    console.log(`${file} ${size}`);
  };
  await mkdir(folder, { recursive: true });
  const wide = { width: 1280, height: 900 };
  // Of the officers who handle cases, the one with most to do; of that one's cases, one that is under way and watched by the clock.
  const handlers = logins.logins.map((one) => one.login).filter((login) => /^(jinghong|menghai|mengla)[a-z.]*\.chengban/.test(login));
  let officer, busiest = -1;
  for (const login of handlers) {
    const page = await open(login, wide);
    const { counts } = await (await page.request.get(`${site.url}/desk`, { headers: { accept: 'application/json' } })).json();
    const load = 2 * (counts.amber + Math.min(counts.late, 2)) + Math.min(counts.open, 8);
    if (load > busiest) [officer, busiest] = [Object.assign(page, { login }), load];
  }
  await take(officer, 'work', '/desk');
  const answer = await officer.request.get(`${site.url}/desk/cases?procedure=penalty&limit=100`, { headers: { accept: 'application/json' } });
  const { cases } = await answer.json(), going = cases.filter((one) => one.duty && !['已归档', '已结案'].includes(one.status));
  const chosen = going.find((one) => one.major) ?? going[0] ?? cases[0];
  await take(officer, 'case', chosen.url);
  const { next, 'more-acts': more } = await (await officer.request.get(site.url + chosen.url, { headers: { accept: 'application/json' } })).json();
  const form = [...next, ...(more?.list ?? [])];
  await take(officer, 'act', (form.find((one) => /inquiry\.questioned|service\.made|recording\.made/.test(one.url)) ?? form[0]).url);
  await take(await open(null, wide), 'portal', '/publications');
  await take(await open('sifa.xishuangbanna', wide), 'tower', '/tower');
  await take(await open(officer.login, { width: 390, height: 844 }), 'phone', '/desk');
} finally {
  await browser.close();
  await site.remove();
}
