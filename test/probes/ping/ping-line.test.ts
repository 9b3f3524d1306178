import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type PingLine, parsePingLine } from '../../../probes/ping/ping-line.js';

const pingLine = suite('ping lines');

const WRITTEN: Record<string, PingLine> = {
  '[1795225031.336969] 64 bytes from 10.73.0.2: icmp_seq=1 ttl=64 time=45.3 ms': {
    kind: 'reply',
    stampMs: 1795225031336.969,
    from: '10.73.0.2',
    seq: 1,
    ttl: 64,
    rttMs: 45.3,
  },
  '[1795225551.000001] 64 bytes from fe80::1%eth0: icmp_seq=65535 ttl=255 time=1047 ms': {
    kind: 'reply',
    stampMs: 1795225551000.001,
    from: 'fe80::1%eth0',
    seq: 65535,
    ttl: 255,
    rttMs: 1047,
  },
  '64 bytes from db.example.org (10.0.0.7): icmp_seq=3 ttl=64 time=0.042 ms (DUP!)': {
    kind: 'reply',
    from: '10.0.0.7',
    seq: 3,
    ttl: 64,
    rttMs: 0.042,
    mark: 'duplicate',
  },
  '[1.5] 64 bytes from 10.0.0.9: icmp_seq=3 ttl=64 time=0.042 ms (DUP!) (DIFFERENT ADDRESS!)': {
    kind: 'reply',
    stampMs: 1500,
    from: '10.0.0.9',
    seq: 3,
    ttl: 64,
    rttMs: 0.042,
    mark: 'foreign',
  },
  '[1795225550.879787] no answer yet for icmp_seq=0': {
    kind: 'no-answer',
    stampMs: 1795225550879.787,
    seq: 0,
  },
  '[1795225791.187898] From 10.9.9.1 icmp_seq=1 Destination Host Unreachable': {
    kind: 'error',
    stampMs: 1795225791187.898,
    from: '10.9.9.1',
    seq: 1,
    reason: 'Destination Host Unreachable',
  },
  'From fd09::1 icmp_seq=6 Destination unreachable: Address unreachable': {
    kind: 'error',
    from: 'fd09::1',
    seq: 6,
    reason: 'Destination unreachable: Address unreachable',
  },
  'From 10.0.0.1: icmp_seq=2 Time to live exceeded': {
    kind: 'error',
    from: '10.0.0.1',
    seq: 2,
    reason: 'Time to live exceeded',
  },
  'PING 10.77.0.10 (10.77.0.10) 56(84) bytes of data.': {
    kind: 'header',
    host: '10.77.0.10',
    address: '10.77.0.10',
  },
  'PING ::1(::1) 56 data bytes': { kind: 'header', host: '::1', address: '::1' },
};

for (const [line, expected] of Object.entries(WRITTEN))
  pingLine(`reads: ${line}`, () => assert.equal(parsePingLine(line), expected));

const NO_PROBES = [
  '',
  '--- 10.9.9.2 ping statistics ---',
  '5 packets transmitted, 0 received, 100% packet loss, time 815ms',
  'rtt min/avg/max/mdev = 0.015/0.022/0.034/0.008 ms, pipe 4',
  // A redirect does not end a probe: the reply may come all the same.
  'From 10.0.0.1: icmp_seq=1 Redirect Host(New nexthop: 10.0.0.2)',
  // What no 16-bit sequence number, 8-bit TTL or finite time can be.
  '64 bytes from 10.0.0.1: icmp_seq=65536 ttl=64 time=1 ms',
  '64 bytes from 10.0.0.1: icmp_seq=1 ttl=256 time=1 ms',
  '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=Infinity ms',
  '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 (truncated)',
  // Escape sequences in what a hostile name server or a forged log may hold.
  '64 bytes from \u001b[2J\u001b[31m: icmp_seq=1 ttl=64 time=1 ms',
  'From 10.0.0.1 icmp_seq=1 Destination \u001b[2J',
  '[1795225550.879787] no answer yet for icmp_seq=1\u001b[2J',
];

for (const line of NO_PROBES)
  pingLine(`finds no probe in ${JSON.stringify(line)}`, () => assert.is(parsePingLine(line), undefined));

pingLine.run();
