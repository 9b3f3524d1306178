import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseDetector } from '../../detectors/index.js';
import { chooseProbe } from '../../probes/index.js';
import { parsePingLine, unwrapSeq } from '../../probes/ping/ping-line.js';
import { formatDuration, parseDuration } from '../../src/core/format/duration.js';
import { asciiOnly, clip, printable, widthOf, wrap } from '../../src/core/format/text.js';
import { parseScenario } from '../../src/lab/scenario.js';
import { flagsFromConfig } from '../../src/plan/config-file.js';
import { parseTarget, parseTargetList } from '../../src/plan/targets.js';
import { text as anyText } from '../support/arbitrary.js';

const test = suite('properties of what people and programs write');
const text = anyText(60);
/** Words of a language's own pieces get further into its parser than any noise. */
const of = (...pieces: string[]) =>
  fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 8 })
    .map(all => all.join(''));

/** Either it is taken, or refused in words: never an internal error. */
function refusesInWords(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    assert.ok(
      !(error instanceof TypeError || error instanceof ReferenceError),
      String((error as Error).stack),
    );
    assert.ok((error as Error).message.length > 10, String(error));
  }
}

const PARSERS: Record<string, [parse: (text: string) => unknown, written: fc.Arbitrary<string>]> = {
  duration: [parseDuration, of('1', '.5', 'ms', 's', 'h', '-', 'µs', '1e9')],
  target: [
    parseTarget,
    of('sim:', 'tcp://', '[', ']', ':', '443', '=', 'db', '.', '::1', '10.0.0.7', '%eth0'),
  ],
  detector: [chooseDetector, of('cusum', 'z-score', ':', ',', '=', '5', 'h', '__proto__', '-1')],
  prober: [chooseProbe, of('clock', 'sim', 'tcp', ':', ',', '=', '443', 'constructor')],
  scenario: [
    parseScenario,
    of('migrate ', 'hold=', '300ms', ';', 'repeat ', '3', 'end', 'wait ', 'link ', 'loss=', '1%'),
  ],
};

for (const [what, [parse, written]] of Object.entries(PARSERS))
  test(`a ${what} is read, or refused in words`, () => {
    fc.assert(fc.property(fc.oneof(text, written), given => refusesInWords(() => parse(given))));
  });

test('a configuration of any JSON is read, or refused with its file named', () => {
  const value = fc.dictionary(
    fc.oneof(fc.constantFrom('interval', 'detector', 'ascii', '__proto__'), text),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        fc.json(),
        value.map(given => JSON.stringify(given)),
      ),
      given => {
        try {
          flagsFromConfig(given, 'config.json');
        } catch (error) {
          assert.match((error as Error).message, /^config\.json/);
        }
      },
    ),
  );
});

test('a line of a log is read, or skipped', () => {
  const line = of(
    '64 bytes from ',
    '10.0.0.7',
    ': icmp_seq=',
    '1',
    ' ttl=64',
    ' time=',
    '0.5',
    ' ms',
    '[1795225031.1] ',
    'no answer yet for ',
    'From ',
  );
  fc.assert(
    fc.property(fc.oneof(text, line), given => {
      const read = parsePingLine(given);
      if (read && 'seq' in read) assert.ok(read.seq >= 0 && read.seq <= 0xffff);
    }),
  );
});

test('a duration is written so that it is read back, to three digits', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 8e7, noNaN: true }), ms => {
      const back = parseDuration(formatDuration(ms));
      assert.ok(Math.abs(back - ms) <= ms * 0.006, `${ms} came back as ${back}`);
    }),
  );
});

test('a sequence number is unwrapped to the nearest that is the same on the wire', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), fc.nat(0xffff), (near, wire) => {
      const whole = unwrapSeq(near, wire);
      assert.is(((whole % 65536) + 65536) % 65536, wire);
      assert.ok(Math.abs(whole - near) <= 0x8000);
    }),
  );
});

test('what is printable neither steers a terminal nor leaves its line, and stays as it is', () => {
  fc.assert(
    fc.property(anyText(200), given => {
      const shown = printable(given);
      assert.not.match(shown, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{M}]/u);
      assert.is(printable(shown), shown);
      assert.match(asciiOnly(shown), /^[\x20-\x7e]*$/);
    }),
  );
});

test('what is clipped or wrapped fits, and nothing is lost that there was room for', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.integer({ min: 1, max: 40 }),
      (given, width) => {
        const shown = printable(given);
        assert.ok(widthOf(clip(shown, width)) <= width);
        if (widthOf(shown) <= width) assert.is(clip(shown, width), shown);
        for (const line of wrap(shown, width)) assert.ok(widthOf(line) <= width);
      },
    ),
  );
});

test('a target list gives what its lines name', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
  fc.assert(
    fc.property(fc.array(name), names => {
      const list = names.map((each, index) => (index % 2 ? `  ${each} # ${each}` : each)).join('\n');
      assert.equal(parseTargetList(list), names);
      for (const each of names) assert.is(parseTarget(each).id, each);
    }),
  );
});

test.run();
