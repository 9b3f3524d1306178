/** Real packets between two namespaces, dropped and kept by a userspace cable; the events are checked against what was done. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cable } from '../support/cable.js';
import { Headless, type Line, sleep } from '../support/headless.js';
import { join, Namespace } from '../support/namespace.js';
import { needing } from '../support/needs.js';
import { sideBySide } from '../support/side-by-side.js';

const INTERVAL = 20;
/** How far scheduling may move an edge on a busy machine. */
const SLACK = 60;
const VM = '10.81.0.2';

const test = sideBySide(suite('a real path'));
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
    await calm(monitor);
    await body(monitor, wire);
  } finally {
    await monitor.end();
    wire.close();
    here.close();
    there.close();
  }
}

/** A busy machine may have starved the cable while they began, which is another matter: waits until that is over. */
async function calm(monitor: Headless) {
  const lights = () => new Map(monitor.of('light').map(({ target, light }) => [target, light])).values();
  const isCalm = () =>
    monitor.events().every(({ state }) => state === 'closed') &&
    [...lights()].every(light => light === 'green');
  for (const end = Date.now() + 20_000; !isCalm() && Date.now() < end; ) await sleep(100);
}

const since = (at: number) => (line: Line) => Date.parse(line.startedAt ?? line.at) >= at - SLACK;
const isClosed = (kind: string, from: number) => (line: Line) =>
  line.type === 'event' && line.state === 'closed' && line.kind === kind && since(from)(line);

rooted(
  'on echo alone, a cut cable is a clean gap, red and unclear, within its bounds; kept packets are a pause',
  () =>
    watched([VM, '10.82.0.2', '--witness', 'none'], async (monitor, wire) => {
      const cutAt = Date.now();
      wire.set({ cut: true });
      await sleep(400);
      wire.set({ cut: false });
      const cutMs = Date.now() - cutAt;
      const gap = await monitor.until(isClosed('unclear', cutAt));
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
      const reds = () =>
        monitor
          .of('light')
          .filter(({ light }) => light === 'red')
          .filter(since(cutAt));
      assert.ok(reds().some(({ target }) => target === VM));

      await monitor.until(line => line.type === 'light' && line.light === 'green' && line.at > gap.endedAt);
      const before = reds().length;
      const heldAt = Date.now();
      wire.set({ hold: true });
      await sleep(400);
      wire.set({ hold: false });
      const heldMs = Date.now() - heldAt;
      const pause = await monitor.until(isClosed('pause', heldAt));
      assert.ok(Math.abs(pause.blackoutMs.estimate - heldMs) < INTERVAL + SLACK, JSON.stringify(pause));
      assert.is(reds().length, before, 'a pause is not red');
      const events = monitor.events().filter(since(cutAt));
      assert.is(events.length, 2, JSON.stringify(events));
      assert.ok(events.every(event => event.target === VM));

      const lost = monitor
        .of('sample')
        .filter(since(cutAt))
        .filter(line => line.kind === 'lost');
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
    await monitor.until(isClosed('outage', cutAt));
    await sleep(1500);
    // A busy machine may starve the cable afterwards, too.
    const ofTheCut = monitor
      .events()
      .filter(({ startedAt }) => Math.abs(Date.parse(startedAt) - cutAt) < 2 * SLACK);
    assert.equal(
      ofTheCut.map(({ kind, target }) => [kind, target]).sort(),
      ['10.81.0.2', '10.81.0.3', 'fd00:81::2'].map(target => ['outage', target]),
    );
    assert.not(
      monitor
        .of('light')
        .filter(since(cutAt))
        .some(({ light }) => light === 'red'),
    );
  }),
);

rooted('with its clock as a witness, a cut cable is an outage, and no light is red', () =>
  watched([VM, '10.82.0.2'], async (monitor, wire) => {
    assert.equal(monitor.of('start')[0]!.targets[0].witnesses, ['echo', 'clock', 'announce']);
    const cutAt = Date.now();
    wire.set({ cut: true });
    await sleep(400);
    wire.set({ cut: false });
    const cut = await monitor.until(isClosed('outage', cutAt));
    assert.match(cut.evidence[0].summary, /the guest clock continued/);
    assert.not(
      monitor
        .of('light')
        .filter(since(cutAt))
        .some(({ light }) => light === 'red'),
    );
  }),
);

test.run();
