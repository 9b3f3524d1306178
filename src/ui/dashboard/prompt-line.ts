import type { Action } from '../keys/keys.js';
import type { Controls } from '../model/controls.js';
import { type KeyPress, type Prompt, typed } from '../model/prompt.js';
import type { Question } from '../model/session-actions.js';

/** The question that waits for its answer: until then keys go to it alone. */
export class PromptLine {
  private question: Question | undefined;

  /** `change` applies a change that comes later than its key, when an answer was checked. */
  constructor(private readonly change: (changed: (controls: Controls) => Controls) => void) {}

  get waits(): boolean {
    return this.question !== undefined;
  }

  /** How asking changes what is shown. */
  ask(question: Question): Partial<Controls> {
    this.question = question;
    const { label, text = '', panel } = question;
    return { prompt: { label, text, ...(panel && { panel }) }, help: false };
  }

  /** What is shown once the question is withdrawn, without an answer. */
  withdrawn(controls: Controls): Controls {
    return this.question ? this.closed(controls, this.question, '') : controls;
  }

  /** The action of Enter while nothing is typed, if the question has one. */
  instead(press: KeyPress, { prompt }: Controls): Action | undefined {
    const isEmpty = prompt?.text === '' && !prompt.checking;
    return isEmpty && typed(prompt, press) === 'entered' ? this.question?.whenEmpty : undefined;
  }

  /** What is shown after a key. */
  answered(press: KeyPress, controls: Controls): Controls {
    const { question } = this;
    const { prompt } = controls;
    if (!question || !prompt) return controls;
    const next = typed(prompt, press);
    if (next === 'left') return this.withdrawn(controls);
    if (next !== 'entered') return { ...controls, ...question.typing?.(next.text), prompt: next };
    if (prompt.checking) return controls;
    if (!question.check) return this.submitted(controls, question, prompt);
    const checking = { label: prompt.label, text: prompt.text, checking: true };
    void this.checked(question, checking);
    return { ...controls, prompt: checking };
  }

  /** Answers once the check resolves, unless the question was cancelled meanwhile. */
  private async checked(question: Question, checking: Prompt): Promise<void> {
    const { label, text } = checking;
    const problem = await question.check!(text).then(
      () => undefined,
      (error: Error) => error.message,
    );
    this.change(controls => {
      if (controls.prompt !== checking) return controls;
      if (problem !== undefined) return { ...controls, prompt: { label, text, problem } };
      return this.submitted(controls, question, { label, text });
    });
  }

  /** The prompt stays, with what was wrong, until the answer is taken. */
  private submitted(controls: Controls, question: Question, prompt: Prompt): Controls {
    try {
      question.answer?.(prompt.text, controls.cursor?.at);
      return this.closed(controls, question, prompt.text);
    } catch (error) {
      return { ...controls, prompt: { ...prompt, problem: (error as Error).message } };
    }
  }

  private closed(controls: Controls, question: Question, text: string): Controls {
    const { prompt: _, ...rest } = controls;
    this.question = undefined;
    return { ...rest, ...question.typing?.(text) };
  }
}
