// A penalty by ordinary procedure that is major everywhere: a citizen fined six thousand yuan in a complex matter, after legal review.
import { $file, citizen, closed, filed, onTheSpot, published, recorded, remedies, served, signed, stored } from './parts.mjs';

const place = '告庄西双景 12 栋 3 号铺';
const facts = '当事人自 2026 年 8 月起在经营场所销售超过保质期的预包装食品 46 件，货值金额 1180 元，违法所得 312 元。';
const content = '1. 没收违法所得 312.00 元；2. 罚款 6000.00 元。';
const number = '〔2026〕监罚 7 号';

export const penalty = {
  procedure: 'penalty',
  party: '岩某某',
  decision: 'decision.made',
  acts: [
    { kind: 'source.registered', who: 'handler', at: '2026-10-12T09:30', f: {
      title: '岩罕销售超过保质期食品案', source: '投诉举报', received: '2026-10-12T09:00', provider: '12315 平台', content: '消费者反映该店出售过期牛奶和饼干，附照片三张。',
      party: citizen, division: '$division', 'act-kind': '处罚', 'decided-as': '本机关', secrecy: '公开', 'offence-ended': '2026-10-11', materials: [$file('举报照片.png')] } },
    ...filed('2026-10-12', citizen, '涉嫌销售超过保质期的食品，符合立案条件。', ['食品安全法第三十四条第十项', '食品安全法第一百二十四条']),
    ...onTheSpot('2026-10-13', place, '岩罕', '货架和冷柜内有超过保质期的预包装食品 46 件，已拍照、清点。', true),
    { kind: 'inquiry.questioned', who: 'handler', at: '2026-10-13T15:30', f: {
      when: { from: '2026-10-13T14:30', to: '2026-10-13T15:20' }, place: '执法大队询问室', person: { name: '岩罕', 'id-number': citizen['id-number'], phone: citizen.phone }, capacity: '当事人',
      officers: '$officers', 'certificates-shown': true, 'rights-told': true, qa: '问：这些食品从哪里购进？\n答：从批发市场购进，有票据。\n问：为什么过期还在出售？\n答：清货不及时。',
      'read-over': true, 'one-person': true, signature: signed('岩罕', '2026-10-13T15:22') } },
    { kind: 'evidence.collected', who: 'handler', at: '2026-10-13T16:20', f: {
      kind: '书证', holder: '岩罕', 'taken-at': '2026-10-13T16:00', list: [{ name: '进货票据', quantity: '3 张', proves: '进货时间和数量' }, { name: '销售小票', quantity: '12 张', proves: '销售数量和违法所得' }],
      'copy-mark': true, officers: '$officers', signature: signed('岩罕', '2026-10-13T16:10'), files: [$file('进货票据.pdf'), $file('销售小票.pdf')] } },
    { ...recorded('2026-10-13', place, '现场检查'), at: '2026-10-13T17:00' },
    stored('2026-10-14', '岩罕', true),
    { kind: 'recording.noted', who: 'handler', at: '2026-10-14T10:10', f: {
      about: '证据说明', maker: '$second', extractor: '$handler', time: '2026-10-13T09:00', place, content: '录像为现场检查全过程，与原始文件一致。', disc: true } },
    { kind: 'inquiry.ended', who: 'handler', at: '2026-10-15T16:00', f: {
      'report-text': `${facts}上述事实有笔录、票据和现场录像证明。`, report: $file('调查终结报告.pdf'), proposal: content, sanctions: ['罚款', '没收违法所得'], fine: '6000.00', confiscated: '312.00',
      'hearing-required': false, complex: true, 'public-interest': false, 'social-risk': false, 'major-rights': true, 'deemed-major': false } },
    { kind: 'review.sent', who: 'handler', at: '2026-10-16T09:30', f: {
      'sent-to': '本机关法制审核机构', report: $file('调查终结报告.pdf'), statement: $file('情况说明.pdf'), draft: $file('拟作决定书.pdf'), note: '罚款六千元，属于重大处罚，送请审核。' } },
    { kind: 'review.taken-in', who: 'legal-reviewer', at: '2026-10-16T10:30', f: { received: '2026-10-16T10:00', reviewer: '方明' } },
    { kind: 'review.opinion', who: 'legal-reviewer', at: '2026-10-20T16:00', f: { conclusion: '同意', opinion: '主体适格，事实清楚，证据充分，程序合法，适用法律正确，裁量适当。', reviewers: '方明' } },
    { kind: 'rights.told', who: 'handler', at: '2026-10-21T10:00', f: {
      content: `拟${content}`, facts, basis: ['食品安全法第一百二十四条第一款第五项'], rights: ['陈述', '申辩'], 'hearing-right': false, remedies: '可以自收到本告知书之日起三个工作日内陈述、申辩。',
      'told-at': '2026-10-21T09:50', 'told-fine': '6000.00', 'answer-by': '2026-10-26', signature: signed('岩罕', '2026-10-21T09:52'), file: $file('事先告知书.pdf') } },
    { kind: 'statement.made', who: 'handler', at: '2026-10-22T11:00', f: {
      oral: true, who: '当事人', content: '承认违法，已全部下架，请求从轻处罚。', received: '2026-10-22T10:40', signature: signed('岩罕', '2026-10-22T10:50') } },
    { kind: 'statement.reviewed', who: 'unit-head', at: '2026-10-22T16:00', f: { accepted: '不采纳', reason: '拟罚款已在法定幅度内从轻，没有新的从轻情节。', heavier: false } },
    { kind: 'discussion.held', who: 'unit-head', at: '2026-10-23T11:30', f: {
      when: { from: '2026-10-23T10:00', to: '2026-10-23T11:00' }, host: '罗平', present: '罗平、段和、周正、方明', opinions: '一致认为事实清楚、裁量适当。', conclusion: '同意按拟定意见处罚。' } },
    { kind: 'decision.proposed', who: 'handler', at: '2026-10-23T15:00', f: {
      facts, evidence: '现场检查笔录、询问笔录、进货票据、销售小票、现场录像。', basis: ['食品安全法第一百二十四条第一款第五项'], discretion: '货值金额不足一万元，初次违法，按裁量基准取一般幅度。', opinion: `建议${content}`,
      sanctions: ['罚款', '没收违法所得'], fine: '6000.00', confiscated: '312.00', leniency: '一般' } },
    { kind: 'decision.reviewed', who: 'unit-head', at: '2026-10-23T17:00', f: { conclusion: '同意', opinion: '同意承办人意见，报负责人审批。' } },
    { kind: 'decision.approved', who: 'head', at: '2026-10-26T09:40', f: { conclusion: '同意', opinion: '同意。' } },
    { kind: 'decision.made', who: 'handler', at: '2026-10-26T15:00', f: {
      number, outcome: '给予处罚', facts, basis: ['食品安全法第一百二十四条第一款第五项'], content, sanctions: ['罚款', '没收违法所得'], fine: '6000.00', confiscated: '312.00',
      'performance-manner': '自收到本决定书之日起十五日内到指定银行缴纳。', remedies, file: $file('处罚决定书.pdf') } },
    served('2026-10-27T10:00', '决定书', number, '岩罕'),
    { kind: 'payment.received', who: 'handler', at: '2026-10-29T16:00', f: { amount: '6312.00', 'paid-at': '2026-10-29T15:30', full: true, receipt: $file('缴款书.pdf') } },
    { kind: 'performance.recorded', who: 'handler', at: '2026-10-29T16:30', f: { done: '自动履行完毕', date: '2026-10-29', account: '罚款和没收款已全部缴清，过期食品已全部下架销毁。' } },
    ...published('2026-10-30', '执法决定', {
      number, 'case-name': '岩某某销售超过保质期食品案', 'party-shown': '岩某某', facts: '销售超过保质期的预包装食品 46 件，货值金额 1180 元。', basis: '《中华人民共和国食品安全法》第一百二十四条第一款第五项', decision: content, performance: '罚款和没收款已全部缴清，过期食品已全部下架销毁。', date: '2026-10-26' }),
    { kind: 'major.filed', who: 'handler', at: '2026-11-02T10:00', f: { 'filed-with': ['本级司法行政机关', '上级机关法制审核机构'], 'filed-at': '2026-11-02T09:50', file: $file('备案报告.pdf') } },
    ...closed('2026-11-03', '决定履行完毕', '罚没款已缴清，决定已送达、公示、备案。'),
  ],
};
