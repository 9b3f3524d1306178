import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kindWord } from '../../src/core/format/kind.js';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { INITIAL } from '../../src/ui/model/controls.js';
import { UNICODE } from '../../src/ui/style/glyphs.js';
import { CountedState } from '../support/counted-state.js';
import { migrationOf, SyntheticSession } from '../support/synthetic.js';

process.env.TZ = 'UTC';
const test = suite('what an event is called, and an outage in progress');

/** The screen `silentMs` after the last reply of db, whose open red event has no kind yet. */
function screen(silentMs: number, columns = 100): string {
  const session = new SyntheticSession(['web', 'db']);
  const state = new CountedState({ targets: 2, intervalMs: 50 });
  const steps = [...session.take(30)];
  for (const step of steps) state.take(step);
  const target = '10.0.0.2';
  const { lastReplyAt } = state.of(target);
  const at = lastReplyAt + 50;
  const sample = { at, knownAt: at + 300, target, probe: 'icmp', seq: 9999 };
  const outcome = { kind: 'overdue' as const, waitedMs: 300 };
  const event = { ...migrationOf(target), kind: 'unclear' as const, startedAt: at, state: 'open' as const };
  state.take({ sample: { ...sample, outcome }, verdicts: [], lights: [], events: [event] });
  const moment = { state, info: session.info, now: lastReplyAt + silentMs, holdMs: 30_000 };
  return pictureOf(moment, INITIAL, { columns, rows: 30 }, UNICODE)
    .panels.flatMap(({ lines }) => lines.map(line => line.map(({ text }) => text).join('')))
    .join('\n');
}

test('an outage counts in the list and in its event, from a second on', () => {
  assert.match(screen(6200), / db +DOWN 6\.2 s /);
  assert.match(screen(6200), /db +migration\? +DOWN 6\.2 s · /);
  assert.match(screen(12_345), / db +DOWN 12 s [\s\S]* DOWN 12 s · /);
  assert.match(screen(900), / db +overdue[\s\S]* ongoing · /);
  assert.match(screen(6200, 50), / db +DOWN 6\.2 s/);
});

test('a red event is never called unclear, an amber one may be', () => {
  assert.not.match(screen(6200), / unclear (\d|DOWN|·)|▼ ?unclear/);
  assert.is(kindWord({ kind: 'unclear', red: true }), 'migration?');
  assert.is(kindWord({ kind: 'unclear', red: false }), 'unclear');
  assert.is(kindWord({ kind: 'outage', red: true }), 'outage');
});

test.run();
