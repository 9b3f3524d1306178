import type { Evidence } from '../event.js';
import type { Features } from '../judge/features.js';
import type { EvidenceWitness } from '../outcomes.js';
import type { Weights } from './causes.js';

/** One observation, and what it says about each cause. */
export interface Finding {
  /** Stable: lower-case words joined by "-". */
  id: string;
  weights: Weights;
  holds(found: Features): boolean;
}

/**
 * What a witness is asked about a disturbance. The first finding that holds is the answer; without one the witness is
 * silent. The questions are chosen so that, given the cause, the answer to one says little about that to another: then
 * the weights of the answers add up.
 */
export interface Question {
  asks: string;
  witness: EvidenceWitness;
  findings: readonly Finding[];
  /** The observation in words, for the lists of evidence. */
  describe(found: Features): readonly Observation[];
}

export type Observation = Omit<Evidence, 'witness'>;
