import type { EventKind, Evidence, MigrationEvent } from '../../core/event.js';
import { duration } from '../../core/format/duration.js';
import { type NamedTarget, namedTarget } from '../../core/format/target-name.js';
import { printable } from '../../core/format/text.js';
import type { Checklist } from '../../core/maintenance/checklist.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session-info.js';
import type { LoggedEvent } from '../history/event-log.js';
import type { Controls } from '../model/controls.js';
import type { EventFacts } from '../style/event-text.js';
import type { ViewSize } from './inputs.js';

export interface EventView extends NamedTarget, EventFacts {
  id: string;
  kind: EventKind;
  red: boolean;
  startedAt: Millis;
  /** Whether the graph shows it. */
  shown: boolean;
  /** Red and unexpected, and the user has not looked at it. */
  unseen: boolean;
}

/** What the log shows of an event besides its own fields. */
interface EventExtras {
  unseen: ReadonlySet<string>;
  checklist: Checklist | undefined;
  /** For how long a target has not answered; undefined while it answers. */
  down(target: TargetId): Millis | undefined;
}

export function eventsOf(
  events: readonly LoggedEvent[],
  info: SessionInfo,
  controls: Controls,
  detail: ViewSize,
  { unseen, checklist, down }: EventExtras,
): EventView[] {
  const index = events.findIndex(({ event }) => event.id === controls.event);
  const first = Math.max(0, index - detail.events + 1);
  return events.slice(first, first + detail.events).map(({ event }) => ({
    ...eventView(event, info, event.id === controls.event),
    plan: planOf(event, checklist),
    ...(event.state === 'open' && { downMs: down(event.target) }),
    unseen: unseen.has(event.id),
  }));
}

/** The ids of unexpected red events that the user has not looked at. */
export function unseenIn(events: readonly LoggedEvent[], { seen }: Controls): Set<string> {
  const unseen = events.filter(
    ({ event: { id, red, expected } }) => red && expected !== true && !seen.has(id),
  );
  return new Set(unseen.map(({ event }) => event.id));
}

export function eventView(event: MigrationEvent, info: SessionInfo, shown = false): EventView {
  return {
    ...namedTarget(event.target, info.targets),
    id: event.id,
    kind: event.kind,
    red: event.red,
    open: event.state === 'open',
    plan: '',
    startedAt: event.startedAt,
    blackoutMs: event.blackoutMs,
    stuntimeMs: event.stuntimeMs,
    confidence: event.confidence,
    noticed: wordsOf(event.evidence.filter(({ witness }) => witness === 'stream')),
    evidence: wordsOf(firstOfEach(event.evidence.filter(({ witness }) => witness !== 'stream'))),
    shown,
    unseen: false,
  };
}

/** How a move differs from the plan: it was not expected, or took longer than the budget. */
export function planOf({ id, target }: MigrationEvent, checklist: Checklist | undefined): string {
  const item = checklist?.items.find(each => each.target === target);
  const move = item?.moves.find(each => each.id === id);
  if (!move) return '';
  const over = move.overBudget ? `over ${duration(checklist!.budgetMs!)}` : '';
  const planned = move.expected || move.unreported ? '' : 'unexpected';
  return [planned, over].filter(Boolean).join(', ');
}

/** The verdict in words and one observation of each witness: several count the same gap. The event's page has them all. */
function firstOfEach([verdict, ...observations]: readonly Evidence[]): Evidence[] {
  const first = observations.filter(
    ({ witness }, index) => observations.findIndex(each => each.witness === witness) === index,
  );
  return verdict ? [verdict, ...first] : [];
}

function wordsOf(evidence: readonly Evidence[]): string {
  return evidence.map(({ summary }) => printable(summary)).join('; ');
}
