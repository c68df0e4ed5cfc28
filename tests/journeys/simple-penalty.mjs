// A penalty on the spot: fifty yuan, collected at once, handed in and banked within two working days each.
import { citizen, closed, onTheSpot, published, recorded, remedies, signed, stored } from './parts.mjs';

const place = '勐罕镇农贸市场 8 号摊位';
const facts = '当事人在经营活动中没有明码标价，经当场指出后承认。';
const number = '〔2026〕监当罚 12 号';

export const simplePenalty = {
  procedure: 'simple-penalty',
  party: '岩某某',
  decision: 'simple.decided',
  acts: [
    { kind: 'source.registered', who: 'handler', at: '2026-11-09T08:40', f: {
      title: '岩罕未明码标价案', source: '检查发现', received: '2026-11-09T08:30', provider: '执法大队', content: '日常巡查发现摊位商品没有标价。', party: citizen, division: '$division', 'act-kind': '处罚', secrecy: '公开' } },
    { kind: 'officers.assigned', who: 'unit-head', at: '2026-11-09T08:50', f: { officers: '$officers' } },
    ...onTheSpot('2026-11-09', place, '岩罕', '摊位 14 种商品没有标明价格。', true),
    recorded('2026-11-09', place, '现场检查'),
    { kind: 'simple.decided', who: 'handler', at: '2026-11-09T11:10', f: {
      number, party: citizen, facts, basis: ['价格法第四十二条'], sanctions: ['警告', '罚款'], fine: '50.00', when: '2026-11-09T11:05', place, officers: '$officers', 'certificates-shown': true, 'rights-told': true,
      remedies, delivered: true, signature: signed('岩罕', '2026-11-09T11:08') } },
    { kind: 'fine.collected', who: 'handler', at: '2026-11-09T11:20', f: { amount: '50.00', reason: '一百元以下', 'collected-at': '2026-11-09T11:15', 'receipt-number': '滇财 0045821', 'on-water': false } },
    { kind: 'simple.filed', who: 'handler', at: '2026-11-09T16:00', f: { 'filed-at': '2026-11-09T15:50', 'received-by': '周正' } },
    stored('2026-11-10', '岩罕'),
    { kind: 'fine.handed-in', who: 'handler', at: '2026-11-10T10:00', f: { amount: '50.00', 'handed-at': '2026-11-10T09:50' } },
    { kind: 'fine.banked', who: 'unit-head', at: '2026-11-11T10:00', f: { amount: '50.00', 'banked-at': '2026-11-11T09:40' } },
    { kind: 'performance.recorded', who: 'handler', at: '2026-11-11T11:00', f: { done: '自动履行完毕', date: '2026-11-09', account: '罚款当场缴清，商品已补标价签。' } },
    ...published('2026-11-12', '执法决定', {
      number, 'case-name': '岩某某未明码标价案', 'party-shown': '岩某某', facts: '经营的商品没有明码标价。', basis: '《中华人民共和国价格法》第四十二条', decision: '警告，并罚款 50.00 元。', date: '2026-11-09' }),
    ...closed('2026-11-13', '决定履行完毕', '罚款已收缴入库，当场处罚已备案、公示。'),
  ],
};
