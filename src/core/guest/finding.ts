import type { Millis } from '../sample.js';

/** What one source inside a VM found. */
export type Finding =
  /** The cloud announced that something will happen to this VM, began it, or took it back or ended it. */
  | { finding: 'announced' | 'started' | 'over'; id: string; what: string; notBefore?: string }
  /** The hypervisor marked a disruption of the VM's clock, as at a live migration. */
  | { finding: 'disrupted' }
  /** This VM is a copy that was restored from a snapshot. */
  | { finding: 'restored' }
  /** The time of day stepped against the monotonic clock: it was set. */
  | { finding: 'clock-set'; stepMs: Millis }
  /** The VM did not run for so long, by its own monotonic clock. */
  | { finding: 'gap'; gapMs: Millis }
  /** The VM was suspended for so long, by its own boot clock. */
  | { finding: 'suspended'; suspendedMs: Millis }
  /** From now on, other VMs take this share of the processor time that this one wants; 0 at the end. */
  | { finding: 'steal'; percent: number }
  /** Where the cloud says this VM is placed has changed. */
  | { finding: 'moved'; what: string };

/** The finding in words, for people. */
export function wordsOf(found: Finding): string {
  switch (found.finding) {
    case 'announced':
      return `announced: ${found.what}${found.notBefore ? `, not before ${found.notBefore}` : ''}`;
    case 'started':
      return `started: ${found.what}`;
    case 'over':
      return `over: ${found.what}`;
    case 'disrupted':
      return 'the hypervisor marked a disruption of the clock';
    case 'restored':
      return 'this VM was restored from a snapshot';
    case 'clock-set':
      return `the clock was set ${found.stepMs < 0 ? 'back' : 'forward'} by ${Math.abs(found.stepMs)} ms`;
    case 'gap':
      return `this VM did not run for ${found.gapMs} ms`;
    case 'suspended':
      return `this VM was suspended for ${found.suspendedMs} ms`;
    case 'steal':
      return found.percent > 0
        ? `other VMs take ${found.percent} % of the processor time`
        : "the processor time is this VM's own again";
    case 'moved':
      return `moved: ${found.what}`;
  }
}
