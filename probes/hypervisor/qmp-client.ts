import { createConnection, type Socket } from 'node:net';
import { isNestedTooDeep } from '../../src/core/format/nesting.js';
import { clip, printable } from '../../src/core/format/text.js';
import type { Millis } from '../../src/core/sample.js';
import { isCount, isRecord } from '../../src/core/validation/shape.js';
import { takeLines } from '../../src/system/text-lines.js';
import { FLOOD, LineRate } from './line-rate.js';

/** The only commands that are ever sent. Each of them reads, except the first, which QMP demands of every client. */
export type QmpCommand =
  | 'qmp_capabilities'
  | 'query-name'
  | 'query-chardev'
  | 'query-status'
  | 'query-migrate'
  | 'query-migrate-capabilities'
  | 'query-migrate-parameters';

/** An answer, with the moments on our time line when the command was sent and its answer arrived. */
export interface QmpAnswer {
  value: unknown;
  sentAt: Millis;
  receivedAt: Millis;
}

export interface QmpEvent {
  event: string;
  data: Readonly<Record<string, unknown>>;
  /** By the hypervisor's clock, in ms since 1970. */
  hostAt: Millis;
  receivedAt: Millis;
  /** It happened after the latest answered command was sent, since QMP keeps the order. */
  after: Millis;
}

interface QmpClientPorts {
  now(): Millis;
  event(event: QmpEvent): void;
  /** The connection ended, in words; called once. */
  ended(error: Error): void;
}

/** An error that QEMU answers with; the connection goes on. */
export class QmpRefusal extends Error {}

/** The answer of `query-migrate` takes about 1 kB. */
const MAX_LINE = 262_144;
const MAX_WORDS = 120;
const ANSWER_TIMEOUT_MS: Millis = 5000;

const SLOW = `the greeting of the QMP socket is not complete after ${ANSWER_TIMEOUT_MS / 1000} s`;
const CLOSED = 'QEMU closed the QMP connection';

/** How a socket that another client uses is left alone, and what helps. */
export const BUSY =
  'another client seems to use this QMP socket, which admits one at a time: start QEMU with a second one for migwatch, such as -qmp unix:/run/vm-watch.qmp,server=on,wait=off';

interface Waiting {
  id: number;
  command: QmpCommand;
  sentAt: Millis;
  resolve(answer: QmpAnswer): void;
  reject(error: Error): void;
}

/** A client of QEMU's machine protocol (QMP): one command at a time, events between the answers. */
export class QmpClient {
  private readonly rate = new LineRate();
  private waiting: Waiting | undefined;
  private timer: NodeJS.Timeout | undefined;
  private greeted = false;
  private isOver = false;
  private ids = 0;
  private answeredFrom: Millis = -Infinity;
  private readonly closed: Promise<void>;
  private readonly socket: Socket;

  /** `ready` is called after the greeting. */
  constructor(
    address: { path: string } | { host: string; port: number },
    private readonly ports: QmpClientPorts,
    private readonly ready: () => void,
  ) {
    this.socket = createConnection(address);
    this.socket.on('error', cause => this.end(connectionError(cause)));
    this.closed = takeLines(this.socket, MAX_LINE, line => this.read(line)).then(() =>
      this.end(new Error(CLOSED)),
    );
    this.expectWithin(() => (this.socket.bytesRead > 0 ? SLOW : BUSY));
  }

  /** Rejects with a QmpRefusal if QEMU answers with an error, and never settles if the connection ends. */
  ask(command: QmpCommand): Promise<QmpAnswer> {
    return new Promise((resolve, reject) => {
      if (this.isOver) return;
      const sentAt = this.ports.now();
      this.waiting = { id: ++this.ids, command, sentAt, resolve, reject };
      this.socket.write(`${JSON.stringify({ execute: command, id: this.ids })}\n`);
      this.expectWithin(() => `QEMU does not answer ${command} within ${ANSWER_TIMEOUT_MS / 1000} s`);
    });
  }

  async close(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket.destroy();
    await this.closed;
  }

  private expectWithin(otherwise: () => string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(new Error(otherwise())), ANSWER_TIMEOUT_MS);
  }

  private read(line: string): void {
    if (this.isOver || line.trim() === '') return;
    const message = messageOf(line);
    if (this.rate.exceeds(this.ports.now())) this.end(new Error(`the peer floods: ${FLOOD}`));
    else if (!message) this.end(new Error('the peer does not speak QMP: a line is not a JSON object'));
    else if (!this.greeted) this.greet(message);
    else if (typeof message.event === 'string') this.readEvent(message);
    else this.readAnswer(message);
  }

  private greet(message: Record<string, unknown>): void {
    if (isRecord(message.QMP)) {
      this.greeted = true;
      clearTimeout(this.timer);
      this.ready();
    } else this.end(new Error('the peer does not speak QMP: no greeting'));
  }

  private readEvent({ event, data, timestamp }: Record<string, unknown>): void {
    const { seconds, microseconds } = (isRecord(timestamp) ? timestamp : {}) as Record<string, unknown>;
    if (!isCount(seconds) || !isCount(microseconds) || (seconds as number) > 9e9) return;
    this.ports.event({
      event: (event as string).slice(0, MAX_WORDS),
      data: (isRecord(data) ? data : {}) as Record<string, unknown>,
      hostAt: (seconds as number) * 1000 + (microseconds as number) / 1000,
      receivedAt: this.ports.now(),
      after: this.answeredFrom,
    });
  }

  private readAnswer(message: Record<string, unknown>): void {
    const { waiting } = this;
    if (!waiting || message.id !== waiting.id) return;
    this.waiting = undefined;
    clearTimeout(this.timer);
    const receivedAt = this.ports.now();
    this.answeredFrom = waiting.sentAt;
    if ('return' in message) waiting.resolve({ value: message.return, sentAt: waiting.sentAt, receivedAt });
    else waiting.reject(new QmpRefusal(`QEMU refuses ${waiting.command}: ${wordsOf(message.error)}`));
  }

  private end(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket.destroy();
    this.ports.ended(error);
  }
}

function messageOf(line: string): Record<string, unknown> | undefined {
  if (isNestedTooDeep(line)) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function wordsOf(error: unknown): string {
  const { desc } = (isRecord(error) ? error : {}) as { desc?: unknown };
  return typeof desc === 'string' ? clip(printable(desc), MAX_WORDS) : 'without a reason';
}

/** A full backlog of a unix socket answers EAGAIN: others wait for it already. */
function connectionError(cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'EAGAIN') return new Error(BUSY, { cause });
  if (cause.code === 'ECONNRESET' || cause.code === 'EPIPE') return new Error(CLOSED, { cause });
  if (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED')
    return new Error(`no QEMU listens there (${cause.code})`, { cause });
  if (cause.code === 'EACCES')
    return new Error('this account may not open the socket (EACCES): change its group or mode', {
      cause,
    });
  return new Error(cause.code ?? cause.message, { cause });
}
