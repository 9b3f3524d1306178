import type { Detector, DetectorChoice } from './detector.js';
import { getOrMake } from './get-or-make.js';
import { Judge } from './judge/judge.js';
import type { Millis, Sample, TargetId } from './sample.js';
import { type Frozen, freeze, SnapshotError, thaw } from './snapshot.js';
import type { Step } from './step.js';
import type { NamedVerdict, Verdict } from './verdict.js';

const UNSEEN: Verdict = Object.freeze({ state: 'learning', score: 0, threshold: 0, why: '' });

interface Seat {
  choice: DetectorChoice;
  detector: Detector;
  reads: ReadonlySet<string>;
  latest: NamedVerdict;
}

/** Leads each sample through its target's detectors and the judge. Pure: the same samples give the same steps. */
export class Pipeline {
  private readonly judge: Judge;
  private readonly seats = new Map<TargetId, Seat[]>();

  constructor(
    private readonly choices: readonly DetectorChoice[],
    options: { holdMs: Millis },
  ) {
    this.judge = new Judge(options.holdMs);
  }

  step(sample: Sample): Step {
    const verdicts = this.consult(sample);
    const { lights, events } = this.judge.observe(sample, verdicts);
    return { sample, verdicts, lights, events };
  }

  /** What detectors and judge have learned so far, for `restore`. */
  snapshot(): Frozen {
    const seats = [...this.seats].map(([target, row]) => [target, row.map(freezeSeat)]);
    return { judge: this.judge.snapshot(), seats };
  }

  /**
   * Knows afterwards what `snapshot` told, and nothing else. A detector that was not there, or had other options, or
   * keeps its state where no snapshot sees it, learns anew. Throws a SnapshotError where the state does not
   * fit; only a new pipeline is of use then.
   */
  restore(frozen: Frozen): void {
    this.seats.clear();
    try {
      const { judge, seats } = frozen as unknown as { judge: Frozen; seats: [TargetId, FrozenSeat[]][] };
      this.judge.restore(judge);
      for (const [target, row] of seats)
        this.seats.set(
          target,
          this.choices.map(choice => thawSeat(choice, row)),
        );
    } catch (cause) {
      if (cause instanceof SnapshotError) throw cause;
      throw new SnapshotError('what the detectors and the judge had learned is damaged', { cause });
    }
  }

  private consult(sample: Sample): NamedVerdict[] {
    const seats = getOrMake(this.seats, sample.target, () => this.choices.map(seat));
    const verdicts: NamedVerdict[] = [];
    for (const seat of seats) {
      if (seat.reads.has(sample.outcome.kind))
        seat.latest = { detector: seat.latest.detector, verdict: seat.detector.observe(sample) };
      verdicts.push(seat.latest);
    }
    return verdicts;
  }
}

function seat(choice: DetectorChoice): Seat {
  const { plugin, options } = choice;
  return {
    choice,
    detector: plugin.create(options),
    reads: new Set(plugin.reads),
    latest: { detector: plugin.name, verdict: UNSEEN },
  };
}

/** A seat's state, with what tells whether it is another's. */
type FrozenSeat = { name: string; options: Frozen; detector: Frozen; latest: Frozen };

function freezeSeat({ choice, detector, latest }: Seat): FrozenSeat {
  const { plugin, options } = choice;
  return { name: plugin.name, options, detector: freezeDetector(detector), latest: freeze(latest) };
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

function thawSeat(choice: DetectorChoice, row: readonly FrozenSeat[]): Seat {
  const made = seat(choice);
  const same = (one: FrozenSeat) =>
    one.name === choice.plugin.name && sortedJson(one.options) === sortedJson(choice.options);
  const known = row.find(same);
  if (!known || known.detector === null) return made;
  return {
    ...made,
    detector: thaw(known.detector, made.detector) as Detector,
    latest: thaw(known.latest, made.latest) as NamedVerdict,
  };
}

function sortedJson(options: Frozen): string {
  return JSON.stringify(Object.entries(options ?? {}).sort());
}
