import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseInput } from '../../src/ui/dashboard/mouse.js';
import { fit, linkAt, linked, span } from '../../src/ui/style/spans.js';

const test = suite('mouse');

test('a report of xterm’s SGR mode is a click or a turn, at cells counted from 0', () => {
  // ctlseqs: CSI < button ; column ; row M (pressed) or m (released), columns and rows from 1, wheel 64 and 65.
  assert.equal(parseInput('\x1b[<0;12;5M'), {
    typed: '',
    presses: [{ what: 'click', column: 11, row: 4 }],
    rest: '',
  });
  const what = (code: number) => parseInput(`\x1b[<${code};1;1M`).presses.map(press => press.what);
  assert.equal([64, 65].flatMap(what), ['wheelUp', 'wheelDown']);
  assert.equal([4, 8, 16].flatMap(what), ['click', 'click', 'click'], 'with Shift, Meta or Control');
  assert.equal([1, 2, 32, 35, 66, 128].flatMap(what), [], 'other buttons, and movements');
  assert.equal(parseInput('\x1b[<0;12;5m').presses, [], 'let go');
});

test('keys between reports stay keys, and several reports at once are all handled', () => {
  const { typed, presses } = parseInput('j\x1b[<65;1;1M\x1b[<65;1;1Mk\x1b[A');
  assert.is(typed, 'jk\x1b[A');
  assert.is(presses.length, 2);
});

test('a report cut anywhere after its start is put together again and never typed', () => {
  const report = '\x1b[<0;120;40M';
  for (let cut = 3; cut < report.length; cut++) {
    const first = parseInput(`q${report.slice(0, cut)}`);
    const second = parseInput(first.rest + report.slice(cut));
    assert.equal([first.typed, second.typed, second.presses.length], ['q', '', 1], `cut at ${cut}`);
  }
});

test('what only resembles a report is not held back for ever', () => {
  for (const text of ['\x1b', '\x1b[', '\x1b[A', `\x1b[<${'1'.repeat(40)}`])
    assert.is(parseInput(text).rest, '');
});

test('a link is where its text is, in cells, also after clipping', () => {
  const line = [span('ab'), ...linked([span('東京')], { target: 't' }), span('z')];
  const at = (column: number, width = 10) => linkAt(fit(line, width), column);
  assert.equal(
    [at(1), at(2), at(5), at(6), at(9)],
    [undefined, { target: 't' }, { target: 't' }, undefined, undefined],
  );
  assert.equal([at(2, 4), at(3, 4)], [{ target: 't' }, undefined]);
});

test.run();
