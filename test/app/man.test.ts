import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { detectors } from '../../detectors/index.js';
import { commands } from '../../src/app/commands/index.js';
import { helpText } from '../../src/app/help/help.js';
import { manPage } from '../../src/app/help/man.js';
import { definitionList } from '../../src/core/format/table.js';
import { FLAGS } from '../../src/plan/flags.js';
import { KEYS } from '../../src/ui/keys/keys.js';
import { needing } from '../support/needs.js';

const test = suite('help and manual');
const page = manPage('0.1.0', detectors, commands);

test('the help names every flag once, each in one section', () => {
  const lines = helpText(detectors, commands).split('\n');
  for (const { name } of FLAGS)
    assert.is(
      lines.filter(line => new RegExp(`^ {2}(-\\w, | {4})--${name}([ [=]|$)`).test(line)).length,
      1,
      name,
    );
});

test('the help fits into 100 columns, and explanations start in one column', () => {
  for (const line of helpText(detectors, commands).split('\n')) assert.ok(line.length <= 100, line);
  assert.equal(
    definitionList(
      [
        ['a', 'one two'],
        ['a-long-term', 'three'],
      ],
      8,
      12,
    ),
    ['  a     one', '        two', '  a-long-term', '        three'],
  );
});

test('the manual has nothing in it that troff would take for a request of its own', () => {
  for (const line of page.split('\n')) {
    assert.match(line, /^[\x20-\x7e]*$/);
    if (/^[.']/.test(line)) assert.match(line, /^\.(\\"|TH|SH|SS|TP|B|br|RS|RE)/);
  }
});

test('the help of the pane lists its keys, and how tmux shows the line', () => {
  const pane = commands.find(({ name }) => name === 'pane')!;
  const text = helpText(detectors, commands, pane);
  assert.match(text, /\nKeys\n {2}q +quit\n {2}\? +toggle help\n/);
  assert.match(text, /set -g status-right '#\(migwatch pane --line TARGET…\)'/);
});

needing(test, { commands: ['groff'] })('the manual is clean in the C locale, which has ASCII only', () => {
  const env = { PATH: process.env.PATH, LANG: 'C', LC_ALL: 'C' };
  const run = spawnSync('groff', ['-man', '-Tascii', '-ww', '-P-cbou'], {
    input: page,
    env,
    encoding: 'utf8',
  });
  assert.is(run.stderr, '');
  assert.match(run.stdout, /^[\x00-\x7e]*$/);
  assert.match(run.stdout, /TARGET\.\.\./);
});

needing(test, { commands: ['groff'] })(
  'groff sets the manual without a warning, and everything is in it',
  () => {
    const run = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-P-cbou'], { input: page, encoding: 'utf8' });
    assert.is(run.stderr, '');
    const text = run.stdout.replace(/\s+/g, ' ');
    for (const { name } of commands) assert.match(text, new RegExp(` ${name} `));
    for (const { name } of FLAGS) assert.ok(text.includes(`--${name}`), name);
    for (const { label, help } of KEYS) assert.ok(text.includes(`${label} ${help}`), `${label} ${help}`);
  },
);

test.run();
