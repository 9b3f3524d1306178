import { type Bounds, EVENT_KINDS, type Evidence, type LightState, type MigrationEvent } from '../event.js';
import { REPORT } from '../hypervisor/report.js';
import {
  anyNumber,
  type Codec,
  list,
  moment,
  object,
  oneOf,
  optional,
  text,
  truth,
} from '../validation/saved-state.js';
import { EVENT_STREAM } from '../wire/event-stream.js';
import { type RecordedEvent, withRule } from './former-rules.js';

/** One of each witness and detector, and some to spare. */
const MAX_EVIDENCE = 1000;

export const BOUNDS = object<Bounds>({ estimate: anyNumber, low: anyNumber, high: anyNumber });

const EVIDENCE = list(
  object<Evidence>({ witness: text, summary: text, value: optional(anyNumber), unit: optional(text) }),
  MAX_EVIDENCE,
);

const RECORDED = object<RecordedEvent>({
  id: text,
  state: oneOf('open', 'closed'),
  target: text,
  kind: oneOf(...EVENT_KINDS),
  rule: optional(text),
  red: optional(truth),
  startedAt: moment,
  endedAt: optional(moment),
  detectedAt: moment,
  blackoutMs: optional(BOUNDS),
  freezeMs: optional(anyNumber),
  unreachableMs: optional(anyNumber),
  stuntimeMs: optional(anyNumber),
  confidence: anyNumber,
  expected: optional(truth),
  evidence: EVIDENCE,
  against: optional(EVIDENCE),
  reported: optional(REPORT),
  stream: optional(EVENT_STREAM),
});

/** How an event is saved in the state of a session. */
export const EVENT: Codec<MigrationEvent> = {
  save: RECORDED.save,
  load: saved => withRule(RECORDED.load(saved)),
};

export const LIGHT = object<LightState>({
  target: text,
  light: oneOf('green', 'amber', 'red'),
  at: moment,
  why: text,
});
