import { Player } from '../../probes/stream/player.js';
import type { Sample } from '../../src/core/sample.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { CountedState } from './counted-state.js';
import { START, SyntheticSession } from './synthetic.js';

const STREAM = {
  url: 'http://10.0.0.2/clip.mp4',
  rate: 2500,
  bufferMs: 10_000,
  startMs: 2000,
  rebufferMs: 2000,
};
const REPORT = 200;

/**
 * The synthetic session, `db` serving a viewer: from the start on 600 ms of media every 200 ms while there is room, and
 * none in the seconds that `lulls` names.
 */
export function viewedSession(seconds: number, lulls: readonly [from: number, to: number][]): ViewInputs {
  const session = new SyntheticSession(['web', 'db']);
  const state = new CountedState({ targets: 2, intervalMs: 50 });
  for (const step of session.take(seconds)) state.take(step);
  for (const sample of playbacks(seconds, lulls))
    state.take({ sample, verdicts: [], lights: [], events: [] });
  const targets = session.info.targets.map(info =>
    info.name === 'db' ? { ...info, witnesses: ['echo', 'stream'], stream: STREAM } : info,
  );
  return { state, info: { ...session.info, targets }, now: START + 1000 * seconds, holdMs: 30_000 };
}

function playbacks(seconds: number, lulls: readonly [from: number, to: number][]): Sample[] {
  const player = new Player(STREAM, START);
  return Array.from({ length: (1000 * seconds) / REPORT }, (_, seq) => {
    const at = START + seq * REPORT;
    const second = (at - START) / 1000;
    const silent = lulls.some(([from, to]) => second > from && second <= to);
    if (!silent && player.fullFor(at) === 0) player.receive(at, (3 * REPORT * STREAM.rate) / 8);
    const trouble = silent && player.report(at).state === 'stalled' ? { trouble: 'no data for 5 s' } : {};
    const outcome = { kind: 'playback' as const, ...player.report(at), ...trouble };
    return { at, knownAt: at, target: '10.0.0.2', probe: 'stream', seq, outcome };
  });
}
