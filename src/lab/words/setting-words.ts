import { parseDuration } from '../../core/format/duration.js';
import type { Millis } from '../../core/sample.js';
import { GUEST_HOSTS } from '../guest.js';
import type { LabOptions } from '../lab.js';
import { NEIGHBOUR_HOSTS } from '../topology.js';
import { type Readers, readChoice, readPairs, readWhole, type Words } from './word.js';

/** What is decided before the VM boots. */
export const SETTING_WORDS: Words = {
  guest: {
    usage: 'guest [count=N] [dirty=MB] [accel=tcg|kvm]',
    summary:
      'configure the VM: how many of it (each step is done to all at once), memory that it rewrites a second, and the accelerator',
    read: (words, draft) => void Object.assign(draft.lab, readPairs(words, GUEST)),
  },
  viewer: {
    usage: 'viewer [buffer=TIME]',
    summary: 'let the VM serve a stream, and a viewer with this buffer play it (10s)',
    read: (words, draft) => {
      draft.lab.viewer = { bufferMs: 10_000, ...readPairs(words, VIEWER) };
    },
  },
  observe: {
    usage: 'observe hypervisor',
    summary: 'watch also from the hypervisor where the VM boots',
    read: (words, draft) => {
      readChoice(words.join(' '), ['hypervisor']);
      draft.lab.insider = true;
    },
  },
  monitors: {
    usage: 'monitors [open|hidden]',
    summary: 'connect to the monitors of both hypervisors (open), or to monitors that conceal migrations',
    read: (words, draft) => {
      draft.lab.monitors = readChoice(words.join(' ') || 'open', ['open', 'hidden']);
    },
  },
  hypervisors: {
    usage: 'hypervisors qemu|libvirt',
    summary: 'run the VM under QEMU alone, or under a libvirtd on each hypervisor, and connect to both',
    read: (words, draft) => {
      if (readChoice(words.join(' '), ['qemu', 'libvirt']) === 'libvirt') draft.lab.libvirt = true;
    },
  },
  hosts: {
    usage: 'hosts N',
    summary: 'watch this number of hosts besides the VM (all by default)',
    read: (words, draft) => {
      draft.lab.hosts = readWhole(words.join(' '), 0, NEIGHBOUR_HOSTS.length);
    },
  },
};

const VIEWER: Readers<{ bufferMs: Millis }> = { buffer: text => ({ bufferMs: parseDuration(text) }) };

const GUEST: Readers<LabOptions> = {
  count: text => ({ vms: readWhole(text, 1, GUEST_HOSTS.length) }),
  dirty: text => ({ dirty: readWhole(text, 0, 1000, ' of MB') }),
  accel: text => ({ accel: readChoice(text, ['tcg', 'kvm']) }),
};
