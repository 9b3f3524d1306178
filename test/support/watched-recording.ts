import { defaultChoices } from '../../detectors/index.js';
import { witnessesOf } from '../../src/core/detector.js';
import type { Millis } from '../../src/core/sample.js';
import { isSample, RecordingReader, readThrough } from '../../src/recording/reader.js';
import { SessionEngine } from '../../src/session/engine.js';
import { SessionState } from '../../src/ui/model/state.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';

/** A shipped recording as it is on a screen at its end, or at `until`, judged by the default detectors. */
export async function watchedRecording(name: string, until: Millis = Infinity): Promise<ViewInputs> {
  const reader = RecordingReader.open(`recordings/${name}.jsonl`);
  const { header } = reader;
  const engine = new SessionEngine(defaultChoices(), header.plan.holdMs);
  engine.begin(header.targets);
  const { intervalMs, timeoutMs } = header.plan;
  const state = new SessionState({ targets: header.targets.length, intervalMs, tally: engine.tally });
  let now = header.startedAt;
  await readThrough(reader, entry => {
    if (isSample(entry) && entry.knownAt > until) return;
    const step = engine.take(entry);
    if (isSample(entry)) now = entry.knownAt;
    if (step) state.take(step);
  });
  reader.close();
  const { startedAt, targets } = header;
  const packetsPerSecond = (1000 * targets.length) / intervalMs;
  return {
    ...{ state, now, holdMs: 30_000, detectorWitnesses: witnessesOf(defaultChoices()) },
    info: { version: '0.1.0', startedAt, intervalMs, timeoutMs, packetsPerSecond, targets, notices: [] },
  };
}
