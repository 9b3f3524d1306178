import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AnswerSender } from '../../../probes/privileged/answer-sender.js';
import { type Answer, packBatch, readRequest, unpackBatch } from '../../../probes/privileged/messages.js';
import { pack, unpack } from '../../../probes/thread/codec.js';
import type { Sample } from '../../../src/core/sample.js';
import { clockOrigin } from '../../../src/system/clock.js';

const test = suite('messages of the privileged process');

const target = { id: 'vm', address: '10.0.0.7', family: 4, phaseMs: 0 };
const order = {
  kind: 'raw',
  plan: { targets: [target], intervalMs: 50, timeoutMs: 1000, origin: clockOrigin(), options: {} },
  clocks: { icmp: true, tcpPort: 0 },
  announce: true,
};
const requests = [
  { call: 1, kind: 'try', trial: { socket: 'packet', family: 6 } },
  { call: 2, kind: 'start', order },
  {
    call: 2,
    kind: 'send',
    message: { kind: 'add', index: 1, target: { ...target, address: 'fe80::1%eth0', family: 6 } },
  },
  { call: 2, kind: 'send', message: { kind: 'readdress', index: 1, id: 'vm', address: '::1', family: 6 } },
  { call: 2, kind: 'send', message: { kind: 'remove', index: 1, target: 'vm' } },
  { call: 2, kind: 'send', message: { kind: 'stop' } },
];

/** Every way to replace one part of a value, however deep, by something else. */
function* spoilt(value: unknown, by: unknown): Generator<unknown> {
  yield by;
  if (typeof value !== 'object' || value === null) return;
  // Options are for probers of the main process.
  for (const [key, part] of Object.entries(value))
    if (key !== 'options')
      for (const each of spoilt(part, by))
        yield Array.isArray(value) ? Object.assign([...value], { [key]: each }) : { ...value, [key]: each };
}

test('every request of ours is taken', () => {
  for (const request of requests) assert.equal(readRequest(JSON.parse(JSON.stringify(request))), request);
});

test('nothing but numbers in range, names and addresses is taken: the other side may be anybody', () => {
  for (const request of requests)
    for (const by of [null, -1, 1.5e300, {}, [1]])
      for (const message of spoilt(request, by))
        assert.throws(() => readRequest(message), /not a request/, JSON.stringify(message));
});

test('a batch of samples comes through as it was', () => {
  const samples: Sample[] = Array.from({ length: 100 }, (_, seq) => ({
    ...{ at: 1.7e12 + seq / 7, knownAt: 1.7e12 + seq, target: 'vm', probe: 'icmp', seq },
    outcome:
      seq % 2 ? { kind: 'lost', reason: 'unreachable', from: '::1' } : { kind: 'reply', rttMs: seq / 3 },
  }));
  const batch = pack(samples, new Map([['vm', 0]]));
  const received = unpackBatch(JSON.parse(JSON.stringify(packBatch(batch))));
  assert.equal(unpack(received, ['vm']), samples);
});

test('unread lines are bounded, and counted once the reader reads again', () => {
  const written: Answer[] = [];
  const left: (() => void)[] = [];
  const answers = new AnswerSender((answer, done) => {
    written.push(answer);
    left.push(done);
  }, 1000);
  const batch: Answer = { call: 1, kind: 'received', message: { kind: 'batch', rows: '', texts: [] } };
  for (let sent = 0; sent < 50; sent++) answers.send(batch, 100);
  assert.is(written.length, 10);
  answers.send({ call: 1, kind: 'failed', message: 'over' });
  for (const done of left) done();
  answers.send(batch, 100);
  assert.match(JSON.stringify(written), /dropped 40 batches of samples/);
  assert.equal(written.at(-1), batch);
});

test.run();
