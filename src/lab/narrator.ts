import type { Millis } from '../core/sample.js';
import { spanOf, type TruthItem, type TruthType } from '../evaluation/truth.js';

/** What the hypervisor, or the lab in its place, did: how it began, how it ended, and what that was. */
const WORDS: Partial<Record<TruthType, readonly [who: string, began: string, ended: string, what: string]>> =
  {
    migration: ['hypervisor', 'STOP', 'RESUME', 'migration completed'],
    pause: ['hypervisor', 'STOP', 'RESUME', 'paused, not migrated'],
    reboot: ['hypervisor', 'RESET', 'up', 'rebooted, not migrated'],
    outage: ['lab', 'cut', 'carrying again', 'cable cut, nothing migrated'],
    ghost: ['hypervisor', 'the stale copy RESUMEd', 'STOP', 'it was there twice'],
    'host-contention': ['lab', 'every CPU busy', 'idle again', 'nothing happened to the VM'],
  };

/** Such as `hypervisor: STOP 12:00:03.120 UTC, RESUME +277 ms: migration completed`. */
export function hypervisorSays(item: TruthItem): string {
  const [who, began, ended, what] = WORDS[item.type] ?? ['lab', 'begun', 'ended', item.type];
  const { from, to } = spanOf(item);
  const at = new Date(from).toISOString().slice(11, 23);
  return `${who}: ${began} ${at} UTC, ${ended} +${length(to - from)}: ${what}`;
}

function length(ms: Millis): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** What a scenario claims that will be seen of the last thing it did. */
export interface Claim {
  kind: TruthType;
  viewer: 'plays' | 'stalls';
}

const RED: readonly TruthType[] = ['migration', 'ghost'];

export function claimText({ kind, viewer }: Claim): string {
  return `to be seen: light ${RED.includes(kind) ? 'red' : 'amber'}, ${kind}; the viewer ${viewer === 'plays' ? 'plays on' : 'stalls'}`;
}
