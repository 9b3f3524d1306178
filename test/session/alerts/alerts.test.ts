import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../../src/core/event.js';
import { Bell } from '../../../src/session/alerts/bell.js';
import { alertEnvironment, alertJson } from '../../../src/session/alerts/message.js';
import { WindowTitle } from '../../../src/session/alerts/title.js';
import { commandWords } from '../../../src/session/alerts/words.js';
import { migrationOf } from '../../support/synthetic.js';

const test = suite('alerts');

test('a command is split as a shell would, and nothing more', () => {
  assert.equal(commandWords('notify-send "VM moved" \'$HOME *\''), ['notify-send', 'VM moved', '$HOME *']);
  assert.equal(commandWords(`  a\\ b "say \\"hi\\" \\\\" x'y z'"w"  '' `), [
    'a b',
    'say "hi" \\',
    'xy zw',
    '',
  ]);
  assert.equal(commandWords('a | b > c; $(d)\ne'), ['a', '|', 'b', '>', 'c;', '$(d)', 'e']);
  for (const open of ["a 'b", 'a "b', 'a\\', `${'x'.repeat(20_000)}'`])
    assert.throws(() => commandWords(open), /a quote is not closed/);
  for (const empty of ['', '  ']) assert.throws(() => commandWords(empty), /empty command/);
});

const red = (id: string, extra: Partial<MigrationEvent> = {}): MigrationEvent => ({
  ...migrationOf('vm'),
  ...{ id, state: 'open' },
  ...extra,
});

test('the bell rings once an event and once a second, for what is red and was not expected', () => {
  const bell = new Bell(true, ({ id }) => id.startsWith('over'));
  const ringing = (now: number, ...events: MigrationEvent[]) => {
    for (const event of events) bell.take(event);
    return bell.ring(now);
  };
  assert.is(ringing(0, red('outage', { kind: 'outage', red: false })), false);
  assert.is(ringing(0, red('planned', { expected: true })), false);
  assert.is(ringing(0, red('e1'), red('e2')), true);
  assert.is(ringing(100, red('e1', { state: 'closed' })), false, 'told again');
  assert.is(ringing(500, red('e3')), false, 'too soon');
  assert.is(ringing(1000), true, 'and made up for');
  assert.is(ringing(5000, red('over', { expected: true })), true);
  bell.on = false;
  assert.is(ringing(9000, red('e4')), false);
  bell.on = true;
  assert.is(ringing(9999), false, 'what happened while it was off is not rung for');
});

test('the window has our title while we have the window, where it gets its own one back', () => {
  const titled = (env: Record<string, string>) => {
    let written = '';
    const title = WindowTitle.of(env, text => {
      written += text;
    });
    for (const red of [1, 1, 2])
      title?.show({ red, amber: 0, green: 39 }, { red: '■', amber: '▲', green: '●' });
    title?.end();
    return written;
  };
  const whole = '\x1b[22;2t\x1b]2;migwatch ■1 ▲0 ●39\x1b\\\x1b]2;migwatch ■2 ▲0 ●39\x1b\\\x1b[23;2t';
  for (const TERM of ['xterm-256color', 'tmux-256color', 'xterm-kitty']) assert.is(titled({ TERM }), whole);
  assert.is(titled({ TERM: 'screen-256color', TMUX: '/tmp/tmux-0/default,1,0' }), whole);
  for (const env of [{ TERM: 'linux' }, { TERM: 'vt100' }, { TERM: 'screen' }, {}] as Record<
    string,
    string
  >[])
    assert.is(titled(env), '');
});

test('a command gets the event as JSON and as words, escaped', () => {
  const hostile = '\x1b]0;evil\x07\n\0web';
  const news = { event: red('e1', { target: hostile, expected: true }), name: hostile, overBudget: true };
  const told = JSON.parse(alertJson(news));
  assert.equal(
    [told.type, told.id, told.state, told.kind, told.expected, told.overBudget, told.name, told.startedAt],
    ['event', 'e1', 'open', 'migration', true, true, hostile, '2026-11-20T10:00:40.000000Z'],
  );
  assert.not.match(alertJson(news), /[\x00-\x09\x0b-\x1f]/);
  const env = alertEnvironment(news, { PATH: '/bin', HOME: '/root', AWS_SECRET: 'x', LD_PRELOAD: 'y' });
  assert.equal([env.PATH, env.HOME, env.AWS_SECRET, env.LD_PRELOAD], ['/bin', '/root', undefined, undefined]);
  assert.equal(
    [env.MIGWATCH_STATE, env.MIGWATCH_KIND, env.MIGWATCH_BLACKOUT_MS, env.MIGWATCH_STUNTIME_MS],
    ['open', 'migration', '350', '402'],
  );
  assert.equal(
    [env.MIGWATCH_EXPECTED, env.MIGWATCH_OVER_BUDGET, env.MIGWATCH_STARTED_AT],
    ['true', 'true', '2026-11-20T10:00:40.000000Z'],
  );
  for (const [key, value] of Object.entries(env)) assert.not.match(value ?? '', /[\x00-\x1f]/, key);
  assert.match(env.MIGWATCH_NAME!, /web$/);
});

test.run();
