import type { Flag } from '../../plan/flags.js';
import type { Command } from '../commands/index.js';
import { flagHelp } from '../help/manual.js';
import { commands, flagsOf, type Offer, offerOfCommand, offerOfFlag, typed } from './model.js';

/** Completion for zsh: saved as `_migwatch` in a folder of `$fpath`, or sourced. */
export function zshCompletion(): string {
  return `#compdef migwatch
# zsh completion for migwatch: source <(migwatch completion zsh)
_migwatch_recordings() {
  local -a names
  names=(\${(f)"$(_call_program recordings migwatch recordings names 2>/dev/null)"})
  compadd -a names
  _files -g '*.jsonl'
}
_migwatch() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  local command=${commands[0]!.name}
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    _hosts
    return
  fi
  if (( \${commands[(I)\${words[2]}:*]} )); then
    command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${commands.map(arm).join('\n')}
  esac
}
if [[ $funcstack[1] == _migwatch ]]; then _migwatch "$@"; else compdef _migwatch migwatch; fi
`;
}

function arm(command: Command): string {
  const specs = [...flagsOf(command).flatMap(specsOf), quoted(`*:word:${action(offerOfCommand(command))}`)];
  return `    ${command.name})\n      _arguments ${specs.join(' \\\n        ')}\n      ;;`;
}

/** One for each way of writing a flag. */
function specsOf(flag: Flag): string[] {
  const offer = offerOfFlag(flag);
  const help = flagHelp(flag).replace(/[[\]:]/g, ' ');
  const value = offer && !flag.optional ? `:${flag.name}:${action(offer)}` : '';
  const short = flag.short && (offer || typed(flag) === `--${flag.name}`) ? [`-${flag.short}`] : [];
  const repeat = flag.repeatable ? '*' : '';
  return [...short, typed(flag)].map(name =>
    quoted(`${repeat}${name}${value && name.startsWith('--') ? '=' : ''}[${help}]${value}`),
  );
}

function action({ words, list, also }: Offer): string {
  const others = {
    files: '_files',
    folders: '_files -/',
    hosts: '_hosts',
    recordings: '_migwatch_recordings',
  } as const;
  if (list) return `_values -s , word ${words.join(' ')}`;
  if (words.length === 0) return also ? others[also] : ' ';
  if (!also) return `(${words.join(' ')})`;
  return `{compadd -- ${words.join(' ')}; ${others[also]}}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
