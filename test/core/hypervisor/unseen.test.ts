import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../../src/core/event.js';
import { UnseenJobs } from '../../../src/core/hypervisor/unseen.js';
import type { JobReport, Outcome } from '../../../src/core/outcomes.js';

const test = suite('migrations that are reported and not seen');

const completed = (host: string, direction: JobReport['direction'], downtime?: number): Outcome => ({
  ...{ kind: 'job', host, direction, status: 'completed', 'total-time': 500 },
  ...(downtime !== undefined && { downtime }),
});
const reply: Outcome = { kind: 'reply', rttMs: 1 };
const run = (steps: [at: number, outcome: Outcome, event?: Partial<MigrationEvent>][]) => {
  const jobs = new UnseenJobs();
  return steps.flatMap(([at, outcome, event], seq) => {
    const sample = { at, knownAt: at, target: 'vm', probe: 'p', seq, outcome };
    const events = event ? [{ target: 'vm', startedAt: at, ...event } as MigrationEvent] : [];
    return jobs.take({ sample, verdicts: [], lights: [], events }) ?? [];
  });
};

test('one of both ends is named, with the figures, five seconds later', () => {
  const found = run([
    [1000, completed('b', 'incoming')],
    [1010, completed('a', 'outgoing', 38)],
    [5900, reply],
    [6000, reply],
    [7000, reply],
  ]);
  assert.equal(
    found.map(({ at, report }) => [at, report.host, report.downtime]),
    [[1000, 'a', 38]],
  );
});

test('several soon after another are all named', () => {
  const found = run([
    [1000, completed('a', 'outgoing', 1)],
    [1001, completed('b', 'incoming')],
    [2000, completed('b', 'outgoing', 2)],
    [2001, completed('a', 'incoming')],
    [3000, completed('a', 'outgoing', 3)],
    [9000, reply],
    [9050, reply],
    [9100, reply],
  ]);
  assert.equal(
    found.map(({ report }) => report.downtime),
    [1, 2, 3],
  );
});

test('an event before or after it is what was seen of it', () => {
  assert.equal(
    run([
      [1000, reply, {}],
      [1500, completed('a', 'outgoing')],
      [9000, reply],
    ]),
    [],
  );
  assert.equal(
    run([
      [1500, completed('a', 'outgoing')],
      [2500, reply, {}],
      [9000, reply],
    ]),
    [],
  );
  assert.is(
    run([
      [1000, reply, {}],
      [60_000, completed('a', 'outgoing')],
      [70_000, reply],
    ]).length,
    1,
  );
});

test.run();
