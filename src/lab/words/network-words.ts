import { parseDuration } from '../../core/format/duration.js';
import type { Announcer } from '../actions.js';
import { CLEAN, type LinkSettings } from '../link-settings.js';
import {
  add,
  bare,
  type Draft,
  type Readers,
  readChoice,
  readPairs,
  readPercent,
  readTime,
  readWhole,
  timed,
  type Words,
} from './word.js';

/** What is done to the network. */
export const NETWORK_WORDS: Words = {
  cut: {
    usage: 'cut target|shared TIME [announce=qemu|switch]',
    summary:
      "cut the VM's own port, or the trunk that all share; after its own, QEMU or its switch may announce the VM, as in a failover",
    read: ([what, time, ...pairs], draft) => {
      const port = readChoice(what, ['target', 'shared']);
      const ms = readTime(time === undefined ? [] : [time]);
      const options = readPairs<{ announcer: Announcer }>(pairs, port === 'target' ? CUT : {});
      add(draft, { do: 'cut', what: port, ms, ...options });
    },
  },
  away: bare('away', 'take the network away from the VM on both hypervisors, while more is done to it'),
  back: bare('back', 'bring that network back'),
  steal: timed('steal', "draw the VM's traffic to another host by one forged RARP"),
  link: {
    usage: 'link [delay=TIME] [jitter=TIME] [tail=PERCENT%:TIME] [loss=PERCENT%] [stamps=pass|dropped]',
    summary:
      'change the path between observer and hosts: one-way delay, mean extra delay, slow packets, loss, a filter of ICMP timestamps',
    read: (words, draft) => {
      needLink(draft);
      add(draft, { do: 'link', settings: readPairs(words, LINK) });
    },
  },
  reroute: {
    usage: 'reroute target|shared DELAY',
    summary: 'change the one-way delay of the path to all hosts, or add one for the VM only, for good',
    read: ([what, ...time], draft) => {
      needLink(draft);
      add(draft, { do: 'reroute', what: readChoice(what, ['target', 'shared']), delayMs: readTime(time) });
    },
  },
  police: {
    usage: 'police N TIME',
    summary: 'pass only N ICMP requests a second, to all hosts together',
    read: ([count, ...time], draft) => {
      needLink(draft);
      add(draft, { do: 'police', perSecond: readWhole(count, 1, 10_000), ms: readTime(time) });
    },
  },
};

/** Such a step needs a userspace link, which is laid before the VM boots. */
function needLink({ lab }: Draft): void {
  lab.link ??= CLEAN;
}

const CUT: Readers<{ announcer: Announcer }> = {
  announce: text => ({ announcer: readChoice(text, ['qemu', 'switch']) }),
};

const LINK: Readers<LinkSettings> = {
  delay: text => ({ delayMs: parseDuration(text) }),
  jitter: text => ({ jitterMs: parseDuration(text) }),
  tail: text => {
    const [share, time = ''] = text.split(':');
    return { tailPercent: readPercent(share!), tailMs: parseDuration(time) };
  },
  loss: text => ({ lossPercent: readPercent(text) }),
  stamps: text => ({ dropsStamps: readChoice(text, ['pass', 'dropped']) === 'dropped' }),
};
