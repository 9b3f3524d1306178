import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDateUrls, withStreams } from '../../src/plan/streams.js';
import { parseTargets } from '../../src/plan/targets.js';

const test = suite('streams');

const given = (targets: string[], ...streams: string[]) =>
  withStreams(parseTargets(targets), streams).map(({ id, name, stream }) => [id, name, stream]);

test('a stream goes to the target of its host, whatever its port', () => {
  assert.equal(given(['vm=10.0.0.1', 'db'], 'http://10.0.0.1:8080/clip?x=1#t', 'HTTPS://DB/live'), [
    ['10.0.0.1', 'vm', 'http://10.0.0.1:8080/clip?x=1'],
    ['db', 'db', 'https://db/live'],
  ]);
  assert.is(given(['fd00::1'], 'http://[fd00::1]/')[0]![2], 'http://[fd00::1]/');
});

test('or to the one that is named, by its label or as it was written', () => {
  assert.is(given(['vm=10.0.0.1'], 'vm=http://cdn/a=b')[0]![2], 'http://cdn/a=b');
  assert.is(given(['vm=10.0.0.1'], '10.0.0.1=http://cdn/')[0]![2], 'http://cdn/');
});

test('a host that is not a target yet is watched too', () => {
  assert.equal(given(['vm'], 'http://10.0.0.2/x'), [
    ['vm', 'vm', undefined],
    ['10.0.0.2', '10.0.0.2', 'http://10.0.0.2/x'],
  ]);
  assert.is(given([], 'http://[::1]:80/')[0]![0], '::1');
});

const REFUSED: [string[], RegExp][] = [
  [['ftp://vm/x'], /"ftp:\/\/vm\/x" is not a stream: write http/],
  [['vm'], /is not a stream/],
  [['http://'], /is not a stream/],
  [['http://vm:99999/'], /is not a stream/],
  [['http://me:secret@vm/'], /^the stream of vm has a user name or password: leave it out/],
  [['db=http://vm/'], /names a target that is not watched: none is called "db"/],
  [['demo=http://vm/'], /simulated VM, which serves no stream/],
  [['http://vm/a', 'http://vm/b'], /"http:\/\/vm\/b" is a second stream of "vm"/],
  [['x\u001b[2J=http://vm/'], /none is called "x\\u001b\[2J"/],
];
for (const [streams, reason] of REFUSED)
  test(`refuses ${JSON.stringify(streams)}`, () =>
    assert.throws(
      () => given(['vm', 'sim:demo'], ...streams),
      (error: unknown) =>
        error instanceof RangeError && reason.test(error.message) && !/secret/.test(error.message),
    ));

test('the URL of an HTTP clock is attached in the same way', () => {
  const targets = withDateUrls(parseTargets(['vm=10.0.0.1']), [
    'https://10.0.0.1/',
    'http://db:8080/x?a=1,b=2',
  ]);
  assert.equal(
    targets.map(({ id, dateUrl }) => [id, dateUrl]),
    [
      ['10.0.0.1', 'https://10.0.0.1/'],
      ['db', 'http://db:8080/x?a=1,b=2'],
    ],
  );
  assert.throws(() => withDateUrls(targets, ['http://db/']), /is a second HTTP clock of "db"/);
  assert.throws(() => withDateUrls(targets, ['db']), /is not an HTTP clock: write http/);
});

test('a URL where a target belongs names the flag', () => {
  assert.throws(() => parseTargets(['http://vm/x']), /is a stream: write --stream "http:\/\/vm\/x"/);
});

test.run();
