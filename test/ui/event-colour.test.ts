import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../src/core/event.js';
import { timeFormatOf } from '../../src/core/format/time-of-day.js';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { INITIAL } from '../../src/ui/model/controls.js';
import { eventLine } from '../../src/ui/pane/lines.js';
import { UNICODE } from '../../src/ui/style/glyphs.js';
import type { TextLine } from '../../src/ui/style/spans.js';
import { eventView } from '../../src/ui/view/events.js';
import { CountedState } from '../support/counted-state.js';
import { migrationOf, START, SyntheticSession } from '../support/synthetic.js';

const test = suite('colour of an event');

/** Of the spans that name an unclear event, which reads `migration?` where it is red. */
const stylesIn = (lines: readonly TextLine[]) => [
  ...new Set(
    lines
      .flat()
      .filter(({ text }) => /^ *(unclear|migration\?)/.test(text))
      .map(({ style }) => style),
  ),
];

for (const [red, rule, colour] of [
  [true, 'clean-gap', 'red'],
  [false, 'no-answer', 'amber'],
] as const)
  test(`an unclear event is ${colour} in the dashboard and in the pane where its light is`, () => {
    const session = new SyntheticSession(['web', 'db']);
    const state = new CountedState({ targets: 2, intervalMs: 50 });
    for (const step of session.take(30)) state.take(step);
    const startedAt = START + 20_000;
    const times = { startedAt, endedAt: startedAt + 200, detectedAt: startedAt + 60 };
    const event: MigrationEvent = { ...migrationOf('10.0.0.1'), ...times, kind: 'unclear', rule, red };
    state.events.put(event);
    const moment = { state, info: session.info, now: START + 30_000, holdMs: 30_000 };
    const { panels } = pictureOf(moment, INITIAL, { columns: 120, rows: 40 }, UNICODE);
    const shown = panels.filter(({ lines }) => stylesIn(lines).length > 0);
    assert.ok(shown.length >= 1);
    for (const { lines } of shown) assert.equal(stylesIn(lines), [colour]);
    const view = eventView(event, session.info);
    assert.equal(stylesIn([eventLine(view, timeFormatOf('utc', START), 100, UNICODE)]), [colour]);
  });

test.run();
