import type { MigrationEvent } from '../../core/event.js';
import type { Millis, TargetId } from '../../core/sample.js';
import { type Command, refusalOf, runCommand } from './command.js';
import { type AlertMessage, alertEnvironment, alertJson } from './message.js';

export interface HookPorts {
  /** What there is to tell of an event beside itself. */
  about(event: MigrationEvent): Omit<AlertMessage, 'event'>;
  say(text: string): void;
  env: Record<string, string | undefined>;
}

/** A cluster that fails as a whole must not become as many processes. */
const MAX_RUNNING = 4;
/** Events whose news was told; longer ago than this none is told again. */
const REMEMBERED = 1000;
/** How long those that run may go on when the session is over. */
const FAREWELL: Millis = 2000;

/**
 * Runs a command when an event turns red (`open`) and when one is over (`closed`), whatever it was. Never more than one
 * at a time for a target; while it runs, the newest news of that target waits and older ones are dropped.
 */
export class EventHook {
  private readonly told = new Map<string, MigrationEvent['state']>();
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
    this.told.set(event.id, event.state);
    if (this.told.size > REMEMBERED) this.told.delete(this.told.keys().next().value!);
    if (this.waiting.has(event.target)) this.dropped++;
    this.waiting.set(event.target, { event, ...this.ports.about(event) });
    this.next();
  }

  /** Lets what waits be told, for a moment, and then ends what still runs. From now on `say` is who listens. */
  async close(say = this.ports.say): Promise<void> {
    this.ports.say = say;
    if (this.running.size > 0)
      await new Promise<void>(done => {
        this.drained = done;
        setTimeout(done, FAREWELL).unref();
      });
    this.waiting.clear();
    for (const [target, command] of this.running) {
      this.say(`ended early for ${target}, as the session is over`);
      command.kill();
    }
    if (this.dropped > 0) this.say(`too slow: ${this.dropped} times it was not run, as there was newer news`);
  }

  private isNews({ id, state, red }: MigrationEvent): boolean {
    const before = this.told.get(id);
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

  /** A command that fails for every event says so once. */
  private say(text: string): void {
    if (text !== this.lastSaid) this.ports.say(`--on-event ${this.words[0]}: ${text}`);
    this.lastSaid = text;
  }
}
