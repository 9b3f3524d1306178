/**
 * Announcements on the local segment: frames that say where a target is now. A hypervisor sends reverse ARP for a guest
 * that has arrived (QEMU: five within 0.8 s), and the guest sends gratuitous ARP or unsolicited neighbour advertisements.
 *
 * Listens on the interfaces towards the targets. A filter in the kernel passes only ARP, RARP and neighbour advertisements.
 * Emits those of watched targets: by their address or, for RARP, by the hardware addresses that were seen with it.
 *
 * Not for: targets behind a router. Anybody on the segment can forge announcements.
 * Reference: RFC 826, RFC 903, RFC 4861 section 7.2.6, RFC 5227; packet(7); QEMU net/announce.c.
 */
import { segmentOf } from './announce/segment.js';
import { loadLibc } from './net/libc.js';
import type { Backend } from './prober.js';
import { openThread } from './thread/open.js';
import { permissionOf } from './thread/permission.js';

/** Listens next to any prober, on its own thread. Use `withWitnesses` instead if a probing thread sends the echoes. */
export const announce: Backend = {
  name: 'announce',
  probe: 'announce',
  summary: 'ARP, RARP and neighbour advertisements: where a target is on the segment',
  needs: 'Linux, root or CAP_NET_RAW, and a target on the same segment, without a router in between',
  options: {},
  check: family => permissionOf({ socket: 'packet', family }),
  open: (plan, ports) => openThread('announce', { kind: 'none', plan, announce: true }, ports),
};

/** Whether announcements of this target can reach us. */
export async function isOnSegment({ address, family }: { address: string; family: 4 | 6 }): Promise<boolean> {
  return segmentOf(await loadLibc(), address, family) !== undefined;
}
