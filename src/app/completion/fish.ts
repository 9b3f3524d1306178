import type { Flag } from '../../plan/flags.js';
import { type Command, commands } from '../commands/index.js';
import { flagHelp } from '../help/manual.js';
import { flagsOf, type Offer, offerOfCommand, offerOfFlag, typed } from './model.js';

/** Completion for fish: `migwatch completion fish | source`, or a file in `~/.config/fish/completions`. */
export function fishCompletion(): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# fish completion for migwatch: migwatch completion fish | source
function __migwatch_recordings
    migwatch recordings names 2>/dev/null
    __fish_complete_suffix .jsonl
end
function __migwatch_list
    set -l token (commandline -ct | string replace -r '^--[a-z-]+=' '')
    set -l before (string match -r '^.*,' -- $token)
    printf '%s\\n' $before$argv
end
complete -c migwatch -f
${commands.map(({ name, summary }) => `complete -c migwatch -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d ${quoted(summary)}`).join('\n')}
complete -c migwatch -n 'not __fish_seen_subcommand_from ${names}' -a '(__fish_print_hostnames)'
${commands.map(command => arm(command, names)).join('\n')}
`;
}

/** What the first command takes, it takes unnamed as well. */
function arm(command: Command, names: string): string {
  const seen = `__fish_seen_subcommand_from ${command.name}`;
  const where = command === commands[0] ? `${seen}; or not __fish_seen_subcommand_from ${names}` : seen;
  const words = argument(offerOfCommand(command));
  return [
    ...flagsOf(command).map(flag => `complete -c migwatch -n '${where}' ${flagOf(flag)}`),
    ...(words ? [`complete -c migwatch -n '${seen}' ${words}`] : []),
  ].join('\n');
}

function flagOf(flag: Flag): string {
  const offer = flag.optional ? undefined : offerOfFlag(flag);
  const short = flag.short ? ` -s ${flag.short}` : '';
  const files = offer?.also === 'files' ? '-r -F' : '-x';
  const value = offer
    ? ` ${files}${offer.also === 'files' && offer.words.length === 0 ? '' : ` ${argument(offer)}`}`
    : '';
  return `-l ${typed(flag).slice(2)}${short}${value.trimEnd()} -d ${quoted(flagHelp(flag))}`;
}

function argument({ words, list, also }: Offer): string {
  if (list) return `-a '(__migwatch_list ${words.join(' ')})'`;
  const others = {
    files: '',
    folders: '(__fish_complete_directories)',
    hosts: '(__fish_print_hostnames)',
    recordings: '(__migwatch_recordings)',
  } as const;
  const offered = [...words, ...(also && others[also] ? [others[also]] : [])].join(' ');
  const files = also === 'files' ? '-F' : '';
  return [files, offered ? `-a '${offered}'` : ''].filter(Boolean).join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
