import { defaultChoices } from '../../../detectors/index.js';
import { OUTCOMES } from '../../core/outcomes.js';
import { type Millis, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import { encodeHeader, encodeRow } from '../../recording/format.js';
import { LogFile } from '../../recording/log-file.js';
import { isSample } from '../../recording/reader.js';
import { type Header, IMPORTED } from '../../recording/rows.js';
import { SampleEncoder } from '../../recording/sample-rows.js';
import { version } from '../../system/version.js';
import { hintFor } from './hints.js';
import { type ImportEntry, witnessOf } from './log.js';
import type { OpenLogs } from './open-logs.js';

export interface Imported {
  path: string;
  samples: number;
  targets: readonly TargetId[];
  startedAt: Millis;
  endedAt: Millis;
}

type OpenLog = OpenLogs['logs'][number];

interface Settings {
  timeoutMs: Millis;
  force: boolean;
  /** If the name is taken, the next free number is added to it. */
  number: boolean;
}

/** Samples that show the interval between probes, before the header can be written. */
const FIRST = 4096;
const BATCH = 4096;
/** The default of a session. */
const HOLD_MS: Millis = 30_000;

/** Writes the samples of logs as a recording. Throws, and leaves no file, if they hold no probe. */
export function importRecording(
  { logs, entries }: Pick<OpenLogs, 'logs'> & { entries: Generator<ImportEntry> },
  pathFor: (startedAt: Millis, target: TargetId) => string,
  settings: Settings,
): Imported {
  const head = take(entries, FIRST);
  const first = head.filter(isSample);
  const [earliest] = first;
  if (!earliest) throw new RangeError(noProbeIn(logs));
  const witnesses = [...new Set(logs.map(({ format }) => witnessOf(format)))];
  const targets = [...new Set(first.map(({ target }) => target))];
  const backends = new Map(first.filter(isEcho).map(({ target, probe }) => [target, probe]));
  const infoOf = (target: TargetId, backend: string): TargetInfo => ({
    ...{ target, name: target, address: target },
    ...{ backend, witnesses, simulated: false },
  });
  const header: Header = {
    tool: version,
    host: IMPORTED,
    startedAt: earliest.knownAt,
    clock: { wallMs: earliest.knownAt, monotonicMs: 0 },
    plan: {
      intervalMs: spacingOf(first) ?? settings.timeoutMs,
      timeoutMs: settings.timeoutMs,
      holdMs: HOLD_MS,
      detectors: defaultChoices().map(({ plugin, options }) => ({ name: plugin.name, options })),
    },
    targets: targets.map(target => infoOf(target, backends.get(target) ?? 'ping')),
  };
  const file = LogFile.create(pathFor(earliest.knownAt, earliest.target), { ...settings, draft: true });
  try {
    file.append(Buffer.from(encodeHeader(header)));
    const known = new Set(targets);
    const encoder = new SampleEncoder();
    let [count, endedAt] = [0, earliest.knownAt];
    for (let batch = head; batch.length > 0; batch = take(entries, BATCH)) {
      const lines = batch.map(sample => {
        if (!isSample(sample)) return encodeRow(sample);
        count++;
        endedAt = Math.max(endedAt, sample.knownAt);
        if (known.has(sample.target)) return encoder.encode(sample);
        known.add(sample.target);
        const info = infoOf(sample.target, sample.probe);
        return encodeRow({ type: 'target', data: { at: sample.knownAt, info } }) + encoder.encode(sample);
      });
      file.append(Buffer.from(lines.join('')));
    }
    file.append(
      Buffer.from(encoder.end() + encodeRow({ type: 'end', data: { at: endedAt, samples: count } })),
    );
    file.publish();
    return { path: file.path, samples: count, targets: [...known], startedAt: earliest.knownAt, endedAt };
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    file.close();
  }
}

function take(entries: Generator<ImportEntry>, most: number): ImportEntry[] {
  const batch: ImportEntry[] = [];
  while (batch.length < most) {
    const { done, value } = entries.next();
    if (done) break;
    batch.push(value);
  }
  return batch;
}

function isEcho({ outcome }: Sample): boolean {
  return OUTCOMES[outcome.kind].witness === 'echo';
}

/** The median time between neighbouring probes of a target. */
function spacingOf(samples: readonly Sample[]): Millis | undefined {
  const last = new Map<TargetId, Sample>();
  const distances: Millis[] = [];
  for (const sample of samples) {
    if (sample.outcome.kind !== 'reply') continue;
    const before = last.get(sample.target);
    last.set(sample.target, sample);
    if (before && sample.seq === before.seq + 1 && sample.at > before.at)
      distances.push(sample.at - before.at);
  }
  const median = distances.sort((a, b) => a - b)[distances.length >> 1];
  return median === undefined ? undefined : toMicros(median);
}

/** What was not read of a log, and what was expected. */
export function reportOf({ path, format, skipped, damage }: OpenLog): string[] {
  const { strange } = skipped;
  const texts = skipped.summaries();
  if (strange !== undefined) texts.push(`not understood: "${strange}"; expected: ${format.example}`);
  return [...texts.map(text => `${path}: ${text}`), ...(damage === undefined ? [] : [damage])];
}

function noProbeIn(logs: OpenLogs['logs']): string {
  const advice = ({ path, format, head }: OpenLog) =>
    `${path}: ${hintFor(head.map(({ text }) => text)) ?? `accepted: ${format.summary}`}`;
  return ['the logs contain no probes', ...logs.flatMap(log => [...reportOf(log), advice(log)])].join('\n');
}
