import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { announcement } from '../../detectors/announcement.js';
import type { Outcome, Sample } from '../../src/core/sample.js';
import { resolveOptions } from '../../src/core/validation/options.js';

const test = suite('announcement');

const MAC = '52:54:00:12:34:51';
const make = () => announcement.create(resolveOptions(announcement.name, announcement.options));
const sample = (at: number, outcome: Outcome): Sample => {
  const probe = outcome.kind === 'reply' ? 'icmp' : outcome.kind;
  return { at, knownAt: at, target: 'vm', probe, seq: 0, outcome };
};
const told = (via: 'arp' | 'rarp' | 'advertisement', gratuitous = true, mac = MAC): Outcome => ({
  ...{ kind: 'announce', via, mac, gratuitous },
});
const REPLY: Outcome = { kind: 'reply', rttMs: 1 };

test('counts what QEMU and its guest send after a migration, and is calm a second after the last', () => {
  const detector = make();
  assert.is(detector.observe(sample(0, REPLY)).state, 'calm');
  // The first migration of the traces: RARP at 0, 50, 200, 450 and 800 ms, each with a gratuitous ARP.
  for (const ms of [0, 50, 200, 450, 800]) {
    assert.is(detector.observe(sample(1000 + ms, told('rarp'))).state, 'alarm');
    detector.observe(sample(1020 + ms, told('arp')));
  }
  const last = detector.observe(sample(2820, REPLY));
  assert.equal(last, { state: 'alarm', score: 10, threshold: 0.5, why: '5 RARP, 5 gratuitous ARP' });
  assert.is(detector.observe(sample(2821, REPLY)).state, 'calm');
});

test('answers to our own questions are no alarm', () => {
  const detector = make();
  for (let at = 0; at < 10_000; at += 500)
    assert.is(detector.observe(sample(at, told(at % 1000 ? 'arp' : 'advertisement', false))).state, 'calm');
});

test('an address that is at another hardware address is an alarm, answered or announced', () => {
  const detector = make();
  detector.observe(sample(0, told('arp', false)));
  const other = '52:54:00:99:99:99';
  const { state, why } = detector.observe(sample(1, told('arp', false, other)));
  assert.is(state, 'alarm');
  assert.is(why, `the address is at ${other} now`);
  assert.is(detector.observe(sample(2000, told('arp', false, other))).state, 'calm', 'it stays there');
});

test('nothing of a forged hardware address reaches the words', () => {
  const detector = make();
  detector.observe(sample(0, told('arp', false)));
  const { why } = detector.observe(sample(1, told('arp', false, '\u001b[2J')));
  assert.is(why, 'the address has moved');
});

test.run();
