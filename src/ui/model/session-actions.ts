import type { Millis, TargetId } from '../../core/sample.js';
import type { Controls, SessionAction } from './controls.js';

/** What a key does to the session, or to the target that is looked at; returns how what is looked at changes with it. */
export type Act = (chosen: TargetId | undefined) => Partial<Controls> | undefined;

/** A line of text that a key asks for. */
export interface Question {
  label: string;
  /** What it begins with. */
  text?: string;
  /** Throws what is wrong with the text, in words; `at` is the moment that is read off the graph. */
  answer?(text: string, at?: Millis): void;
  /** How what is typed so far changes what is looked at; nothing is typed where the question is left. */
  typing?(text: string): Partial<Controls>;
}

/** What keys do to the session, beyond choosing what is looked at. */
export interface SessionKeys {
  acts: Partial<Record<SessionAction, Act>>;
  /** A question may depend on what is looked at. */
  questions: Partial<
    Record<SessionAction, Question | ((controls: Controls, chosen: TargetId | undefined) => Question)>
  >;
}

/** Asks for the filter of the list, which applies while it is typed. */
export function filterQuestion({ listing }: Controls): Question {
  const { filter } = listing;
  return { label: 'filter', text: filter, typing: text => ({ listing: { ...listing, filter: text } }) };
}
