// A random check that finds something: notice, on-site telling, finding, order to correct, check of the correction.
import { $file, closed, company, onTheSpot, published, recorded, signed, stored } from './parts.mjs';

const place = '民族路 66 号';
const [identity, announced, inspected] = onTheSpot('2026-10-20', place, '刀志强', '库房 3 处货架没有离墙离地，其余正常。', true);

export const inspection = {
  procedure: 'inspection',
  party: company.name,
  decision: 'finding.concluded',
  acts: [
    { kind: 'inspection.planned', who: 'handler', at: '2026-10-15T09:30', f: {
      title: '滇南惠民商贸有限公司双随机抽查', kind: '双随机抽查', object: company, matter: '食品贮存', purpose: '核查食品贮存是否符合要求。', scope: '库房和经营区。', focus: '离墙离地、温度记录。',
      when: { from: '2026-10-20T09:00', to: '2026-10-20T12:00' }, 'division-of-work': '李勤检查库房，岩温摄录。', schedule: '十月二十日上午检查，当日通报。', officers: '$officers', division: '$division', secrecy: '公开' } },
    { kind: 'inspection.approved', who: 'head', at: '2026-10-15T16:00', f: { conclusion: '同意', opinion: '同意按计划检查。' } },
    { kind: 'officers.assigned', who: 'unit-head', at: '2026-10-16T09:00', f: { officers: '$officers', leader: '$handler' } },
    { kind: 'inspection.notice', who: 'handler', at: '2026-10-16T10:00', f: {
      basis: ['食品安全法第一百一十条'], when: { from: '2026-10-20T09:00', to: '2026-10-20T12:00' }, content: '食品贮存情况。', procedure: '出示证件、现场检查、通报结果。', demands: '请安排人员陪同并提供台账。', 'told-at': '2026-10-16T10:00', file: $file('检查通知书.pdf') } },
    identity,
    { kind: 'inspection.noticed-on-site', who: 'handler', at: '2026-10-20T09:02', f: {
      'certificates-shown': true, content: '依照食品安全法第一百一十条检查食品贮存。', method: '查看现场和台账，约一小时。', duties: '有权要求回避、陈述意见，应当如实提供情况。', signature: signed('刀志强', '2026-10-20T09:02') } },
    announced,
    inspected,
    recorded('2026-10-20', place, '现场检查'),
    { kind: 'finding.told', who: 'handler', at: '2026-10-20T11:30', f: { simple: true, 'corrected-at-once': true, content: '库房 3 处货架没有离墙离地，已当场挪开两处。', signature: signed('刀志强', '2026-10-20T11:20') } },
    stored('2026-10-21', company.name),
    { kind: 'finding.concluded', who: 'handler', at: '2026-10-21T10:00', f: { conclusion: '责令改正', clean: false, ended: '2026-10-20T11:30', content: '发现货架没有离墙离地，责令改正。', file: $file('检查登记表.pdf') } },
    { kind: 'correction.ordered', who: 'handler', at: '2026-10-21T10:30', f: { content: '十月二十六日前将全部货架离墙离地。', deadline: '2026-10-26', basis: ['食品安全法第一百二十六条'], file: $file('责令改正通知书.pdf') } },
    { kind: 'correction.checked', who: 'handler', at: '2026-10-26T10:00', f: { 'checked-at': '2026-10-26T09:30', done: true, content: '货架已全部离墙离地。', officers: '$officers' } },
    ...published('2026-10-27', '检查结果', {
      number: '双随机 2026-31', 'case-name': '食品贮存双随机抽查', 'party-shown': company.name, facts: '3 处货架没有离墙离地。', basis: '《中华人民共和国食品安全法》第一百一十条', decision: '责令改正，已改正。', date: '2026-10-21' }),
    ...closed('2026-10-28', '检查办结', '发现的问题已改正，结果已公示。'),
  ],
};
