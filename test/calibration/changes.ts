/**
 * Detectors against series of round trips with labelled changes of level: `changes.js FOLDER… [--detector NAME[:k=v,…]]…`
 * reads every CSV file with the columns `rtt` (ms; not a number, not above 0 or not below 1000: lost) and `cp` (1 where
 * a change is labelled), and prints precision, recall, F1 and delay of each detector. README.md says which series.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldsOf, readNumber } from '../../src/sources/import/series-fields.js';
import { type LabelledSeries, scoreSeries } from './series.js';

const TIMEOUT_MS = 1000;

function readSeries(path: string): LabelledSeries {
  const [names = [], ...rows] = readFileSync(path, 'utf8').trim().split(/\r?\n/).map(fieldsOf);
  const [rtt, cp] = ['rtt', 'cp'].map(name => names.indexOf(name));
  if (rtt === -1 || cp === -1) throw new Error(`${path} has no columns rtt and cp`);
  const rtts = rows.map(fields => readNumber(fields[rtt!] ?? '') ?? NaN);
  return {
    rtts: rtts.map(each => (each > 0 && each < TIMEOUT_MS ? each : NaN)),
    labels: rows.flatMap((fields, index) => (readNumber(fields[cp!] ?? '') === 1 ? [index] : [])),
  };
}

const folders: string[] = [];
const selections: string[] = [];
const words = process.argv.slice(2);
for (let word = words.shift(); word !== undefined; word = words.shift())
  if (word === '--detector') selections.push(words.shift() ?? '');
  else folders.push(word);
if (folders.length === 0)
  throw new Error('name at least one folder of CSV files with the columns rtt and cp');

const paths = folders.flatMap(folder =>
  readdirSync(folder)
    .filter(name => name.endsWith('.csv'))
    .sort()
    .map(name => join(folder, name)),
);
const all = paths.map(readSeries);
for (const selection of selections.length > 0 ? selections : ['changepoint', 'cusum', 'cusum:k=0.5,h=5']) {
  const { labels, alarms, found, delays } = scoreSeries(all, selection);
  const f1 = (2 * found) / (alarms + labels);
  const share = (count: number, of: number) => (of === 0 ? '–' : (count / of).toFixed(2));
  console.log(
    `${selection}: F1 ${f1.toFixed(3)}, precision ${share(found, alarms)}, recall ${share(found, labels)}, median delay ${delays[delays.length >> 1] ?? '–'} samples (${found} of ${labels} labels in ${all.length} series, ${alarms} alarms)`,
  );
}
