import type { Millis } from '../core/sample.js';
import type { Console } from './console.js';
import type { Namespace } from './namespace.js';
import type { Qmp } from './qmp.js';
import type { Seat } from './topology.js';

/** How a VM runs; both ends of a migration need the same values. */
export interface MachineSpec {
  kernel: string;
  initramfs: string;
  accel: 'tcg' | 'kvm';
  /** MB of memory that the guest rewrites a second. */
  dirty: number;
  /** MB of random bytes that the guest serves as a stream. */
  clip: number;
  /** The folder of the certificates, for migrations over TLS. */
  certificates?: string;
}

/** Where a QEMU runs, and for which guest. */
export interface Placement {
  namespace: Namespace;
  seat: Seat;
  /** An existing tap device in the namespace. */
  tap: string;
  /** The name of the guest, the last number of its address, and its hardware address. */
  name: string;
  host: number;
  mac: string;
  /** The folder of the sockets. */
  folder: string;
  /** The socket of a second monitor, for a migwatch that watches. */
  monitor: string;
}

/** The course of a migration. Moments are Unix seconds. */
export interface MigrationRecord {
  start: number;
  stop: number;
  resume: number;
  total_ms: number;
  qemu_downtime_ms: number;
}

/** How a migration is done. */
export interface MoveOptions {
  /** How much longer than necessary the blackout is. */
  holdMs?: Millis;
  /** `postcopy` moves the guest first and its memory after it; `converge` throttles a guest that dirties memory too fast. */
  mode?: 'precopy' | 'postcopy' | 'converge';
  /** The most that the migration transfers, in MB a second. */
  bandwidthMB?: number;
  /** Who drives the migration under libvirt: virsh, or the daemon of the source, which may also carry the data. */
  via?: 'native' | 'p2p' | 'tunnel';
  tls?: boolean;
}

/** A process that runs the guest or a copy of it. */
export interface Machine {
  /** The id of a process whose end ends the guest. */
  readonly pid: number;
  readonly qmp: Qmp;
  readonly console: Console;
  /** Resolves when the guest reports that it is up; call it before the guest boots. Rejects after `limitMs`. */
  up(limitMs: Millis): Promise<void>;
  /** Moves the guest. `arriving` gets the machine at the other place before the guest runs there. */
  migrateTo(
    place: Placement,
    options: MoveOptions,
    arriving: (machine: Machine) => Promise<void>,
  ): Promise<MigrationRecord>;
  /** Stops the guest, saves it to a file, and ends. Resolves with the moment of STOP. */
  save(): Promise<number>;
  /** Continues the guest from the file where it was. Resolves with the moment of RESUME. */
  restore(): Promise<{ machine: Machine; resume: number }>;
  quit(): Promise<void>;
}

/** Without the kernel's tests of its ciphers and its certificates, a guest boots in three quarters of the time. */
const KERNEL_LINE = 'console=ttyS0 quiet cryptomgr.notests initcall_blacklist=load_system_certificate_list';

/** The kernel's command line of a guest. */
export function kernelLine({ host }: Placement, { dirty, clip }: MachineSpec): string {
  return `${KERNEL_LINE} host=${host} dirty=${dirty} clip=${clip}`;
}
