import type { Millis } from '../../core/sample.js';
import type { Controls } from '../model/controls.js';
import { type KeyPress, type Prompt, typed } from '../model/prompt.js';
import type { Question } from '../model/session-actions.js';

/** The question that waits for its answer: until then keys go to it alone. */
export class PromptLine {
  private question: Question | undefined;

  get waits(): boolean {
    return this.question !== undefined;
  }

  /** How asking changes what is shown. */
  ask(question: Question): Partial<Controls> {
    this.question = question;
    const { label, text = '', panel } = question;
    return { prompt: { label, text, ...(panel && { panel }) }, help: false };
  }

  /** What is shown after a key. */
  answered(press: KeyPress, controls: Controls): Controls {
    const { prompt, ...rest } = controls;
    const { question } = this;
    if (!question || !prompt) return controls;
    const next = typed(prompt, press);
    const kept =
      next === 'entered'
        ? submitted(question, prompt, controls.cursor?.at)
        : next === 'left'
          ? undefined
          : next;
    if (!kept) this.question = undefined;
    const text = next === 'left' ? '' : (kept ?? prompt).text;
    return { ...rest, ...question.typing?.(text), ...(kept && { prompt: kept }) };
  }
}

/** The prompt stays, with what was wrong, until the answer is taken. */
function submitted(question: Question, prompt: Prompt, at: Millis | undefined): Prompt | undefined {
  try {
    question.answer?.(prompt.text, at);
    return undefined;
  } catch (error) {
    return { ...prompt, problem: (error as Error).message };
  }
}
