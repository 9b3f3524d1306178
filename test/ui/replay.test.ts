import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bytes } from '../../src/core/format/units.js';
import { actionOf, keysOf } from '../../src/ui/keys/keys.js';
import { momentAt } from '../../src/ui/model/goto.js';
import { type Prompt, typed } from '../../src/ui/model/prompt.js';

process.env.TZ = 'UTC';
const test = suite('replay on screen');
const at = (day: number, hour: number, minute = 0, second = 0, ms = 0) =>
  Date.UTC(2026, 10, day, hour, minute, second, ms);

test('a time of day is found in the recording, on the day that is nearest', () => {
  const zone = 'local';
  const night = { from: at(20, 22), to: at(21, 6), zone } as const;
  assert.is(momentAt('23:30', at(21, 1), night), at(20, 23, 30));
  assert.is(momentAt('02:03:04.5', at(20, 23), night), at(21, 2, 3, 4, 500));
  assert.is(momentAt('2:03:04.056', at(21, 1), night), at(21, 2, 3, 4, 56));
  const days = { from: at(18, 0), to: at(21, 6), zone } as const;
  assert.is(momentAt('12:00', at(20, 13), days), at(20, 12));
});

test('a time outside the recording leads to its nearer end, and no time is refused', () => {
  const hour = { from: at(20, 10), to: at(20, 11), zone: 'local' } as const;
  assert.is(momentAt('09:59:59', at(20, 10, 30), hour), hour.from);
  assert.is(momentAt('11:00:01', at(20, 10, 30), hour), hour.to);
  for (const text of ['', 'noon', '24:00', '10:60', '10:00:61', '10:00:00.1234', '10'])
    assert.throws(() => momentAt(text, hour.from, hour), /HH:MM:SS/, text);
});

test('a question takes text, corrections and an end, and nothing that a terminal would act on', () => {
  const start: Prompt = { label: 'note', text: '' };
  const type = (...keys: (string | [string, string])[]) =>
    keys.reduce<Prompt | 'entered' | 'left'>((prompt, key) => {
      const [name, character] = typeof key === 'string' ? [key, key] : key;
      return typed(prompt as Prompt, { key: name, character });
    }, start);
  assert.equal(type('a', ['space', ' '], ['S-b', 'B']), { label: 'note', text: 'a B' });
  assert.equal(type('a', 'b', ['backspace', '\x7f']), { label: 'note', text: 'a' });
  assert.equal(type('a', ['left', '\x1b[D'], ['C-a', '\x01']), { label: 'note', text: 'a' });
  assert.equal(type('a', '\u202e'), { label: 'note', text: 'a\ufffd' });
  assert.is(type('a', ['enter', '\r']), 'entered');
  assert.is(type('a', ['escape', '\x1b']), 'left');
  assert.is((type(...'x'.repeat(500)) as Prompt).text.length, 200);
});

test('in either mode every key means one thing', () => {
  for (const mode of ['live', 'replay'] as const) {
    const keys = keysOf(mode).flatMap(key => key.keys);
    assert.is(new Set(keys).size, keys.length, mode);
  }
  assert.equal([actionOf('space', 'live'), actionOf('space', 'replay')], ['freeze', 'pause']);
  assert.is(actionOf('S-r', 'replay'), undefined);
  assert.is(actionOf('g', 'live'), undefined);
});

test('amounts of data', () => {
  assert.equal([0, 999, 1000, 1234, 34_567, 1_249_999, 2.5e9].map(bytes), [
    ...['0 B', '999 B', '1.0 kB', '1.2 kB', '34 kB', '1.2 MB', '2.5 GB'],
  ]);
});

test.run();
