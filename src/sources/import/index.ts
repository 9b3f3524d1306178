import { announce } from './announce.js';
import { clock } from './clock.js';
import { fping } from './fping.js';
import type { LogFormat } from './log.js';
import { ping } from './ping.js';
import { proxmox } from './proxmox.js';
import { qmpLog } from './qmp-log.js';
import { series } from './series.js';
import { virsh } from './virsh.js';
import { vmware } from './vmware.js';

/** Every kind of log that can be imported. */
export const logFormats: readonly LogFormat[] = [
  ...[ping, fping, clock, announce],
  ...[virsh, qmpLog, proxmox, vmware],
  series,
];
