import { esp } from './esp.js';
import { http } from './http.js';
import { iperf3 } from './iperf3.js';
import { libvirt } from './libvirt.js';
import { multifd } from './multifd.js';
import { nbd } from './nbd.js';
import { qemu } from './qemu.js';
import type { Opening, Recogniser, Recognition } from './recogniser.js';
import { ssh } from './ssh.js';
import { tls } from './tls.js';
import { wireguard } from './wireguard.js';

/** Every protocol that a stream is recognised by; their first bytes exclude each other. */
export const recognisers: readonly Recogniser[] = [
  ...[qemu, multifd, libvirt, tls, ssh, esp, wireguard],
  ...[nbd, http, iperf3],
];

/** A recognition with the protocol's name. */
export interface Recognised extends Recognition {
  protocol: string;
}

/** Undefined if no protocol of the registry begins like this, or not yet. */
export function recognise(opening: Opening): Recognised | undefined {
  for (const { name, recognise } of recognisers) {
    const found = recognise(opening);
    if (found) return { protocol: name, ...found };
  }
  return undefined;
}
