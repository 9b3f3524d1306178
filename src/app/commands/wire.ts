import type { CommandLine } from '../../plan/command-line.js';
import type { SessionIo } from '../../session/io.js';
import { codeOf } from '../exit-codes.js';
import type { Command } from './command.js';

export const wire: Command = {
  name: 'wire',
  summary: 'migration streams on a network or in a capture: ends, bytes, time, in clear or how protected',
  usage: 'FILE.pcap[ng]|IFACE[:HOST,…]',
  // The capture is opened as root, and root is given up before a byte of it is read.
  rootFor: 'everything',
  flags: ['between', 'canary', 'reveal', 'duration', 'fail-on', 'json', 'headless', 'ascii', 'utc'],
  run,
};

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  const [{ readWirePlan }, { watchWire }] = await Promise.all([
    import('../../plan/read-wire-plan.js'),
    import('../session/wire.js'),
  ]);
  return codeOf(await watchWire(readWirePlan(words, flags), io));
}
