import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../../src/core/event.js';
import type { FlowReport } from '../../../src/core/outcomes.js';
import type { Sample } from '../../../src/core/sample.js';
import { WireReports } from '../../../src/core/wire/reports.js';

const test = suite('wire: streams and events');

const T = Date.UTC(2026, 10, 22);

function flow(change: Partial<FlowReport> = {}, knownAt = T + 6000): Sample {
  return {
    ...{ at: knownAt, knownAt, target: 'other', probe: 'wire', seq: 0 },
    outcome: {
      ...{ kind: 'flow', from: '10.0.0.1:40000', to: '10.0.0.2:49152', startedAt: T, endedAt: T + 4100 },
      ...{ bytes: 312_000_000, backBytes: 0, channels: 1, protocol: 'qemu', protection: 'clear' },
      ...{ migration: 'yes', why: 'read', canary: 14, ...change },
    },
  };
}

function event(change: Partial<MigrationEvent> = {}): MigrationEvent {
  return {
    ...{ id: 'e1', state: 'closed', target: 'vm', kind: 'migration', rule: 'r', red: true, confidence: 0.9 },
    ...{ startedAt: T + 4050, endedAt: T + 4300, detectedAt: T + 4200, evidence: [] },
    ...change,
  };
}

test('an event of the same time carries the stream, whichever comes first', () => {
  const words =
    '312 MB in 4.1 s, in clear, readable (canary found 14 times), from 10.0.0.1:40000 to 10.0.0.2:49152';
  const first = new WireReports();
  assert.equal(first.join(event(), T + 4500).evidence, []);
  const [changed] = first.take(flow());
  assert.equal(changed!.evidence, [{ witness: 'wire', summary: words }]);
  assert.is(changed!.kind, 'migration');
  assert.equal(first.take(flow()), [], 'nothing new');
  const second = new WireReports();
  second.take(flow());
  const joined = second.join(event(), T + 6500);
  assert.is(joined.evidence[0]!.summary, words);
  assert.is(joined.stream!.protection, 'clear');
});

test('a stream of another time, or one that is no migration, belongs to no event', () => {
  const reports = new WireReports();
  reports.join(event(), T + 4500);
  assert.equal(reports.take(flow({ migration: 'no' })), []);
  assert.equal(reports.take(flow({ startedAt: T + 9000, endedAt: T + 9500 }, T + 11_000)), []);
});

test('a stream that was read is preferred to one that is likely', () => {
  const reports = new WireReports();
  reports.take(flow({ migration: 'likely', protection: 'tls', endedAt: T + 4050 }));
  reports.take(flow());
  assert.is(reports.join(event(), T + 6500).stream!.protection, 'clear');
});

test('its state is saved and loaded', () => {
  const reports = new WireReports();
  reports.take(flow());
  reports.join(event(), T + 6500);
  const copy = new WireReports();
  copy.load(JSON.parse(JSON.stringify(reports.save())));
  assert.equal(copy.join(event(), T + 6500), reports.join(event(), T + 6500));
});

test.run();
