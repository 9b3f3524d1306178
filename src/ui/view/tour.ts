import type { Ability } from '../../core/capabilities.js';
import { type MigrationEvent, unreachableFor } from '../../core/event.js';
import { duration, inSeconds } from '../../core/format/duration.js';
import { kindWord } from '../../core/format/kind.js';
import { printable } from '../../core/format/text.js';
import { percent } from '../../core/format/units.js';
import type { Millis } from '../../core/sample.js';
import { ProbeStatus } from '../history/ring.js';
import { labelOf } from '../keys/keys.js';
import type { Controls } from '../model/controls.js';
import type { TargetState } from '../model/state.js';
import type { ViewInputs } from './inputs.js';

export interface TourView {
  /** What the user sees at that moment, a sentence each; the newest is the last one. */
  captions: readonly string[];
  /** The event whose page Enter opens; undefined before the first verdict. */
  offered: string | undefined;
  /** The tour is over, and the user may name a host. */
  invites: boolean;
  /** Undefined until all was tried. */
  abilities: readonly Ability[] | undefined;
}

/** How long the VM is watched before its clock is mentioned. */
const FIRST_CAPTION_MS: Millis = 2500;
/** A shorter silence is shown as usual: a reply may be a little late. */
const MIN_SILENT_MS: Millis = 150;
/** The time to read the verdict. */
const VERDICT_MS: Millis = 6000;

const EVIDENCE = `press ${labelOf('open')} for the evidence`;

/** The captions of a moment, from what is known of the VM; nothing in them is prepared. Pure. */
export function tourOf(moment: ViewInputs, controls: Controls): TourView | undefined {
  const { tour, state } = moment;
  if (!tour) return undefined;
  const event = state.events.newestFirst().find(logged => logged.event.target === tour.target)?.event;
  const known = state.of(tour.target);
  const isRead = event !== undefined && controls.seen.has(event.id);
  const invites = isRead || (event?.endedAt !== undefined && moment.now > event.endedAt + VERDICT_MS);
  const silentMs = silenceOf(known, moment.now);
  return {
    captions: [
      ...(event ? [] : beginning(moment, known)),
      ...(silentMs === undefined ? [] : [`it stopped answering ${inSeconds(silentMs)} ago`]),
      ...(event && silentMs === undefined ? disturbance(event, known) : []),
      ...(event && isDecided(event) ? [invites || controls.prompt ? invitation(controls) : EVIDENCE] : []),
    ],
    offered: event && isDecided(event) ? event.id : undefined,
    invites,
    abilities: tour.abilities,
  };
}

function beginning({ info, now }: ViewInputs, { clock, lastReplyAt }: TargetState): string[] {
  if (lastReplyAt === -Infinity) return ['this simulated VM has not answered yet'];
  const answers = `this simulated VM answers every ${duration(info.intervalMs)}`;
  const isEarly = now - info.startedAt < FIRST_CAPTION_MS || !clock.hasReadings;
  return isEarly ? [answers] : [answers, 'its own clock is read as well, and runs with ours'];
}

/** For how long it has not answered; undefined while it does. */
function silenceOf({ probes, lastReplyAt }: TargetState, now: Millis): Millis | undefined {
  const { status } = probes.last();
  const isSilent = status === ProbeStatus.overdue || status === ProbeStatus.lost;
  const silentMs = now - lastReplyAt;
  return isSilent && silentMs >= MIN_SILENT_MS && silentMs < Infinity ? silentMs : undefined;
}

/** The event as a witness after the other shows it, once the VM answers again. */
function disturbance(event: MigrationEvent, { marks }: TargetState): string[] {
  const { freezeMs, startedAt } = event;
  const awayMs = unreachableFor(event);
  const away = awayMs === undefined ? [] : [`it did not answer for ${duration(awayMs)}`];
  const back =
    freezeMs === undefined
      ? 'it answers again'
      : `it came back; its own clock is ${duration(freezeMs)} behind: it stood still`;
  let frames = 0;
  marks.since(startedAt, (_, { row }) => {
    if (row === 'frames') frames++;
  });
  return [...away, back, ...(isDecided(event) ? [verdict(event, frames)] : [])];
}

/** A verdict that is not clear yet waits for the end. */
function isDecided({ kind, endedAt }: MigrationEvent): boolean {
  return endedAt !== undefined || kind !== 'unclear';
}

function verdict(event: MigrationEvent, frames: number): string {
  const sure = `${percent(event.confidence)} sure`;
  if (event.kind !== 'migration')
    return `${kindWord(event)}, ${sure}: ${printable(event.evidence[0]?.summary ?? '')}`;
  const announced = frames === 0 ? '' : `${frames} announcements from the new location: `;
  return `${announced}it was migrated, ${sure}`;
}

function invitation({ prompt }: Controls): string {
  if (prompt) return `your turn: type a host to watch; ${labelOf('open')} alone shows the evidence`;
  return `your turn: press ${labelOf('add')} and type a host to watch; ${labelOf('help')} shows all keys`;
}
