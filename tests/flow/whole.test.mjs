// Whole cases over real HTTP, from opening to the archive, under the rules of four places; and what must not be done.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { company, secrets } from '../journeys/parts.mjs';
import { journeys } from '../journeys/journey.mjs';
import { Walk, dutiesOf } from '../journeys/walk.mjs';
import { makeWorld, places } from './world.mjs';

const html = { accept: 'text/html' };

// When which duty ends, counted by hand on the calendar of 2026 (no holiday between 10 October and the year's end).
const due = {
  penalty: {
    'yn-jl/store-recording': '2026-10-15', 'cf/cf-serve-in-7-days': '2026-11-04', 'yn-gs/publish-decision': '2026-11-04', 'cf/cf-pay-in-15-days': '2026-11-11' },
  'simple-penalty': {
    'yn-jl/store-recording': '2026-11-11', 'yn-gs/publish-decision': '2026-11-18', 'cf/cf-pay-simple-in-15-days': '2026-11-24', 'cf/cf-hand-in-collected': '2026-11-11', 'cf/cf-bank-collected': '2026-11-12' },
  licence: {
    'xk/xk-tell-once': '2026-10-19', 'xk/xk-accept-complete': '2026-10-21', 'xk/xk-decide-in-20-days': '2026-11-11', 'xk/xk-issue-licence': '2026-11-03', 'yn-gs/publish-decision': '2026-10-29' },
  inspection: { 'yn-jl/store-recording': '2026-10-22' },
  coercion: { 'qz/qz-handle-seized': '2026-11-12' },
};
// What a place's own paper adds, or where it is the stricter one.
const dueAt = {
  jinghong: {
    penalty: { 'bn-sh/send-to-review': '2026-10-22', 'bn-sh/give-opinion': '2026-10-23', 'bn-sh/file-major-decision': '2026-11-25' },
    inspection: { 'bn-jl/check-correction': '2026-10-26' } },
  dehong: { inspection: { 'dh-jl/check-correction': '2026-10-26', 'dh-jl/archive-file': '2026-11-27' }, penalty: { 'dh-jl/archive-file': '2026-12-03' } },
  chuxiong: {},
  'cx-gxj': {
    penalty: { 'cxgx-sh/give-opinion': '2026-10-27' },
    inspection: { 'cxgx-jl/tell-findings': '2026-10-29', 'cxgx-gs/publish-problem-inspection': '2026-10-30', 'cxgx-jl/archive-file': '2026-11-19', 'cxgx-jl/hand-over-file': '2027-01-31' },
    coercion: { 'cxgx-gs/publish-coercion': '2026-10-22' } },
};

for (const placeName of Object.keys(places)) {
  describe(`whole cases in ${placeName}`, () => {
    let world;
    const walks = {};
    before(async () => { world = await makeWorld(placeName); });
    after(() => world?.site.remove());

    for (const name of Object.keys(journeys)) {
      test(`${name}: from opening to the archive`, async () => {
        const walk = walks[name] = new Walk(world, placeName, name);
        await walk.until();
        const page = (await walk.document()).json;
        assert.equal(page.case.status, '已归档');
        assert.equal(page['entry-count'], journeys[name].acts.length);
        assert.equal(page.case.major, name === 'penalty', JSON.stringify(page.case['major-by']));
        const duties = dutiesOf(walk);
        for (const [rule, day] of Object.entries({ ...due[name], ...dueAt[placeName][name] })) {
          assert.ok(duties[rule], `${rule} was never opened; opened: ${Object.keys(duties)}`);
          assert.equal(duties[rule][0].due, day, rule);
          assert.ok(duties[rule][0].met || rule === 'cxgx-jl/hand-over-file', `${rule} was not met`);
        }
        for (const duty of page['done-duties']) assert.ok(['met', 'excused'].includes(duty.standing), `${duty.title}: ${duty.standing}`);
        for (const duty of page.duties) assert.equal(duty.standing, 'open', `${duty.title}: ${duty.standing}`);
      });

      test(`${name}: the portal shows what was approved and nothing personal`, async () => {
        const { number, 'party-shown': party, performance = '' } = journeys[name].acts.find((act) => act.kind === 'publication.proposed').f;
        const paper = (await walks[name].document()).json.papers.find((one) => one.url.startsWith('/publications/'));
        for (const where of [paper.url, '/publications', '/', `/publications?q=${encodeURIComponent(party)}`]) {
          const page = await world.site.stranger().get(where, html);
          assert.equal(page.status, 200, where);
          if (where !== '/') assert.ok(page.text.includes(number) && page.text.includes(party), `${where} lacks ${number} or ${party}`);
          for (const secret of secrets) assert.ok(!page.text.includes(secret), `${where} shows ${secret}`);
          assert.ok(!page.text.includes(company.phone), `${where} shows the company's telephone`);
        }
        const machine = await world.site.stranger().get(paper.url);
        assert.ok(machine.text.includes(performance), `the JSON lacks how it was carried out: ${performance}`);
        for (const secret of secrets) assert.ok(!machine.text.includes(secret), `the JSON shows ${secret}`);
        const found = await world.site.stranger().get(`/publications?q=${encodeURIComponent(secrets[0])}`);
        assert.ok(!found.json.publications.some((one) => one.party === '岩某某'), 'a publication is found by the full name');
      });
    }

    test('every decision is a PDF to take away, one not to penalise too', async () => {
      const none = await new Walk(world, placeName, 'penalty').until('decision.made');
      const decided = await world.as.handler.act(none.key, 'decision.none', { kind: '不予处罚', reason: '违法行为轻微并及时改正，没有造成危害后果。', education: '已当面教育，当事人承诺守法经营。', number: '不罚 1 号' }, { at: '2026-10-26T15:00' });
      assert.equal(decided.status, 201, decided.text);
      for (const walk of [...Object.values(walks), none]) {
        const papers = (await walk.document()).json.papers.map((one) => one.url);
        assert.ok(papers.includes(`/desk/cases/${walk.key}/decision.pdf`), `${walk.name}: not offered`);
        const got = await world.as.handler.get(`/desk/cases/${walk.key}/decision.pdf`);
        assert.equal(got.status, 200, `${walk.name}: ${got.text.slice(0, 300)}`);
        assert.match(got.headers.get('content-type'), /^application\/pdf/);
        assert.ok(got.text.startsWith('%PDF'), walk.name);
        assert.ok(got.text.trimEnd().endsWith('%%EOF'), walk.name);
      }
    });

    test('what is withdrawn shows when and why, and nothing of what it said', async () => {
      const walk = walks.penalty, content = walk.act('publication.proposed').f;
      const paper = (await walk.document()).json.papers.find((one) => one.url.startsWith('/publications/'));
      const gone = await world.as.publisher.act(walk.key, 'publication.withdrawn', { reason: '内容有误', explanation: '货值写错，更正后重新公开。', 'approved-by': '罗平', 'withdrawn-at': '2026-11-10T09:00' }, { at: '2026-11-10T09:05' });
      assert.equal(gone.status, 201, gone.text);
      const page = await world.site.stranger().get(paper.url, html);
      assert.equal(page.status, 200);
      assert.match(page.text, /内容有误/);
      assert.match(page.text, /2026年11月10日/);
      for (const said of [content.facts, content.decision, content['case-name'], content['party-shown']]) assert.ok(!page.text.includes(said), `still shows ${said}`);
      const list = await world.site.stranger().get(`/publications?q=${encodeURIComponent('预包装')}`);
      assert.ok(!list.json.publications.some((one) => one.url === paper.url), 'still found by what it said');
    });

    test('a change of a published decision is told on its page, and names nobody', async () => {
      const walk = walks.penalty, at = { at: '2026-11-11T10:00' };
      const changed = await world.as.handler.act(walk.key, 'decision.changed', { how: '变更', by: '景洪市人民政府', cause: '行政复议', number: '复决〔2026〕9号', date: '2026-11-10', content: '罚款变更为三千元。' }, at);
      assert.equal(changed.status, 201, changed.text);
      const told = { by: '景洪市人民政府', number: '复决〔2026〕9号', date: '2026-11-10', 'published-at': '2026-11-11T10:05' };
      const named = await world.as.publisher.act(walk.key, 'publication.change-published', { ...told, content: `${secrets[0]}的罚款变更为三千元。` }, { at: '2026-11-11T10:06' });
      assert.equal(named.status, 409, named.text);
      assert.match(named.text, /应当隐去/);
      const shown = await world.as.publisher.act(walk.key, 'publication.change-published', { ...told, content: '罚款变更为三千元。' }, { at: '2026-11-11T10:06' });
      assert.equal(shown.status, 201, shown.text);
      const paper = (await walk.document()).json.papers.find((one) => one.url.startsWith('/publications/'));
      const page = await world.site.stranger().get(paper.url, html);
      assert.match(page.text, /2026年11月10日，本决定被变更。景洪市人民政府，复决〔2026〕9号：罚款变更为三千元。/);
    });

    test('the log is whole, and a rebuild gives every case again as it was', async () => {
      const verified = await world.site.cli('log', 'verify');
      assert.equal(verified.code, 0, verified.stdout + verified.stderr);
      assert.match(verified.stdout, /没有改动/);
      const document = async (name) => {
        const page = (await walks[name].document()).json;
        for (const duty of page.duties) delete duty['remaining-text'];
        return page;
      };
      const was = {};
      for (const name of Object.keys(journeys)) was[name] = await document(name);
      const list = (await world.as.handler.get('/desk/cases')).json, shown = (await world.site.stranger().get('/publications')).json;
      await world.site.stop();
      const rebuilt = await world.site.cli('rebuild');
      assert.equal(rebuilt.code, 0, rebuilt.stderr);
      await world.site.serve();
      for (const name of Object.keys(journeys)) assert.deepEqual(await document(name), was[name], name);
      assert.deepEqual((await world.as.handler.get('/desk/cases')).json, list);
      assert.deepEqual((await world.site.stranger().get('/publications')).json, shown);
      assert.equal((await world.site.cli('log', 'verify')).code, 0);
    });
  });
}
