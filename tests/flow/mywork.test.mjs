// What one opens the day with: what waits for one's hand, what one owes, and of whose cases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Walk } from '../journeys/walk.mjs';
import { makeWorld } from './world.mjs';

const hands = new Set(['filing.reviewed', 'filing.approved', 'decision.reviewed', 'decision.approved', 'review.taken-in', 'review.opinion', 'measure.approved',
  'publication.reviewed', 'publication.approved', 'publication.published', 'closing.approved', 'file.archived']);
let world, walk;
before(async () => {
  world = await makeWorld('jinghong');
  walk = new Walk(world, 'jinghong', 'penalty');
});
after(() => world?.site.remove());

const work = async (who, query = '') => {
  const answer = await world.as[who].get(`/desk${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const waits = (page, kind) => page.waiting.some((one) => one.url.endsWith(`/${walk.key}/acts/${kind}`));

test('each hand finds what waits for it, from the filing to the archive, and nothing once it is done', async () => {
  const seen = [];
  for (const act of walk.acts()) {
    const waited = hands.has(act.kind) && walk.key !== '';
    if (waited) assert.ok(waits(await work(act.who), act.kind), `${act.kind} does not wait for ${act.who}`);
    if (/\.approved$/.test(act.kind)) assert.ok(waits(await work('head'), act.kind) && waits(await work('leader-in-charge'), act.kind), `${act.kind}: either of the two who may approve`);
    if (waited) assert.ok(!waits(await work('window'), act.kind), `${act.kind} waits for the window too`);
    await walk.step();
    if (waited) assert.ok(!waits(await work(act.who), act.kind), `${act.kind} still waits`);
    if (waited) seen.push(act.kind);
  }
  for (const kind of ['filing.reviewed', 'filing.approved', 'review.opinion', 'decision.approved', 'publication.published', 'closing.approved', 'file.archived'])
    assert.ok(seen.includes(kind), `${kind} is not on the way`);
  for (const who of Object.keys(world.as)) assert.deepEqual((await work(who)).waiting, [], who);
  const { cases } = (await world.as.handler.get('/desk/cases')).json;
  assert.equal(cases.find((one) => one.key === walk.key).closed, true);
});

test('a handler sees the own cases first, and those of the agency when asked; who leads sees the agency', async () => {
  const open = await new Walk(world, 'jinghong', 'penalty').until('recording.stored');
  const of = (page) => page.duties.filter((one) => one.url.includes(open.key)).length;
  assert.equal((await world.as.handler.get(`/desk/cases/${open.key}`)).json.case.closed ?? false, false);
  const mine = await work('handler'), others = await work('second'), all = await work('second', '?scope=agency'), again = await work('second', '?scope=own');
  assert.ok(of(mine) > 0, JSON.stringify(mine.duties));
  assert.equal(of(others), 0);
  assert.equal(of(all), of(mine));
  assert.equal(of(again), 0);
  assert.deepEqual(all.scopes.map((one) => one.current), [false, true]);
  assert.deepEqual(all.scopes.map((one) => one.count), [0, of(mine)]);
  assert.equal((await work('archivist'))['has-scopes'], false);
  assert.equal((await world.as.second.get('/desk?scope=all')).status, 422);
});

test('who began a case owes what its handler owes, without being one', async () => {
  const licence = await new Walk(world, 'jinghong', 'licence').until('officers.assigned');
  const began = licence.acts()[0].who;
  assert.equal(began, 'window', 'the journey begins at the window');
  const owed = await work('window'), all = await work('handler', '?scope=agency'), own = await work('handler');
  const of = (page) => page.duties.filter((one) => one.url.includes(licence.key)).length;
  assert.ok(of(all) > 0);
  assert.ok(of(owed) >= of(all));
  assert.equal(of(own), 0);
});

test('what comes next stands first, before what was passed over', async () => {
  const on = new Walk(world, 'jinghong', 'penalty'), kinds = on.acts().map((one) => one.kind);
  for (const kind of ['inquiry.inspected', 'review.sent', 'discussion.held', 'decision.made', 'publication.redacted', 'closing.proposed']) {
    assert.ok(kinds.includes(kind), kind);
    await on.until(kind);
    const { next } = (await on.document(on.acts()[on.next].who)).json;
    assert.equal(next[0].kind, kind);
    assert.deepEqual(next.map((one) => one.primary), next.map((_, i) => i === 0));
  }
});
