import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuTime } from '../bench/cpu.js';
import type { Forgery } from '../support/flooder.js';
import { Headless } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { Segment } from '../support/segment.js';

const test = suite('a flood of forgeries');
const asRoot = needing(test, { root: true, commands: ['ip', 'unshare', 'nsenter'] });

const FORGERIES: readonly Forgery[] = ['reply', 'error', 'stamp', 'arp', 'rarp'];
const SECONDS = 2;

asRoot(
  'of replies, ICMP errors, times and announcements neither turns the light red nor takes the processor',
  async () => {
    const segment = await Segment.create();
    const watching = Headless.start(['--samples', '-i', '20ms', Segment.target], command =>
      segment.watcher.inside(command),
    );
    const { child } = watching;
    await watching.until(({ kind }) => kind === 'clock');
    const [quiet, began] = [cpuTime(child.pid!), performance.now()];
    const sent = await segment.flood(FORGERIES, 6000, SECONDS);
    const share = (cpuTime(child.pid!) - quiet) / (performance.now() - began);
    const over = Date.now();
    await watching.until(({ kind, at }) => kind === 'reply' && Date.parse(at) > over);
    // On a busy machine the flood takes longer.
    const seconds = (performance.now() - began) / 1000;
    await watching.end();
    segment.close();

    assert.ok(sent > 3000, `${sent} frames`);
    assert.ok(share < 0.5, `${Math.round(share * 100)} % of a core`);
    const kinds = (probe: string) =>
      [
        ...new Set(
          watching
            .of('sample')
            .filter(sample => sample.probe === probe)
            .map(({ kind }) => kind),
        ),
      ].sort();
    const odd = kinds('icmp').filter(kind => kind !== 'reply' && kind !== 'overdue');
    assert.equal(odd, [], 'no forged reply is a duplicate or foreign, no probe is lost or kept from leaving');
    for (const { offsetMs } of watching.of('sample').filter(({ kind }) => kind === 'clock'))
      assert.ok(Math.abs(offsetMs) < 20, `the target's clock is ours, not ${offsetMs} ms off`);
    const announced = watching.of('sample').filter(({ kind }) => kind === 'announce').length;
    assert.ok(
      announced > 10 && announced <= 64 * (seconds + 2),
      `${announced} announcements are let through`,
    );
    assert.equal(
      watching.of('light').filter(({ light }) => light === 'red'),
      [],
    );
    assert.ok((watching.errors.match(/more announcements of/g)?.length ?? 0) <= 1, 'said once');
  },
);

test.run();
