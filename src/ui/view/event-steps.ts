import { type Evidence, type MigrationEvent, unreachableFor } from '../../core/event.js';
import { duration } from '../../core/format/duration.js';
import { kindWord } from '../../core/format/kind.js';
import { printable } from '../../core/format/text.js';
import { percent } from '../../core/format/units.js';

/** The order in which a verdict is explained; other witnesses follow. */
const ORDER = ['echo', 'clock', 'announce'];

/**
 * The way from what was seen to the verdict, a step for each witness: `unreachable 357 ms`, `guest clock 277 ms behind`,
 * `5 RARP from the new location`, `migration 98 %`. Where an old recording lacks a figure, the evidence in words stands in.
 */
export function stepsOf(event: MigrationEvent): string[] {
  const others = observationsOf(event)
    .map(({ witness }) => witness)
    .filter(witness => !ORDER.includes(witness));
  const seen = [...ORDER, ...new Set(others)].map(witness => printable(stepOf(event, witness)));
  return [...seen.filter(Boolean), `${kindWord(event)} ${percent(event.confidence)}`];
}

/** The evidence without the verdict in words, which comes first. */
export function observationsOf({ evidence }: MigrationEvent): readonly Evidence[] {
  return evidence.length > 1 ? evidence.slice(1) : evidence;
}

function stepOf(event: MigrationEvent, witness: string): string {
  const figure = FIGURES[witness]?.(event);
  if (figure) return figure;
  const first = [...observationsOf(event), ...event.evidence].find(each => each.witness === witness);
  return first?.summary ?? '';
}

/** What the fields of an event say; empty without such a field. */
const FIGURES: Readonly<Record<string, (event: MigrationEvent) => string>> = {
  echo: event => {
    const away = unreachableFor(event);
    return away === undefined ? '' : `unreachable ${duration(away)}`;
  },
  clock: ({ freezeMs }) => (freezeMs === undefined ? '' : `guest clock ${duration(freezeMs)} behind`),
  announce: event => {
    const counted = observationsOf(event).filter(
      ({ witness, value }) => witness === 'announce' && value !== undefined,
    );
    const frames = counted.map(({ summary }) => summary).join(', ');
    return frames && event.kind === 'migration' ? `${frames} from the new location` : frames;
  },
};
