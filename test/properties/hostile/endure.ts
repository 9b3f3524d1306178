import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventLine } from '../../../src/core/format/event-line.js';
import { analyse } from '../../../src/evaluation/analysis.js';
import { analysisJson } from '../../../src/evaluation/analysis-json.js';
import { analysisText } from '../../../src/evaluation/analysis-text.js';
import { recordedDetectors } from '../../../src/evaluation/recorded-detectors.js';
import { exportCsv } from '../../../src/output/export-csv.js';
import { exportJson } from '../../../src/output/export-json.js';
import { PLOT } from '../../../src/output/report/chart.js';
import { page } from '../../../src/output/report/page.js';
import { survey } from '../../../src/output/report/survey.js';
import { endingNotes } from '../../../src/recording/ending.js';
import { RecordingError } from '../../../src/recording/format.js';
import { RecordingReader } from '../../../src/recording/reader.js';
import { SessionEngine } from '../../../src/session/engine.js';
import { ReplaySource } from '../../../src/sources/replay.js';
import { throughJson } from '../../support/hand-over.js';

/** Messages of errors that no code of ours throws. */
const NOT_OURS =
  /call stack|Invalid (array|string|typed array|time|count)|precision|not a function|undefined|of null|not iterable|must be between|out of memory|Cannot /;

/** Reads a recording and judges it as a replay does. Throws for whatever a user should never see. */
export function endure(path: string, keeps: boolean): void {
  const reader = opened(path);
  if (!reader) return;
  try {
    const { plan } = reader.header;
    const choices = recordedDetectors(plan.detectors, () => {});
    const judging = new SessionEngine(choices, plan.holdMs);
    for (let entries = reader.read(); entries; entries = reader.read())
      for (const entry of entries) for (const event of judging.take(entry)?.events ?? []) eventLine(event);
    check(...endingNotes(reader.ending!), ...judging.notices);
    judging.tally.targetSummaries();
    judging.checklist(true);
    // What is saved of any state is loaded again.
    if (keeps) new SessionEngine(choices, plan.holdMs).load(throughJson(judging.save()));
  } finally {
    reader.close();
  }
}

/** Puts a recording through every command that reads one. */
export async function endureAll(path: string): Promise<void> {
  const reader = opened(path);
  if (!reader) return;
  const { plan } = reader.header;
  await exportJson(reader, () => {});
  reader.close();
  const again = RecordingReader.open(path);
  await exportCsv(again, () => {});
  again.close();
  const choices = recordedDetectors(plan.detectors, () => {});
  const set = { name: 'as recorded', choices, line: 'judged by its own detectors' };
  const analysis = await analyse(path, [set]);
  check(analysisText(analysis), analysisJson([analysis]));
  page(await survey({ path, judging: set, holdMs: plan.holdMs, columns: PLOT }));
  await replayed(path, choices, plan.holdMs);
}

async function replayed(
  path: string,
  choices: ReturnType<typeof recordedDetectors>,
  holdMs: number,
): Promise<void> {
  const folder = join(`${path}.cache`);
  const source = await ReplaySource.open(path, {
    choices,
    holdMs,
    folder,
    lookbackMs: 60_000,
    speed: Infinity,
  });
  const judging = new SessionEngine(choices, holdMs);
  source.onRow = row => void judging.take(row);
  source.onJump = ({ state }) => judging.load(state);
  await source.start(samples => {
    for (const sample of samples) judging.take(sample);
  });
  await source.finished;
  source.seek((source.overview.startedAt + source.overview.endedAt) / 2);
  source.step();
  await source.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Undefined where it is refused in words. */
function opened(path: string): RecordingReader | undefined {
  try {
    return RecordingReader.open(path);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    check(error.message);
    return undefined;
  }
}

function check(...texts: readonly string[]): void {
  for (const text of texts) if (NOT_OURS.test(text)) throw new Error(`an internal error was told: ${text}`);
}
