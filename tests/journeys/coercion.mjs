// Goods are seized, looked into, and given back within the thirty days.
import { $file, closed, company, filed, onTheSpot, published, recorded, remedies, served, signed, stored } from './parts.mjs';

const place = '民族路 66 号库房';
const number = '〔2026〕监强 5 号';
const list = [{ name: '来源不明的食用油', quantity: '20 桶', state: '原装未开封' }];
const facts = '库房内食用油 20 桶没有进货票据，来源不明，需要扣押查明。';

export const coercion = {
  procedure: 'coercion',
  party: company.name,
  decision: 'measure.decided',
  acts: [
    { kind: 'source.registered', who: 'handler', at: '2026-10-12T09:30', f: {
      title: '滇南惠民商贸有限公司来源不明食用油扣押案', source: '上级交办', received: '2026-10-12T09:00', provider: '州市场监督管理局', content: '交办核查来源不明食用油。', party: company, division: '$division', 'act-kind': '强制', 'decided-as': '本机关', secrecy: '公开' } },
    ...filed('2026-10-12', company, '涉嫌经营来源不明的食用油。', ['食品安全法第五十三条', '行政强制法第二十二条']),
    ...onTheSpot('2026-10-13', place, '刀志强', facts, true),
    { ...recorded('2026-10-13', place, '现场检查'), at: '2026-10-13T10:35', f: { ...recorded('2026-10-13', place, '现场检查').f, ended: '2026-10-13T10:20', left: '2026-10-13T10:20' } },
    { kind: 'measure.proposed', who: 'handler', at: '2026-10-13T10:40', f: { measure: '扣押财物', value: '2400.00', object: '食用油 20 桶', reason: '防止转移，需要查明来源。', basis: ['食品安全法第一百一十条第四项'] } },
    { kind: 'measure.approved', who: 'head', at: '2026-10-13T10:50', f: { conclusion: '同意', opinion: '同意扣押。' } },
    { kind: 'measure.decided', who: 'handler', at: '2026-10-13T11:00', f: {
      number, measure: '扣押财物', value: '2400.00', period: { from: '2026-10-13T11:00', to: '2026-11-11T23:59' }, facts, basis: ['食品安全法第一百一十条第四项'], remedies, list, file: $file('扣押决定书.pdf') } },
    { kind: 'measure.executed', who: 'handler', at: '2026-10-13T11:50', f: {
      measure: '扣押财物', when: { from: '2026-10-13T11:05', to: '2026-10-13T11:40' }, place, officers: '$officers', 'party-present': true, 'rights-told': true, statement: '没有意见，将补交票据。', record: '当场清点、封存食用油 20 桶，交付决定书和清单。',
      list, delivered: true, signature: signed('刀志强', '2026-10-13T11:42') } },
    served('2026-10-13T11:55', '强制措施决定书', number, '刀志强'),
    { ...recorded('2026-10-13', place, '扣押'), at: '2026-10-13T14:00', f: { ...recorded('2026-10-13', place, '扣押').f, arrived: '2026-10-13T11:00', started: '2026-10-13T11:00', left: '2026-10-13T11:50', ended: '2026-10-13T11:50' } },
    { ...stored('2026-10-14', company.name), at: '2026-10-14T09:20' },
    stored('2026-10-14', company.name),
    { ...stored('2026-10-14', company.name), at: '2026-10-14T09:40' },
    { kind: 'inquiry.ended', who: 'handler', at: '2026-10-19T15:00', f: {
      'report-text': '当事人补交了进货票据和检验报告，来源合法。', proposal: '解除扣押，退还财物。', 'hearing-required': false, complex: false, 'public-interest': false, 'social-risk': false, 'major-rights': false, 'deemed-major': false } },
    { kind: 'measure.handled', who: 'handler', at: '2026-10-20T10:00', f: { handling: '解除并退还', content: '来源已查清，解除扣押并退还。', basis: ['行政强制法第二十八条'] } },
    { kind: 'measure.lifted', who: 'handler', at: '2026-10-20T10:30', f: { reason: '没有违法行为', 'lifted-at': '2026-10-20T10:20', returned: '食用油 20 桶全部退还。', signature: signed('刀志强', '2026-10-20T10:25') } },
    ...published('2026-10-21', '强制措施或者执行决定', {
      number, 'case-name': '来源不明食用油扣押', 'party-shown': company.name, facts: '食用油来源不明。', basis: '《中华人民共和国食品安全法》第一百一十条第四项', decision: '扣押食用油 20 桶，查清后已解除。', date: '2026-10-13' }),
    ...closed('2026-10-22', '强制办结', '扣押已解除，财物已退还，决定已公示。'),
  ],
};
