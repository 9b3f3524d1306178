import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultChoices } from '../../detectors/index.js';
import { Pipeline } from '../../src/core/pipeline.js';
import type { Millis, Sample } from '../../src/core/sample.js';
import type { Step } from '../../src/core/step.js';
import { type Entry, isSample, RecordingReader } from '../../src/recording/reader.js';
import { Recorder, type RecorderPorts } from '../../src/recording/recorder.js';
import type { Header } from '../../src/recording/rows.js';
import { stateRows } from '../../src/recording/state-rows.js';
import { START } from '../support/scenario.js';

export const HOLD: Millis = 1500;

export const HEADER: Header = {
  tool: '0.1.0',
  host: 'jump\u001b[31mhost',
  startedAt: START,
  clock: { wallMs: START, monotonicMs: 12_345.678 },
  plan: {
    intervalMs: 50,
    timeoutMs: 1000,
    holdMs: HOLD,
    detectors: defaultChoices().map(({ plugin, options }) => ({ name: plugin.name, options })),
  },
  targets: ['a', 'b'].map(target => ({
    target,
    name: target,
    address: '192.0.2.1',
    backend: 'icmp-datagram',
    witnesses: ['echo'],
    simulated: false,
  })),
};

const scratches: string[] = [];
process.on('exit', () => {
  for (const folder of scratches) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone when the process ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-test-'));
  scratches.push(folder);
  return folder;
}

/** A session without probers: its time is that of its samples. */
export class FakeSession {
  readonly pipeline = new Pipeline(defaultChoices(), { holdMs: HOLD });
  readonly said: string[] = [];
  time = START;
  wallAhead = 0;

  get ports(): RecorderPorts {
    return {
      now: () => this.time,
      wall: () => this.time + this.wallAhead,
      header: () => HEADER,
      opening: () => stateRows(this.pipeline),
      say: text => this.said.push(text),
    };
  }

  /** Judges samples and gives them to the recorder, if there is one by then. */
  run(samples: readonly Sample[], recorder?: Recorder): Step[] {
    return samples.map(sample => {
      this.time = sample.knownAt;
      const step = this.pipeline.step(sample);
      recorder?.take(step);
      return step;
    });
  }
}

export function record(path: string, samples: readonly Sample[], from = 0): Step[] {
  const session = new FakeSession();
  const before = session.run(samples.slice(0, from));
  const recorder = Recorder.open(path, {}, session.ports);
  const after = session.run(samples.slice(from), recorder);
  recorder.close();
  return [...before, ...after];
}

export function readAll(path: string) {
  const reader = RecordingReader.open(path);
  const entries: Entry[] = [];
  for (let chunk = reader.read(); chunk; chunk = reader.read()) entries.push(...chunk);
  reader.close();
  return { header: reader.header, entries, samples: entries.filter(isSample), ending: reader.ending! };
}
