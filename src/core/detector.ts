import type { OptionSpecs } from './options.js';
import type { OutcomeKind, Sample } from './sample.js';
import type { Verdict } from './verdict.js';

/** Watches one target. Pure: what it knows comes from the samples alone, their times included. */
export interface Detector {
  /** Is called only with the kinds of outcome that the plugin reads. */
  observe(sample: Sample): Verdict;
}

/** A detector's file exports one of these; everything that is said about it on screen derives from it. */
export interface DetectorPlugin {
  name: string;
  summary: string;
  reads: readonly OutcomeKind[];
  options: OptionSpecs;
  create(options: Record<string, number>): Detector;
}

/** A plugin with its options filled in: makes a detector for each target. */
export interface DetectorChoice {
  plugin: DetectorPlugin;
  options: Record<string, number>;
}
