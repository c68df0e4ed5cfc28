// A licence on application: notice of what is missing, supplement, acceptance, inspection, decision, certificate.
import { $file, closed, company, onTheSpot, published, recorded, remedies, served, signed, stored } from './parts.mjs';

const place = '民族路 66 号';
const number = '〔2026〕食许 31 号';
const facts = '申请人提交的材料齐全，经营场所布局、设备和人员符合要求。';

export const licence = {
  procedure: 'licence',
  party: company.name,
  decision: 'decision.made',
  acts: [
    { kind: 'application.submitted', who: 'window', at: '2026-10-12T09:30', f: {
      title: '滇南惠民商贸有限公司申请食品经营许可', 'act-kind': '许可', item: '食品经营许可', applicant: company, 'application-type': '新办', received: '2026-10-12T09:00', oral: false, division: '$division', 'decided-as': '本机关', secrecy: '公开',
      materials: [{ name: '食品经营许可申请书', copies: 1, form: '原件' }, { name: '营业执照', copies: 1, form: '复印件' }], files: [$file('申请书.pdf')] } },
    { kind: 'application.notice', who: 'window', at: '2026-10-12T10:10', f: { missing: [{ name: '经营场所平面图', reason: '标明操作区和库房' }], manner: '当场', 'told-at': '2026-10-12T10:00', file: $file('补正告知书.pdf') } },
    { kind: 'application.supplemented', who: 'window', at: '2026-10-14T09:20', f: { received: '2026-10-14T09:10', complete: true, content: '已补交平面图。', files: [$file('平面图.pdf')] } },
    { kind: 'application.accepted', who: 'window', at: '2026-10-14T15:00', f: { 'accepted-at': '2026-10-14T14:50', deemed: false, joint: false, file: $file('受理通知书.pdf') } },
    { kind: 'officers.assigned', who: 'unit-head', at: '2026-10-14T16:00', f: { officers: '$officers' } },
    ...onTheSpot('2026-10-15', place, '刀志强', '经营场所与平面图一致，冷藏、防鼠设施齐全，从业人员持有健康证明。', false),
    recorded('2026-10-15', place, '现场检查'),
    stored('2026-10-16', company.name),
    { kind: 'inquiry.ended', who: 'handler', at: '2026-10-16T16:00', f: {
      'report-text': facts, proposal: '准予许可，有效期五年。', 'licence-outcome': '准予', 'licence-nature': ['一般'], 'hearing-required': false, complex: false, 'public-interest': false, 'social-risk': false, 'major-rights': false, 'deemed-major': false,
      'others-concerned': false, 'public-hearing': false } },
    { kind: 'decision.proposed', who: 'handler', at: '2026-10-19T10:00', f: { facts, evidence: '申请材料、现场核查笔录和录像。', basis: ['食品安全法第三十五条'], discretion: '不涉及裁量。', opinion: '建议准予许可。', 'licence-outcome': '准予' } },
    { kind: 'decision.reviewed', who: 'unit-head', at: '2026-10-19T15:00', f: { conclusion: '同意', opinion: '符合条件，同意准予。' } },
    { kind: 'decision.approved', who: 'head', at: '2026-10-20T09:30', f: { conclusion: '同意', opinion: '同意。' } },
    { kind: 'decision.made', who: 'handler', at: '2026-10-20T15:00', f: { number, outcome: '准予', facts, basis: ['食品安全法第三十五条'], content: '准予食品经营许可，有效期五年。', 'licence-expires': '2031-10-19', remedies } },
    served('2026-10-21T10:00', '决定书', number, '刀志强'),
    { kind: 'licence.issued', who: 'window', at: '2026-10-22T10:00', f: { certificate: '食品经营许可证', number: 'JY15328010012345', 'issued-at': '2026-10-22T09:50', 'valid-until': '2031-10-19', receiver: '刀志强', signature: signed('刀志强', '2026-10-22T09:52') } },
    ...published('2026-10-23', '执法决定', {
      number, 'case-name': '食品经营许可', 'party-shown': company.name, facts: '申请食品经营许可。', basis: '《中华人民共和国食品安全法》第三十五条', decision: '准予许可。', date: '2026-10-20' }),
    ...closed('2026-10-26', '许可办结', '许可决定已送达，证照已颁发、公示。'),
  ],
};
