// A small world to work in: an agency with its officers and one user for each hand, made through the same acts as everybody's.
import { Site, png } from './lib.mjs';

export const places = {
  jinghong: { code: '11532801015175290P', name: '景洪市市场监督管理局', abbreviation: '景市监', division: '532801', level: '县市区' },
  dehong: { code: '11533103015175291Q', name: '芒市市场监督管理局', abbreviation: '芒市监', division: '533103', level: '县市区' },
  chuxiong: { code: '11532301015175293R', name: '楚雄市市场监督管理局', abbreviation: '楚市监', division: '532301', level: '县市区' },
  'cx-gxj': { code: '11532300015175292T', name: '楚雄彝族自治州工业和信息化局', abbreviation: '楚工信', division: '532300', level: '州市' },
};

// GB 32100: the last character of a code, so that the table above need not be right by hand.
function withCheck(code) {
  const set = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  let sum = 0, weight = 1;
  for (const c of code.slice(0, 17)) {
    sum += set.indexOf(c) * weight;
    weight = (weight * 3) % 31;
  }
  return code.slice(0, 17) + set[(31 - (sum % 31)) % 31];
}
for (const place of Object.values(places)) place.code = withCheck(place.code);

const hands = {
  handler: 'handler', second: 'handler', 'unit-head': 'unit-head,reviewer', 'legal-reviewer': 'legal-reviewer', head: 'head', 'leader-in-charge': 'leader-in-charge',
  publisher: 'publisher', archivist: 'archivist', window: 'window',
};
const names = { handler: '李勤', second: '岩温', 'unit-head': '周正', 'legal-reviewer': '方明', head: '罗平', 'leader-in-charge': '段和', publisher: '许静', archivist: '陶安', window: '玉香' };

function must(answer, what) {
  if (answer.status >= 300) throw new Error(`${what}: ${answer.status} ${answer.text}`);
  return answer.json;
}

export async function makeWorld(placeName, options = {}) {
  const place = places[placeName];
  const site = await Site.make(options);
  const world = { site, place, as: {}, officers: {} };
  try {
    world.admin = await site.user('xitong', 'system-admin');
    world.security = await site.user('anquan', 'security-admin');
    await site.serve(...(options.serve ?? []));
    must(await world.admin.post(`/desk/agencies/${place.code}/acts/agency.registered`, { f: {
      name: place.name, uscc: place.code, abbreviation: place.abbreviation, division: place.division, level: place.level, kind: '行政机关', spheres: [placeName === 'cx-gxj' ? '工业和信息化' : '市场监管'],
      acts: ['许可', '处罚', '强制', '检查', '征收征用', '收费'], head: '罗平', phone: '0691-2120000', 'supervision-phone': '0691-2120001' } }), 'agency');
    for (const who of ['handler', 'second']) {
      const id = `o-${placeName}-${who}`;
      must(await world.admin.form(`/desk/officers/${id}/acts/officer.certified`, {
        name: names[who], number: `${place.division}${who === 'handler' ? '001' : '002'}`, agency: place.code, unit: '执法大队', post: '四级主办',
        acts: ['许可', '处罚', '强制', '检查', '征收征用', '收费'], area: place.division, 'valid-from': '2020-01-01', 'valid-until': '2030-12-31' }, { photo: ['photo.png', png, 'image/png'] }), `officer ${who}`);
      world.officers[who] = id;
    }
    for (const [who, roles] of Object.entries(hands))
      world.as[who] = await site.user(`${placeName}.${who}`, roles, { agency: place.code, name: names[who], password: options.password });
    return world;
  } catch (error) {
    await site.remove();
    throw error;
  }
}
