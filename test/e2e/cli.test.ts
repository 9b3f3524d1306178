import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { CLI, Headless } from '../support/headless.js';
import { exitOf } from '../support/run.js';
import { sharedProgram } from '../support/shared-program.js';
import { sideBySide } from '../support/side-by-side.js';

const folder = mkdtempSync(join(tmpdir(), 'migwatch-cli-'));

const test = sideBySide(suite('migwatch'), 4);
const shared = sharedProgram();
test.after(() => rmSync(folder, { recursive: true }));

test('headless lines have the promised fields, the event’s last line stands, and --fail-on makes it exit code 3', async () => {
  const monitor = Headless.start([
    'sim:demo',
    '--probe',
    'sim:first=2s',
    '-d',
    '11s',
    '--hold',
    '1s',
    '--samples',
    '--fail-on',
    'unclear,migration',
  ]);
  assert.is(await monitor.exit(), 3);
  const [start] = monitor.of('start');
  assert.equal(Object.keys(start!), ['type', 'version', 'at', 'targets']);
  assert.equal(start!.targets, [
    {
      target: 'sim:demo',
      name: 'demo',
      address: 'simulated',
      backend: 'sim',
      witnesses: ['echo', 'clock', 'announce'],
      simulated: true,
    },
  ]);
  const reply = monitor.of('sample').find(({ kind }) => kind === 'reply')!;
  assert.equal([reply.target, reply.probe, typeof reply.rttMs, reply.ttl], ['sim:demo', 'sim', 'number', 64]);
  assert.ok(Date.parse(reply.knownAt) - Date.parse(reply.at) >= reply.rttMs - 1);
  assert.equal(
    monitor
      .of('light')
      .map(({ light }) => light)
      .filter((light, index, all) => light !== all[index - 1]),
    ['green', 'amber', 'red', 'green'],
  );
  const [event] = monitor.events();
  assert.is(event!.state, 'closed');
  assert.ok(event!.blackoutMs.high > event!.blackoutMs.estimate && event!.stuntimeMs > 0);
  assert.ok(event!.evidence.length > 0 && event!.evidence.every((item: { witness: string }) => item.witness));
  const [summary] = monitor.of('summary');
  const [target] = summary!.targets;
  assert.is(target.sent, target.received + target.lost);
  assert.ok(target.rttMs.min <= target.rttMs.median && target.rttMs.p99 <= target.rttMs.max);
  assert.is(monitor.lines.at(-1), summary);
});

const SIGNALS: [NodeJS.Signals, number][] = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
];
for (const [signal, code] of SIGNALS)
  test(`${signal} ends it with ${code}, after the summary`, async () => {
    const monitor = Headless.start(['sim:demo', '--samples']);
    await monitor.until(line => line.type === 'sample');
    assert.is(await monitor.end(signal), code);
    assert.is(monitor.lines.at(-1)!.type, 'summary');
  });

test('a reader that is slow still gets every line', async () => {
  const slow = `${process.execPath} ${CLI} watch --headless sim:a sim:b sim:c sim:d sim:e -i 2ms --samples -d 2s | (sleep 3; cat)`;
  const { stdout } = await exitOf(['sh', '-c', slow]);
  const lines = stdout.trimEnd().split('\n');
  assert.ok(stdout.length > 100_000, 'more than a pipe holds');
  assert.is(JSON.parse(lines.at(-1)!).type, 'summary');
});

test('a reader that goes away gets its lines, and ends it', async () => {
  const brief = `${process.execPath} ${CLI} watch --headless sim:demo --samples | head -2`;
  const { stdout, stderr } = await exitOf(['sh', '-c', brief]);
  assert.is(stdout.trim().split('\n').length, 2);
  assert.not.match(stderr, /\n\s+at /);
});

const REFUSED: [string[], RegExp][] = [
  [['doctr'], /"doctr" is neither a command nor a host that resolves. Did you mean "doctor"/],
  [['watch'], /no TARGET to watch/],
  [['sim:a', '--intervall', '1s'], /Did you mean "--interval"/],
  [['sim:a', '--backend', 'icmp-datagramm'], /Did you mean "icmp-datagram"/],
  [['sim:a', '--detector', 'cosum'], /Did you mean "cusum"/],
  [['sim:a', '--detector', './no-such.js'], /no-such.js can't be loaded/],
  [['sim:a', '--probe', 'sim:nonsense=1'], /unknown option of sim "nonsense"/],
  [['-f', '/no/such/file'], /can't read the targets from \/no\/such\/file/],
  [['-c', '/no/such/file', 'sim:a'], /can't read the settings/],
  [['10.0.0.300'], /is not a target/],
];
for (const [args, reason] of REFUSED)
  test(`refuses ${args.join(' ')} with 2 and the reason`, async () => {
    const { code, stdout, stderr } = await shared(args);
    assert.is(code, 2);
    assert.is(stdout, '');
    assert.match(stderr, reason);
  });

test('a name that does not resolve ends it with 1 and the reason', async () => {
  const { code, stderr } = await migwatch(['no-such-host.invalid', '--headless']);
  assert.is(code, 1);
  assert.match(stderr, /no-such-host.invalid does not resolve/);
});

test('targets come from a file, settings from the user’s own', async () => {
  const list = join(folder, 'targets');
  writeFileSync(list, '# ours\none=sim:a\ntwo=sim:b # the second\n');
  const config = join(folder, 'config.json');
  writeFileSync(config, '{"interval": "20ms", "duration": "300ms"}');
  const monitor = Headless.start(['-f', list, '-c', config]);
  assert.is(await monitor.exit(), 0);
  assert.equal(
    monitor.of('start')[0]!.targets.map(({ name }: { name: string }) => name),
    ['one', 'two'],
  );
});

test('help names every flag, command, detector and backend; version is the package’s', async () => {
  const help = await shared(['--help']);
  assert.is(help.code, 0);
  for (const word of [
    'watch',
    'doctor',
    '--interval',
    '--fail-on',
    'cusum',
    'z-score',
    'icmp-datagram',
    'net-ping',
    'sim',
  ])
    assert.match(help.stdout, word);
  assert.ok(help.stdout.split('\n').every(line => line.length <= 100));
  const { stdout } = await shared(['--version']);
  assert.is(stdout.trim(), JSON.parse(readFileSync('package.json', 'utf8')).version);
});

test('the manual page names every command; a shell that is not known is refused with the one that was meant', async () => {
  const { code, stdout } = await shared(['man']);
  assert.is(code, 0);
  assert.match(stdout, /^\.TH MIGWATCH 1 /m);
  const help = (await shared(['--help'])).stdout;
  const commands = [...help.matchAll(/^ {2}(\w+)( \[?[A-Z]+…?\]?)? {2,}\S/gm)].map(([, name]) => name!);
  assert.ok(commands.length > 8, commands.join());
  for (const name of commands) assert.match(stdout, name);
  const refused = await shared(['completion', 'bsh']);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /bsh[\s\S]*bash/);
});

test('a command’s help names its own flags only', async () => {
  const { stdout } = await shared(['lab', '--help']);
  assert.match(stdout, /migwatch lab \[SCENARIO\]/);
  assert.match(stdout, '--hold');
  assert.match(stdout, 'reroute target|shared DELAY', 'and the steps of a scenario');
  assert.not.match(stdout, '--fail-on');
});

test('doctor says of each backend whether it may be used, and how to permit it', async () => {
  const { code, stdout } = await shared(['doctor']);
  assert.is(code, 0);
  for (const name of ['icmp-datagram', 'icmp-raw', 'net-ping', 'ping', 'tcp'])
    assert.match(stdout, new RegExp(`(yes|no ) +${name}`));
  assert.match(stdout, /full screen +not a terminal|full screen/);
});

test('the detector of CONTRIBUTING.md works as it is printed there', async () => {
  const page = readFileSync('CONTRIBUTING.md', 'utf8');
  const file = join(folder, 'ttl.mjs');
  writeFileSync(file, /```js\n([\s\S]*?)```/.exec(page)![1]!);
  const monitor = Headless.start(['sim:demo', '--detector', `${file}:hold=50`, '-d', '500ms', '--samples']);
  assert.is(await monitor.exit(), 0);
  assert.is(monitor.events().length, 0);
  const wrong = await shared(['sim:demo', '--detector', `${file}:hold=0`]);
  assert.is(wrong.code, 2);
  assert.match(wrong.stderr, /ttl:hold must be between 1 and 10000/);
});

test.run();
