import type { MigrationEvent } from '../../core/event.js';
import type { Millis, TargetId } from '../../core/sample.js';
import { type Command, refusalOf, runCommand } from './command.js';
import { type AlertMessage, alertEnvironment, alertJson } from './message.js';

export interface HookPorts {
  /** The fields of an event's message beside the event. */
  about(event: MigrationEvent): Omit<AlertMessage, 'event'>;
  say(text: string): void;
  env: Record<string, string | undefined>;
}

/** A cluster that fails as a whole must not start one process a target. */
const MAX_RUNNING = 4;
/** Events that the command ran for; older ones do not change any more. */
const CAPACITY = 1000;
/** How long commands may go on after the end of the session. */
const END_TIMEOUT_MS: Millis = 2000;

/**
 * Runs a command when an event turns red (`open`) and when one is over (`closed`), of any kind. Runs one at
 * a time for a target; meanwhile the newest message of that target waits and older ones are dropped.
 */
export class EventHook {
  private readonly handled = new Map<string, MigrationEvent['state']>();
  private readonly waiting = new Map<TargetId, AlertMessage>();
  private readonly running = new Map<TargetId, Command>();
  private dropped = 0;
  private lastSaid = '';
  private drained: (() => void) | undefined;

  /** `limitMs` is how long the command may take. */
  constructor(
    private readonly words: readonly string[],
    private readonly ports: HookPorts,
    private readonly limitMs: Millis = 10_000,
  ) {}

  take(event: MigrationEvent): void {
    if (!this.isNews(event)) return;
    this.handled.set(event.id, event.state);
    if (this.handled.size > CAPACITY) this.handled.delete(this.handled.keys().next().value!);
    if (this.waiting.has(event.target)) this.dropped++;
    this.waiting.set(event.target, { event, ...this.ports.about(event) });
    this.next();
  }

  /** Runs what waits, for at most 2 s, and then ends what still runs. `say` gets messages from now on. */
  async close(say = this.ports.say): Promise<void> {
    this.ports.say = say;
    if (this.running.size > 0)
      await new Promise<void>(done => {
        this.drained = done;
        setTimeout(done, END_TIMEOUT_MS).unref();
      });
    this.waiting.clear();
    for (const [target, command] of this.running) {
      this.say(`ended early for ${target}, as the session is over`);
      command.kill();
    }
    if (this.dropped > 0) this.say(`too slow: ${this.dropped} times it was not run, as there was newer news`);
  }

  private isNews({ id, state, red }: MigrationEvent): boolean {
    const before = this.handled.get(id);
    return state === 'closed' ? before !== 'closed' : before === undefined && red;
  }

  private next(): void {
    for (const [target, news] of this.waiting) {
      if (this.running.size >= MAX_RUNNING) return;
      if (!this.running.has(target)) void this.run(target, news);
    }
    if (this.running.size === 0) this.drained?.();
  }

  private async run(target: TargetId, news: AlertMessage): Promise<void> {
    this.waiting.delete(target);
    try {
      const command = runCommand(this.words, {
        input: alertJson(news),
        env: alertEnvironment(news, this.ports.env),
        limitMs: this.limitMs,
      });
      this.running.set(target, command);
      const trouble = await command.ended;
      if (trouble) this.say(trouble);
    } catch (error) {
      this.say(refusalOf(error as Error));
    }
    this.running.delete(target);
    this.next();
  }

  /** Reports an error that repeats for every event only once. */
  private say(text: string): void {
    if (text !== this.lastSaid) this.ports.say(`--on-event ${this.words[0]}: ${text}`);
    this.lastSaid = text;
  }
}
