/** The machine we run on has its clock set, by an hour both ways, and passes midnight: in a VM of its own, since it is the whole machine's. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpio } from '../../src/lab/cpio.js';
import { BUSYBOX, findKernel, type KernelImage } from '../../src/lab/guest.js';
import { bootFile } from '../../src/lab/kernel-image.js';
import { killedWithParent } from '../../src/lab/namespace.js';
import { CLI, type Line } from '../support/headless.js';
import { needing } from '../support/needs.js';

const test = suite('the clock of our own machine');
const real = needing(test, { lab: true, commands: ['modprobe'] });
/** QEMU's own gateway, which answers echoes; and the guest itself, which also tells its clock. */
const [GATEWAY, ITSELF] = ['10.0.2.2', '127.0.0.1'];
/** 2026-11-20 23:59:53 UTC. */
const BEFORE_MIDNIGHT = Date.UTC(2026, 10, 20, 23, 59, 53) / 1000;

/** The guest sees this machine's files, read-only, and runs our Node and our program in them. */
const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /dev /host
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
PATH=/bin
for m in /mods/*.ko; do insmod $m; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000 host /host
mount -t proc proc /host/proc; mount -t devtmpfs dev /host/dev; mount -t tmpfs run /host/run
ip link set lo up; ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; ip route add default via ${GATEWAY}
watch() { exec chroot /host env HOME=/run PATH=/usr/bin:/bin ${process.execPath} ${CLI} watch --headless "$@"; }
date -s @${BEFORE_MIDNIGHT} >&2
watch -d 12s ${ITSELF} &
midnight=$!
watch --record=/run/steps.jsonl ${GATEWAY} &
steps=$!
wait $midnight
echo MIDNIGHT $?
date -s @$(($(date +%s) + 3600)) >&2
sleep 4
date -s @$(($(date +%s) - 7200)) >&2
sleep 4
kill -TERM $steps
wait $steps
echo STEPS $?
tail -n 1 /host/run/steps.jsonl
poweroff -f
`;

function initramfs({ version }: KernelImage): Buffer {
  const files = ['virtio_pci', 'virtio_net', '9pnet_virtio', '9p']
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

/** All that the guest said until it was off. */
async function run(kernel: KernelImage): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-clock-'));
  const image = join(folder, 'initramfs.cpio');
  writeFileSync(image, initramfs(kernel));
  const [program, ...args] = killedWithParent([
    ...['qemu-system-x86_64', '-machine', 'q35,accel=tcg', '-m', '512', '-nographic', '-no-reboot'],
    ...[
      '-kernel',
      bootFile(kernel.image, folder),
      '-initrd',
      image,
      '-append',
      'console=ttyS0 quiet panic=-1',
    ],
    ...['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
    ...['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net'],
  ]);
  const guest = spawn(program!, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const limit = setTimeout(() => guest.kill('SIGKILL'), 80_000);
  let said = '';
  guest.stdout.on('data', text => (said += text));
  await once(guest, 'close');
  clearTimeout(limit);
  rmSync(folder, { recursive: true });
  return said.split(/\r?\n/);
}

real('an hour forth, two hours back and midnight are no event, and the recording is whole', async () => {
  const said = await run(findKernel()!);
  const lines: Line[] = said.filter(line => line.startsWith('{')).map(line => JSON.parse(line));
  assert.ok(said.includes('MIDNIGHT 0') && said.includes('STEPS 143'), said.join('\n'));
  const events = lines.filter(({ type }) => type === 'event');
  assert.equal(events, []);
  const counts = lines.filter(({ type }) => type === 'summary').flatMap(({ targets }) => targets);
  assert.equal(counts.map(({ target }) => target).sort(), [GATEWAY, ITSELF]);
  for (const { target, received, sent, rttMs } of counts) {
    assert.ok(
      received > (target === ITSELF ? 100 : 200) && received === sent,
      `${target}: ${received}/${sent}`,
    );
    assert.ok(
      rttMs.max < 1000,
      `${target}: no round trip is as long as a step of the clock: ${rttMs.max} ms`,
    );
  }
  const end = JSON.parse(said.find(line => line.startsWith('["end"'))!);
  assert.ok(end[1].samples > 250, JSON.stringify(end));
});

test.run();
