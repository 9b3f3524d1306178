import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  boundedDuration,
  duration,
  durationRange,
  elapsed,
  figure,
  inSeconds,
  signedDuration,
  wholeDuration,
} from '../../src/core/format/duration.js';
import { asciiOnly, clip, padEnd, padStart, printable, widthOf, wrap } from '../../src/core/format/text.js';
import { percent } from '../../src/core/format/units.js';

process.env.TZ = 'UTC';
const test = suite('text');

test('nothing that a terminal acts on, hides or reorders gets through', () => {
  const hostile = {
    'an escape sequence': 'a\x1b[2Jb',
    'an operating system command': 'a\x1b]0;title\x07b',
    'a C1 control': 'a\x9b31mb',
    'a bidi override': 'a\u202eb',
    'a bidi isolate': 'a\u2066b',
    'a zero-width space': 'a\u200bb',
    'a soft hyphen': 'a\u00adb',
    'a byte order mark': 'a\ufeffb',
    'a line separator': 'a\u2028b',
    'a lone surrogate': 'a\ud800b',
    'a tag character': 'a\u{e0041}b',
    'a stacking mark': 'a\u0489b',
    'a Hangul filler': 'a\u3164b',
    'a NUL': 'a\0b',
    'a backspace': 'a\bb',
  };
  for (const [what, text] of Object.entries(hostile)) {
    const shown = printable(text);
    assert.not.match(
      shown,
      /[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/,
      what,
    );
    assert.match(shown, /^a.*b$/, what);
    assert.ok(shown.includes('\ufffd'), `${what} must stay visible: ${shown}`);
  }
});

test('ordinary text stays as it is', () => {
  for (const text of ['db-1.example', 'Zürich', '東京', 'сервер', '10.0.0.1', 'fe80::1%eth0'])
    assert.is(printable(text), text);
  assert.is(printable('Zu\u0308rich'), 'Zürich');
  assert.is(printable('two\nlines\tand a tab'), 'two lines and a tab');
});

test('width counts cells: East Asian wide characters take two', () => {
  assert.is(widthOf('abc'), 3);
  assert.is(widthOf('東京'), 4);
  assert.is(widthOf('×µ─●'), 4);
  assert.is(widthOf('ｆ'), 2);
});

test('clipping and padding keep to the width, whatever the characters', () => {
  assert.is(clip('database', 5), 'data…');
  assert.is(clip('東京都', 4), '東…');
  assert.is(clip('ab', 0), '');
  for (const text of ['', 'a', 'a long text indeed', '東京都庁', 'a東b京'])
    for (let width = 0; width < 20; width++) {
      assert.is(widthOf(padEnd(text, width)), width);
      assert.is(widthOf(padStart(text, width)), width);
    }
});

test('wrapping breaks at spaces and loses no word that fits', () => {
  assert.equal(wrap('one two three', 8), ['one two', 'three']);
  assert.equal(wrap('', 8), []);
  assert.equal(wrap('unbreakable', 5), ['unbr…']);
});

test('ASCII has a likeness for what we write ourselves', () => {
  assert.is(asciiOnly('31 µs … −350 ms'), '31 us ~ -350 ms');
  assert.is(asciiOnly('every guest’s clock — 3 ×'), "every guest's clock - 3 x");
  assert.is(asciiOnly('東京'), '??');
});

test('durations carry three digits, to the microsecond of a sample, and their unit, across the limits of units', () => {
  const written: [ms: number, text: string][] = [
    [0, '0'],
    [0.0314, '31 µs'],
    [0.9994, '999 µs'],
    [0.9999, '1 ms'],
    [1.234, '1.23 ms'],
    [43.75, '43.8 ms'],
    [999.4, '999 ms'],
    [999.9, '1 s'],
    [12_345, '12.3 s'],
    [600_000, '600 s'],
  ];
  for (const [ms, text] of written) assert.is(duration(ms), text);
});

test('a range has one unit and its ends the same digits, no finer than its width', () => {
  for (const [low, high, text] of [
    [11_960, 12_100, '12.0–12.1 s'],
    [0.863, 1.92, '0.86–1.92 ms'],
    [0.4, 0.4, '400 µs'],
    [0, 0, '0'],
  ] as const)
    assert.is(durationRange(low, high), text);
  for (const [estimate, low, high, text] of [
    [43.7, 42.9, 44.5, '43.7 ms (42.9–44.5)'],
    [12_052, 0, 12_102, '12.1 s (0–12.1)'],
    [8038, 8037.6, 8038.4, '8.04 s'],
    [1.26, 0, 50.3, '1 ms (0–50)'],
    [350, 300, 400, '350 ms (300–400)'],
  ] as const)
    assert.is(boundedDuration({ estimate, low, high }), text);
});

test('a difference has a sign and whole milliseconds at least', () => {
  for (const [ms, text] of [
    [-0.4, '+0 ms'],
    [12.4, '+12 ms'],
    [-43, '-43 ms'],
    [1200, '+1.2 s'],
    [-123_456, '-123 s'],
  ] as const)
    assert.is(signedDuration(ms), text);
});

test('a running figure keeps its tenth, and a round duration its largest whole unit', () => {
  assert.equal([950, 4000].map(inSeconds), ['0.9 s', '4.0 s']);
  assert.equal([100, 60_000, 300_000, 86_400_000].map(wholeDuration), ['100 ms', '60 s', '5 min', '24 h']);
});

test('figures in a column write all three digits, and no false ones', () => {
  for (const [ms, text] of [
    [0.013, '13 µs'],
    [4.7, '4.70 ms'],
    [250, '250 ms'],
  ] as const)
    assert.is(figure(ms), text);
});

test('percent: a little is not nothing, and nearly all is not all', () => {
  const written: [share: number, text: string][] = [
    [0, '0 %'],
    [0.00001, '<0.01 %'],
    [0.00034, '0.034 %'],
    [0.5, '50 %'],
    [0.9999, '99 %'],
    [1, '100 %'],
  ];
  for (const [share, text] of written) assert.is(percent(share), text);
});

test('how long something has been ongoing', () => {
  assert.is(elapsed(3_723_000), '1:02:03');
});

test.run();
