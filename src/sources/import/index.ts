import { announce } from './announce.js';
import { clock } from './clock.js';
import { domjobinfo } from './domjobinfo.js';
import { fping } from './fping.js';
import type { LogFormat } from './log.js';
import { mtr } from './mtr.js';
import { mtrRaw } from './mtr-raw.js';
import { ping } from './ping.js';
import { proxmox } from './proxmox.js';
import { qmpLog } from './qmp-log.js';
import { series } from './series.js';
import { virsh } from './virsh.js';
import { vmware } from './vmware.js';
import { windows } from './windows.js';
import { xport } from './xport.js';

/** Every kind of log that can be imported. */
export const logFormats: readonly LogFormat[] = [
  ...[ping, windows, fping, mtr, mtrRaw, xport],
  ...[clock, announce],
  ...[virsh, domjobinfo, qmpLog, proxmox, vmware],
  series,
];
