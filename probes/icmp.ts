/**
 * ICMP echo, driven by a worker thread on Linux: both time stamps of a round trip are the kernel's.
 *
 * A reply counts only if its source, id, sequence number and random token of 64 bits match one of our probes.
 * Not for: hosts that filter ICMP, and systems other than Linux; use `tcp` or `ping` there.
 * Reference: RFC 792, RFC 4443; icmp(7), ip(7), Documentation/networking/timestamping.rst of the kernel.
 */
import type { SocketKind } from './net/socket.js';
import type { Backend } from './prober.js';
import { openThread } from './thread/open.js';
import { CAP_NET_RAW_REMEDY, permissionOf } from './thread/permission.js';

const ACCURACY = 'kernel time stamps on request and reply, within about 10 µs';

export const icmpDatagram: Backend = {
  name: 'icmp-datagram',
  probe: 'icmp',
  summary: `ICMP echo through an unprivileged socket; ${ACCURACY}`,
  needs: 'Linux, and a group of the user within net.ipv4.ping_group_range (it governs IPv6 as well)',
  options: {},
  check: family => check('datagram', family),
  open: (plan, ports) => openThread('icmp-datagram', { kind: 'datagram', plan }, ports),
};

export const icmpRaw: Backend = {
  name: 'icmp-raw',
  probe: 'icmp',
  summary: `ICMP echo through a raw socket; ${ACCURACY}`,
  needs: 'Linux, and root or CAP_NET_RAW',
  options: {},
  check: family => check('raw', family),
  open: (plan, ports) => openThread('icmp-raw', { kind: 'raw', plan }, ports),
};

const REMEDY = {
  datagram: 'sudo sysctl net.ipv4.ping_group_range="0 2147483647"',
  raw: CAP_NET_RAW_REMEDY,
} as const satisfies Record<SocketKind, string>;

const check = (kind: SocketKind, family: 4 | 6) => permissionOf({ socket: kind, family }, REMEDY[kind]);
