import { printable } from '../../core/format/text.js';
import { bytes } from '../../core/format/units.js';
import type { TargetId } from '../../core/sample.js';
import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { TargetGatherer } from '../../output/share/gather.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { FlagValues } from '../../plan/flags.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';
import { SURVEY_FLAGS, surveyed } from './surveying.js';

export const share: Command = {
  name: 'share',
  summary: 'make one HTML file that replays a recording in any browser, signed with --sign',
  usage: 'RECORDING',
  flags: ['sign', 'keygen', ...SURVEY_FLAGS],
  run,
};

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (flags.keygen !== undefined) return makeKey(words, flags, io);
  if (words.length !== 1)
    throw new UsageError('share takes one RECORDING, such as migwatch share night.jsonl -o night.html');
  const [
    { openDestination },
    { checkSize, TargetGatherer },
    { sharedPage },
    signature,
    { readSecret, hashOfFile },
  ] = await Promise.all([
    import('../../output/destination.js'),
    import('../../output/share/gather.js'),
    import('../../output/share/page.js'),
    import('../../output/share/signature.js'),
    import('../../system/key-file.js'),
  ]);
  const keyFile = flags.sign as string | undefined;
  const key = await asUsage(() =>
    keyFile === undefined ? undefined : named(keyFile, () => signature.signingKey(readSecret(keyFile))),
  );
  const gatherers = new Map<TargetId, TargetGatherer>();
  let [detectors, hash, samples] = [[] as string[], '', 0];
  const found = await surveyed(words[0]!, flags, io, (choices, path) => {
    detectors = choices.map(({ plugin }) => plugin.name);
    hash = hashOfFile(path);
    const of = (target: TargetId) => {
      const known = gatherers.get(target) ?? new TargetGatherer(detectors.length);
      gatherers.set(target, known);
      return known;
    };
    return {
      onStep: step => of(step.sample.target).step(step),
      onSample: sample => {
        checkSize(++samples);
        of(sample.target).sample(sample);
      },
    };
  });
  const file = flags.output as string | undefined;
  const out = await asUsage(() => openDestination(file, flags.force === true));
  const origin = { recordingHash: hash, ...(key && { fingerprint: signature.fingerprintOf(key) }) };
  const page = sharedPage(found, gatherers, detectors, origin);
  const content = key ? signature.signed(page, key, Date.now()) : page;
  await out.fill(write => write(content));
  if (file === undefined) return CODES.done;
  const by = origin.fingerprint === undefined ? 'not signed' : `signed by ${origin.fingerprint}`;
  io.say(`written to ${file}: ${bytes(Buffer.byteLength(content))}, ${by}`);
  return CODES.done;
}

/** Writes a new key for its owner alone, and its public part beside it. */
async function makeKey(
  words: readonly string[],
  { keygen, force }: FlagValues,
  io: SessionIo,
): Promise<number> {
  if (words.length > 0)
    throw new UsageError('--keygen only makes a key: share the RECORDING in a second run');
  const [{ openDestination }, { fingerprintOfPem, newKeyPair }] = await Promise.all([
    import('../../output/destination.js'),
    import('../../output/share/signature.js'),
  ]);
  const file = keygen as string;
  const { privateKey, publicKey } = newKeyPair();
  const [own, open] = await asUsage(() => {
    const isForced = force === true;
    return [openDestination(file, isForced), openDestination(`${file}.pub`, isForced)] as const;
  });
  await own.fill(write => write(privateKey));
  await open.fill(write => write(publicKey));
  io.say(`${file} signs; keep it to yourself. ${file}.pub is for those who verify; its fingerprint is`);
  await openDestination().fill(write => write(`${fingerprintOfPem(publicKey)}\n`));
  return CODES.done;
}

/** Adds the name of the file to an error. */
function named<Result>(file: string, make: () => Result): Result {
  try {
    return make();
  } catch (cause) {
    throw new Error(`${printable(file)}: ${(cause as Error).message}`, { cause });
  }
}
