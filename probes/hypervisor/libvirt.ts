/**
 * libvirt, through virsh, which takes any URI that libvirt does; ssh keys and agents are the user's own. Read only: virsh
 * connects with --readonly, so libvirt refuses what would change something.
 *
 * One `virsh event --all --loop --timestamp` reports what happens. A second virsh lists the domains every 5 s, which shows
 * that the connection lives, and asks `domjobinfo` 4 times a second for domains that migrate. The result comes with the event
 * `job-completed`: fetching it by `domjobinfo --completed` would take it from the operator.
 *
 * Clock: virsh stamps an event here when it arrives, so the hypervisor's clock is not seen; the event is earlier by its way.
 *
 * Not for: domains that libvirt does not manage. A migration of one is unreported here.
 * Reference: virsh(1); libvirt-domain, virDomainGetJobStats.
 */
import { spawn } from 'node:child_process';
import type { HypervisorBackend } from './backend.js';
import { LibvirtSession } from './libvirt-session.js';

export const libvirt: HypervisorBackend = {
  name: 'libvirt',
  summary: 'all domains of a libvirt daemon, here or on another host: their states and migrations',
  form: 'libvirt:URI, such as libvirt:qemu+ssh://host1/system',
  needs: 'virsh, and permission to connect read-only',
  single: false,
  checkAddress: uri => {
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(uri) || /\s/.test(uri))
      throw new RangeError('a libvirt address is a URI such as qemu:///system');
  },
  check: () =>
    new Promise(done => {
      const child = spawn('virsh', ['--version'], { stdio: 'ignore' });
      child.once('error', ({ message }) =>
        done({ allowed: false, reason: message, remedy: 'apt install libvirt-clients' }),
      );
      child.once('exit', () => done({ allowed: true }));
    }),
  open: (uri, ports) => new LibvirtSession(uri, ports),
};
