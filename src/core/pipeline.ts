import { type Detector, type DetectorChoice, savesState, witnessOf } from './detector.js';
import type { MigrationEvent } from './event.js';
import { HypervisorReports, isReported } from './hypervisor/reports.js';
import type { Changes } from './judge/context.js';
import { Judge } from './judge/judge.js';
import { Maintenance } from './maintenance/maintenance.js';
import { MAX_TARGETS, type Millis, type Sample, type TargetId } from './sample.js';
import type { Step } from './step.js';
import {
  expectState,
  inner,
  type Json,
  list,
  named,
  object,
  optional,
  part,
  plainCopy,
  StateError,
  text,
} from './validation/saved-state.js';
import { type NamedVerdict, VERDICT, type Verdict } from './verdict.js';
import { WireReports } from './wire/reports.js';

const UNSEEN: Verdict = Object.freeze({ state: 'learning', score: 0, threshold: 0, why: '' });

/** What all targets share of a detector. */
interface DetectorColumn {
  choice: DetectorChoice;
  reads: ReadonlySet<string>;
  /** Nearly every sample is a reply, and a set look-up for each is measurable. */
  readsReplies: boolean;
  /** The options as text: they show whether a saved state belongs to the same options. */
  options: string;
  /** The verdict before the first sample. */
  unseen: NamedVerdict;
}

/** A target's detectors in the order of the columns, and their present verdicts in the same order. */
interface TargetDetectors {
  detectors: readonly Detector[];
  /** Never changed, since steps keep it: replaced whenever a verdict is another. */
  verdicts: readonly NamedVerdict[];
}

/** Detectors of one session. Each takes time for every sample. */
export const MAX_DETECTORS = 64;

const STATE = part<{ judge: Json; maintenance: Json; wire: Json | undefined }>(1, {
  ...{ judge: inner, maintenance: inner, wire: optional(inner) },
});

/** A detector's state and verdict, with its name and options, by which it is found again. Null: it does not save its state. */
interface SavedDetector {
  name: string;
  options: string;
  detector: Json;
  verdict: Verdict;
}

const TARGET = part<{ judge: Json; detectors: SavedDetector[]; hypervisor: Json | undefined }>(1, {
  judge: inner,
  hypervisor: optional(inner),
  detectors: list(
    object<SavedDetector>({ name: text, options: text, detector: inner, verdict: VERDICT }),
    MAX_DETECTORS,
  ),
});

/** Leads each sample through its target's detectors and the judge. Pure: the same samples give the same steps. */
export class Pipeline {
  /** Who is expected to move, and who did. */
  readonly maintenance = new Maintenance();
  private readonly judge: Judge;
  private readonly hypervisor: HypervisorReports;
  private readonly wire = new WireReports();
  private readonly columns: readonly DetectorColumn[];
  /** Before the first sample. */
  private readonly unseen: readonly NamedVerdict[];
  private readonly detectors = new Map<TargetId, TargetDetectors>();

  constructor(choices: readonly DetectorChoice[], options: { holdMs: Millis }) {
    this.columns = choices.map(columnOf);
    this.unseen = this.columns.map(({ unseen }) => unseen);
    this.hypervisor = new HypervisorReports(options.holdMs);
    const witnesses = new Map(choices.map(({ plugin }) => [plugin.name, witnessOf(plugin)]));
    this.judge = new Judge(options.holdMs, {
      witnessOf: detector => witnesses.get(detector) ?? 'echo',
      expects: (target, id) => this.maintenance.expects(target, id),
    });
  }

  step(sample: Sample): Step {
    if (isReported(sample)) return this.report(sample);
    if (sample.outcome.kind === 'flow') return this.takeStream(sample);
    const verdicts = this.consult(sample);
    const judged = this.judge.observe(sample, verdicts);
    const changes = this.hypervisor.isEmpty ? judged : this.hypervisor.join(sample, judged);
    return this.stepOf(sample, verdicts, changes);
  }

  /** Maintenance comes last: a move that its hypervisor did not report is not an expected one. */
  private stepOf(sample: Sample, verdicts: readonly NamedVerdict[], { lights, events }: Changes): Step {
    return { sample, verdicts, lights, events: this.withStreams(sample, this.maintenance.note(events)) };
  }

  /** What a hypervisor reports is no measurement, so the judge does not see it; detectors do once the target is probed. */
  private report(sample: Sample): Step {
    const verdicts = this.detectors.has(sample.target) ? this.consult(sample) : this.unseen;
    return this.stepOf(sample, verdicts, this.hypervisor.take(sample));
  }

  /** A stream on the network is evidence beside the verdicts, too, about events of any target. */
  private takeStream(sample: Sample): Step {
    const verdicts = this.detectors.get(sample.target)?.verdicts ?? this.unseen;
    return { sample, verdicts, lights: [], events: this.wire.take(sample) };
  }

  private withStreams({ knownAt }: Sample, events: readonly MigrationEvent[]): readonly MigrationEvent[] {
    return events.length === 0 ? events : events.map(event => this.wire.join(event, knownAt));
  }

  /** Drops all state of a target, except its moves in maintenance mode. */
  forget(target: TargetId): void {
    this.detectors.delete(target);
    this.judge.drop(target);
    this.hypervisor.drop(target);
  }

  /** Whether a sample of the target can be judged: it has state, or there is room for one more. */
  admits(target: TargetId): boolean {
    return this.detectors.size < MAX_TARGETS || this.detectors.has(target);
  }

  /** All targets with state. */
  get targets(): TargetId[] {
    return [...this.detectors.keys()];
  }

  /** The state that belongs to no single target. */
  save(): Json {
    const wire = this.wire.isEmpty ? undefined : this.wire.save();
    return STATE.save({ judge: this.judge.save(), maintenance: this.maintenance.save(), wire });
  }

  /** Throws a StateError; the pipeline is of no use afterwards. */
  load(saved: Json): void {
    const { judge, maintenance, wire } = STATE.load(saved);
    named('judge', () => this.judge.load(judge));
    named('maintenance', () => this.maintenance.load(maintenance));
    if (wire !== undefined) named('wire', () => this.wire.load(wire));
  }

  /** The state of one target. */
  saveTarget(target: TargetId): Json {
    const { detectors, verdicts } = this.detectors.get(target)!;
    const saved = this.columns.map(({ choice, options }, index) => ({
      name: choice.plugin.name,
      options,
      detector: stateOf(detectors[index]!),
      verdict: verdicts[index]!.verdict,
    }));
    const hypervisor = this.hypervisor.save(target);
    return TARGET.save({ judge: this.judge.saveTarget(target), detectors: saved, hypervisor });
  }

  /**
   * Replaces the state of the target. A detector that was absent, had other options, or does not save its
   * state starts learning again. Throws a StateError, and drops the target then.
   */
  loadTarget(target: TargetId, saved: Json): void {
    this.forget(target);
    const state = TARGET.load(saved);
    expectState(this.admits(target), `at most ${MAX_TARGETS} targets`);
    const { detectors } = this.newTarget();
    const verdicts = this.columns.map(
      (column, index) => loadDetector(detectors[index]!, column, state.detectors) ?? column.unseen,
    );
    named('judge', () => this.judge.loadTarget(target, state.judge));
    named('hypervisor', () => this.hypervisor.load(target, state.hypervisor));
    this.detectors.set(target, { detectors, verdicts });
  }

  private consult(sample: Sample): readonly NamedVerdict[] {
    const { columns } = this;
    const own = this.detectors.get(sample.target) ?? this.add(sample.target);
    const { detectors, verdicts: before } = own;
    const { kind } = sample.outcome;
    let verdicts: NamedVerdict[] | undefined;
    for (let index = 0; index < columns.length; index++) {
      const { reads, readsReplies } = columns[index]!;
      if (kind === 'reply' ? !readsReplies : !reads.has(kind)) continue;
      const verdict = detectors[index]!.observe(sample);
      const latest = before[index]!;
      if (verdict === latest.verdict) continue;
      verdicts ??= before.slice();
      verdicts[index] = { detector: latest.detector, verdict };
    }
    if (verdicts) own.verdicts = verdicts;
    return own.verdicts;
  }

  private add(target: TargetId): TargetDetectors {
    const added = this.newTarget();
    this.detectors.set(target, added);
    return added;
  }

  private newTarget(): TargetDetectors {
    const detectors = this.columns.map(({ choice: { plugin, options } }) => plugin.create(options));
    return { detectors, verdicts: this.unseen };
  }
}

function columnOf(choice: DetectorChoice): DetectorColumn {
  const { plugin, options } = choice;
  const reads = new Set<string>(plugin.reads);
  return {
    choice,
    reads,
    readsReplies: reads.has('reply'),
    options: sortedJson(options),
    unseen: { detector: plugin.name, verdict: UNSEEN },
  };
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
function loadDetector(
  detector: Detector,
  { choice: { plugin }, options }: DetectorColumn,
  saved: readonly SavedDetector[],
): NamedVerdict | undefined {
  const known = saved.find(each => each.name === plugin.name && each.options === options);
  if (!known || known.detector === null || !savesState(detector)) return undefined;
  named(plugin.name, () => loadState(detector, known.detector));
  return { detector: plugin.name, verdict: known.verdict };
}

/** A user's detector may throw anything. */
function loadState(detector: Detector, saved: Json): void {
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
