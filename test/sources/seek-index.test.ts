import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import { SeekIndex } from '../../src/sources/seek-index.js';
import { HOLD, record, scratch } from '../recording/session.js';
import { scenario } from '../support/scenario.js';

const test = suite('the index of a recording');

/** Ways in which the cache may hold what this build can't use. */
const SPOILT: Record<string, (base: string) => void> = {
  'cut short': base => truncateSync(`${base}.states`, statSync(`${base}.states`).size - 5),
  'no JSON': base => writeFileSync(`${base}.json`, '{"places":'),
  'of a build that knew other things': base => {
    const states = readFileSync(`${base}.states`);
    const data = JSON.parse(readFileSync(`${base}.json`, 'utf8'));
    const last = data.places.at(-1);
    const known = JSON.parse(inflateRawSync(states.subarray(last.state.start)).toString());
    known.session.judge.version = 99;
    const packed = deflateRawSync(JSON.stringify(known));
    last.state = { start: 0, length: packed.length };
    writeFileSync(`${base}.states`, packed);
    writeFileSync(`${base}.json`, JSON.stringify(data));
  },
};

for (const [what, spoil] of Object.entries(SPOILT))
  test(`that is ${what} is made again`, async () => {
    const folder = scratch();
    const path = join(folder, 'session.jsonl');
    record(path, scenario(`${'.'.repeat(60)}xxxxxxx${'.'.repeat(60)}`));
    const options = { choices: defaultChoices(), holdMs: HOLD, folder: join(folder, 'cache') };
    const made = await SeekIndex.of(path, options);
    const [name] = readdirSync(options.folder).filter(file => file.endsWith('.json'));
    spoil(join(options.folder, name!.slice(0, -'.json'.length)));
    const again = await SeekIndex.of(path, options);
    assert.equal(again.data, made.data);
    assert.equal(again.stateAt(again.data.places[0]!), made.stateAt(made.data.places[0]!));
    assert.is(again.data.judged.length, 1);
  });

test.run();
