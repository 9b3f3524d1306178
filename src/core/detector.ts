import { type EvidenceWitness, OUTCOMES, type OutcomeKind } from './outcomes.js';
import type { Sample } from './sample.js';
import type { OptionSpecs } from './validation/options.js';
import type { Json } from './validation/saved-state.js';
import type { Verdict } from './verdict.js';

/** Watches one target. Pure: its state comes from the samples alone, their times included. */
export interface Detector {
  /** Is called only with the kinds of outcome that the plugin reads. */
  observe(sample: Sample): Verdict;
  /**
   * Its state, as plain data that JSON carries, with a version. A detector without these two starts learning again where
   * a recording begins in mid-session and after a jump of a replay.
   */
  save?(): Json;
  /** Loads what `save` returned. Throws a StateError for anything else; the detector must not be used afterwards. */
  load?(saved: Json): void;
}

/** A detector's file exports one of these; help and screens derive from it. */
export interface DetectorPlugin {
  name: string;
  summary: string;
  /** The kinds of outcome it is called with. The first names the witness that its alarms are evidence of. */
  reads: readonly OutcomeKind[];
  options: OptionSpecs;
  create(options: Record<string, number>): Detector;
}

/** A plugin with its options filled in: makes a detector for each target. */
export interface DetectorChoice {
  plugin: DetectorPlugin;
  options: Record<string, number>;
}

/** The witness that a detector's alarms are evidence of. */
export function witnessOf({ reads }: DetectorPlugin): EvidenceWitness {
  return OUTCOMES[reads[0]!].witness;
}

/** The same for each of these detectors, by its name. */
export function witnessesOf(choices: readonly DetectorChoice[]): ReadonlyMap<string, EvidenceWitness> {
  return new Map(choices.map(({ plugin }) => [plugin.name, witnessOf(plugin)]));
}

/** Whether a detector saves and loads its state. */
export function savesState({ save, load }: Detector): boolean {
  return typeof save === 'function' && typeof load === 'function';
}
