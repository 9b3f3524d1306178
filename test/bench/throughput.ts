/**
 * Samples a second through all detectors and the judge, on one core: an hour of one target at 20 Hz, with a lost or
 * a slow echo here and there, so that events are opened and judged as well. Each sample is made from columns of numbers
 * right before it is judged, as a prober's batch or a recording is read, and the making counts.
 */
import { defaultChoices } from '../../detectors/index.js';
import { Pipeline } from '../../src/core/pipeline.js';
import type { Outcome, Sample } from '../../src/core/sample.js';
import { scenario } from '../support/scenario.js';
import { quantile } from './pcap.js';
import type { Row } from './row.js';

const MIN_PER_SECOND = 700_000;
const ROUNDS = 15;
const MINUTE = `${'.'.repeat(500)}s${'.'.repeat(500)}x${'.'.repeat(193)}xxxxx`;

/** The median of the rounds. */
export function throughput(): Promise<Row[]> {
  const samples = columns(scenario(MINUTE.repeat(60)));
  const rates = Array.from({ length: ROUNDS }, () => {
    const pipeline = new Pipeline(defaultChoices(), { holdMs: 30_000 });
    const begun = performance.now();
    for (let row = 0; row < samples.length; row++) pipeline.step(samples.at(row));
    return samples.length / ((performance.now() - begun) / 1000);
  });
  const median = quantile(rates, 0.5);
  return Promise.resolve([
    {
      figure: 'samples a second through all detectors and the judge',
      measured: Math.round(median).toLocaleString('en'),
      target: `≥ ${MIN_PER_SECOND.toLocaleString('en')}`,
      ok: median >= MIN_PER_SECOND,
    },
  ]);
}

const OUTCOMES: Record<string, (value: number) => Outcome> = {
  reply: rttMs => ({ kind: 'reply', rttMs, ttl: 64, stamp: 'kernel' }),
  overdue: waitedMs => ({ kind: 'overdue', waitedMs }),
  lost: () => ({ kind: 'lost', reason: 'timeout' }),
};
const KINDS = Object.keys(OUTCOMES);
const MAKERS = Object.values(OUTCOMES);

function columns(samples: readonly Sample[]) {
  const ats = Float64Array.from(samples, sample => sample.at);
  const knownAts = Float64Array.from(samples, sample => sample.knownAt);
  const seqs = Float64Array.from(samples, sample => sample.seq);
  const kinds = Uint8Array.from(samples, ({ outcome }) => KINDS.indexOf(outcome.kind));
  const values = Float64Array.from(samples, ({ outcome }) => ('rttMs' in outcome ? outcome.rttMs : 50));
  return {
    length: samples.length,
    at: (row: number): Sample => ({
      at: ats[row]!,
      knownAt: knownAts[row]!,
      target: 'vm',
      probe: 'icmp',
      seq: seqs[row]!,
      outcome: MAKERS[kinds[row]!]!(values[row]!),
    }),
  };
}
