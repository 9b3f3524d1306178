import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Score } from '../../src/evaluation/score.js';
import type { TruthItem } from '../../src/evaluation/truth.js';
import { checkClaims } from '../../src/lab/claims.js';
import { claimText, hypervisorSays } from '../../src/lab/narrator.js';
import type { Made } from '../../src/lab/play.js';
import type { Seen } from '../../src/lab/reader.js';

const test = suite('narrator and claims');

/** 12:00:03.120 UTC. */
const STOP = Date.UTC(2026, 10, 20, 12, 0, 3, 120) / 1000;
const happened = (type: TruthItem['type'], seconds: number): TruthItem => ({
  type,
  target: 'vm',
  stop: STOP,
  resume: STOP + seconds,
  note: '',
});

test('reports what the hypervisor did, at its own times', () => {
  assert.is(
    hypervisorSays(happened('migration', 0.277)),
    'hypervisor: STOP 12:00:03.120 UTC, RESUME +277 ms: migration completed',
  );
  assert.is(
    hypervisorSays({ ...happened('migration', 0.277), away: STOP - 1, back: STOP + 6.3 }),
    'hypervisor: STOP 12:00:03.120 UTC, RESUME +277 ms, network back +6.30 s: migration completed',
  );
  assert.match(hypervisorSays(happened('migration', 0.0091)), /RESUME \+9\.1 ms/);
  assert.is(
    hypervisorSays(happened('outage', 12.008)),
    'lab: cut 12:00:03.120 UTC, carrying again +12.01 s: cable cut, nothing migrated',
  );
});

test('states what is expected', () => {
  assert.is(
    claimText({ kind: 'migration', viewer: 'plays' }),
    'expected: light red, migration; the viewer plays on',
  );
  assert.is(
    claimText({ kind: 'outage', viewer: 'stalls' }),
    'expected: light amber, outage; the viewer stalls',
  );
});

const truth = happened('migration', 8);
const seen = (seconds: number, lowestMs: number, stalledMs: number): Seen => ({
  at: (STOP + seconds) * 1000,
  state: stalledMs > 0 ? 'stalled' : 'playing',
  lowestMs,
  stalledMs,
});
const told = (kind: 'migration' | 'outage', red: boolean) =>
  ({ matches: [{ truth, target: 'vm', detection: { target: 'vm', kind, red, at: 0 } }] }) as unknown as Score;
const claimed = (viewer: 'plays' | 'stalls'): Made[] => [{ claim: { kind: 'migration', viewer }, truth }];
/** It had 6 s, ran dry during the 8 s, and stood still for 2.5 s in all. */
const STALLED = [seen(-1, 6000, 0), seen(6.5, 0, 500), seen(9, 0, 2500)];
const PLAYED = [seen(-1, 6000, 0), seen(1, 5100, 0), seen(3, 5600, 0)];

test('a claim holds where light, kind and viewer are as claimed', () => {
  const [stalls] = checkClaims(claimed('stalls'), told('migration', true), STALLED);
  assert.equal(stalls, {
    claim: 'expected: light red, migration; the viewer stalls',
    seen: 'vm: red migration; the viewer stalled for 2.5 s',
    holds: true,
  });
  const [plays] = checkClaims(claimed('plays'), told('migration', true), PLAYED);
  assert.is(plays!.holds, true);
  assert.match(plays!.seen, /the viewer had 5\.1 s or more/);
});

test('and fails where one of them is otherwise, or was not seen', () => {
  const fails: [Score, Made[], Seen[]][] = [
    [told('outage', false), claimed('stalls'), STALLED],
    [told('migration', false), claimed('stalls'), STALLED],
    [told('migration', true), claimed('plays'), STALLED],
    [told('migration', true), claimed('stalls'), PLAYED],
    [told('migration', true), claimed('plays'), []],
    [{ matches: [] } as unknown as Score, claimed('plays'), PLAYED],
    [{ matches: [{ truth, target: 'vm' }] } as unknown as Score, claimed('plays'), PLAYED],
  ];
  for (const [score, made, playback] of fails)
    assert.is(
      checkClaims(made, score, playback)[0]!.holds,
      false,
      checkClaims(made, score, playback)[0]!.seen,
    );
});

test.run();
