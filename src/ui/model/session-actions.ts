import type { Millis, TargetId } from '../../core/sample.js';
import type { Action } from '../keys/keys.js';
import type { Controls } from './controls.js';
import type { SessionAction } from './press.js';
import type { Prompt } from './prompt.js';

/** Acts on the session or the chosen target; returns the controls that change. */
export type SessionHandler = (
  chosen: TargetId | undefined,
  controls: Controls,
) => Partial<Controls> | undefined;

/** A question that a key opens; the answer is a line of text. */
export interface Question {
  label: string;
  /** The initial text. */
  text?: string;
  /** Rejects with an error that says why the text is refused; `answer` follows once it resolves. */
  check?(text: string): Promise<void>;
  /** What Enter does instead of answering while nothing is typed and the tour offers an event. */
  whenEmpty?: Action;
  panel?: Prompt['panel'];
  /** Throws an error that says why the text is refused; `at` is the moment at the cursor. */
  answer?(text: string, at?: Millis): void;
  /** The controls that change while the text is typed; the text is empty when the question is cancelled. */
  typing?(text: string): Partial<Controls>;
}

/** The handlers of keys that act on the session. */
export interface SessionKeys {
  acts: Partial<Record<SessionAction | 'left' | 'right', SessionHandler>>;
  /** A question may depend on the controls and the chosen target. */
  questions: Partial<
    Record<SessionAction, Question | ((controls: Controls, chosen: TargetId | undefined) => Question)>
  >;
}

/** Asks for the filter of the list, which applies while it is typed. */
export function filterQuestion({ listing }: Controls): Question {
  const { filter } = listing;
  return { label: 'filter', text: filter, typing: text => ({ listing: { ...listing, filter: text } }) };
}
