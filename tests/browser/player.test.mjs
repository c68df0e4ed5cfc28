// Who plays a recording jumps in it: the browser asks for parts, and gets the right ones.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeWorld } from '../flow/world.mjs';
import { Walk } from '../journeys/walk.mjs';
import { openBrowser, password, signIn } from './people.mjs';

/* Ten minutes of sound, a little louder every second: 16-bit samples, 16 kHz, 19 MB. */
const rate = 16000, seconds = 600;
const sound = Buffer.alloc(44 + rate * seconds * 2);
sound.write('RIFF', 0);
sound.writeUInt32LE(sound.length - 8, 4);
sound.write('WAVEfmt ', 8);
for (const [at, value] of [[16, 16], [24, rate], [28, rate * 2], [40, sound.length - 44]]) sound.writeUInt32LE(value, at);
for (const [at, value] of [[20, 1], [22, 1], [32, 2], [34, 16]]) sound.writeUInt16LE(value, at);
sound.write('data', 36);
for (let i = 0; i < rate * seconds; i++) sound.writeInt16LE(Math.round(Math.sin(i / 6) * (1000 + 40 * (i / rate))), 44 + i * 2);

let browser, world, page, where;
before(async () => {
  browser = await openBrowser();
  world = await makeWorld('jinghong', { password });
  const walk = await new Walk(world, 'jinghong', 'penalty').until('inquiry.ended');
  const stored = await world.as.handler.form(`/desk/cases/${walk.key}/acts/recording.noted`, { about: '摄录重点补充说明', content: '现场录音。' }, { file: ['现场录音.wav', sound, 'audio/wav'] });
  assert.equal(stored.status, 201, stored.text);
  where = `/desk/cases/${walk.key}/entries/${stored.json.number}/files/0`;
  page = await signIn(browser, world.site, 'jinghong.handler');
});
after(async () => {
  await page?.context().close();
  await browser?.close();
  await world?.site.remove();
});

test('a recording can be played from any place in it', async () => {
  const parts = [];
  page.on('response', (answer) => { if (answer.url().endsWith(where)) parts.push([answer.status(), answer.headers()['content-range'] ?? '']); });
  await page.goto(`${world.site.url}/desk/cases`);
  const told = await page.evaluate(async (url) => {
    const player = new Audio();
    const once = (what) => new Promise((resolve, reject) => {
      player.addEventListener(what, resolve, { once: true });
      player.addEventListener('error', () => reject(new Error(`${what}: ${player.error?.message}`)), { once: true });
    });
    player.preload = 'metadata';
    const known = once('loadedmetadata');
    player.src = url;
    await known;
    const places = [];
    for (const place of [595, 10, 300]) {
      const there = once('seeked');
      player.currentTime = place;
      await there;
      places.push(player.currentTime);
    }
    return { duration: player.duration, seekable: player.seekable.length && player.seekable.end(0), places };
  }, where);
  assert.ok(Math.abs(told.duration - seconds) < 1, `${told.duration} s`);
  assert.ok(Math.abs(told.seekable - seconds) < 1, `may jump up to ${told.seekable} s`);
  assert.deepEqual(told.places, [595, 10, 300]);
  assert.ok(parts.some(([status, range]) => status === 206 && Number(/^bytes (\d+)-/.exec(range)[1]) > sound.length * 0.9), JSON.stringify(parts));
});
