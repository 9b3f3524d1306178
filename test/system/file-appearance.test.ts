import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { onAppearance } from '../../src/system/file-appearance.js';
import { until } from '../support/until.js';

const test = suite('files that appear');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-appear-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('a file that is made, removed and made again is reported each time, another one never', async () => {
  const path = join(folder, 'vm.qmp');
  let [times, others] = [0, 0];
  const ends = [
    onAppearance(path, () => times++),
    onAppearance(join(folder, 'missing', 'vm.qmp'), () => others++),
    onAppearance(join(folder, 'other.qmp'), () => others++),
  ];
  try {
    writeFileSync(path, '');
    await until(() => times === 1, 'it is reported');
    rmSync(path);
    writeFileSync(path, '');
    await until(() => times >= 2, 'it is reported again');
    assert.is(others, 0);
  } finally {
    for (const end of ends) end();
  }
});

test.run();
