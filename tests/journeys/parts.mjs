// What many acts of the journeys say alike. Values that begin with `$` are put in by journey.mjs: $handler and $second are
// the ids of the two officers, $officers both, $agency the agency's name, $division its division, $case the case's number.

export const $file = (name) => ({ $file: name });
export const signed = (by, at) => ({ by, at });

export const remedies = '如不服本决定，可以自收到之日起六十日内申请行政复议，也可以在六个月内依法提起行政诉讼。';

// A natural person: what must never reach the portal stands in one place, so that tests can look for it.
export const person = { name: '岩罕', 'id-number': '532801198803120017', phone: '13988001234', address: '勐罕镇曼听村民小组 18 号' };
export const citizen = { type: '公民', ...person };
export const secrets = [person.name, person['id-number'], person.phone, person.address, '曼听村'];

export const company = { type: '法人', name: '滇南惠民商贸有限公司', uscc: '91532801MA6K00014Q', 'legal-representative': '刀志强', address: '民族路 66 号', phone: '0691-2121234' };

// Every exemption question answered with no.
export const noExemption = { minor: false, 'state-secret': false, 'business-secret': false, privacy: false, security: false, series: false, enforcement: false, other: false };

// The five acts of disclosure, on one day: proposed, redacted, reviewed, approved, published.
export function published(day, of, said) {
  return [
    { kind: 'publication.proposed', who: 'handler', at: `${day}T09:10`, f: { of, manner: '摘要', ...noExemption, ...said, agency: '$agency' } },
    { kind: 'publication.redacted', who: 'handler', at: `${day}T09:40`, f: { text: `${said.number}\n\n当事人：${said['party-shown']}\n\n${said.facts}\n\n${said.decision}`, hidden: [{ what: '自然人姓名', count: 1 }], 'read-through': true } },
    { kind: 'publication.reviewed', who: 'unit-head', at: `${day}T10:20`, f: { conclusion: '同意', opinion: '内容准确，个人信息已隐去。' } },
    { kind: 'publication.approved', who: 'head', at: `${day}T11:00`, f: { conclusion: '同意' } },
    { kind: 'publication.published', who: 'publisher', at: `${day}T15:00`, f: { of, channels: ['全省行政执法信息公示平台', '本级政府网站'], 'published-at': `${day}T15:00`, 'entered-by': '许静', responsible: '周正' } },
  ];
}

export function filed(day, party, reason, basis) {
  return [
    { kind: 'filing.proposed', who: 'handler', at: `${day}T10:30`, f: { reason, party, opinion: '有违法线索，属于本机关管辖，建议立案调查。', basis, officers: '$officers' } },
    { kind: 'filing.reviewed', who: 'unit-head', at: `${day}T14:40`, f: { conclusion: '同意', opinion: '线索清楚，同意立案。' } },
    { kind: 'filing.approved', who: 'head', at: `${day}T16:10`, f: { conclusion: '同意', opinion: '同意立案，请依法及时查处。' } },
    { kind: 'officers.assigned', who: 'unit-head', at: `${day}T16:40`, f: { officers: '$officers' } },
  ];
}

// Shown, told of the recording, inspected; on the spot from nine o'clock.
export function onTheSpot(day, place, present, findings, violations) {
  return [
    { kind: 'identity.shown', who: 'handler', at: `${day}T09:02`, f: { officers: '$officers', 'shown-to': present, 'certificates-shown': true, uniform: '已按规定', 'assistants-carded': '无辅助人员', 'confirmed-by-party': true, place } },
    { kind: 'recording.announced', who: 'handler', at: `${day}T09:03`, f: { people: present, manner: '口头告知并录入' } },
    { kind: 'inquiry.inspected', who: 'handler', at: `${day}T10:20`, f: {
      when: { from: `${day}T09:05`, to: `${day}T10:15` }, place, officers: '$officers', 'certificates-shown': true, present,
      course: '执法人员出示证件、说明来意后，由在场人员陪同逐区检查。', findings, violations, signature: signed(present, `${day}T10:16`) } },
  ];
}

export function recorded(day, place, purpose) {
  return { kind: 'recording.made', who: 'handler', at: `${day}T11:00`, f: {
    purpose, place, arrived: `${day}T09:00`, left: `${day}T10:30`, started: `${day}T09:00`, ended: `${day}T10:30`, uninterrupted: true, announced: true,
    checklist: ['现场环境', '在场人员', '重要物品', '采取的措施', '文书制作送达'], device: 'ZFY-07', taker: '$second' } };
}

export function stored(day, party, evidence = false) {
  return { kind: 'recording.stored', who: 'handler', at: `${day}T09:30`, f: {
    file: [$file('现场音像.pdf')], location: 'YX-2026-0107', store: '平台', 'case-number': '$case', 'party-name': party, handler: '李勤', evidence, obstruction: false, incident: false } };
}

export function served(at, document, number, recipient) {
  return { kind: 'service.made', who: 'handler', at, f: {
    document, 'document-number': number, manner: '直接送达', recipient, relation: '本人', 'delivered-at': at, 'signed-at': at, officers: '$officers', 'certificates-shown': true, receipt: $file('送达回证.pdf') } };
}

export function closed(day, reason, summary) {
  return [
    { kind: 'closing.proposed', who: 'handler', at: `${day}T09:20`, f: { reason, summary } },
    { kind: 'closing.approved', who: 'head', at: `${day}T15:30`, f: { opinion: '同意结案。' } },
    { kind: 'file.archived', who: 'archivist', at: `${day}T16:50`, f: { number: 'AJ-2026-0107', pages: 86, volumes: 1, boxes: '三号柜二层', keeping: '三十年', keeper: '陶安', discs: 1 } },
  ];
}
