import { type Detector, type DetectorChoice, savesState, witnessOf } from './detector.js';
import { Judge } from './judge/judge.js';
import { Maintenance } from './maintenance/maintenance.js';
import type { Millis, Sample, TargetId } from './sample.js';
import type { Step } from './step.js';
import {
  inner,
  type Json,
  list,
  named,
  object,
  part,
  plainCopy,
  StateError,
  text,
} from './validation/saved-state.js';
import { type NamedVerdict, VERDICT, type Verdict } from './verdict.js';

const UNSEEN: Verdict = Object.freeze({ state: 'learning', score: 0, threshold: 0, why: '' });

interface DetectorSlot {
  choice: DetectorChoice;
  detector: Detector;
  reads: ReadonlySet<string>;
  /** Nearly every sample is a reply, and a set look-up for each is measurable. */
  readsReplies: boolean;
}

/** A target's detectors, and their present verdicts in the same order. */
interface TargetDetectors {
  slots: readonly DetectorSlot[];
  /** Never changed, since steps keep it: replaced whenever a verdict is another. */
  verdicts: readonly NamedVerdict[];
}

/** More detectors than anybody runs. */
const MAX_SLOTS = 1000;

const STATE = part<{ judge: Json; maintenance: Json }>(1, { judge: inner, maintenance: inner });

/** A detector's state and verdict, with its name and options, by which it is found again. Null: it does not save its state. */
interface SavedSlot {
  name: string;
  options: string;
  detector: Json;
  verdict: Verdict;
}

const TARGET = part<{ judge: Json; detectors: SavedSlot[] }>(1, {
  judge: inner,
  detectors: list(
    object<SavedSlot>({ name: text, options: text, detector: inner, verdict: VERDICT }),
    MAX_SLOTS,
  ),
});

/** Leads each sample through its target's detectors and the judge. Pure: the same samples give the same steps. */
export class Pipeline {
  /** Who is expected to move, and who did. */
  readonly maintenance = new Maintenance();
  private readonly judge: Judge;
  private readonly detectors = new Map<TargetId, TargetDetectors>();
  /** The options of each choice as text: they tell whether a saved state belongs to the same options. */
  private readonly optionTexts: readonly string[];

  constructor(
    private readonly choices: readonly DetectorChoice[],
    options: { holdMs: Millis },
  ) {
    this.optionTexts = choices.map(({ options }) => sortedJson(options));
    const witnesses = new Map(choices.map(({ plugin }) => [plugin.name, witnessOf(plugin)]));
    this.judge = new Judge(options.holdMs, {
      witnessOf: detector => witnesses.get(detector) ?? 'echo',
      expects: (target, id) => this.maintenance.expects(target, id),
    });
  }

  step(sample: Sample): Step {
    const verdicts = this.consult(sample);
    const { lights, events } = this.judge.observe(sample, verdicts);
    return { sample, verdicts, lights, events: this.maintenance.note(events) };
  }

  /** Drops all state of a target, except its moves in maintenance mode. */
  forget(target: TargetId): void {
    this.detectors.delete(target);
    this.judge.drop(target);
  }

  /** All targets with state. */
  get targets(): TargetId[] {
    return [...this.detectors.keys()];
  }

  /** The state that belongs to no single target. */
  save(): Json {
    return STATE.save({ judge: this.judge.save(), maintenance: this.maintenance.save() });
  }

  /** Throws a StateError; the pipeline is of no use afterwards. */
  load(saved: Json): void {
    const { judge, maintenance } = STATE.load(saved);
    named('judge', () => this.judge.load(judge));
    named('maintenance', () => this.maintenance.load(maintenance));
  }

  /** The state of one target. */
  saveTarget(target: TargetId): Json {
    const { slots, verdicts } = this.detectors.get(target)!;
    const detectors = slots.map(({ choice, detector }, index) => ({
      name: choice.plugin.name,
      options: this.optionTexts[index]!,
      detector: stateOf(detector),
      verdict: verdicts[index]!.verdict,
    }));
    return TARGET.save({ judge: this.judge.saveTarget(target), detectors });
  }

  /**
   * Replaces the state of the target. A detector that was absent, had other options, or does not save its
   * state starts learning again. Throws a StateError, and drops the target then.
   */
  loadTarget(target: TargetId, saved: Json): void {
    this.forget(target);
    const { judge, detectors } = TARGET.load(saved);
    const row = this.blankRow();
    const verdicts = row.slots.map(
      (slot, index) => loadSlot(slot, this.optionTexts[index]!, detectors) ?? row.verdicts[index]!,
    );
    named('judge', () => this.judge.loadTarget(target, judge));
    this.detectors.set(target, { ...row, verdicts });
  }

  private consult(sample: Sample): readonly NamedVerdict[] {
    const row = this.detectors.get(sample.target) ?? this.newRow(sample.target);
    const { slots, verdicts: before } = row;
    const { kind } = sample.outcome;
    let verdicts: NamedVerdict[] | undefined;
    for (let index = 0; index < slots.length; index++) {
      const { detector, reads, readsReplies } = slots[index]!;
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

  private newRow(target: TargetId): TargetDetectors {
    const row = this.blankRow();
    this.detectors.set(target, row);
    return row;
  }

  private blankRow(): TargetDetectors {
    return { slots: this.choices.map(openSlot), verdicts: this.choices.map(unseen) };
  }
}

function openSlot(choice: DetectorChoice): DetectorSlot {
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

/** The verdict saved with the state that the detector loaded; undefined if the detector starts learning again. */
function loadSlot(
  { choice: { plugin }, detector }: DetectorSlot,
  options: string,
  saved: readonly SavedSlot[],
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
