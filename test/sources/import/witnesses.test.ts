import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type EvidenceWitness, OUTCOMES } from '../../../src/core/outcomes.js';
import type { Outcome } from '../../../src/core/sample.js';
import { isSample } from '../../../src/recording/reader.js';
import { logFormats } from '../../../src/sources/import/index.js';
import { witnessOf } from '../../../src/sources/import/log.js';
import { openLogs, withCompanions } from '../../../src/sources/import/open-logs.js';
import { scratch } from '../../recording/session.js';

const folder = scratch();
const write = (name: string, ...lines: string[]) => {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};
const VM = '52:54:00:12:34:51';
const ALL = 'ff:ff:ff:ff:ff:ff';
const rarp = (stamp: number, mac = VM) =>
  `${stamp.toFixed(6)} ${mac} > ${ALL}, ethertype Reverse ARP (0x8035), length 60: Reverse Request who-is ${mac} tell ${mac}, length 46`;
const arp = (stamp: number, to: string, text: string, mac = VM) =>
  `${stamp.toFixed(6)} ${mac} > ${to}, ethertype ARP (0x0806), length 42: ${text}, length 28`;

const log = write(
  'night.ping.log',
  'PING 10.77.0.10 (10.77.0.10) 56(84) bytes of data.',
  '[100.001000] 64 bytes from 10.77.0.10: icmp_seq=1 ttl=64 time=1.00 ms',
  '[103.001000] 64 bytes from 10.77.0.10: icmp_seq=2 ttl=64 time=1.00 ms',
);
write(
  'night.clock.jsonl',
  '{"t": 100.5, "seq": 0, "rtt_ms": 1.25, "offset_ms": -620.181}',
  '{"t": 101.5, "seq": 1, "rtt_ms": null}',
  '{"t": 102.5, "seq": 2, "rtt_ms": 1, "offset_ms": "soon"}',
);
write(
  'night.arp.log',
  rarp(102.1),
  rarp(102.15, '52:54:00:99:99:99'),
  arp(102.2, ALL, 'Request who-has 10.77.0.10 tell 10.77.0.10'),
  arp(102.3, '06:19:6d:6c:fd:ee', 'Request who-has 10.77.0.1 tell 10.77.0.10'),
  arp(102.4, '06:19:6d:6c:fd:ee', 'Reply 10.77.0.10 is-at 52:54:00:12:34:51'),
  arp(102.5, VM, 'Request who-has 10.77.0.10 tell 10.77.0.1', '06:19:6d:6c:fd:ee'),
);

const test = suite('logs of all witnesses');

test('clock and announcement logs next to a ping log are about its target, in the order of time', () => {
  const { entries, logs } = openLogs(withCompanions([log]), { timeoutMs: 1000 });
  const announced = (via: 'arp' | 'rarp', gratuitous: boolean): Outcome => ({
    kind: 'announce',
    via,
    mac: VM,
    gratuitous,
  });
  assert.equal(
    [...entries]
      .filter(isSample)
      .map(({ knownAt, target, probe, outcome }) => [target, probe, knownAt, outcome]),
    [
      ['10.77.0.10', 'ping', 100_001, { kind: 'reply', rttMs: 1, ttl: 64 }],
      ['10.77.0.10', 'clock', 100_501.25, { kind: 'clock', offsetMs: -620.181, rttMs: 1.25, via: 'icmp' }],
      ['10.77.0.10', 'announce', 102_100, announced('rarp', true)],
      ['10.77.0.10', 'announce', 102_200, announced('arp', true)],
      ['10.77.0.10', 'announce', 102_300, announced('arp', false)],
      ['10.77.0.10', 'announce', 102_400, announced('arp', false)],
      ['10.77.0.10', 'ping', 103_001, { kind: 'reply', rttMs: 1, ttl: 64 }],
    ],
  );
  assert.equal(
    logs.flatMap(({ skipped }) => skipped.summaries()),
    [
      '1 line skipped: clock probes without an answer (first at line 2)',
      '1 line skipped: a clock probe with values out of range (first at line 3)',
      '2 lines skipped: a frame that is not from 10.77.0.10 (first at line 2)',
    ],
  );
});

const probesOf = (paths: readonly string[], only?: readonly EvidenceWitness[]) => {
  const { entries } = openLogs(withCompanions(paths, only), { timeoutMs: 1000, ...(only && { only }) });
  return [...new Set([...entries].filter(isSample).map(({ target, probe }) => `${target} ${probe}`))].sort();
};

test('--only reads the logs of the chosen witnesses, and no log beside them unasked', () => {
  assert.equal(withCompanions([log], ['echo']), [log]);
  assert.equal(probesOf([log], ['echo']), ['10.77.0.10 ping']);
  // The ping log names the target of the clock's.
  assert.equal(probesOf([log], ['clock']), ['10.77.0.10 clock']);
  assert.equal(probesOf([log], ['echo', 'announce']), ['10.77.0.10 announce', '10.77.0.10 ping']);
  assert.throws(
    () => openLogs([log], { timeoutMs: 1000, only: ['clock'] }),
    /none of the logs is of clock: .*night\.ping\.log/,
  );
});

test('logs of several hosts are several targets, each with the logs beside its own', () => {
  const other = write(
    'other.ping.log',
    'PING 10.77.0.11 (10.77.0.11) 56(84) bytes of data.',
    '[100.002000] 64 bytes from 10.77.0.11: icmp_seq=1 ttl=64 time=1.00 ms',
  );
  write('other.clock.jsonl', '{"t": 100.7, "seq": 0, "rtt_ms": 1.25, "offset_ms": -3}');
  assert.equal(probesOf([log, other]), [
    ...['10.77.0.10 announce', '10.77.0.10 clock', '10.77.0.10 ping'],
    ...['10.77.0.11 clock', '10.77.0.11 ping'],
  ]);
  const astray = write('astray.clock.jsonl', '{"t": 100.7, "seq": 0, "rtt_ms": 1.25, "offset_ms": -3}');
  assert.throws(
    () => openLogs([log, other, astray], { timeoutMs: 1000 }),
    /astray\.clock\.jsonl does not contain its target, and the logs are of several: name it like the ping log/,
  );
});

test('several logs of one host are read as one, the oldest first', () => {
  const newer = write(
    'rotated.1.log',
    '[200.001000] 64 bytes from 10.77.0.12: icmp_seq=1 ttl=64 time=1.00 ms',
    '[200.051000] 64 bytes from 10.77.0.12: icmp_seq=2 ttl=64 time=1.00 ms',
    'noise',
  );
  const older = write(
    'rotated.2.log',
    'PING 10.77.0.12 (10.77.0.12) 56(84) bytes of data.',
    '[100.001000] 64 bytes from 10.77.0.12: icmp_seq=1 ttl=64 time=1.00 ms',
    '[100.051000] 64 bytes from 10.77.0.12: icmp_seq=2 ttl=64 time=1.00 ms',
  );
  const { entries, logs } = openLogs([newer, older], { timeoutMs: 1000 });
  assert.equal(
    [...entries].map(entry => (isSample(entry) ? [entry.seq, entry.outcome.kind] : [entry.type])),
    [[1, 'reply'], [2, 'reply'], ['gap'], [3, 'reply'], [4, 'reply']],
  );
  assert.equal(
    logs.map(({ skipped }) => skipped.summaries()),
    [
      [
        '1 line skipped: not understood (first at line 3)',
        '1 new stream after a gap: the numbers of the probes start again (first at line 1)',
      ],
      [],
    ],
  );
});

test('a clock log alone is refused, because it does not contain its target', () =>
  assert.throws(
    () => openLogs([join(folder, 'night.clock.jsonl')], { timeoutMs: 1000 }),
    /a log of ping or fping/,
  ));

test('the samples of a log are of the kinds that its format declares, all of one witness', () => {
  const declared = new Map(logFormats.map(({ name, kinds }) => [name, kinds]));
  const { entries } = openLogs(withCompanions([log]), { timeoutMs: 1000 });
  for (const { probe, outcome } of [...entries].filter(isSample))
    assert.ok(declared.get(probe)!.includes(outcome.kind), `${outcome.kind} of ${probe}`);
  for (const format of logFormats)
    assert.equal(new Set(format.kinds.map(kind => OUTCOMES[kind].witness)), new Set([witnessOf(format)]));
});

test.run();
