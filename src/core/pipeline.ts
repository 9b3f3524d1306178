import type { Detector, DetectorChoice } from './detector.js';
import { getOrMake } from './get-or-make.js';
import { Judge } from './judge/judge.js';
import type { Millis, Sample, TargetId } from './sample.js';
import type { Step } from './step.js';
import type { NamedVerdict, Verdict } from './verdict.js';

const UNSEEN: Verdict = Object.freeze({ state: 'learning', score: 0, threshold: 0, why: '' });

interface Seat {
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

function seat({ plugin, options }: DetectorChoice): Seat {
  return {
    detector: plugin.create(options),
    reads: new Set(plugin.reads),
    latest: { detector: plugin.name, verdict: UNSEEN },
  };
}
