import { type Detector, type DetectorChoice, savesState } from './detector.js';
import { Judge } from './judge/judge.js';
import { Maintenance } from './maintenance.js';
import type { Millis, Sample, TargetId } from './sample.js';
import { inner, type Json, list, named, object, part, plainCopy, StateError, text } from './state.js';
import type { Step } from './step.js';
import { type NamedVerdict, VERDICT, type Verdict } from './verdict.js';

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

/** More detectors than anybody runs. */
const MOST_SEATS = 1000;

const STATE = part<{ judge: Json; maintenance: Json }>(1, { judge: inner, maintenance: inner });

/** A detector's state and verdict, with what tells whether it is another's. Null: it does not save its state. */
interface SavedSeat {
  name: string;
  options: string;
  detector: Json;
  verdict: Verdict;
}

const TARGET = part<{ judge: Json; detectors: SavedSeat[] }>(1, {
  judge: inner,
  detectors: list(
    object<SavedSeat>({ name: text, options: text, detector: inner, verdict: VERDICT }),
    MOST_SEATS,
  ),
});

/** Leads each sample through its target's detectors and the judge. Pure: the same samples give the same steps. */
export class Pipeline {
  /** Who is expected to move, and who did. */
  readonly maintenance = new Maintenance();
  private readonly judge: Judge;
  private readonly rows = new Map<TargetId, Row>();
  /** Of the choices, in their order: what tells whether a saved state is of the same options. */
  private readonly optionTexts: readonly string[];

  constructor(
    private readonly choices: readonly DetectorChoice[],
    options: { holdMs: Millis },
  ) {
    this.optionTexts = choices.map(({ options }) => sortedJson(options));
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

  /** Those it has seen, and knows something of. */
  get targets(): TargetId[] {
    return [...this.rows.keys()];
  }

  /** What it knows beside its targets. */
  save(): Json {
    return STATE.save({ judge: this.judge.save(), maintenance: this.maintenance.save() });
  }

  /** Throws a StateError; the pipeline is of no use afterwards. */
  load(saved: Json): void {
    const { judge, maintenance } = STATE.load(saved);
    named('judge', () => this.judge.load(judge));
    named('maintenance', () => this.maintenance.load(maintenance));
  }

  /** What it knows of one of its targets. */
  saveTarget(target: TargetId): Json {
    const { seats, verdicts } = this.rows.get(target)!;
    const detectors = seats.map(({ choice, detector }, index) => ({
      name: choice.plugin.name,
      options: this.optionTexts[index]!,
      detector: stateOf(detector),
      verdict: verdicts[index]!.verdict,
    }));
    return TARGET.save({ judge: this.judge.saveTarget(target), detectors });
  }

  /**
   * Knows afterwards of the target what was saved. A detector that was not there, had other options, or does not save its
   * state learns anew. Throws a StateError, and then knows nothing of the target.
   */
  loadTarget(target: TargetId, saved: Json): void {
    this.forget(target);
    const { judge, detectors } = TARGET.load(saved);
    const row = this.blankRow();
    const verdicts = row.seats.map(
      (seat, index) => loadSeat(seat, this.optionTexts[index]!, detectors) ?? row.verdicts[index]!,
    );
    named('judge', () => this.judge.loadTarget(target, judge));
    this.rows.set(target, { ...row, verdicts });
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
    const row = this.blankRow();
    this.rows.set(target, row);
    return row;
  }

  private blankRow(): Row {
    return { seats: this.choices.map(seat), verdicts: this.choices.map(unseen) };
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

/** Null for one that does not save its state, or fails to: a user's detector may do anything. */
function stateOf(detector: Detector): Json {
  if (!savesState(detector)) return null;
  try {
    return plainCopy(detector.save!());
  } catch {
    return null;
  }
}

/** The verdict that goes with the state which the seat's detector took up; undefined where it learns anew. */
function loadSeat(
  { choice: { plugin }, detector }: Seat,
  options: string,
  saved: readonly SavedSeat[],
): NamedVerdict | undefined {
  const known = saved.find(each => each.name === plugin.name && each.options === options);
  if (!known || known.detector === null || !savesState(detector)) return undefined;
  named(plugin.name, () => loadDetector(detector, known.detector));
  return { detector: plugin.name, verdict: known.verdict };
}

/** A user's detector may throw anything. */
function loadDetector(detector: Detector, saved: Json): void {
  try {
    detector.load!(saved);
  } catch (cause) {
    if (cause instanceof StateError) throw cause;
    throw new StateError(String((cause as Error)?.message ?? cause), { cause });
  }
}

function sortedJson(options: Record<string, number>): string {
  return JSON.stringify(Object.entries(options).sort());
}
