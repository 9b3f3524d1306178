/** The machine we run on has its clock set, by an hour both ways, and passes midnight: in a VM of its own, since it is the whole machine's. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpio } from '../../src/lab/cpio.js';
import { BUSYBOX, findKernel, type KernelImage } from '../../src/lab/guest.js';
import { bootFile } from '../../src/lab/kernel-image.js';
import { killedWithParent } from '../../src/lab/namespace.js';
import { CLI, type Line } from '../support/headless.js';
import { needing } from '../support/needs.js';

const test = suite('the clock of our own machine');
/** A machine that is busy, and slow, gets there. */
const LIMIT_MS = 540_000;
const real = needing(test, { lab: true, commands: ['modprobe'] });
/** The guest by an address of which a clock is read, and by one of which none is: IPv6 has no ICMP timestamps. */
const [CLOCK, ECHO] = ['127.0.0.1', '::1'];
/** What a start reads: the joined program, and the probing thread's modules. */
const BUILT = ['src/cli.js', 'src/joined', 'probes', 'src/core', 'src/system'].map(place =>
  fileURLToPath(new URL(`../../${place}`, import.meta.url)),
);
const MIDNIGHT = Date.UTC(2026, 10, 21) / 1000;
/** Time of the guest for our program to start and to learn what is usual, before midnight: half as much again as that takes. */
const START_BEFORE_S = 60;
/** Rows that the detectors learn from: two echoes and a reading of a clock at a time. They need 50 replies of a target. */
const LEARNED = 165;
/** Rows that are recorded after each change of the clock. */
const AFTER = 20;
/** Some seconds of the kernel's boot in an emulated guest: tests of its ciphers, and its certificates. */
const WITHOUT = 'cryptomgr.notests initcall_blacklist=load_system_certificate_list';

/**
 * The guest sees this machine's files, read-only, and runs our Node and our program in them. It reads them before its clock
 * is set, because its time passes while it waits for a busy machine.
 */
const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /dev /host
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
PATH=/bin
for m in /mods/*.ko; do insmod $m; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000 host /host
mount -t proc proc /host/proc; mount -t devtmpfs dev /host/dev; mount -t tmpfs run /host/run
ip link set lo up
watch() { exec chroot /host env HOME=/run PATH=/usr/bin:/bin ${process.execPath} ${CLI} watch --headless "$@"; }
rows() { wc -l < /host/run/steps.jsonl; }
more() { to=$(($(rows) + $1)); while [ $(rows) -lt $to ]; do sleep 2; done; }
cat /host${process.execPath} > /dev/null
find ${BUILT.map(folder => `/host${folder}`).join(' ')} -name '*.js' | xargs cat > /dev/null
printf '${CLOCK}\n${ECHO}\n' > /host/run/list
# Its time passes while it waits for files of a busy machine. What was read once is there at the next start.
learn() {
  date -s @${MIDNIGHT - START_BEFORE_S} >&2
  : > /host/run/steps.jsonl
  watch -i 500ms --force --record=/run/steps.jsonl -f /run/list &
  steps=$!
  more ${LEARNED}
  [ $(date +%s) -lt ${MIDNIGHT} ] || { kill -KILL $steps; wait $steps; false; }
}
until learn; do echo AGAIN; done
echo BEFORE MIDNIGHT
while [ $(date +%s) -le ${MIDNIGHT} ]; do sleep 5; done
more ${AFTER}
# Read from here, a clock that is set with ours is a clock that was set.
echo ${ECHO} > /host/run/list
kill -USR1 $steps
more ${AFTER}
date -s @$(($(date +%s) + 3600)) >&2
more ${AFTER}
date -s @$(($(date +%s) - 7200)) >&2
more ${AFTER}
kill -TERM $steps
wait $steps
echo STEPS $?
tail -n 1 /host/run/steps.jsonl
poweroff -f
`;

function initramfs({ version }: KernelImage): Buffer {
  const files = ['virtio_pci', '9pnet_virtio', '9p']
    .flatMap(name => execFileSync('modprobe', ['-D', '-S', version, name], { encoding: 'utf8' }).split('\n'))
    .flatMap(line => line.match(/^insmod (\S+)/)?.[1] ?? []);
  return cpio([
    { path: 'bin/' },
    { path: 'bin/busybox', content: readFileSync(BUSYBOX) },
    { path: 'mods/' },
    ...[...new Set(files)].map((file, index) => ({
      path: `mods/${index + 10}.ko`,
      content: readFileSync(file),
      mode: 0o644,
    })),
    { path: 'init', content: Buffer.from(INIT) },
  ]);
}

/**
 * All that the guest said until it was off. Its time is that of its instructions, of which each takes 8 ns, and idle time
 * passes at once: whatever else keeps this machine busy makes nothing late in there.
 */
async function run(kernel: KernelImage): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-clock-'));
  const image = join(folder, 'initramfs.cpio');
  writeFileSync(image, initramfs(kernel));
  const [program, ...args] = killedWithParent([
    ...['qemu-system-x86_64', '-machine', 'q35,accel=tcg', '-icount', 'shift=3,sleep=off'],
    ...['-m', '512', '-nographic', '-no-reboot', '-nic', 'none'],
    ...['-kernel', bootFile(kernel.image, folder), '-initrd', image],
    ...['-append', `console=ttyS0 quiet panic=-1 ${WITHOUT}`],
    ...['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
  ]);
  const guest = spawn(program!, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const limit = setTimeout(() => guest.kill('SIGKILL'), LIMIT_MS);
  let said = '';
  guest.stdout.on('data', text => (said += text));
  await once(guest, 'close');
  clearTimeout(limit);
  rmSync(folder, { recursive: true });
  return said.split(/\r?\n/);
}

real('midnight, an hour forth and two hours back are no event, and the recording is whole', async () => {
  const said = await run(findKernel()!);
  const lines: Line[] = said
    .slice(said.lastIndexOf('AGAIN') + 1)
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line));
  assert.ok(said.includes('BEFORE MIDNIGHT') && said.includes('STEPS 143'), said.join('\n'));
  const events = lines.filter(({ type }) => type === 'event');
  assert.equal(events, []);
  const [target] = lines.find(({ type }) => type === 'summary')!.targets;
  assert.is(target.target, ECHO);
  assert.ok(
    target.received > 3 * AFTER + LEARNED / 3 && target.received === target.sent,
    JSON.stringify(target),
  );
  assert.ok(
    target.rttMs.max < 1000,
    `no round trip is as long as a step of the clock: ${target.rttMs.max} ms`,
  );
  const end = JSON.parse(said.find(line => line.startsWith('["end"'))!);
  assert.ok(end[1].samples > 4 * AFTER + LEARNED, JSON.stringify(end));
});

test.run();
