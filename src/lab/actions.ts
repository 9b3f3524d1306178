import type { Millis } from '../core/sample.js';
import type { MoveOptions } from './machine.js';

/** What is done besides the migration itself. */
export interface Move extends MoveOptions {
  /** How long after RESUME the network of the new place stays away. */
  lateMs?: Millis;
  /** The guest's clock is set right, at the first whole second that begins this long after RESUME. */
  setMs?: Millis;
}

/** Who announces a VM after its port was down: its QEMU, as on command, or its switch, as NIC teaming does. */
export type Announcer = 'qemu' | 'switch';

/** How another host takes the address of a VM. */
export interface Takeover {
  ms: Millis;
  /** How many hardware addresses answer for it. */
  rivals: number;
  /** The VM is cut off, or answers as well. */
  vm: 'gone' | 'stays';
}
