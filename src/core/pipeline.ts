import type { Detector, DetectorChoice } from './detector.js';
import { Judge } from './judge/judge.js';
import { Maintenance } from './maintenance.js';
import type { Millis, Sample, TargetId } from './sample.js';
import { type Frozen, freeze, SnapshotError, thaw } from './snapshot.js';
import type { Step } from './step.js';
import type { NamedVerdict, Verdict } from './verdict.js';

const UNSEEN: Verdict = Object.freeze({ state: 'learning', score: 0, threshold: 0, why: '' });

interface Seat {
  choice: DetectorChoice;
  detector: Detector;
  reads: ReadonlySet<string>;
  /** Nearly every sample is a reply, and a look into the set for each of them is felt. */
  readsReplies: boolean;
}

/** A target's detectors, and their present verdicts in the same order. */
interface Row {
  seats: readonly Seat[];
  /** Never changed, since steps keep it: replaced whenever a verdict is another. */
  verdicts: readonly NamedVerdict[];
}

/** Leads each sample through its target's detectors and the judge. Pure: the same samples give the same steps. */
export class Pipeline {
  /** Who is expected to move, and who did. */
  readonly maintenance = new Maintenance();
  private readonly judge: Judge;
  private readonly rows = new Map<TargetId, Row>();

  constructor(
    private readonly choices: readonly DetectorChoice[],
    options: { holdMs: Millis },
  ) {
    this.judge = new Judge(options.holdMs, (target, id) => this.maintenance.expects(target, id));
  }

  step(sample: Sample): Step {
    const verdicts = this.consult(sample);
    const { lights, events } = this.judge.observe(sample, verdicts);
    return { sample, verdicts, lights, events: this.maintenance.note(events) };
  }

  /** Knows nothing of a target any more. What maintenance mode noted of it stays: it happened. */
  forget(target: TargetId): void {
    this.rows.delete(target);
    this.judge.forget(target);
  }

  /** What detectors and judge have learned so far, for `restore`. */
  snapshot(): Frozen {
    const seats = [...this.rows].map(([target, row]) => [target, freezeRow(row)]);
    return { judge: this.judge.snapshot(), maintenance: freeze(this.maintenance), seats };
  }

  /**
   * Knows afterwards what `snapshot` told, and nothing else. A detector that was not there, or had other options, or
   * keeps its state where no snapshot sees it, learns anew. Throws a SnapshotError where the state does not
   * fit; only a new pipeline is of use then.
   */
  restore(frozen: Frozen): void {
    this.rows.clear();
    try {
      const { judge, maintenance, seats } = frozen as unknown as FrozenPipeline;
      this.judge.restore(judge);
      // A recording made before there was maintenance mode has none.
      if (maintenance !== undefined) thaw(maintenance, this.maintenance);
      for (const [target, row] of seats) this.rows.set(target, thawRow(this.choices, row));
    } catch (cause) {
      if (cause instanceof SnapshotError) throw cause;
      throw new SnapshotError('what the detectors and the judge had learned is damaged', { cause });
    }
  }

  private consult(sample: Sample): readonly NamedVerdict[] {
    const row = this.rows.get(sample.target) ?? this.newRow(sample.target);
    const { seats, verdicts: before } = row;
    const { kind } = sample.outcome;
    let verdicts: NamedVerdict[] | undefined;
    for (let index = 0; index < seats.length; index++) {
      const { detector, reads, readsReplies } = seats[index]!;
      if (kind === 'reply' ? !readsReplies : !reads.has(kind)) continue;
      const verdict = detector.observe(sample);
      const latest = before[index]!;
      if (verdict === latest.verdict) continue;
      verdicts ??= before.slice();
      verdicts[index] = { detector: latest.detector, verdict };
    }
    if (verdicts) row.verdicts = verdicts;
    return row.verdicts;
  }

  private newRow(target: TargetId): Row {
    const row = { seats: this.choices.map(seat), verdicts: this.choices.map(unseen) };
    this.rows.set(target, row);
    return row;
  }
}

function seat(choice: DetectorChoice): Seat {
  const { plugin, options } = choice;
  const reads = new Set<string>(plugin.reads);
  return { choice, detector: plugin.create(options), reads, readsReplies: reads.has('reply') };
}

function unseen({ plugin }: DetectorChoice): NamedVerdict {
  return { detector: plugin.name, verdict: UNSEEN };
}

interface FrozenPipeline {
  judge: Frozen;
  maintenance?: Frozen;
  seats: [TargetId, FrozenSeat[]][];
}

/** A seat's state, with what tells whether it is another's. */
type FrozenSeat = { name: string; options: Frozen; detector: Frozen; latest: Frozen };

function freezeRow({ seats, verdicts }: Row): FrozenSeat[] {
  return seats.map(({ choice: { plugin, options }, detector }, index) => ({
    name: plugin.name,
    options,
    detector: freezeDetector(detector),
    latest: freeze(verdicts[index]!),
  }));
}

/** Null for a user's detector whose state can't be kept, or may hide in closures: it learns anew. */
function freezeDetector(detector: Detector): Frozen {
  if (Object.values(detector).some(field => typeof field === 'function')) return null;
  try {
    return freeze(detector);
  } catch (error) {
    if (error instanceof SnapshotError) return null;
    throw error;
  }
}

function thawRow(choices: readonly DetectorChoice[], frozen: readonly FrozenSeat[]): Row {
  const seats = choices.map(seat);
  const verdicts = choices.map((choice, index) => {
    const known = frozen.find(
      ({ name, options }) =>
        name === choice.plugin.name && sortedJson(options) === sortedJson(choice.options),
    );
    if (!known || known.detector === null) return unseen(choice);
    const made = seats[index]!;
    made.detector = thaw(known.detector, made.detector) as Detector;
    return thaw(known.latest, unseen(choice)) as NamedVerdict;
  });
  return { seats, verdicts };
}

function sortedJson(options: Frozen): string {
  return JSON.stringify(Object.entries(options ?? {}).sort());
}
