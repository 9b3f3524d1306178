import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseTarget, parseTargetList, parseTargets } from '../../src/plan/targets.js';

const test = suite('targets');

const READ: [string, object][] = [
  ['vm', { id: 'vm', name: 'vm', host: 'vm', scheme: 'icmp' }],
  ['db=10.0.0.7', { id: '10.0.0.7', name: 'db', host: '10.0.0.7', scheme: 'icmp' }],
  ['fe80::1', { id: 'fe80::1', name: 'fe80::1', host: 'fe80::1', scheme: 'icmp' }],
  ['db=[2001:db8::1]', { id: '[2001:db8::1]', name: 'db', host: '2001:db8::1', scheme: 'icmp' }],
  [
    'tcp://web.example:443',
    { id: 'tcp://web.example:443', name: 'web.example:443', host: 'web.example', scheme: 'tcp', port: 443 },
  ],
  ['w=tcp://[::1]:80', { id: 'tcp://[::1]:80', name: 'w', host: '::1', scheme: 'tcp', port: 80 }],
  ['sim:demo', { id: 'sim:demo', name: 'demo', host: 'demo', scheme: 'sim' }],
];
for (const [text, expected] of READ) test(`reads ${text}`, () => assert.equal(parseTarget(text), expected));

const REFUSED: [string, RegExp][] = [
  ['', /is no target/],
  ['=10.0.0.7', /lacks a label/],
  ['db=', /lacks a host/],
  ['sim:', /lacks the simulated VM's name/],
  ['tcp://web', /port from 1 to 65535/],
  ['tcp://web:0', /port from 1 to 65535/],
  ['tcp://web:70000', /port from 1 to 65535/],
  ['10.0.0.300', /is no target/],
  ['a b', /is no target/],
  ['host;rm -rf', /is no target/],
  ['-oProxyCommand', /is no target/],
];
for (const [text, reason] of REFUSED)
  test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseTarget(text), reason));

test('an escape sequence in a refused target does not come back raw', () => {
  try {
    parseTarget('\x1b]0;owned\x07\u009b31m\u202e');
    assert.unreachable();
  } catch (error) {
    assert.not.match((error as Error).message, /[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
  }
});

test('two names for one target are refused, naming both', () => {
  assert.throws(
    () => parseTargets(['a=10.0.0.7', 'b=10.0.0.7']),
    /"b=10.0.0.7" names the same target as "a=10.0.0.7"/,
  );
});

test('a list has one target a line, comments and blank lines aside', () => {
  assert.equal(parseTargetList('# ours\nvm1\n\n  db=10.0.0.7  # the old one\r\n'), ['vm1', 'db=10.0.0.7']);
});

test.run();
