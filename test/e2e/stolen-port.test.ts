import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Headless, type Line } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { Segment } from '../support/segment.js';

const test = suite('a port stolen by forged RARP');
const asRoot = needing(test, { root: true, commands: ['ip', 'unshare', 'nsenter'] });

interface Watched {
  withClock: Headless;
  withoutClock: Headless;
}

const reds = (watching: Headless) => watching.of('light').filter(({ light }) => light === 'red');
const said = ({ evidence }: Line) => evidence.map(({ summary }: Line) => summary).join('; ');
/** The last word on what the forged announcement began; a busy machine may have other events. */
const forged = (watching: Headless) => watching.events().find(event => /RARP/.test(said(event)));

/** Watches the target through an attack, with its clock and without, until both events are closed. */
async function watched(attack: (segment: Segment) => Promise<unknown>): Promise<Watched> {
  const segment = await Segment.create();
  try {
    return await watchedOn(segment, attack);
  } finally {
    segment.close();
  }
}

async function watchedOn(segment: Segment, attack: (segment: Segment) => Promise<unknown>): Promise<Watched> {
  const watch = (...witness: string[]) =>
    Headless.start(['--samples', '-i', '20ms', ...witness, Segment.target], command =>
      segment.watcher.inside(command),
    );
  const both = { withClock: watch(), withoutClock: watch('--witness', 'announce') };
  const all = Object.values(both);
  try {
    await Promise.all(all.map(each => each.until(({ kind, seq }) => kind === 'reply' && seq > 50)));
    await attack(segment);
    const isOver = (line: Line) => line.state === 'closed' && /RARP/.test(said(line));
    await Promise.all(all.map(each => each.until(isOver)));
    return both;
  } finally {
    await Promise.all(all.map(each => each.end()));
  }
}

asRoot(
  'by one frame is an interruption where the guest clock went on, and less sure where none is read',
  async () => {
    const { withClock, withoutClock } = await watched(segment => segment.steal(300));
    const lost = withClock.of('sample').filter(({ kind }) => kind === 'lost').length;
    assert.ok(lost >= 2, `the switch was deceived: ${lost} echoes lost`);

    const event = forged(withClock);
    assert.ok(['failover', 'outage'].includes(event!.kind), said(event!));
    assert.match(said(event!), /announced again, but the guest clock continued.*\b1 RARP/);
    assert.equal(reds(withClock), []);

    const guess = forged(withoutClock);
    assert.ok(['migration', 'unclear', 'failover', 'outage'].includes(guess!.kind), guess!.kind);
    assert.ok(guess!.confidence < 0.8, `${guess!.kind} ${guess!.confidence}: ${said(guess!)}`);
  },
);

asRoot('by thousands of frames is not red where a clock was read', async () => {
  const { withClock } = await watched(async segment => {
    await segment.flood(['steal'], 5000, 1);
    // On a busy machine one request may pass before the last forged frame, and then nothing would end the theft.
    await segment.flood(['ask'], 100, 0.5);
  });
  assert.ok(withClock.of('sample').filter(({ kind }) => kind === 'lost').length >= 20);
  assert.is.not(forged(withClock)!.kind, 'migration');
  assert.equal(reds(withClock), []);
});

test.run();
