/** The shipped demonstration: what it shows, against what the hypervisor did. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/evaluation/analysis.js';
import { defaultSet } from '../../src/evaluation/detector-sets.js';
import { scoreAll } from '../../src/evaluation/scoring.js';
import { readTruth } from '../../src/evaluation/truth-file.js';

const test = suite('shipped demonstration');
const FILE = 'recordings/demo.jsonl';
const VM = '10.77.0.10';
const OBSERVERS = [VM, `${VM}@hypervisor-A`];

const text = readFileSync(FILE, 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: rows as they stand in the file
const rows: [string, any][] = text
  .split('\n')
  .filter(line => line.startsWith('["'))
  .map(line => JSON.parse(line));
const of = (type: string) => rows.filter(([name]) => name === type).map(([, data]) => data);
const truth = readTruth('recordings/demo.truth.json');
/** Events as they ended, of a target, in order. */
const events = (target: string) =>
  [...new Map(of('event').map(event => [event.id, event])).values()].filter(event => event.target === target);

test('is small enough to ship, and plays without root or a VM', () => {
  assert.ok(text.length < 600_000, `${text.length} bytes`);
  assert.equal(
    truth.map(({ type }) => type),
    ['migration', 'migration', 'outage'],
  );
});

test('both observers see each as what it was', () => {
  for (const target of OBSERVERS)
    assert.equal(
      events(target).map(({ kind }) => kind),
      truth.map(({ type }) => type),
    );
  assert.equal(events('10.77.0.2'), [], 'and nothing of the host that nothing happened to');
});

test('blackouts of migrations are those of the hypervisor, to a millisecond', () => {
  for (const target of OBSERVERS)
    for (const [index, { type, stop, resume }] of truth.entries()) {
      if (type !== 'migration') continue;
      const { estimate } = events(target)[index].blackoutMs;
      assert.ok(Math.abs(estimate - (resume! - stop!) * 1000) < 1.5, `${target}: ${estimate} ms`);
    }
});

test('the viewer does not notice the first, and stalls in the others', () => {
  const noticed = events(VM).map(
    ({ evidence }) => evidence.find((each: { witness: string }) => each.witness === 'stream').summary,
  );
  assert.match(noticed[0]!, /viewers noticed: no \(buffer never below \d/);
  assert.match(noticed[1]!, /viewers noticed: yes, stalled [5-8]\.\d s/);
  assert.match(noticed[2]!, /viewers noticed: yes, stalled [6-9]\.\d s/);
});

test('the light is red for migrations alone, and calm between', () => {
  for (const target of OBSERVERS) {
    const lights = of('light').filter(light => light.target === target);
    const worst = truth.map(({ stop, resume }) => {
      const within = lights.filter(({ at }) => at >= stop! * 1000 && at < (resume! + 3) * 1000);
      return within.some(({ light }) => light === 'red') ? 'red' : within.at(-1)?.light;
    });
    assert.equal(worst, ['red', 'red', 'amber']);
    for (const { stop } of truth)
      assert.is(lights.findLast(({ at }) => at < stop! * 1000)?.light, 'green', `${target} before ${stop}`);
  }
});

test('the narration gives the hypervisor’s own moments', () => {
  const told = of('note').flatMap(note => {
    const [, at, length] = /(?:STOP|cut) (\S+) UTC, [A-Za-z ]+\+([\d.]+ m?s):/.exec(note.text) ?? [];
    return at ? [`${at} ${length}`] : [];
  });
  const length = (seconds: number) =>
    seconds < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`;
  assert.equal(
    told,
    truth.map(
      ({ stop, resume }) =>
        `${new Date(stop! * 1000).toISOString().slice(11, 23)} ${length(resume! - stop!)}`,
    ),
  );
});

test('judged again, it scores the same', async () => {
  const { defaults } = scoreAll([await analyse(FILE, [defaultSet()])], truth);
  assert.equal(defaults!.recall, { found: 4, of: 4 });
  assert.is(defaults!.falseReds, 0);
  assert.equal([...defaults!.confusion.get('outage')!], [['outage', 2]]);
});

test.run();
