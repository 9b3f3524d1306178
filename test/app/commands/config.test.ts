import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../../src/app/commands/index.js';
import { flagsFromConfig, SETTINGS } from '../../../src/plan/config-file.js';
import { FLAGS, type Flag } from '../../../src/plan/flags.js';
import { CLI } from '../../support/headless.js';

const test = suite('config');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
test.after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'migwatch', 'config.json');

const config = (...argv: string[]) =>
  spawnSync(process.execPath, [CLI, 'config', ...argv], {
    env: { ...process.env, XDG_CONFIG_HOME: folder },
    encoding: 'utf8',
  });

test('--init writes every option with what it means, for its owner alone, and changes nothing', () => {
  assert.is(config('--init').status, 0);
  assert.is(statSync(path).mode & 0o777, 0o600);
  const written: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'));
  const watch = commands.find(({ name }) => name === 'watch')!;
  for (const name of watch.flags.filter(flag => !/^(config|record|force|notes|expect)$/.test(flag))) {
    assert.is(written[name], null, name);
    assert.type(written[`//${name}`], 'string');
  }
  assert.match(String(written['//theme']), /dark, light, high-contrast, color-blind \(default dark\)/);
  assert.equal(flagsFromConfig(readFileSync(path, 'utf8'), path), {});
});

test('the settings are the lasting flags of the commands that read a configuration file', () => {
  const taken = commands.filter(({ flags }) => flags.includes('config')).flatMap(({ flags }) => flags);
  const once = FLAGS.filter((flag: Flag) => flag.once).map(({ name }) => name);
  const lasting = FLAGS.map(({ name }) => name).filter(name => taken.includes(name) && !once.includes(name));
  assert.equal(
    SETTINGS.map(({ name }) => name),
    lasting,
  );
});

test('a file that exists is kept, unless --force says otherwise', () => {
  writeFileSync(path, '{"theme":"light"}');
  const refused = config('--init');
  assert.is(refused.status, 2);
  assert.match(refused.stderr, /config\.json exists: .*--force/);
  assert.is(readFileSync(path, 'utf8'), '{"theme":"light"}');
  assert.is(config('--init', '--force').status, 0);
  assert.match(readFileSync(path, 'utf8'), /"theme": null/);
});

test('what is in force is shown with where it comes from', () => {
  writeFileSync(path, '{"theme":"light","utc":true,"//":"mine","hold":null}');
  assert.is(config('--path').stdout, `${path}\n`);
  const { stdout } = config();
  assert.match(stdout, /^theme +light +file$/m);
  assert.match(stdout, /^utc +on +file$/m);
  assert.match(stdout, /^hold +30s +default$/m);
  assert.match(stdout, /^mouse +on +default$/m);
});

test('a word that a setting does not take is refused, with the file and the nearest that it takes', () => {
  writeFileSync(path, '{"theme":"lihgt"}');
  const { status, stderr } = config();
  assert.is(status, 2);
  assert.match(stderr, /config\.json: unknown value of --theme "lihgt"\. Did you mean "light"\?/);
  assert.throws(() => flagsFromConfig('{"init":true}', 'c.json'), /unknown setting "init"/);
});

test.run();
