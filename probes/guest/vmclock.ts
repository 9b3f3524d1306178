/**
 * VMClock, a page that the hypervisor shares with the VM: its disruption marker changes at a live migration, its generation
 * counter when the VM is loaded from a snapshot; two flags announce a disruption.
 *
 * Layout of `struct vmclock_abi`, little-endian, version 1. The sequence count is odd while the hypervisor writes.
 * Reference: Linux, include/uapi/linux/vmclock-abi.h; uapi-group.org/specifications/specs/vmclock.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Finding } from '../../src/core/guest/finding.js';
import type { GuestSource } from './source.js';

const BYTES = 112;
/** Without the generation counter, as in the first kernels. */
const MIN_BYTES = 104;
const MAGIC = 0x4b4c4356;
const AT = { magic: 0, size: 4, version: 8, sequence: 12, disruption: 16, flags: 24, generation: 104 };
const FLAG = { soon: 1n << 1n, imminent: 1n << 2n, hasGeneration: 1n << 8n };
const PERIOD_MS = 250;
const MAX_TRIES = 10;

/** What of the page matters here. */
export interface VmClock {
  disruption: bigint;
  /** Undefined where the hypervisor has none. */
  generation: bigint | undefined;
  soon: boolean;
  imminent: boolean;
}

/** Throws an Error for a page that is not VMClock's; undefined while the hypervisor writes it. */
export function readVmClock(page: DataView): VmClock | undefined {
  if (page.byteLength < MIN_BYTES || page.getUint32(AT.magic, true) !== MAGIC)
    throw new Error('it is not a VMClock page: no magic number VCLK');
  const version = page.getUint16(AT.version, true);
  if (version !== 1) throw new Error(`VMClock version ${version} is not supported: expected version 1`);
  if (page.getUint32(AT.sequence, true) % 2 === 1) return undefined;
  const flags = page.getBigUint64(AT.flags, true);
  const hasGeneration = (flags & FLAG.hasGeneration) !== 0n && page.byteLength >= BYTES;
  return {
    disruption: page.getBigUint64(AT.disruption, true),
    generation: hasGeneration ? page.getBigUint64(AT.generation, true) : undefined,
    soon: (flags & FLAG.soon) !== 0n,
    imminent: (flags & FLAG.imminent) !== 0n,
  };
}

/** What changed between two looks. */
export function changesOf(before: VmClock | undefined, now: VmClock): Finding[] {
  const what = now.imminent ? 'a disruption within the hour' : 'a disruption within the day';
  const was = before !== undefined && (before.soon || before.imminent);
  const is = now.soon || now.imminent;
  return [
    ...(is && (!was || now.imminent !== before.imminent)
      ? [{ finding: 'announced' as const, id: 'vmclock', what }]
      : []),
    ...(before && before.generation !== undefined && now.generation !== before.generation
      ? [{ finding: 'restored' as const }]
      : []),
    ...(before && now.disruption !== before.disruption ? [{ finding: 'disrupted' as const }] : []),
    ...(was && !is ? [{ finding: 'over' as const, id: 'vmclock', what: 'the disruption' }] : []),
  ];
}

/** Opened for each look, so that a device that is replaced is read as well. */
function pageOf(path: string): VmClock {
  const fd = openSync(path, 'r');
  try {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const page = new Uint8Array(BYTES);
      const read = readSync(fd, page, 0, BYTES, 0);
      const clock = readVmClock(new DataView(page.buffer, 0, read));
      if (clock) return clock;
    }
  } finally {
    closeSync(fd);
  }
  throw new Error('the hypervisor does not finish writing the VMClock page');
}

export const vmclock: GuestSource = {
  name: 'vmclock',
  summary:
    'the hypervisor marks live migrations and restored snapshots in /dev/vmclock0 (Linux 6.13, QEMU 10)',
  where: '/dev/vmclock0',
  asksOthers: false,
  announces: false,
  check: where => void pageOf(where),
  create(where) {
    let before: VmClock | undefined;
    return {
      periodMs: PERIOD_MS,
      look(report) {
        const now = pageOf(where);
        for (const change of changesOf(before, now)) report(change);
        before = now;
      },
    };
  },
};
