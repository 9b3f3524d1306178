import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type Deferred, deferred } from '../system/deferred.js';

/** An event that QEMU sends without a command. */
export interface QmpEvent {
  event: string;
  data?: Record<string, unknown>;
  /** Unix seconds by the host's clock, to the microsecond. */
  at: number;
}

interface Message {
  QMP?: object;
  return?: unknown;
  error?: { class: string; desc: string };
  event?: string;
  data?: Record<string, unknown>;
  timestamp?: { seconds: number; microseconds: number };
}

interface Waiting extends Deferred<QmpEvent> {
  fits(event: QmpEvent): boolean;
}

const OPEN_MS = 10_000;
const RETRY_MS = 10;

/** QEMU's machine protocol (QMP) on a unix socket: commands are answered in their order, events come between. */
export class Qmp {
  private readonly commands: Deferred<unknown>[] = [];
  private readonly waiting = new Set<Waiting>();
  private ended: Error | undefined;

  private constructor(private readonly socket: Socket) {
    const lines = createInterface(socket).on('line', line => this.take(JSON.parse(line)));
    // The interface repeats the errors of its socket; both would crash the process if they were not handled.
    for (const source of [socket, lines])
      source.on('error', cause => this.end(new Error('the control socket of QEMU failed', { cause })));
    socket.on('close', () => this.end(new Error('QEMU closed its control socket')));
  }

  /** Connects as soon as QEMU listens at `path`. `alive` returns whether it makes sense to keep waiting. */
  static async connect(path: string, alive: () => boolean): Promise<Qmp> {
    for (let tries = OPEN_MS / RETRY_MS; ; tries--) {
      const socket = createConnection(path);
      try {
        await once(socket, 'connect');
        const qmp = new Qmp(socket);
        await qmp.execute('qmp_capabilities');
        return qmp;
      } catch (cause) {
        if (tries === 0 || !alive()) throw new Error(`QEMU does not listen at ${path}`, { cause });
        await new Promise(done => setTimeout(done, RETRY_MS));
      }
    }
  }

  /** Rejects with QEMU's error message if it refuses. */
  execute(command: string, args?: object): Promise<unknown> {
    const reply = deferred<unknown>();
    if (this.ended) reply.reject(this.ended);
    else {
      this.commands.push(reply);
      this.socket.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }) })}\n`);
    }
    return reply.promise.catch(cause => {
      throw new Error(`QEMU: ${command}: ${cause.message}`, { cause });
    });
  }

  /** The next event of that name whose data has these values. Call it before the command that causes the event. */
  next(name: string, data: Record<string, unknown> = {}): Promise<QmpEvent> {
    const entry: Waiting = {
      ...deferred<QmpEvent>(),
      fits: event =>
        event.event === name && Object.entries(data).every(([key, value]) => event.data?.[key] === value),
    };
    if (this.ended) entry.reject(this.ended);
    else this.waiting.add(entry);
    // The caller may start to wait only after QEMU ended; the rejection is kept for it.
    entry.promise.catch(() => {});
    return entry.promise;
  }

  close(): void {
    this.socket.destroy();
  }

  private take(message: Message): void {
    if (message.event !== undefined) this.tell(message);
    else if (message.error) this.commands.shift()?.reject(new Error(message.error.desc));
    else if ('return' in message) this.commands.shift()?.resolve(message.return);
  }

  private tell({ event, data, timestamp }: Message): void {
    const at = timestamp!.seconds + timestamp!.microseconds / 1e6;
    const told: QmpEvent = { event: event!, at, ...(data && { data }) };
    for (const entry of this.waiting) {
      if (!entry.fits(told)) continue;
      this.waiting.delete(entry);
      entry.resolve(told);
    }
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const entry of [...this.commands.splice(0), ...this.waiting]) entry.reject(error);
    this.waiting.clear();
  }
}
