import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { closeScreens, openScreen } from '../support/screen.js';
import { sharedProgram } from '../support/shared-program.js';

const test = suite('maintenance mode');
const shared = sharedProgram();
const folder = mkdtempSync(join(tmpdir(), 'migwatch-test-'));
test.after.each(closeScreens);
test.after(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (name: string, text?: string) => {
  const path = join(folder, name);
  if (text !== undefined) writeFileSync(path, text);
  return path;
};

test('a night of VMs: one from the list, one marked by a key, one unexpected', async () => {
  const log = inFolder('log', '');
  const recording = inFolder('night.jsonl');
  const screen = openScreen(
    [
      ...['vm-a=sim:a', 'vm-b=sim:b', 'vm-c=sim:c', '--probe', 'sim:first=5s', '--bell', '--budget', '9s'],
      ...['--expect', inFolder('list', '# tonight\nvm-a  # the first\n'), `--record=${recording}`],
      ...['--on-event', `sh -c 'echo "$MIGWATCH_NAME $MIGWATCH_STATE $MIGWATCH_EXPECTED" >> "${log}"'`],
    ],
    { cols: 120, rows: 40 },
  );
  await screen.waitFor(/maintenance: 0 of 1 moved · budget 9 s/);
  screen.press('j');
  screen.press('x');
  await screen.waitFor(/maintenance: 0 of 2 moved[\s\S]*▸○ vm-b SIMULATED *waiting/);
  screen.press('m');
  await screen.waitFor(/events, newest first/);
  screen.press('m');
  await screen.waitFor(/maintenance: 2 of 2 moved · 1 unexpected/);
  // Held red is the one that nobody expected, and it alone.
  await screen.waitFor(/■ RED {3}vm-c/);
  await screen.waitFor(text => /● GREEN vm-a/.test(text) && /● GREEN vm-b/.test(text));
  assert.match(screen.raw(), /\x1b\[22;2t\x1b\]2;migwatch ■0 ▲\d ●\d\x1b\\/);
  await screen.waitFor(() => /\]2;migwatch ■1 ▲0 ●2\x1b/.test(screen.raw()));
  // Neither of the two titles that end with it, nor an expected move, rings.
  assert.is(
    screen
      .raw()
      .replace(/\x1b\][^\x07\x1b]*(\x07|\x1b\\)/g, '')
      .split('\x07').length - 1,
    1,
  );
  screen.press('q');
  assert.is(await screen.exit, 0);
  assert.match(screen.raw(), /\x1b\[23;2t/);
  const left = screen.terminal.scrollback();
  assert.match(left, /--- maintenance NOT PASSED: 2 of 2 moved, 1 unexpected, budget 9/);
  assert.match(left, /vm-c SIMULATED +unexpected +\d\d:\d\d:\d\d +3\d\d ms.* pass/);
  assert.equal(
    [...new Set(readFileSync(log, 'utf8').trim().split('\n'))].sort(),
    ['a', 'b', 'c'].flatMap(name => [`vm-${name} closed ${name < 'c'}`, `vm-${name} open ${name < 'c'}`]),
  );
});

test('its recording gives the same: as lines, by the exit code, in the analysis and in the report', async () => {
  const recording = inFolder('night.jsonl');
  const [lines, fine, analysis, report] = await Promise.all([
    migwatch(['replay', recording, '--headless', '--fail-on', 'unexpected']),
    shared(['replay', recording, '--headless', '--fail-on', 'unmet,over-budget']),
    shared(['analyze', recording]),
    shared(['report', recording]),
  ]);
  assert.equal([lines.code, fine.code], [3, 0]);
  const told = lines.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  const maintenance = told.find(({ type }) => type === 'maintenance');
  const { passed, expected, moved, unexpected, budgetMs, targets } = maintenance;
  assert.equal([passed, expected, moved, unexpected, budgetMs], [false, 2, 2, 1, 9000]);
  assert.equal([targets[0].target, targets[0].state], ['sim:c', 'unexpected']);
  assert.is(told.at(-1).type, 'summary');
  const events = told.filter(({ type, state }) => type === 'event' && state === 'closed');
  assert.equal(events.map(({ target, expected }) => [target, expected]).sort(), [
    ['sim:a', true],
    ['sim:b', true],
    ['sim:c', false],
  ]);
  assert.match(analysis.stdout, /--- maintenance NOT PASSED: 2 of 2 moved, 1 unexpected/);
  assert.match(report.stdout, /<caption>Maintenance NOT PASSED: 2 of 2 moved, 1 unexpected/);
});

test('a recording without a plan is held against one: by flags, in a replay and an analysis', async () => {
  const plan = ['--expect', inFolder('held', '10.77.0.10\n'), '--budget', '200ms'];
  const [lines, analysis] = await Promise.all([
    shared(['replay', 'recordings/lan-held.jsonl', '--headless', '--fail-on', 'over-budget', ...plan]),
    shared(['analyze', 'recordings/lan-held.jsonl', ...plan]),
  ]);
  assert.is(lines.code, 3);
  const told = lines.stdout.trim().split('\n');
  const { passed, expected, twice, overBudget, budgetMs } = JSON.parse(told.at(-2)!);
  assert.equal([passed, expected, twice, budgetMs], [false, 1, 1, 200]);
  assert.ok(overBudget > 0);
  assert.match(analysis.stdout, /--- maintenance NOT PASSED: 1 of 1 moved, 1 twice, 1 over 200/);
  const { code, stderr } = await shared([
    'analyze',
    'recordings/lan-held.jsonl',
    '--expect',
    inFolder('list'),
  ]);
  assert.is(code, 2);
  assert.match(stderr, /lists "vm-a", which is not watched/);
});

test('x in a replay marks the target, and the log names what differs from the plan', async () => {
  const words = ['replay', 'recordings/lan-held.jsonl', '--budget', '100ms', '--utc'];
  const screen = openScreen(words, { cols: 120, rows: 40 });
  await screen.waitFor(/REPLAY/);
  screen.press(' \x1b[F');
  const unplanned = await screen.waitFor(/maintenance: 0 of 0 moved · 1 unexpected/);
  assert.match(unplanned, /10\.77\.0\.10 +unexpected/);
  screen.press('x');
  await screen.waitFor(/maintenance: 1 of 1 moved · 1 twice · \d+ over 100 ms/);
  screen.press('m');
  await screen.waitFor(/migration +unexpected, over 100 ms · blackout/);
  // The mark holds for the whole recording: at its beginning nothing has moved yet.
  screen.press('m\x1b[H');
  await screen.waitFor(/maintenance: 0 of 1 moved · budget 100 ms/);
  screen.press('q');
  assert.is(await screen.exit, 0);
});

test('what can’t be meant is refused before anything is probed, with what would do', async () => {
  const list = (text: string) => inFolder('wrong', text);
  const refused = async (args: string[], wanted: RegExp) => {
    const { code, stderr, stdout } = await shared(['watch', '--headless', ...args]);
    assert.equal([code, stdout], [2, ''], stderr);
    assert.match(stderr, wanted);
  };
  await refused(
    ['web=sim:a', '--expect', list('wbe\n')],
    /lists "wbe", which is not watched. Did you mean "web"\?/,
  );
  await refused(
    ['web=sim:a', '--expect', list('# nobody\n\n')],
    /is empty: write the targets that are expected to move/,
  );
  await refused(['web=sim:a', '--expect', '-'], /standard input is empty/);
  await refused(['-f', '-', '--expect', '-'], /both read standard input/);
  await refused(['sim:a', '--fail-on', 'unmet'], /--fail-on unmet needs --expect FILE/);
  await refused(['sim:a', '--fail-on', 'over-budget'], /needs --budget TIME/);
  await refused(['sim:a', '--fail-on', 'unexpectd'], /Did you mean "unexpected"\?/);
  await refused(['sim:a', '--on-event', "echo 'x"], /--on-event: a quote is not closed/);
});

test.run();
