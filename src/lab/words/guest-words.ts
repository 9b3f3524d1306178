import { parseDuration } from '../../core/format/duration.js';
import type { Move, Takeover } from '../actions.js';
import { RIVAL_MACS } from '../topology.js';
import {
  add,
  bare,
  type Readers,
  readChoice,
  readPairs,
  readTime,
  readWhole,
  timed,
  type Words,
} from './word.js';

/** What is done to the VM. */
export const GUEST_WORDS: Words = {
  migrate: {
    usage:
      'migrate [hold=TIME] [late=TIME] [set=TIME] [mode=postcopy|converge] [bandwidth=MB] [tls=on] [via=native|p2p|tunnel]',
    summary:
      'migrate the VM to the other hypervisor; hold lengthens the blackout; late delays its network; set corrects its clock at the first whole second after this time; bandwidth limits the transfer, in MB/s; under libvirt, virsh drives it (via=native), or the source, which may carry the data too',
    read: (words, draft) => {
      const move: Partial<Move> = readPairs(words, MOVE);
      if (move.holdMs && move.mode === 'postcopy')
        throw new RangeError('hold or mode=postcopy, not both: nothing holds the guest back in post-copy');
      if (move.tls) draft.lab.tls = true;
      add(draft, { do: 'migrate', holdMs: 0, ...move });
    },
  },
  pause: timed('pause', 'stop the VM where it is, like a snapshot'),
  save: timed('save', 'save the VM to a file, and restore it where it was after this time'),
  reboot: bare('reboot', 'press the reset button and wait until the VM is up'),
  date: {
    usage: 'date +TIME|-TIME',
    summary: "set the VM's clock by whole seconds, and less than a second back, as date does",
    read: (words, draft) => {
      const [, sign, time] = words.join(' ').match(/^([+-])(\S+)$/) ?? [];
      if (!time) throw new RangeError(`a sign and a duration, such as -3s, not "${words.join(' ')}"`);
      const ms = parseDuration(time);
      if (ms % 1000 !== 0) throw new RangeError(`whole seconds, not "${time}"`);
      add(draft, { do: 'date', ms: sign === '-' ? -ms : ms });
    },
  },
  ghost: timed('ghost', 'resume the old copy that a migration left, while the VM runs too'),
  takeover: {
    usage: 'takeover TIME [rivals=N] [vm=gone|stays]',
    summary:
      'let another host answer for the address of the VM, by so many hardware addresses (1), instead of it or besides it',
    read: ([time, ...pairs], draft) => {
      const ms = readTime(time === undefined ? [] : [time]);
      add(draft, { do: 'takeover', ms, rivals: 1, vm: 'gone', ...readPairs(pairs, TAKEOVER) });
    },
  },
};

const MOVE: Readers<Move> = {
  hold: text => ({ holdMs: parseDuration(text) }),
  late: text => ({ lateMs: parseDuration(text) }),
  set: text => ({ setMs: parseDuration(text) }),
  mode: text => ({ mode: readChoice(text, ['precopy', 'postcopy', 'converge']) }),
  tls: text => ({ tls: readChoice(text, ['on', 'off']) === 'on' }),
  via: text => ({ via: readChoice(text, ['native', 'p2p', 'tunnel']) }),
  bandwidth: text => ({ bandwidthMB: readWhole(text, 1, 10_000, ' of MB') }),
};

const TAKEOVER: Readers<Takeover> = {
  rivals: text => ({ rivals: readWhole(text, 1, RIVAL_MACS.length) }),
  vm: text => ({ vm: readChoice(text, ['gone', 'stays']) }),
};
