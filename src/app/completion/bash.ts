import { FLAGS, type Flag } from '../../plan/flags.js';
import { commands, flagsOf, type Offer, offerOfCommand, offerOfFlag, typed } from './model.js';

/** Completion for bash from 3.2 on, without the package bash-completion. */
export function bashCompletion(): string {
  const valued = (FLAGS as readonly Flag[]).filter(flag => flag.value && !flag.optional);
  const names = commands.map(({ name }) => name);
  return `# bash completion for migwatch: source <(migwatch completion bash)
_migwatch_words() { COMPREPLY+=($(compgen -W "$1" -- "$cur")); }
_migwatch_list() {
  local before=
  [[ $cur == *,* ]] && before=\${cur%,*},
  COMPREPLY+=($(compgen -P "$before" -W "$1" -- "\${cur##*,}"))
}
_migwatch_also() {
  local IFS=$'\\n'
  case $1 in
    hosts) COMPREPLY+=($(compgen -A hostname -- "$cur")) ;;
    folders) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -d -- "$cur")) ;;
    files) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$cur")) ;;
    recordings)
      compopt -o filenames 2>/dev/null
      # Not by compgen -W, which would run what a file's name says.
      local name
      while read -r name; do
        [[ $name == "$cur"* ]] && COMPREPLY+=("$name")
      done < <("\${COMP_WORDS[0]}" recordings names 2>/dev/null)
      COMPREPLY+=($(compgen -f -X '!*.jsonl' -- "$cur") $(compgen -d -- "$cur"))
      ;;
  esac
}
_migwatch() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= i
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${valued.flatMap(spellings).join('|')})
        [[ \${COMP_WORDS[i+1]} == = ]] && ((i++))
        ((i++))
        ;;
      -*|=) ;;
      ${names.join('|')}) command=\${COMP_WORDS[i]}; break ;;
      *) command=${names[0]}; break ;;
    esac
  done
  case $prev in
${valued.map(flag => `    ${spellings(flag).join('|')}) ${offered(offerOfFlag(flag)!)} return ;;`).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case $command in
      '') _migwatch_words '${flagsOf(commands[0]!).map(typed).join(' ')}' ;;
${commands.map(command => `      ${command.name}) _migwatch_words '${flagsOf(command).map(typed).join(' ')}' ;;`).join('\n')}
    esac
    return
  fi
  case $command in
    '') _migwatch_words '${names.join(' ')}'; _migwatch_also hosts ;;
${commands.map(command => `    ${command.name}) ${offered(offerOfCommand(command))} ;;`).join('\n')}
  esac
}
complete -F _migwatch migwatch
`;
}

function spellings({ name, short }: Flag): string[] {
  return [`--${name}`, ...(short ? [`-${short}`] : [])];
}

function offered({ words, list, also }: Offer): string {
  const parts = [
    ...(words.length > 0 ? [`_migwatch_${list ? 'list' : 'words'} '${words.join(' ')}';`] : []),
    ...(also ? [`_migwatch_also ${also};`] : []),
  ];
  return parts.join(' ') || ':;';
}
