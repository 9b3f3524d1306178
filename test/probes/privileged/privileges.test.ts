import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { callerOf, unsafeReason } from '../../../probes/privileged/privileges.js';
import { CLI, Headless, type Line, sleep } from '../../support/headless.js';
import { Namespace } from '../../support/namespace.js';
import { needing } from '../../support/needs.js';
import { ORDINARY, proberBelow, rightsOf } from '../../support/rights.js';
import { exitOf } from '../../support/run.js';
import { USER as ID, SUDO } from '../../support/sudo.js';

const test = suite('privileges');
const asRoot = needing(test, { root: true, commands: ['setpriv'] });

/** A folder of that user's. */
const folder = mkdtempSync(join(tmpdir(), 'migwatch-privileges-'));
chmodSync(folder, 0o755);
if (process.getuid!() === 0) chownSync(folder, ID, ID);
test.after(() => rmSync(folder, { recursive: true }));

/** A detector that starts a child, as a user's own may, which ends with us. */
const plugin = join(folder, 'plugin.mjs');
writeFileSync(
  plugin,
  `import { execFileSync, spawn } from 'node:child_process';
   spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
   const calm = { state: 'calm', score: 0, threshold: 0, why: '' };
   export default { name: 'plugin', summary: '-', reads: ['reply'], options: {}, create: () => ({ observe: () => calm }) };`,
);

const sockets = (pid: number) =>
  readdirSync(`/proc/${pid}/fd`)
    .flatMap(fd => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    })
    .filter(to => to.startsWith('socket:'))
    .sort();
const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const nameOf = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();

const repliesOf = (watching: Headless) => watching.of('sample').filter(({ kind }) => kind === 'reply').length;
const isReply = ({ kind }: Line) => kind === 'reply';

test('the user who called sudo is read from two ids, and root is nobody else', () => {
  assert.equal(callerOf({ SUDO_UID: '1000', SUDO_GID: '100' }), { uid: 1000, gid: 100 });
  assert.is(callerOf({}), undefined);
  assert.is(callerOf({ SUDO_UID: '0', SUDO_GID: '0' }), undefined);
  for (const [SUDO_UID, SUDO_GID] of [['1000'], ['', '1'], ['-1', '1'], ['1e3', '1'], ['4294967295', '1']])
    assert.throws(() => callerOf({ SUDO_UID, SUDO_GID }), /not a user id and a group id/);
});

test('a Node that keeps root in its io_uring is refused', () => {
  for (const safe of ['20.11.1', '20.20.2', '21.6.2', '22.0.0', '24.1.0'])
    assert.is(unsafeReason(safe, {}), undefined, safe);
  for (const unsafe of ['20.0.0', '20.11.0', '21.6.1'])
    assert.match(unsafeReason(unsafe, {})!, /CVE-2024-22017/);
  assert.match(unsafeReason('24.1.0', { UV_USE_IO_URING: '1' })!, /UV_USE_IO_URING/);
  assert.is(unsafeReason('24.1.0', { UV_USE_IO_URING: '0' }), undefined);
});

const traced = needing(test, { root: true, commands: ['strace'] });
traced('by sudo: root until the sockets are open; then never again, in no thread and no child', async () => {
  const here = await Namespace.create();
  const file = join(folder, 'night.jsonl');
  const args = [
    '--samples',
    '-i',
    '20ms',
    '-I',
    'lo',
    `--record=${file}`,
    '--detector',
    plugin,
    '127.0.0.1',
    '::1',
  ];
  // It stops before it becomes Node, for us to look.
  const enter = (command: string[]) =>
    here.inside(['sh', '-c', 'kill -STOP $$; exec "$@"', 'sh', ...command]);
  const watching = Headless.start(args, enter, SUDO);
  const pid = watching.child.pid!;
  while (!/^State:\s*T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) await sleep(5);
  assert.match(rightsOf(pid)[0]!.Uid!, /^0\t/);
  watching.child.kill('SIGCONT');

  await watching.until(isReply);
  assert.equal(rightsOf(pid), [ORDINARY]);
  const prober = proberBelow(pid);
  const child = childrenOf(pid).find(each => nameOf(each) === 'cat')!;
  assert.equal(rightsOf(child), [ORDINARY]);
  for (const holder of [pid, prober])
    assert.equal(intersection(sockets(child), sockets(holder)), [], 'the child has none of our sockets');

  // The worker's next recvmmsg fails as if its socket were gone.
  const fault = [
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    'inject=recvmmsg:error=EBADF:when=1',
    '-p',
    String(prober),
  ];
  const strace = spawn('strace', fault, { stdio: 'ignore' });
  while (!/opening it again/.test(watching.errors)) await sleep(10);
  strace.kill('SIGINT');
  await once(strace, 'close');
  const before = repliesOf(watching);
  while (repliesOf(watching) < before + 20) await sleep(10);
  assert.match(watching.errors, /EBADF/);
  assert.equal(rightsOf(pid), [ORDINARY]);
  for (const { targets } of watching.of('start'))
    for (const { backend } of targets) assert.is(backend, 'icmp-raw');

  await watching.end();
  assert.is(statSync(file).uid, ID, 'the recording is the user’s');
  assert.not.match(watching.errors, /root/);
  here.close();
});

const pinging = needing(test, { root: true, commands: ['ping', 'setcap'] });
pinging('by sudo: ping is run by the user, finds none of our sockets, and gets no capabilities', async () => {
  const here = await Namespace.create();
  const program = join(folder, 'ping');
  copyFileSync(execFileSync('sh', ['-c', 'command -v ping'], { encoding: 'utf8' }).trim(), program);
  chmodSync(program, 0o755);
  here.run('sysctl -qw net.ipv4.ping_group_range=0\t2147483647');
  const start = () =>
    Headless.start(['--samples', '--backend', 'ping', '127.0.0.1'], command => here.inside(command), {
      ...SUDO,
      PATH: `${folder}:${process.env.PATH}`,
    });
  const watching = start();
  await watching.until(isReply);
  const pid = watching.child.pid!;
  assert.equal(rightsOf(pid), [ORDINARY]);
  const child = childrenOf(pid).find(each => nameOf(each) === 'ping')!;
  assert.equal(rightsOf(child), [ORDINARY]);
  for (const holder of [pid, proberBelow(pid)])
    assert.equal(intersection(sockets(child), sockets(holder)), []);
  await watching.end();

  await exitOf(['setcap', 'cap_net_raw+ep', program]);
  const refused = start();
  assert.is(await refused.exit(), 1);
  assert.match(refused.errors, /this ping has file capabilities.*without sudo/);
  here.close();
});

asRoot('by sudo where root itself may open no raw socket: it watches by what the user may open', async () => {
  const here = await Namespace.create();
  here.run('sysctl -qw net.ipv4.ping_group_range=0\t2147483647');
  const contained = ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw', '--'];
  const watching = Headless.start(
    ['--samples', '127.0.0.1'],
    command => here.inside([...contained, ...command]),
    SUDO,
  );
  await watching.until(isReply);
  assert.is(watching.of('start')[0]!.targets[0].backend, 'icmp-datagram');
  assert.equal(rightsOf(watching.child.pid!), [ORDINARY]);
  await watching.end();
  here.close();
});

asRoot('by sudo: what a command needs no root for, it does not read as root', async () => {
  const secret = join(folder, 'secret.jsonl');
  writeFileSync(secret, '{}\n', { mode: 0o600 });
  const { code, stderr } = await exitOf([process.execPath, CLI, 'analyze', secret], SUDO);
  assert.is(code, 2);
  assert.match(stderr, /EACCES/);
});

asRoot('by sudo: it still ends with a parent that asked for that', async () => {
  const script = 'setpriv --pdeathsig KILL -- "$@" & echo $!; wait';
  const command = [process.execPath, CLI, 'watch', '--headless', '127.0.0.1'];
  const parent = spawn('sh', ['-c', script, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...SUDO },
  });
  let said = '';
  parent.stdout.setEncoding('utf8').on('data', text => (said += text));
  while (!said.includes('"start"')) await sleep(10);
  const pid = Number(said.split('\n')[0]);
  assert.equal(rightsOf(pid), [ORDINARY]);
  parent.kill('SIGKILL');
  while (existsSync(`/proc/${pid}`)) await sleep(10);
});

asRoot('by sudo of root: root is what was wanted', async () => {
  const watching = Headless.start(['--samples', '127.0.0.1'], undefined, { SUDO_UID: '0', SUDO_GID: '0' });
  await watching.until(isReply);
  assert.match(rightsOf(watching.child.pid!)[0]!.Uid!, /^0\t/);
  await watching.end();
  assert.is(watching.errors, '');
});

asRoot('without sudo root stays, and it is said once', async () => {
  const watching = Headless.start(['--samples', '127.0.0.1'], undefined, { SUDO_UID: undefined });
  await watching.until(isReply);
  assert.is(watching.errors.match(/running as root/g)?.length, 1);
  assert.match(watching.errors, /setcap cap_net_raw\+ep/);
  await watching.end();
});

const granting = needing(test, { root: true, commands: ['setpriv', 'setcap'] });
granting(
  'the least grants: each backend works with what doctor says it needs, and without says what',
  async () => {
    const here = await Namespace.create();
    const user = ['setpriv', `--reuid=${ID}`, `--regid=${ID}`, '--clear-groups', '--'];
    const doctor = async (node: string) => {
      const { stdout } = await exitOf(here.inside([...user, node, CLI, 'doctor']));
      return (name: string) => new RegExp(`^  (yes|no )  ${name} .*(?:\n {22}.*)*`, 'm').exec(stdout)![0];
    };
    const granted = join(folder, 'node');
    copyFileSync(process.execPath, granted);
    chmodSync(granted, 0o755);
    await exitOf(['setcap', 'cap_net_raw+ep', granted]);
    here.run('sysctl -qw net.ipv4.ping_group_range=1\t0');

    const [without, withRaw] = await Promise.all([doctor(process.execPath), doctor(granted)]);
    assert.match(without('icmp-datagram'), /no .*\n.*\n.*\n.*fix: sudo sysctl net.ipv4.ping_group_range/);
    for (const name of ['icmp-raw', 'clock', 'announce']) {
      assert.match(without(name), /no .*\n.*\n.*not permitted.*\n.*fix: sudo setcap cap_net_raw\+ep/);
      assert.match(withRaw(name), /^ {2}yes/);
    }
    assert.match(withRaw('icmp-datagram'), /^ {2}no/);
    assert.match(without('tcp'), /^ {2}yes/);

    here.run('sysctl -qw net.ipv4.ping_group_range=0\t2147483647');
    const withRange = await doctor(process.execPath);
    assert.match(withRange('icmp-datagram'), /^ {2}yes/);
    assert.match(withRange('icmp-raw'), /^ {2}no/);
    here.close();
  },
);

function intersection(some: readonly string[], others: readonly string[]): string[] {
  return some.filter(each => others.includes(each));
}

test.run();
