// All measurements, one after another; --quick takes small sizes, --only NAME one of them.
import { cpus } from 'node:os';
import { cleanUp } from './tools.mjs';

const quick = process.argv.includes('--quick'), only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : null;
const size = quick
  ? { cases: 64, each: 8, rounds: 1, seconds: 1, few: 5000, many: 20000, sample: 40, judgements: 200 }
  : { cases: 256, each: 16, rounds: 3, seconds: 2, few: 10000, many: 1000000, sample: 500, judgements: 5000 };

process.on('SIGINT', () => cleanUp().finally(() => process.exit(130)));
process.on('SIGTERM', () => cleanUp().finally(() => process.exit(143)));

const measures = await import('./measures.mjs');
const all = ['judging', 'pages', 'appendsSqlite', 'appendsPostgres', 'startSample', 'manyCases', 'manyCasesPostgres'];
const wide = (text) => [...text].reduce((n, c) => n + (c > '\u2e80' ? 2 : 1), 0), pad = (text, n) => text + ' '.repeat(Math.max(0, n - wide(text)));

function line(row) {
  const target = row.target ?? (row.least !== undefined ? `at least ${row.least}` : row.most !== undefined ? `at most ${row.most}` : '');
  const met = row.note ? row.note : (row.met ?? (row.least !== undefined ? row.ratio >= row.least : row.ratio <= row.most)) ? 'met' : 'not met';
  return `${pad(row.what, 62)} ${pad(row.ours ?? '', 11)} ${pad(row.beside ?? '', 24)} ${pad(row.ratio === undefined ? '' : row.ratio.toFixed(row.ratio < 0.1 ? 4 : 2), 6)} ${pad(target, 13)} ${met}`;
}

console.log(`${cpus().length} cores, ${cpus()[0].model}; ${quick ? 'small sizes' : 'full sizes'}; medians of ${size.rounds}`);
console.log(`${pad('what', 62)} ${pad('ours', 11)} ${pad('beside', 24)} ${pad('ratio', 6)} ${pad('target', 13)}`);
let failed = false;
for (const name of all) {
  if (only !== null && only !== name) continue;
  try {
    for (const row of await measures[name](size)) console.log(line(row));
  } catch (error) {
    failed = true;
    console.log(`${name}: could not be measured: ${error.stack}`);
  }
}
await cleanUp();
process.exit(failed ? 1 : 0);
