import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedProgram } from '../support/shared-program.js';

const test = suite('a table over several recordings');
const shared = sharedProgram();
const NIGHTS = ['lan-held', 'lan-quiet', 'wan-idle'].map(name => `recordings/${name}.jsonl`);

test('one row a recording, and totals that are the sums of the figures', async () => {
  const [text, json] = await Promise.all([
    shared(['analyze', ...NIGHTS]),
    shared(['analyze', '--json', ...NIGHTS]),
  ]);
  const { recordings } = JSON.parse(json.stdout);
  const targets = recordings.flatMap((each: { targets: { sent: number; lost: number }[] }) => each.targets);
  const total = (name: 'sent' | 'lost') =>
    targets.reduce((sum: number, each: Record<string, number>) => sum + each[name]!, 0);
  const rows = text.stdout.split('\n').slice(-7);
  assert.match(rows[0]!, /^recording +from \(UTC\)/);
  assert.match(rows[1]!, /^lan-held\.jsonl .* 6 migration$/);
  assert.match(rows[2]!, /^lan-quiet\.jsonl .* none$/);
  const loss = ((100 * total('lost')) / total('sent')).toPrecision(2);
  assert.match(rows[4]!, new RegExp(`^all .* ${loss} % +12 +2\\.59 s +12 migration$`));
});

test.run();
