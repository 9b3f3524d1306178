import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseDetector } from '../../../detectors/index.js';
import { type Millis, type Sample, toMicros } from '../../../src/core/sample.js';
import { encodeRow } from '../../../src/recording/format.js';
import { Recorder } from '../../../src/recording/recorder.js';
import { SessionEngine } from '../../../src/session/engine.js';
import { HEADER, HOLD } from '../../recording/session.js';
import { inOrder, START, scenario } from '../../support/scenario.js';

/** With windows as small as they may be, so that a million recordings are read in half an hour. */
const CHOICES = [
  'threshold:window=50',
  'z-score:window=50',
  'cusum:window=50',
  'loss',
  'clock-step',
  'announcement',
].map(chooseDetector);

/** Where the recording begins: in the middle of a gap, with a viewer that stalls and a clock that stepped. */
const BEGUN_AT = START + 3700;

/** Two targets with every kind of outcome: an echo that is lost and slow, a clock, announcements and a viewer. */
function session(): Sample[] {
  const track = `${'.'.repeat(10)}xxxxxxx${'.'.repeat(12)}ppppp${'.'.repeat(20)}L.u.x.s${'.'.repeat(20)}`;
  const echoes = scenario(track, { target: 'a', leadIn: 60 });
  const others = scenario(track.replaceAll('x', 's'), {
    target: 'b',
    leadIn: 60,
    seed: 9,
    startMs: START + 25,
  });
  const beside = echoes.flatMap(({ at, seq, target }): Sample[] => {
    const base = { at, target, seq };
    const offsetMs = -500 - (seq % 2) - (at > START + 3900 ? 340 : 0);
    const clock = {
      ...base,
      knownAt: at + 1,
      probe: 'clock',
      outcome: { kind: 'clock', offsetMs, rttMs: 1, via: 'icmp' },
    } as const;
    const moved = {
      ...base,
      knownAt: at,
      probe: 'announce',
      outcome: { kind: 'announce', via: 'rarp', mac: '52:54:00:00:00:01', gratuitous: true },
    } as const;
    const stalled = at > START + 3800 && at < START + 4500;
    const seen = {
      state: stalled ? 'stalled' : 'playing',
      bufferMs: stalled ? 0 : 900,
      lowestMs: 0,
      stalls: 1,
      stalledMs: 100,
    };
    const viewer = {
      ...base,
      knownAt: at + 2,
      probe: 'stream',
      outcome: { kind: 'playback', ...seen },
    } as Sample;
    return [
      ...(seq % 3 === 0 ? [clock] : []),
      ...(seq % 40 === 2 ? [moved] : []),
      ...(seq % 10 === 4 ? [viewer] : []),
    ];
  });
  return inOrder(echoes, others, beside).map(sample => ({ ...sample, knownAt: toMicros(sample.knownAt) }));
}

/**
 * A recording that was begun in mid-session, as lines: it holds the state of all that was known by then, and what came
 * for so long after.
 */
export function midSession(folder: string, lengthMs: Millis): string[] {
  const judging = new SessionEngine(CHOICES, HOLD);
  const path = join(folder, `seed-${lengthMs}.jsonl`);
  let recorder: Recorder | undefined;
  let time = START;
  const expect = { type: 'expect' as const, data: { at: START, targets: ['a'], budgetMs: 300 } };
  judging.take(expect);
  for (const sample of session()) {
    time = sample.knownAt;
    if (time > BEGUN_AT + lengthMs) break;
    const step = judging.take(sample)!;
    if (time >= BEGUN_AT)
      recorder ??= Recorder.open(
        path,
        {},
        {
          now: () => time,
          wall: () => time,
          header: () => ({
            ...HEADER,
            plan: {
              ...HEADER.plan,
              detectors: CHOICES.map(({ plugin, options }) => ({ name: plugin.name, options })),
            },
          }),
          opening: () => judging.opening(() => {}),
          say: () => {},
        },
      );
    recorder?.take(step);
  }
  for (const row of judging.closing(time)) recorder!.add(row);
  recorder!.close();
  return readFileSync(path, 'utf8').trimEnd().split('\n');
}

/** The same as the first releases wrote it: with a state that is not read any more, and nothing that tells streams anew. */
export function asFormerly(lines: readonly string[]): string[] {
  const learned = encodeRow({ type: 'learned', data: { part: 0, parts: 1, deflate: 'A'.repeat(4000) } });
  const rest = lines.filter(line => !/^\["(state|sync)"/.test(line));
  return [rest[0]!, learned.trimEnd(), ...rest.slice(1)];
}
