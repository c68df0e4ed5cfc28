// What must not be done is refused, by the clause that forbids it; and a refused act leaves no trace.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { citizen } from '../journeys/parts.mjs';
import { Walk } from '../journeys/walk.mjs';
import { makeWorld } from './world.mjs';

/* A refusal by these clauses (others may stand beside them), with reasons a person can read, and no entry made. */
async function refused(walk, trying, ...clauses) {
  const before = (await walk.document()).json['entry-count'];
  const answer = await trying;
  assert.equal(answer.status, 409, `${answer.status} ${answer.text.slice(0, 600)}`);
  const given = answer.json.clauses.map((one) => one.clause);
  for (const clause of clauses) assert.ok(given.includes(clause), `${clause} is not among ${given}`);
  for (const one of answer.json.clauses) {
    assert.ok(one.say.length > 4 && one.mend.length > 3, JSON.stringify(one));
    assert.match(one.cite, /^《.+》./);
  }
  assert.equal((await walk.document()).json['entry-count'], before, 'a refused act left an entry');
}

describe('refused in 景洪', () => {
  let world;
  const start = (name) => new Walk(world, 'jinghong', name);
  before(async () => { world = await makeWorld('jinghong'); });
  after(() => world?.site.remove());

  test('an inquiry before the case is filed', async () => {
    const walk = await start('penalty').until('filing.approved');
    await refused(walk, walk.try('inquiry.questioned'), 'yn-jl-11.1');
  });

  test('an inspection before certificates are shown', async () => {
    const walk = await start('penalty').until('identity.shown');
    await refused(walk, walk.try('inquiry.inspected'), 'yn-gs-8.1', 'bn-gs-15');
  });

  test('a refusal, a faulty form and a wrong hand leave no gap between the numbers of cases', async () => {
    const first = await start('penalty').step(), open = start('penalty');
    assert.equal((await open.try('source.registered', { f: { title: '' } })).status, 422);
    const wrong = await open.try('source.registered', { who: 'archivist' });
    assert.equal(wrong.status, 403, wrong.text);
    assert.match(wrong.json.detail, /^现在还不能办理“案件来源登记”/);
    const second = await open.step(), number = (one) => Number(one.url.match(/\d+$/)[0]);
    assert.equal(number(second), number(first) + 1);
  });

  test('who may not open a case is shown no way to, and is told', async () => {
    const look = async (client) => ({ pages: [await client.get('/desk', { accept: 'text/html' }), await client.get('/desk/cases', { accept: 'text/html' })], open: await client.get('/desk/new') });
    const handler = await look(world.as.handler), link = 'href="/desk/new"';
    for (const page of handler.pages) assert.equal(page.text.split(link).length, 3, 'one in the navigation, one beside the title');
    assert.ok(handler.open.json['has-procedures']);
    for (const client of [world.as.archivist, world.admin, world.security]) {
      const { pages, open } = await look(client);
      for (const page of pages) assert.ok(page.status === 200 && !page.text.includes(link), page.text);
      assert.equal(open.status, 200, open.text);
      assert.deepEqual([open.json['has-procedures'], open.json.procedures], [false, []]);
    }
    const lost = await world.admin.get('/desk/new/penalty');
    assert.equal(lost.status, 403);
    assert.match(lost.json.detail, /不属于任何执法机关/);
    const typed = await world.as.archivist.get('/desk/new/penalty'); // by its address: told before the form is filled in
    assert.equal(typed.status, 403);
    assert.match(typed.json.detail, /岗位/);
  });

  test('the form of an act is shown to hands that may send it: others are told who may, on the page and in JSON', async () => {
    const walk = await start('penalty').until('filing.reviewed'), who = /您的岗位不能办理“作出决定”，它由这些岗位的人员办理：承办人、行政机关负责人/;
    for (const client of [world.as.archivist, world.as.publisher]) {
      const json = await client.get(walk.where('decision.made'));
      assert.equal(json.status, 403, json.text);
      assert.match(json.json.detail, who);
      assert.equal(json.json.type, 'urn:sanzhi:problem:denied');
      const page = await client.get(walk.where('decision.made'), { accept: 'text/html' });
      assert.equal(page.status, 403);
      assert.match(page.text, who);
      assert.ok(!page.text.includes('data-draft') && !page.text.includes('name="f.content"'), 'nothing to fill in');
    }
    const early = await world.as.handler.get(walk.where('decision.made')); // what the law holds against it, the form tells
    assert.equal(early.status, 200, early.text);
    assert.ok(early.json['has-refusals'] && early.json.fields.length > 5);
    assert.equal((await world.as.archivist.get(walk.where('file.archived'))).status, 200);
    const register = await world.as.archivist.get(`/desk/agencies/${world.place.code}/acts/agency.changed`);
    assert.equal(register.status, 403, register.text);
    assert.match(register.json.detail, /由这些岗位的人员办理/);
  });

  test('a form has the fields of its own procedure, and dates that cannot lie in the future end today', async () => {
    const walk = await start('penalty').until('filing.reviewed'), named = (form, title) => form.json.fields.find((one) => one.title === title);
    const decision = await world.as.handler.get(walk.where('decision.made'));
    assert.ok(named(decision, '罚款') && !named(decision, '证照有效期至') && !named(decision, '需要颁发许可证件'));
    assert.deepEqual(named(decision, '决定').radios.options.map((one) => one.title), ['给予处罚']);
    assert.equal(named(decision, '决定').radios.options[0].selected, true, 'the only one is chosen already');
    const sent = await walk.try('decision.made', { f: { 'licence-expires': '2031-10-19' } });
    assert.equal(sent.status, 422);
    const said = sent.json.errors.find((one) => one.where === 'licence-expires');
    assert.equal(said.what, '“证照有效期至”不适用于本案（普通程序处罚）');
    assert.match(said.mend, /只用于依申请办理/);
    const service = await world.as.handler.get(walk.where('service.made')), today = service.json.at.max.slice(0, 10);
    assert.equal(named(service, '送达时间').input['max-value'], `${today}T23:59`);
    assert.equal(named(service, '公告发出日').input['max-value'], today);
    assert.equal(named(await world.as.handler.get(walk.where('correction.ordered')), '改正期限').input['max-value'], null);
    const page = await world.as.handler.get(walk.where('inquiry.questioned'), { accept: 'text/html' });
    assert.match(page.text, new RegExp(`name="f\\.when\\.to" value="" max="${today}T23:59"`));
  });

  test('the form of a penalty’s decision names no ground in the law of licences for what it asks for', async () => {
    const walk = await start('penalty').until('filing.proposed');
    const { fields } = (await world.as.handler.get(walk.where('decision.made'))).json, text = JSON.stringify(fields);
    assert.ok(fields.length > 5 && text.includes('必填') === false && text.includes('"required":true'), text);
    const cites = JSON.stringify(fields.map((one) => [one.required, one.cite ?? null, one.title]).filter(([required]) => required));
    assert.doesNotMatch(cites, /行政许可法/);
  });

  test('one officer alone; the same officer twice', async () => {
    const walk = await start('penalty').until('inquiry.questioned');
    await refused(walk, walk.try('inquiry.questioned', { f: { officers: [world.officers.handler] } }), 'cf-42');
    await refused(walk, walk.try('inquiry.questioned', { f: { officers: [world.officers.handler, world.officers.handler] } }), 'cf-42');
  });

  test('a seizure that nobody approved', async () => {
    const walk = await start('coercion').until('measure.approved');
    await refused(walk, walk.try('measure.decided'), 'qz-18.1');
    await refused(walk, walk.try('measure.executed'), 'qz-18.1');
  });

  test('going on from a seizure that was not filmed throughout', async () => {
    const walk = await start('coercion').until('recording.made');
    await walk.step();
    await walk.until('recording.made');
    await refused(walk, walk.try('inquiry.ended'), 'yn-jl-14', 'bn-jl-19');
    await refused(walk, walk.try('recording.made', { f: { purpose: '扣押', uninterrupted: false } }), 'yn-jl-16', 'bn-jl-22');
  });

  test('a major decision without legal review', async () => {
    const walk = await start('penalty').until('review.sent');
    await refused(walk, walk.try('review.opinion'), 'bn-sh-16');
    await refused(walk, walk.try('decision.approved'), 'bn-sh-3');
    await refused(walk, walk.try('decision.made'), 'cf-44', 'cf-58.5', 'cf-57.1', 'bn-sh-3');
  });

  test('an opinion that agrees although a point fails', async () => {
    const walk = await start('penalty').until('review.opinion');
    await refused(walk, walk.try('review.opinion', { f: { 'point-procedure': '不符合' } }), 'bn-sh-19.1');
    await refused(walk, walk.try('review.opinion', { f: { copies: ['法制审核机构留存'] } }), 'bn-sh-21');
  });

  test('a decision before rights are told, before statements are reviewed, heavier than told', async () => {
    const walk = await start('penalty').until('rights.told');
    await refused(walk, walk.try('decision.made'), 'cf-44');
    await walk.until('statement.made');
    await refused(walk, walk.try('decision.made'), 'cf-62');
    await walk.until('statement.reviewed');
    await refused(walk, walk.try('statement.reviewed', { f: { heavier: true } }), 'cf-45.2');
    await refused(walk, walk.try('decision.made'), 'cf-45.1');
    await walk.until('decision.made');
    await refused(walk, walk.try('decision.made', { f: { fine: '7000.00' } }), 'cf-45.2');
  });

  test('a decision while the party may still ask for a hearing', async () => {
    const walk = await start('penalty').until('rights.told');
    const told = await walk.try('rights.told', { f: { 'hearing-right': true, rights: ['陈述', '申辩', '听证'] } });
    assert.equal(told.status, 201, told.text);
    assert.equal(told.json.opened.find((duty) => duty.rule === 'cf/cf-ask-for-hearing').deemed ?? '视为放弃听证', '视为放弃听证');
    walk.next++;
    await walk.until('decision.made');
    await refused(walk, walk.try('decision.made', { at: '2026-10-26T15:00' }), 'cf-65');
    const later = await walk.try('decision.made', { at: '2026-10-29T09:00' });
    assert.equal(later.status, 201, later.text);
  });

  test('an on-the-spot fine above two hundred yuan for a citizen', async () => {
    const walk = await start('simple-penalty').until('simple.decided');
    await refused(walk, walk.try('simple.decided', { f: { fine: '200.01' } }), 'cf-51');
    await refused(walk, walk.try('simple.decided', { f: { 'rights-told': false } }), 'cf-44');
    assert.equal((await walk.try('simple.decided', { f: { fine: '200.00' } })).status, 201);
  });

  test('publication before approval, before review, of a minor, of another thing than was approved', async () => {
    const walk = await start('penalty').until('publication.proposed');
    await refused(walk, walk.try('publication.published'), 'yn-gs-12', 'bn-gs-25');
    await walk.until('publication.redacted');
    await refused(walk, walk.try('publication.reviewed'), 'yn-gs-10.1');
    await refused(walk, walk.try('publication.approved'), 'yn-gs-12');
    await walk.until('publication.published');
    await refused(walk, walk.try('publication.published', { f: { of: '履行情况' } }), 'yn-gs-12');
    const anew = await walk.try('publication.proposed', { f: { minor: true } });
    assert.equal(anew.status, 201);
    await refused(walk, walk.try('publication.published'), 'yn-gs-11.1', 'bn-gs-20');
  });

  test('one person proposing and reviewing a publication', async () => {
    const both = await world.site.user('jinghong.both', 'handler,reviewer', { agency: world.place.code });
    const walk = await start('penalty').until('publication.proposed');
    assert.equal((await walk.try('publication.proposed', { client: both })).status, 201);
    assert.equal((await walk.try('publication.redacted')).status, 201);
    await refused(walk, walk.try('publication.reviewed', { client: both }), 'yn-gs-12');
  });

  test('closing before the fine is paid, archiving before closing, anything after it', async () => {
    const walk = await start('penalty').until('payment.received');
    await refused(walk, walk.try('closing.proposed'), 'yn-jl-11.19');
    await refused(walk, walk.try('file.archived'), 'yn-jl-20');
    await walk.until();
    await refused(walk, walk.try('evidence.collected', { at: '2026-11-16T10:00' }), 'yn-jl-20');
  });

  test('closing while a recording is still in an officer’s pocket', async () => {
    const walk = await start('simple-penalty').until('recording.stored');
    walk.next++;
    await walk.until('closing.proposed');
    await refused(walk, walk.try('closing.proposed'), 'yn-jl-20');
  });

  test('a licence decided before the application is accepted', async () => {
    const walk = await start('licence').until('application.accepted');
    await refused(walk, walk.try('decision.made'), 'yn-jl-10.4');
  });

  test('a hand without the role is told so, 403', async () => {
    const walk = await start('penalty').until('decision.made');
    const answer = await walk.try('decision.made', { client: world.as.publisher });
    assert.equal(answer.status, 403, answer.text);
  });

  test('what may not be written: missing, misspelt, future', async () => {
    const walk = await start('penalty').until('filing.proposed');
    const missing = await world.as.handler.act(walk.key, 'filing.proposed', { reason: '线索' });
    assert.equal(missing.status, 422);
    assert.deepEqual(missing.json.errors.map((one) => one.where).sort(), ['basis', 'opinion', 'party']);
    for (const one of missing.json.errors) assert.ok(one.what && one.clause, JSON.stringify(one));
    const misspelt = await walk.try('filing.proposed', { f: { resaon: '线索' } });
    assert.equal(misspelt.status, 422);
    assert.ok(misspelt.json.errors.some((one) => one.where === 'resaon' && one.mend.includes('reason')), misspelt.text);
    const number = await walk.try('filing.proposed', { f: { party: { ...citizen, 'id-number': '532801198803120011' } } });
    assert.equal(number.status, 422);
    assert.equal(number.json.errors[0].where, 'party.id-number');
    const tomorrow = new Date(Date.now() + 24 * 3600e3).toISOString();
    const future = await walk.try('filing.proposed', { at: tomorrow });
    assert.equal(future.status, 422);
    assert.equal(future.json.errors[0].where, 'at');
    assert.equal((await walk.document()).json['entry-count'], 1);
  });

  test('an officer of another agency sees nothing; a stranger is asked who he is', async () => {
    const walk = await start('penalty').until('filing.proposed');
    const code = '11532801015175999';
    const set = '0123456789ABCDEFGHJKLMNPQRTUWXY';
    let sum = 0, weight = 1;
    for (const c of code) { sum += set.indexOf(c) * weight; weight = (weight * 3) % 31; }
    const other = code + set[(31 - (sum % 31)) % 31];
    const made = await world.admin.post(`/desk/agencies/${other}/acts/agency.registered`, { f: {
      name: '景洪市城市管理局', uscc: other, abbreviation: '景城管', division: '532801', level: '县市区', kind: '行政机关', acts: ['处罚'], head: '岩叫', phone: '0691-2130000', 'supervision-phone': '0691-2130001' } });
    assert.equal(made.status, 201, made.text);
    const foreign = await world.site.user('other.handler', 'handler,head', { agency: other });
    for (const where of ['', '/acts/filing.proposed', '/entries/1', '/decision.pdf', '/publish', '/entries/1/files/0']) {
      assert.equal((await foreign.get(`/desk/cases/${walk.key}${where}`)).status, 404, where);
      assert.equal((await world.site.stranger().get(`/desk/cases/${walk.key}${where}`)).status, 401, where);
    }
    assert.equal((await walk.try('filing.proposed', { client: foreign })).status, 404);
    assert.equal((await walk.try('filing.proposed', { client: world.site.stranger() })).status, 401);
    assert.ok(!(await foreign.get('/desk/cases')).text.includes(walk.key));
    assert.ok(!(await foreign.get(`/desk/cases?q=${encodeURIComponent('岩罕')}`)).text.includes(walk.key));
  });

  test('what a judgement foretells is what the act meets', async () => {
    const walk = await start('penalty').until('rights.told');
    const body = walk.act('decision.made').f;
    delete body.file;
    const foretold = await world.as.handler.post(`/desk/cases/${walk.key}/judge/decision.made`, { f: body, at: '2026-10-26T15:00' });
    assert.equal(foretold.status, 200, foretold.text);
    assert.equal(foretold.json.allowed, false);
    assert.ok(foretold.json.refusals.some((one) => one.clause === 'cf-44'), foretold.text);
    const page = (await walk.document()).json;
    assert.ok(page.blocked.find((one) => one.title === '作出决定').refusals.some((one) => one.cite.includes('行政处罚法')), JSON.stringify(page.blocked));
  });
});

describe('refused in 芒市: three hands', () => {
  let world, both;
  before(async () => {
    world = await makeWorld('dehong');
    both = await world.site.user('dehong.both', 'handler,unit-head,reviewer,head', { agency: world.place.code });
  });
  after(() => world?.site.remove());

  test('who proposes does not review, who reviews does not approve', async () => {
    const walk = await new Walk(world, 'dehong', 'penalty').until('filing.proposed');
    assert.equal((await walk.try('filing.proposed', { client: both })).status, 201);
    await refused(walk, walk.try('filing.reviewed', { client: both }), 'dh-jl-39');
    walk.next++;
    await walk.step();
    await refused(walk, walk.try('filing.approved', { client: both }), 'dh-jl-39');
    await walk.until('decision.proposed');
    assert.equal((await walk.try('decision.proposed', { client: both })).status, 201);
    await refused(walk, walk.try('decision.reviewed', { client: both }), 'dh-jl-39');
    walk.next++;
    await walk.step();
    await refused(walk, walk.try('decision.approved', { client: both }), 'dh-jl-39');
  });

  test('a case expected to be major is not filed without the legal opinion', async () => {
    const walk = await new Walk(world, 'dehong', 'penalty').until('filing.proposed');
    assert.equal((await walk.try('filing.proposed', { f: { 'major-expected': true } })).status, 201);
    walk.next++;
    await walk.step();
    const bare = await walk.try('filing.approved');
    assert.equal(bare.status, 422);
    assert.equal(bare.json.errors[0].where, 'legal-opinion');
    assert.equal(bare.json.errors[0].clause, 'dh-jl-10');
    assert.equal((await walk.try('filing.approved', { f: { 'legal-opinion': '启动合法。' } })).status, 201);
  });

  test('who refuses to sign is filmed', async () => {
    const walk = await new Walk(world, 'dehong', 'inspection').until('inquiry.inspected');
    assert.equal((await walk.try('inquiry.inspected', { f: { signature: { refused: true, reason: '不认可检查结果', witness: '村委会玉罕' } } })).status, 201);
    walk.next += 2;
    await walk.until('finding.concluded').catch((error) => assert.match(error.message, /recording.stored/));
    await refused(walk, walk.try('finding.concluded'), 'dh-jl-16', 'dh-jl-18');
  });
});

describe('refused at 楚雄州工信局', () => {
  let world;
  before(async () => { world = await makeWorld('cx-gxj'); });
  after(() => world?.site.remove());

  test('what is stored within three working days there is due within two: the province governs', async () => {
    const walk = await new Walk(world, 'cx-gxj', 'inspection').until('recording.made');
    const { opened } = await walk.step();
    const duty = opened.find((one) => one.topic === 'recording.storing');
    assert.equal(duty.clause, 'yn-jl-20');
    assert.equal(duty.limit, '2 wd');
    assert.deepEqual(duty.also.map((one) => [one.clause, one.limit]), [['cxgx-jl-17', '3 wd']]);
  });

  test('a check without notice, without telling on the spot, without a leader', async () => {
    const walk = await new Walk(world, 'cx-gxj', 'inspection').until('inspection.notice');
    const bare = await walk.try('officers.assigned', { f: { officers: [world.officers.handler] } });
    assert.equal(bare.status, 409);
    assert.ok(bare.json.clauses.some((one) => one.clause === 'cxgx-jl-7'), bare.text);
    await refused(walk, walk.try('inquiry.inspected'), 'cxgx-jl-9', 'cxgx-jl-12');
    await refused(walk, walk.try('inspection.noticed-on-site'), 'cxgx-jl-9');
  });

  test('the bureau’s meeting goes before approval; its opinion is followed', async () => {
    const walk = await new Walk(world, 'cx-gxj', 'penalty').until('review.opinion');
    const no = await walk.try('review.opinion', { f: { conclusion: '继续调查', 'point-facts': '不符合' } });
    assert.equal(no.status, 201, no.text);
    walk.next++;
    await walk.until('decision.approved');
    await refused(walk, walk.try('decision.approved'), 'cxgx-sh-12', 'cxgx-sh-13');
  });

  test('nothing is kept from the public without a reason in law', async () => {
    const walk = await new Walk(world, 'cx-gxj', 'penalty').until('publication.approved');
    await refused(walk, walk.try('publication.approved', { f: { conclusion: '不予公开', reason: '影响企业形象' } }), 'cxgx-gs-9');
  });
});
