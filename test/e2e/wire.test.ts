import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { Headless, type Line } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { sharedProgram } from '../support/shared-program.js';
import { CANARIES, CANARY, WireRig } from '../support/wire-rig.js';

const SAMPLES = fileURLToPath(new URL('../../../test/probes/wire/samples/', import.meta.url));

const test = suite('migwatch wire');
const shared = sharedProgram();
/** In a process of its own: as root, it becomes nobody for good. */
const wire = (...words: string[]) => migwatch(['wire', ...words]);
const withCable = needing(test, { root: true, commands: ['qemu-system-x86_64', 'tcpdump', 'ip', 'unshare'] });

const linesOf = (stdout: string): Line[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map(text => JSON.parse(text));

test('a capture is a table of its streams, and --fail-on in-clear fails for a migration in clear', async () => {
  const clear = await wire(`${SAMPLES}tcp-in-clear.pcap`, '--fail-on', 'in-clear', '--utc', '--ascii');
  assert.is(clear.code, 3, clear.stderr);
  assert.match(clear.stdout, /^BEGIN +LASTED +SENT/);
  assert.match(clear.stdout, /MB +0 B +1 +yes +in clear/);
  assert.match(clear.stdout, /10\.91\.0\.1:\d+ -> 10\.91\.0\.2:49152\n/);
  assert.match(clear.stdout, /machine pc-q35-7\.2/);
  assert.not.match(clear.stdout, /read: /, 'nothing of the content');
  for (const line of clear.stdout.split('\n')) assert.match(line, /^[ -~]*$/);
  assert.is((await wire(`${SAMPLES}tls-1-3.pcap`, '--fail-on', 'in-clear')).code, 0);
});

test('with --json, a capture is lines: start, flows, summary', async () => {
  const { stdout, code } = await wire(`${SAMPLES}tls-1-2.pcap`, '--json');
  assert.is(code, 0);
  const lines = linesOf(stdout);
  assert.equal(
    lines.map(({ type }) => type),
    ['start', 'flow', 'summary'],
  );
  assert.is(lines[1]!.protection, 'tls');
  assert.is(lines[1]!.migration, 'likely');
  assert.is(lines[1]!.to, '10.91.0.2:4444');
});

test('what can’t be read or understood is refused in words', async () => {
  const said = async (...words: string[]) => {
    const { code, stderr } = await wire(...words);
    assert.is(code, 2, stderr);
    return stderr;
  };
  assert.match(await said(), /name one capture file or one interface/);
  assert.match(await said('/no/such.pcap'), /cannot read \/no\/such\.pcap: /);
  assert.match(await said('package.json'), /neither pcap nor pcapng/);
  assert.match(await said('eth0:somewhere'), /"somewhere" is not an IP address/);
  assert.match(await said('package.json', '--canary', 'abc'), /4 to 256 bytes, not 3/);
  assert.match(await said('package.json', '--fail-on', 'migration'), /takes --fail-on in-clear/);
});

withCable(
  'a migration that crosses an interface is seen, recorded and exported, with its canary',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migwatch-wire-'));
    const rig = await WireRig.build(folder, 97);
    const recording = join(folder, 'session.jsonl');
    const session = Headless.start(
      [
        ...['--wire', 'v0:10.97.0.1,10.97.0.2', '--canary', CANARY, '--fail-on', 'in-clear', '-d', '60s'],
        ...['-i', '1s', `--record=${recording}`, '10.97.0.2'],
      ],
      command => rig.source.inside(command),
    );
    try {
      await session.until(({ type }) => type === 'start');
      await new Promise(done => setTimeout(done, 1500));
      const result = await rig.migrate();
      const flow = await session.until(({ type }) => type === 'flow');
      assert.is(flow.migration, 'yes');
      assert.is(flow.protection, 'clear');
      assert.is(flow.from.split(':')[0], '10.97.0.1');
      assert.ok(
        Math.abs(flow.bytes / result.transferred - 1) < 0.02,
        `${flow.bytes} of ${result.transferred}`,
      );
      // Frames are cut, so that not every canary is in what is captured.
      assert.ok(flow.canary <= CANARIES);
      await session.end();
      assert.is(session.of('summary').at(-1)!.targets[0].inClear, 1);
      const { stdout, stderr } = await shared(['export', '--csv', recording]);
      assert.is(stderr, '');
      const row = stdout.split('\r\n').find(line => line.includes(',flow,'))!;

      assert.match(row, /,qemu,clear,yes,/, row);
    } finally {
      session.child.kill('SIGKILL');
      rig.close();
      rmSync(folder, { recursive: true });
    }
  },
);

test.run();
