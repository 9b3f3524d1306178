/** Real packets between two namespaces, dropped and kept by a userspace cable; the events are checked against what was done. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cable } from '../support/cable.js';
import { Headless, type Line, sleep } from '../support/headless.js';
import { join, Namespace } from '../support/namespace.js';
import { needing } from '../support/needs.js';

const INTERVAL = 20;
/** How far scheduling may move an edge on a busy machine. */
const SLACK = 60;
const VM = '10.81.0.2';

const test = suite('a real path');
const rooted = needing(test, { root: true, commands: ['ip', 'unshare', 'nsenter'] });

async function watched(
  args: string[],
  body: (monitor: Headless, wire: Awaited<ReturnType<typeof cable>>) => Promise<void>,
) {
  const here = await Namespace.create();
  const there = await Namespace.create();
  const wire = await cable(here, there, 'wire', 81, { delayMs: 1 });
  there.run('ip addr add 10.81.0.3/24 dev wireb');
  join(here, there, 'calm', 82);
  const monitor = Headless.start(['--samples', '--hold', '1s', '-i', `${INTERVAL}ms`, ...args], command =>
    here.inside(command),
  );
  try {
    await monitor.until(line => line.type === 'sample' && line.target === VM && line.seq >= 600, 30_000);
    await body(monitor, wire);
  } finally {
    await monitor.end();
    wire.close();
    here.close();
    there.close();
  }
}

const isClosed = (kind: string) => (line: Line) =>
  line.type === 'event' && line.state === 'closed' && line.kind === kind;

rooted(
  'on echo alone, a cut cable is a clean gap, red and unclear, within its bounds; kept packets are a pause',
  () =>
    watched([VM, '10.82.0.2', '--witness', 'none'], async (monitor, wire) => {
      const cutAt = Date.now();
      wire.set({ cut: true });
      await sleep(400);
      wire.set({ cut: false });
      const cutMs = Date.now() - cutAt;
      const gap = await monitor.until(isClosed('unclear'));
      assert.is(gap.target, VM);
      assert.ok(
        Math.abs(Date.parse(gap.startedAt) - cutAt) < INTERVAL + SLACK,
        `${gap.startedAt} for ${new Date(cutAt).toISOString()}`,
      );
      assert.is(gap.blackoutMs.low, 0);
      assert.ok(
        gap.blackoutMs.high >= cutMs - SLACK && gap.blackoutMs.high <= cutMs + 2 * INTERVAL + SLACK,
        JSON.stringify(gap),
      );
      assert.ok(monitor.of('light').some(({ light, target }) => light === 'red' && target === VM));

      await monitor.until(line => line.type === 'light' && line.light === 'green' && line.at > gap.endedAt);
      const reds = monitor.of('light').filter(({ light }) => light === 'red').length;
      const heldAt = Date.now();
      wire.set({ hold: true });
      await sleep(400);
      wire.set({ hold: false });
      const heldMs = Date.now() - heldAt;
      const pause = await monitor.until(isClosed('pause'));
      assert.ok(Math.abs(pause.blackoutMs.estimate - heldMs) < INTERVAL + SLACK, JSON.stringify(pause));
      assert.is(
        monitor.of('light').filter(({ light }) => light === 'red').length,
        reds,
        'a pause is not red',
      );
      assert.is(monitor.events().length, 2);
      assert.ok(monitor.events().every(event => event.target === VM));

      const lost = monitor.of('sample').filter(line => line.kind === 'lost');
      const inCut = (line: Line) =>
        Date.parse(line.at) >= cutAt - SLACK && Date.parse(line.at) <= cutAt + cutMs + SLACK;
      assert.ok(lost.length > 0 && lost.every(inCut), 'only what the cut cable dropped is lost');
    }),
);

rooted('every one of three targets cut at once is an outage, and no light is red', () =>
  watched([VM, 'fd00:81::2', '10.81.0.3'], async (monitor, wire) => {
    const cutAt = Date.now();
    wire.set({ cut: true });
    await sleep(500);
    wire.set({ cut: false });
    await monitor.until(isClosed('outage'));
    await sleep(1500);
    // A busy machine may starve the cable before or after, which is another matter.
    const ofTheCut = monitor
      .events()
      .filter(({ startedAt }) => Math.abs(Date.parse(startedAt) - cutAt) < 2 * SLACK);
    assert.equal(
      ofTheCut.map(({ kind, target }) => [kind, target]).sort(),
      ['10.81.0.2', '10.81.0.3', 'fd00:81::2'].map(target => ['outage', target]),
    );
    assert.not(monitor.of('light').some(({ light }) => light === 'red'));
  }),
);

rooted('with its clock as a witness, a cut cable is an outage, and no light is red', () =>
  watched([VM, '10.82.0.2'], async (monitor, wire) => {
    assert.equal(monitor.of('start')[0]!.targets[0].witnesses, ['echo', 'clock', 'announce']);
    wire.set({ cut: true });
    await sleep(400);
    wire.set({ cut: false });
    const cut = await monitor.until(isClosed('outage'));
    assert.match(cut.evidence[0].summary, /its clock went on/);
    assert.not(monitor.of('light').some(({ light }) => light === 'red'));
  }),
);

test.run();
