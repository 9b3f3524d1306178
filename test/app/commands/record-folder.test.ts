import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedProgram } from '../../support/shared-program.js';

const test = suite('--record');
const migwatch = sharedProgram();
const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
test.after(() => rmSync(folder, { recursive: true }));

test('of a folder says what is wrong and both ways out, and writes nothing', async () => {
  const { code, stderr } = await migwatch(['sim:vm', '--headless', '-d', '1s', `--record=${folder}`]);
  assert.is(code, 2);
  assert.match(
    stderr,
    /names a folder: name a file in it, such as --record=\S+night\.jsonl, or write -r --dir /,
  );
  assert.equal(readdirSync(folder), []);
});

test.run();
