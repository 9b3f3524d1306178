import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { BUSYBOX, findKernel } from './guest.js';
import type { LabOptions } from './lab.js';

/** A requirement of the lab. */
interface Requirement {
  name: string;
  met(): boolean;
  /** The command that fixes it. */
  remedy: string;
}

const install = (packages: string) => `apt-get install ${packages}`;

const program = (name: string, packages: string): Requirement => ({
  name: `the program ${name}`,
  met: () =>
    [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some(folder =>
      may(join(folder, name), constants.X_OK),
    ),
  remedy: install(packages),
});

const REQUIREMENTS: readonly Requirement[] = [
  { name: 'Linux on x86-64', met: () => process.platform === 'linux' && process.arch === 'x64', remedy: '' },
  {
    name: 'root, for network namespaces and taps',
    met: () => process.getuid?.() === 0,
    remedy: 'sudo migwatch lab',
  },
  program('qemu-system-x86_64', 'qemu-system-x86'),
  program('ping', 'iputils-ping'),
  ...['ip', 'bridge'].map(name => program(name, 'iproute2')),
  ...['nsenter', 'unshare', 'setpriv'].map(name => program(name, 'util-linux')),
  { name: `a static busybox at ${BUSYBOX}`, met: hasStaticBusybox, remedy: install('busybox-static') },
  {
    name: 'a readable kernel /boot/vmlinuz-* with its modules in /lib/modules',
    met: () => {
      const kernel = findKernel();
      return kernel !== undefined && may(kernel.image, constants.R_OK);
    },
    remedy: install('linux-image-amd64'),
  },
  {
    name: 'the device /dev/net/tun',
    met: () => may('/dev/net/tun', constants.R_OK | constants.W_OK),
    remedy: 'modprobe tun',
  },
];

const CERTIFICATES = program('openssl', 'openssl');
const LIBVIRT: readonly Requirement[] = [
  program('libvirtd', 'libvirt-daemon'),
  program('virsh', 'libvirt-clients'),
  CERTIFICATES,
];

/** The requirements that are not met, each with the command that fixes it; empty if a lab with these options can run. */
export function missing({ libvirt, tls }: LabOptions = {}): string[] {
  const all = [...REQUIREMENTS, ...(libvirt ? LIBVIRT : tls ? [CERTIFICATES] : [])];
  return all
    .filter(requirement => !requirement.met())
    .map(({ name, remedy }) => `${name}${remedy && ` (mend it: ${remedy})`}`);
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** A dynamic program names its loader, and the guest has none. */
function hasStaticBusybox(): boolean {
  return existsSync(BUSYBOX) && !readFileSync(BUSYBOX).includes('/ld-linux');
}
