import type { Millis } from '../core/sample.js';
import { blackoutOf, type TruthItem, type TruthType } from '../evaluation/truth.js';

/** The words for each type of action: who did it, its start, its end, and what it was. */
const WORDS: Partial<Record<TruthType, readonly [who: string, began: string, ended: string, what: string]>> =
  {
    migration: ['hypervisor', 'STOP', 'RESUME', 'migration completed'],
    pause: ['hypervisor', 'STOP', 'RESUME', 'paused, not migrated'],
    restore: ['hypervisor', 'STOP', 'RESUME', 'saved and restored'],
    reboot: ['hypervisor', 'RESET', 'up', 'rebooted, not migrated'],
    outage: ['lab', 'cut', 'carrying again', 'cable cut, nothing migrated'],
    failover: ['lab', 'cut', 'announced again', 'port failed over, nothing migrated'],
    spoof: ['lab', 'forged RARP', 'asked for', 'traffic stolen, nothing migrated'],
    takeover: ['lab', 'other MAC announced', 'own MAC again', 'address taken, nothing migrated'],
    'clock-set': ['lab', 'date', 'set', 'clock set, nothing migrated'],
    'path-change': ['lab', 'old path', 'new path', 'delay changed, nothing migrated'],
    policing: ['lab', 'ICMP policed', 'free again', 'nothing happened to the VM'],
    ghost: ['hypervisor', 'the stale copy RESUMEd', 'STOP', 'two copies ran'],
    'host-contention': ['lab', 'every CPU busy', 'idle again', 'nothing happened to the VM'],
  };

/** A line such as `hypervisor: STOP 12:00:03.120 UTC, RESUME +277 ms: migration completed`. */
export function hypervisorSays(item: TruthItem): string {
  const [who, began, ended, what] = WORDS[item.type] ?? ['lab', 'begun', 'ended', item.type];
  const from = (item.stop ?? item.start!) * 1000;
  const at = new Date(from).toISOString().slice(11, 23);
  const back = item.back === undefined ? '' : `, network back +${length(item.back * 1000 - from)}`;
  return `${who}: ${began} ${at} UTC, ${ended} +${length(blackoutOf(item))}${back}: ${what}`;
}

function length(ms: Millis): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** What a scenario claims about the last action: the event, and what the viewer does. */
export interface Claim {
  kind: TruthType;
  viewer: 'plays' | 'stalls';
}

const RED: readonly TruthType[] = ['migration', 'ghost'];

export function claimText({ kind, viewer }: Claim): string {
  return `expected: light ${RED.includes(kind) ? 'red' : 'amber'}, ${kind}; the viewer ${viewer === 'plays' ? 'plays on' : 'stalls'}`;
}
