/**
 * Real packets between two namespaces, dropped and kept by the kernel, so that a busy machine moves no edge; three sessions
 * watch the same cut, and the events are checked against what was done and against the samples.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Headless, type Line, sleep } from '../support/headless.js';
import { join, Namespace } from '../support/namespace.js';
import { needing } from '../support/needs.js';
import { sideBySide } from '../support/side-by-side.js';
import { until } from '../support/until.js';

const INTERVAL = 20;
/** How long a packet may be under way. */
const SLACK = 60;
const VM = '10.81.0.2';
/** Another address behind the same wire, and a wire of its own. */
const [BESIDE, BESIDE_V6, ELSEWHERE] = ['10.81.0.3', 'fd00:81::2', '10.82.0.2'];

const SESSIONS = {
  'echo alone': [VM, ELSEWHERE, '--witness', 'none'],
  'all behind the wire': [VM, BESIDE_V6, BESIDE],
  'echo and clock': [VM, ELSEWHERE],
};
type Sessions = Record<keyof typeof SESSIONS, Headless>;

const test = sideBySide(suite('a real path'));
const rooted = needing(test, { root: true, commands: ['ip', 'nft', 'tc', 'unshare', 'nsenter'] });

/** Something that the kernel does from a moment in `began` to a moment in `ended`. */
interface Deed {
  began: Moment;
  ended: Moment;
}
interface Moment {
  earliest: number;
  latest: number;
}

class World {
  private constructor(
    private readonly here: Namespace,
    private readonly there: Namespace,
    readonly sessions: Sessions,
  ) {}

  static async create(): Promise<World> {
    const [here, there] = await Promise.all([Namespace.create(), Namespace.create()]);
    join(here, there, 'wire', 81);
    there.run(`ip addr add ${BESIDE}/24 dev wire`);
    join(here, there, 'calm', 82);
    there.run('nft add table inet own');
    there.run('nft add chain inet own in { type filter hook input priority 0; }');
    const sessions = Object.fromEntries(
      Object.entries(SESSIONS).map(([name, args]) => [
        name,
        Headless.start(['--samples', '--hold', '1s', '-i', `${INTERVAL}ms`, ...args], command =>
          here.inside(command),
        ),
      ]),
    ) as Sessions;
    return new World(here, there, sessions);
  }

  /** Drops all that comes in by the wire. */
  cut(ms: number): Promise<Deed> {
    return this.during(ms, 'nft add rule inet own in iifname wire drop', 'nft flush chain inet own in');
  }

  /** Keeps all that goes out by the wire, and then lets it go at once. */
  hold(ms: number): Promise<Deed> {
    const shaped = (verb: string, rate: string) =>
      `tc qdisc ${verb} dev wire root tbf rate ${rate} limit 1mb`;
    return this.during(ms, shaped('add', '8bit burst 150'), shaped('change', '1gbit burst 1mb'));
  }

  private async during(ms: number, begin: string, end: string): Promise<Deed> {
    const began = this.run(begin);
    await sleep(ms);
    return { began, ended: this.run(end) };
  }

  private run(command: string): Moment {
    const earliest = Date.now();
    this.there.run(command);
    return { earliest, latest: Date.now() };
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.sessions).map(session => session.end()));
    this.here.close();
    this.there.close();
  }
}

/** Waits until detectors have learned, and nothing is open: a busy machine may disturb the beginning. */
async function settled(session: Headless): Promise<void> {
  await session.until(line => line.type === 'sample' && line.target === VM && line.seq >= 300);
  for (const end = Date.now() + 60_000; !isCalm(session) && Date.now() < end; ) await sleep(100);
}

function isCalm(session: Headless): boolean {
  const lights = new Map(session.of('light').map(({ target, light }) => [target, light]));
  return (
    session.events().every(({ state }) => state === 'closed') &&
    [...lights.values()].every(light => light === 'green')
  );
}

/** The wire is cut once, for all. */
async function cutOnce(): Promise<{ world: World; cut: Deed }> {
  const world = await World.create();
  await Promise.all(Object.values(world.sessions).map(settled));
  return { world, cut: await world.cut(450) };
}
let shared: ReturnType<typeof cutOnce> | undefined;
const scene = () => (shared ??= cutOnce());
test.after(async () => (await shared)?.world.close());

const since =
  ({ earliest }: Moment) =>
  (line: Line) =>
    Date.parse(line.startedAt ?? line.at) >= earliest - SLACK;
/** The first event of a target since then, once it is closed. */
function closed(session: Headless, { began }: Deed, target = VM): Promise<Line> {
  const isLater = since(began);
  return session.until(
    line => line.type === 'event' && line.state === 'closed' && line.target === target && isLater(line),
  );
}
const isGreenAfter =
  (moment: string, target = VM) =>
  (line: Line) =>
    line.type === 'light' && line.target === target && line.light === 'green' && line.at > moment;
const reds = (session: Headless, { began }: Deed) =>
  session
    .of('light')
    .filter(({ light }) => light === 'red')
    .filter(since(began));

/** What became of the echoes of a target since then, in the order sent. */
function echoes(session: Headless, kind: string, from: Moment, target = VM): Line[] {
  return session
    .of('sample')
    .filter(line => line.kind === kind && line.target === target && line.probe === 'icmp')
    .filter(since(from));
}

rooted(
  'on echo alone, a cut cable is a clean gap, unclear, within its bounds; kept packets are a pause',
  async () => {
    const { world, cut } = await scene();
    const session = world.sessions['echo alone'];
    const gap = await closed(session, cut);
    assert.is(gap.kind, 'unclear', JSON.stringify(gap));
    checkGap(session, cut, gap);
    if (gap.rule === 'gap-and-prompt-reply') assert.equal(reds(session, cut), []);

    await session.until(isGreenAfter(gap.endedAt));
    // What the others see of the cut is over, so that the hold is no part of it.
    for (const each of Object.values(world.sessions)) await until(() => isCalm(each), 'calm after the cut');
    const before = reds(session, cut).length;
    const held = await world.hold(400);
    const pause = await closed(session, held);
    assert.is(pause.kind, 'pause', JSON.stringify(pause));
    checkPause(session, held, pause);
    assert.is(reds(session, cut).length, before, 'a pause is not red');
    const events = session.events().filter(since(cut.began));
    assert.is(events.length, 2, JSON.stringify(events));
    assert.ok(events.every(event => event.target === VM));
  },
);

/** The event lies between the echoes that were answered and those that the cut dropped, and so does its blackout. */
function checkGap(session: Headless, { began, ended }: Deed, gap: Line): void {
  const lost = session.of('sample').filter(line => line.kind === 'lost' && since(began)(line));
  const sent = lost.map(({ at }) => Date.parse(at));
  assert.ok(lost.length > 0 && lost.every(({ target }) => target === VM), 'only what was cut is lost');
  assert.ok(Math.min(...sent) > began.earliest - SLACK && Math.max(...sent) < ended.latest + SLACK);
  const answered = session.of('sample').filter(({ kind, target }) => kind === 'reply' && target === VM);
  const before = answered.filter(({ at }) => at < lost[0]!.at).at(-1)!;
  const after = answered.find(({ at }) => at > lost.at(-1)!.at)!;
  assert.not(
    answered.some(({ at }) => at > lost[0]!.at && at < lost.at(-1)!.at),
    'all between is lost',
  );
  assert.ok(gap.startedAt >= before.at && gap.startedAt <= lost[0]!.at, gap.startedAt);
  assert.is(gap.blackoutMs.low, 0);
  const { high } = gap.blackoutMs;
  assert.ok(high >= ended.earliest - began.latest, `longer than the cut: ${JSON.stringify(gap)}`);
  assert.ok(
    high <= Date.parse(after.knownAt) - Date.parse(before.at) + 1,
    JSON.stringify([gap, before, after]),
  );
}

/** What was done lies within the bounds, and they go no further than the ordinary echoes around it. */
function checkPause(session: Headless, { began, ended }: Deed, { blackoutMs }: Line): void {
  const answered = echoes(session, 'reply', { ...began, earliest: began.earliest - 1000 });
  const kept = answered.filter(
    ({ at, knownAt }) => Date.parse(at) <= ended.latest && Date.parse(knownAt) >= ended.earliest,
  );
  const [first, released] = [kept.map(({ at }) => at).sort()[0]!, kept.at(-1)!.knownAt];
  const before = answered.filter(({ at }) => at < first).at(-1)!;
  // The judge waits for a second ordinary echo before it takes the first for the end.
  const [, after] = answered.filter(({ at }) => at > released) as [Line, Line];
  const told = JSON.stringify([began, ended, blackoutMs, before, first, released, after]);
  const least = ended.earliest - began.latest;
  // What was kept leaves with the next packet.
  const most = ended.latest - began.earliest + INTERVAL + SLACK;
  assert.ok(blackoutMs.high >= least && blackoutMs.low <= most, told);
  assert.ok(blackoutMs.estimate > least - INTERVAL, told);
  assert.ok(blackoutMs.high <= Date.parse(after.knownAt) - Date.parse(before.at) + 1, told);
}

rooted('every one of three targets cut at once is an outage, and no light is red', async () => {
  const { world, cut } = await scene();
  const session = world.sessions['all behind the wire'];
  const targets = [VM, BESIDE, BESIDE_V6];
  for (const target of targets) {
    const { endedAt } = await closed(session, cut, target);
    await session.until(isGreenAfter(endedAt, target));
  }
  const ofTheCut = session
    .events()
    .filter(since(cut.began))
    .filter(({ startedAt }) => Date.parse(startedAt) < cut.ended.latest);
  assert.equal(
    ofTheCut.map(({ kind, target }) => [kind, target]).sort(),
    targets.map(target => ['outage', target]),
  );
  assert.equal(reds(session, cut), []);
});

rooted('with its clock as a witness, a cut cable is an outage, and no light is red', async () => {
  const { world, cut } = await scene();
  const session = world.sessions['echo and clock'];
  assert.equal(session.of('start')[0]!.targets[0].witnesses, ['echo', 'clock', 'announce']);
  const outage = await closed(session, cut);
  assert.is(outage.kind, 'outage', JSON.stringify(outage));
  assert.match(outage.evidence[0].summary, /the guest clock continued/);
  assert.equal(reds(session, cut), []);
});

test.run();
