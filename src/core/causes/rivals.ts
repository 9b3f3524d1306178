import type { MigrationEvent } from '../event.js';
import { CAUSE_IDS, CAUSES, type Cause, type CauseId, type Decibans } from './causes.js';
import { QUESTIONS, weightOf } from './weigh.js';

/** An answer of a witness that would have pointed to another cause. */
export interface Rival {
  cause: Cause;
  /** The question to the witness, and the answer in words. */
  asks: string;
  answer: string;
}

/** From ten to one on: a weaker answer would hardly change a verdict. */
const MIN_ADVANTAGE: Decibans = 10;
/** Witnesses that every target has. */
const ALWAYS: readonly string[] = ['echo', 'prober'];

/** The answers of a target's witnesses that point most strongly to each cause other than the event's, the commonest causes first. */
export function rivalsOf(event: Pick<MigrationEvent, 'kind' | 'red'>, witnesses: readonly string[]): Rival[] {
  const own = causeOf(event);
  const asked = QUESTIONS.filter(({ witness }) => ALWAYS.includes(witness) || witnesses.includes(witness));
  return CAUSE_IDS.filter(cause => cause !== own)
    .map(cause => strongest(cause, own, asked))
    .filter(found => found !== undefined)
    .sort((a, b) => b.cause.prior - a.cause.prior);
}

/** A red event of unknown cause is most likely a migration. Of an amber one no cause is known. */
function causeOf({ kind, red }: Pick<MigrationEvent, 'kind' | 'red'>): CauseId | undefined {
  if (kind === 'unclear') return red ? 'migration' : undefined;
  return CAUSE_IDS.find(cause => CAUSES[cause].kind === kind);
}

function strongest(
  cause: CauseId,
  own: CauseId | undefined,
  asked: typeof QUESTIONS,
): (Rival & { advantage: Decibans }) | undefined {
  const answers = asked.flatMap(({ asks, findings }) =>
    findings.map(finding => ({
      ...{ cause: CAUSES[cause] as Cause, asks, answer: finding.id.replaceAll('-', ' ') },
      advantage: weightOf(finding, cause) - (own === undefined ? 0 : weightOf(finding, own)),
    })),
  );
  const best = answers.reduce((a, b) => (b.advantage > a.advantage ? b : a));
  return best.advantage >= MIN_ADVANTAGE ? best : undefined;
}
