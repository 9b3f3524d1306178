/** Each cause as a real guest showed it, cut from recordings of the lab: what the judge gets right stays right. */
import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { complaintsAbout } from '../../support/complaints.js';

const FOLDER = 'recordings/causes';
const NAMES = readdirSync(FOLDER)
  .filter(name => name.endsWith('.jsonl'))
  .map(name => name.replace('.jsonl', ''));

const test = suite('golden recordings');

test('they cover what the judge has to tell apart', () => {
  for (const name of ['migration', 'pause', 'reboot', 'outage', 'failover', 'takeover', 'clock-set', 'ghost'])
    assert.ok(NAMES.includes(name), name);
  assert.ok(NAMES.length >= 15, `${NAMES.length}`);
});

for (const name of NAMES)
  test(name, async () => {
    assert.equal(await complaintsAbout(`${FOLDER}/${name}`), []);
  });

test.run();
