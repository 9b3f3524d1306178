/**
 * The messages between the main process and the privileged one, as JSON. The main process runs third-party code, so the
 * privileged one checks every field of a request that it uses.
 */
import { isIP } from 'node:net';
import {
  type Check,
  isCount,
  isDuration,
  isListOf,
  isOneOf,
  isOptional,
  isShaped,
  isText,
  isTruth,
} from '../../src/core/validation/shape.js';
import { TRIAL_SOCKETS, type Trial } from '../net/trial.js';
import type { Batch } from '../thread/codec.js';
import type { ToWorker, WorkerPlan } from '../thread/messages.js';
import type { FromThread } from '../thread/ports.js';

/** The number of a request. A thread is identified by the number of the request that started it. */
interface Numbered {
  call: number;
}

export type Request = Numbered &
  (
    | { kind: 'try'; trial: Trial }
    | { kind: 'start'; order: WorkerPlan }
    | { kind: 'send'; message: ToWorker }
  );

export type Answer = Numbered &
  (
    | { kind: 'done' }
    /** The request failed, or the thread has ended; `code` is the kernel's. */
    | { kind: 'failed'; message: string; code?: string | undefined }
    | { kind: 'received'; message: Exclude<FromThread, { kind: 'batch' }> | PackedBatch }
  );

/** A batch of samples as JSON holds it. */
export interface PackedBatch {
  kind: 'batch';
  /** The bytes of its rows in base64. */
  rows: string;
  texts: [row: number, text: string][];
}

export function packBatch({ rows, texts }: Batch): PackedBatch {
  const bytes = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
  return { kind: 'batch', rows: bytes.toString('base64'), texts: [...texts] };
}

export function unpackBatch({ rows, texts }: PackedBatch): Batch {
  // A copy, since a Float64Array must begin at a multiple of 8 bytes.
  const { buffer } = Uint8Array.from(Buffer.from(rows, 'base64'));
  return { rows: new Float64Array(buffer), texts: new Map(texts) };
}

/** The shortest that `-i` allows. */
const MIN_INTERVAL_MS = 2;
const MAX_TARGETS = 2 ** 20;

const isIndex: Check = value => isCount(value) && (value as number) < MAX_TARGETS;
const isPort: Check = value => isCount(value) && (value as number) < 2 ** 16;
const isInterval: Check = value => isDuration(value) && (value as number) >= MIN_INTERVAL_MS;
const isFamily = isOneOf(4, 6);
const isAddress: Check = value => isText(value) && isIP((value as string).split('%')[0]!) > 0;

const isTarget = isShaped({ id: isText, address: isAddress, family: isFamily, phaseMs: isDuration });
const isPlan = isShaped({
  targets: isListOf(isTarget),
  intervalMs: isInterval,
  timeoutMs: isDuration,
  interface: isOptional(isText),
  origin: isShaped({ wallMs: isDuration, monotonicMs: isDuration, speed: isOneOf(1) }),
});
const isOrder = isShaped({
  kind: isOneOf('datagram', 'raw', 'none'),
  plan: isPlan,
  clocks: isOptional(isShaped({ icmp: isTruth, tcpPort: isPort })),
  announce: isOptional(isTruth),
});

const MESSAGES: Record<ToWorker['kind'], Check> = {
  stop: () => true,
  add: isShaped({ index: isIndex, target: isTarget }),
  remove: isShaped({ index: isIndex, target: isText }),
  readdress: isShaped({ index: isIndex, id: isText, address: isAddress, family: isFamily }),
};
const REQUESTS: Record<Request['kind'], Check> = {
  try: isShaped({ trial: isShaped({ socket: isOneOf(...TRIAL_SOCKETS), family: isFamily }) }),
  start: isShaped({ order: isOrder }),
  send: isShaped({ message: isOneKindOf(MESSAGES) }),
};
const isRequest: Check = value => isShaped({ call: isCount })(value) && isOneKindOf(REQUESTS)(value);

/** The message as a checked request. Throws a TypeError for anything else. */
export function readRequest(message: unknown): Request {
  if (isRequest(message)) return message as Request;
  throw new TypeError('not a request of the main process');
}

function isOneKindOf(checks: Record<string, Check>): Check {
  const isKind = isShaped({ kind: isOneOf(...Object.keys(checks)) });
  return value => isKind(value) && checks[(value as { kind: string }).kind]!(value);
}
