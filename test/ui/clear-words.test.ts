import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { actionOf } from '../../src/ui/keys/keys.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { press } from '../../src/ui/model/press.js';
import { UNICODE } from '../../src/ui/style/glyphs.js';
import { choicesOf } from '../../src/ui/view/choices.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { CountedState } from '../support/counted-state.js';
import { migrationOf, START, SyntheticSession } from '../support/synthetic.js';
import { watchedRecording } from '../support/watched-recording.js';

process.env.TZ = 'UTC';
const test = suite('what a screen says');
const LONG =
  'echo alone, without clock and announce — permit it: sudo setcap cap_net_raw+ep "$(readlink -f "$(command -v node)")"';

function sessionOf(seconds: number, notices: readonly string[] = []): ViewInputs {
  const session = new SyntheticSession(['web', 'db'], notices);
  const state = new CountedState({ targets: 2, intervalMs: 50 });
  for (const step of session.take(seconds)) state.take(step);
  return { state, info: session.info, now: START + seconds * 1000, holdMs: 30_000 };
}

function textOf(moment: ViewInputs, controls: Controls, columns = 120, rows = 40): string {
  const { panels } = pictureOf(moment, controls, { columns, rows }, UNICODE);
  return panels.flatMap(({ lines }) => lines.map(line => line.map(({ text }) => text).join(''))).join('\n');
}

function pressed(moment: ViewInputs, key: string, controls = INITIAL): Controls {
  return press(controls, actionOf(key, 'live')!, choicesOf(moment, controls));
}

test('the command that grants missing rights is readable at 80 columns, until ! dismisses it', () => {
  const moment = sessionOf(5, [LONG]);
  const shown = textOf(moment, INITIAL, 80, 24);
  assert.match(
    shown.replace(/\s+/g, ' '),
    /sudo setcap cap_net_raw\+ep "\$\(readlink -f "\$\(command -v node\)"\)"/,
  );
  const dismissed = pressed(moment, '!');
  assert.not.match(textOf(moment, dismissed, 80, 24), /setcap/);
  const later = { ...moment, info: { ...moment.info, notices: [LONG, 'db moved to 10.0.0.9'] } };
  const after = textOf(later, dismissed, 80, 24);
  assert.match(after, /! db moved to 10\.0\.0\.9 {2}! dismisses/, 'a new notice is shown');
  assert.not.match(after, /setcap/);
});

test('a notice without room for all its lines shows its beginning', () => {
  const shown = textOf(sessionOf(5, [LONG]), INITIAL, 40, 10);
  assert.match(shown, /^ ! echo alone, without clock and.*…/m);
  assert.not.match(shown, /command -v node/);
});

test('a detector without anything to learn from is not learning', () => {
  const detectorWitnesses = new Map([
    ['cusum', 'echo'],
    ['clock-step', 'clock'],
    ['announcement', 'announce'],
  ]);
  const learning = { state: 'learning', score: 0, threshold: 0, why: '' } as const;
  const of = (seconds: number, witnesses: string[]) => {
    const moment = sessionOf(seconds);
    const { state, info } = moment;
    state.of('10.0.0.1').verdicts = [...detectorWitnesses.keys()].map(detector => ({
      ...{ detector, verdict: learning },
    }));
    const targets = info.targets.map(target => ({ ...target, witnesses }));
    const shown = { ...moment, info: { ...info, targets }, detectorWitnesses };
    const [, names] = /learning: (.*)/.exec(textOf(shown, { ...INITIAL, chosen: '10.0.0.1' }))!;
    return names!.trim();
  };
  assert.is(of(5, ['echo']), 'cusum');
  assert.is(of(5, ['echo', 'clock']), 'cusum,', 'clock-step is on the next line');
  assert.is(of(20, ['echo', 'clock']), 'cusum', 'the clock never answered');
});

test('the log counts one gap once: one observation of each witness, and the page has the rest', async () => {
  const moment = await watchedRecording('lan-held');
  const log = textOf(moment, { ...INITIAL, event: 'e3' }).replace(/\s+/g, ' ');
  assert.match(log, /6 echoes in a row unanswered, gap 278–391 ms/);
  assert.not.match(log, /3 probes without an answer/);
  assert.match(textOf(moment, { ...INITIAL, event: 'e3', page: 0 }), /3 probes without an answer/);
});

test('evidence uses the free lines of the log', () => {
  const { state, info, now } = sessionOf(45);
  const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
  const event = migrationOf('10.0.0.2');
  const evidence = [event.evidence[0]!, { witness: 'echo', summary: words }];
  state.events.put({ ...event, evidence });
  const log = textOf({ state, info, now, holdMs: 0 }, INITIAL);
  assert.match(log, /word59/);
  assert.not.match(log, /word\d+ …/);
});

test('the title of the clock is about its axis, and the help explains the signs', async () => {
  const moment = await watchedRecording('lan-held');
  const text = textOf(moment, { ...INITIAL, event: 'e3' });
  const [, title] = /guest clock (\S+ \S+) since the left edge/.exec(text)!;
  assert.match(title!, /^-\d/);
  assert.match(textOf(moment, { ...INITIAL, help: true }), /× +lost probe[\s\S]*\? +unanswered for longer/);
});

test.run();
