import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchiveEntry, cpio } from './cpio.js';

/** A kernel that the guest can run: its image and its modules. */
export interface KernelImage {
  version: string;
  image: string;
  modules: string;
}

/** The last number of the guests' addresses, on 10.77.0.0/24 and fd77::/64. */
export const GUEST_HOSTS = [10, 11, 12] as const;
export const addressOf = (host: number) => `10.77.0.${host}`;
export const GUEST_ADDRESS = addressOf(GUEST_HOSTS[0]);
/** The stream that a viewer plays from the first guest. */
export const STREAM_URL = `http://${GUEST_ADDRESS}/clip`;
/** The line on the guest's console when it is up. */
export const UP = 'GUEST UP';

export const BUSYBOX = '/bin/busybox';

/** In the order of their dependencies. */
const MODULES = [
  'virtio_ring',
  'virtio',
  'virtio_pci_modern_dev',
  'virtio_pci_legacy_dev',
  'virtio_pci',
  'failover',
  'net_failover',
  'virtio_net',
];

/** The ways in which a distribution may have compressed its modules. */
const UNPACK: Record<string, readonly string[]> = {
  xz: ['xz', '-dc'],
  zst: ['zstd', '-dcq'],
  gz: ['gzip', '-dc'],
};

/**
 * The guest's first process. `dirty=N` on the kernel's command line makes it rewrite N MB of memory a second, 32 MB in
 * turn, with random bytes, because QEMU sends a page of zeros at almost no cost. `clip=N` makes it serve N MB of random bytes;
 * `host=N` is the last number of its addresses. Then it runs the lines that its console receives.
 */
const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /dev /proc /sys /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t tmpfs tmp /tmp
/bin/busybox --install -s /bin
PATH=/bin
for m in /mods/*.ko; do insmod $m; done
for w in $(cat /proc/cmdline); do case $w in dirty=*|clip=*|host=*) eval $w;; esac; done
echo 1 > /proc/sys/net/ipv4/conf/all/arp_notify
echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad
ip link set lo up
ip link set eth0 up
ip addr add 10.77.0.$host/24 dev eth0
ip addr add fd77::$host/64 dev eth0
ip route add default via 10.77.0.1
mkdir -p /tmp/www
echo lab > /tmp/www/index.html
[ \${clip:-0} -gt 0 ] && dd if=/dev/urandom of=/tmp/www/clip bs=64k count=$((clip * 16)) 2>/dev/null
httpd -h /tmp/www
if [ \${dirty:-0} -gt 0 ]; then
  dd if=/dev/urandom of=/tmp/random bs=64k count=16 2>/dev/null
  ( while :; do
      n=0
      while [ $n -lt $dirty ]; do
        dd if=/tmp/random of=/tmp/dirty bs=64k seek=$((n % 32 * 16)) conv=notrunc 2>/dev/null
        n=$((n + 1))
        [ $((n * 10 % dirty)) -lt 10 ] && usleep 100000
      done
    done ) &
fi
echo ${UP}
while read -r line; do eval "$line"; done
`;

/** The newest kernel under /boot that can be read and whose modules are installed. */
export function findKernel(): KernelImage | undefined {
  if (!existsSync('/boot')) return undefined;
  return readdirSync('/boot')
    .filter(name => name.startsWith('vmlinuz-'))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map(name => name.slice('vmlinuz-'.length))
    .map(version => ({ version, image: `/boot/vmlinuz-${version}`, modules: `/lib/modules/${version}` }))
    .find(kernel => existsSync(join(kernel.modules, 'modules.dep')));
}

/** The guest's complete file system: busybox, the network driver and one script. */
export function initramfs(kernel: KernelImage): Buffer {
  const modules = findModules(kernel).map(
    (file, index): ArchiveEntry => ({ path: `mods/${index}.ko`, content: readModule(file), mode: 0o644 }),
  );
  return cpio([
    { path: 'bin/' },
    { path: 'bin/busybox', content: readFileSync(BUSYBOX) },
    { path: 'mods/' },
    ...modules,
    { path: 'init', content: Buffer.from(INIT) },
  ]);
}

/** The paths of the modules that are not built into the kernel. Throws an Error if a module is missing. */
function findModules({ modules, version }: KernelImage): string[] {
  const lines = (name: string) => readFileSync(join(modules, name), 'utf8').split('\n');
  const loadable = lines('modules.dep').map(line => line.split(':')[0]!);
  const builtin = lines('modules.builtin');
  return MODULES.flatMap(name => {
    const is = (path: string) => path.replace(/-/g, '_').match(/([^/]+)\.ko(\.\w+)?$/)?.[1] === name;
    const found = loadable.find(is);
    if (found !== undefined) return [join(modules, found)];
    if (builtin.some(is)) return [];
    throw new Error(
      `kernel ${version} has no module ${name}, which the guest's network needs: install the kernel's modules`,
    );
  });
}

function readModule(file: string): Buffer {
  const unpack = UNPACK[file.split('.').at(-1)!];
  if (!unpack) return readFileSync(file);
  return execFileSync(unpack[0]!, [...unpack.slice(1), file], { maxBuffer: 1 << 26 });
}
