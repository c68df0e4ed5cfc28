// What each place asks for beyond what all ask: fields by kind, added to every journey's act of that kind.
import { $file, signed } from './parts.mjs';

const bothWays = '文字和音像同时记录';
const points = { 'point-subject': '符合', 'point-powers': '符合', 'point-facts': '符合', 'point-law': '符合', 'point-procedure': '符合', 'point-documents': '符合', 'crime-suspected': false };
const statements = {
  'about-facts': '销售超过保质期食品，货值金额 1180 元。', 'about-law': '适用食品安全法第一百二十四条，按裁量基准取一般幅度。', 'about-qualification': '本机关有处罚权，两名承办人持有效执法证。',
  'about-evidence': '笔录、票据、录像互相印证；没有听证。' };

// 楚雄 asks of a coercive measure what makes it major when it is proposed.
const notMajor = { 'public-interest': false, 'social-risk': false, 'major-rights': false, complex: false, 'deemed-major': false };

// 西双版纳 and 德宏 made their measures on records from one draft; what both ask for stands once.
const records = {
  'inquiry.questioned': { 'on-site': false, 'officers-signed': true },
  'inquiry.inspected': { 'officers-signed': true },
  'measure.executed': { 'officers-signed': true },
  'recording.made': { media: ['录像'] },
  'recording.stored': { difficult: false },
  'inquiry.ended': { 'record-manner': bothWays },
  'rights.told': { reasons: '当事人销售超过保质期食品，应当依法处罚。' },
  'decision.proposed': { drafter: '李勤' },
  'decision.approved': { signature: signed('罗平', '2026-10-20T09:30') },
  'simple.decided': { conditions: '事实确凿，有法定依据，罚款在二百元以下。', steps: '出示证件、告知、听取意见、填写并当场交付决定书。', adopted: '没有陈述申辩', 'dispute-likely': false },
  'simple.filed': { content: '当场处罚决定书副本和收缴票据存根。' },
  'fine.collected': { course: '当事人当场缴纳现金，开具专用票据。' },
};

export const additions = {
  jinghong: {
    ...records,
    'recording.made': { ...records['recording.made'], remote: false },
    'publication.proposed': { method: '一般程序' },
    'review.sent': {
      joint: false, 'draft-electronic': $file('拟作决定书（电子）.pdf'), evidence: [$file('证据目录.pdf')], 'about-party': '岩罕，个体经营。', ...statements, 'about-discussion': '执法大队十月十五日讨论，意见一致。' },
    'review.opinion': { ...points, 'point-content': '符合', copies: ['法制审核机构留存', '报送分管领导', '连同案卷回复承办机构'] },
  },
  dehong: {
    ...records,
    'filing.proposed': { 'major-expected': false },
    'recording.made': { ...records['recording.made'], returned: '$ended' },
    'decision.made': { reasons: '事实清楚、证据充分，应当依法作出决定。' },
  },
  chuxiong: {
    'measure.proposed': notMajor,
    'review.sent': { truthful: true },
    'review.opinion': points,
  },
  'cx-gxj': {
    'inspection.planned': { source: '年初检查规划', provider: '政策法规科' },
    'inspection.approved': { 'permitted-at': '2026-10-15T16:00', permitted: '同意列入十月抽查。' },
    'officers.assigned': { leader: '$handler', papers: ['检查通知书', '检查（勘验）笔录'], devices: ['执法记录仪'] },
    'inspection.noticed-on-site': { 'told-by': '$handler' },
    'inquiry.inspected': { content: '现场经营和管理情况。' },
    'inquiry.questioned': { 'corrections-signed': '没有涂改', fingerprinted: true },
    'evidence.collected': { copies: true, 'page-signed': true },
    'measure.proposed': { ...notMajor, 'review-by-law': false },
    'inquiry.ended': { 'review-by-law': false },
    'review.sent': { truthful: true, proposal: '没收违法所得 312.00 元，罚款 6000.00 元。', evidence: [$file('证据目录.pdf')], ...statements },
    'review.opinion': { ...points, meeting: '2026 年第 31 次局务会' },
  },
};
