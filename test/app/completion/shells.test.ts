import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backends } from '../../../probes/index.js';
import { commandNames, commands } from '../../../src/app/commands/index.js';
import { bashCompletion } from '../../../src/app/completion/bash.js';
import { fishCompletion } from '../../../src/app/completion/fish.js';
import { zshCompletion } from '../../../src/app/completion/zsh.js';
import { SCENARIOS } from '../../../src/lab/scenarios.js';
import { themeNames } from '../../../src/ui/style/themes.js';
import { CLI } from '../../support/headless.js';
import { needing } from '../../support/needs.js';

const test = suite('completion');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
test.after(() => rmSync(folder, { recursive: true }));

/** A folder of its own with recordings, one of which would do harm if its name were run. */
const NIGHT = join(folder, 'state', 'migwatch', 'recordings');
const HOSTILE = '$(touch ran).jsonl';
mkdirSync(NIGHT, { recursive: true });
mkdirSync(join(folder, 'here'));
for (const name of ['night.jsonl', 'noon.jsonl', HOSTILE]) writeFileSync(join(NIGHT, name), '');
writeFileSync(join(folder, 'here', 'targets.txt'), '');
writeFileSync(join(folder, 'migwatch'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
chmodSync(join(folder, 'migwatch'), 0o755);
const surroundings = {
  cwd: join(folder, 'here'),
  env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, XDG_STATE_HOME: join(folder, 'state') },
  encoding: 'utf8' as const,
};

writeFileSync(join(folder, 'bash'), bashCompletion());
writeFileSync(join(folder, 'zsh'), zshCompletion());
writeFileSync(join(folder, 'fish'), fishCompletion());

/** What bash offers for the last of these words, as it would call the function. */
function bash(...words: string[]): string[] {
  const script = `source "$1"; shift; COMP_WORDS=(migwatch "$@"); COMP_CWORD=$#; _migwatch
    ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"; true`;
  const out = execFileSync(
    'bash',
    ['--norc', '-c', script, 'bash', join(folder, 'bash'), ...words],
    surroundings,
  );
  return out.split('\n').filter(Boolean);
}

const OFFERS: { words: string[]; offered: readonly string[] }[] = [
  { words: ['re'], offered: ['replay', 'report', 'recordings'] },
  { words: ['watch', '--theme', ''], offered: themeNames },
  { words: ['--theme', '=', 'l'], offered: ['light'] },
  { words: ['--theme', '=', 'dark', 'replay', '--the'], offered: ['--theme'] },
  { words: ['vm', '--backend', 'icmp-'], offered: ['icmp-datagram', 'icmp-raw'] },
  { words: ['vm', '--backend', ''], offered: backends.map(({ name }) => name) },
  { words: ['vm', '--detector', 'cu'], offered: ['cusum'] },
  { words: ['vm', '--fail-on', 'migration,gh'], offered: ['migration,ghost'] },
  { words: ['vm', '-f', 'tar'], offered: ['targets.txt'] },
  { words: ['-i', '20ms', 'lab', 'figures-r'], offered: ['figures-routed'] },
  { words: ['lab', ''], offered: Object.keys(SCENARIOS) },
  { words: ['replay', 'n'], offered: ['night', 'noon'] },
  { words: ['recordings', 're'], offered: ['rename', 'remove'] },
  { words: ['recordings', 'show', 'ni'], offered: ['night'] },
  { words: ['completion', ''], offered: ['bash', 'zsh', 'fish'] },
  { words: ['doctor', '--'], offered: ['--version', '--help'] },
  { words: ['vm', '--interval', ''], offered: [] },
  { words: ['vm', '--no-'], offered: ['--no-color', '--no-mouse'] },
];
for (const { words, offered } of OFFERS)
  test(`bash: ${words.join(' ')}`, () => assert.equal(bash(...words).sort(), [...offered].sort()));

test('bash offers every flag of every command, and nothing that the command refuses', () => {
  for (const { name, flags } of commands) {
    const offered = bash(name, '--').map(flag => flag.replace(/^--(no-)?/, ''));
    assert.equal(offered.sort(), [...flags, 'version', 'help'].sort(), name);
  }
});

test('a recording’s name is a word and never run', () => {
  assert.ok(bash('replay', '$').includes(HOSTILE.replace('.jsonl', '')));
  assert.is(spawnSync('ls', surroundings).stdout, 'targets.txt\n');
});

needing(test, { commands: ['fish'] })('fish offers the same', () => {
  const fish = (line: string) =>
    execFileSync(
      'fish',
      ['--no-config', '-c', `source ${join(folder, 'fish')}; complete -C "${line}"`],
      surroundings,
    )
      .split('\n')
      .map(offer => offer.split('\t')[0]!)
      .filter(Boolean);
  const offers = fish('migwatch ');
  for (const name of commandNames) assert.ok(offers.includes(name), name);
  assert.equal(fish('migwatch watch --theme '), [...themeNames].sort());
  assert.equal(fish('migwatch vm --backend=icmp-'), ['--backend=icmp-datagram', '--backend=icmp-raw']);
  assert.equal(fish('migwatch vm --fail-on migration,gh'), ['migration,ghost']);
  assert.equal(fish('migwatch replay no'), ['noon']);
  assert.equal(fish('migwatch doctor --'), ['--help', '--version']);
  assert.ok(fish('migwatch watch -f tar').includes('targets.txt'));
});

needing(test, { commands: ['zsh'] })('zsh reads its script, and knows the commands', () => {
  const script = `autoload -Uz compinit; compinit -D -u; source ${join(folder, 'zsh')}; print $_comps[migwatch]`;
  assert.is(execFileSync('zsh', ['-f', '-c', script], surroundings), '_migwatch\n');
});

test.run();
