import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import { readTruth } from '../../src/evaluation/truth-file.js';
import { blackoutOf } from '../../src/output/report/blackout.js';
import { survey } from '../../src/output/report/survey.js';
import { readAll, scratch } from '../recording/session.js';
import { sharedProgram } from '../support/shared-program.js';

const HELD = 'recordings/lan-held.jsonl';
const TRUTH = 'recordings/lan-held.truth.json';
const folder = scratch();
const shared = sharedProgram();
const test = suite('reports');

async function reported(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await shared(['report', ...words]);
  assert.is(code, 0, stderr);
  return stdout;
}

const surveyOf = (path: string) =>
  survey({
    path,
    judging: { name: 'defaults', choices: defaultChoices(), line: 'judged' },
    holdMs: 30_000,
    columns: 880,
  });

test('opens with the verdict in a sentence, then the table, then a page for each event', async () => {
  const html = await reported([HELD]);
  assert.match(
    html,
    /<p class="verdict">In 74\.6 s, 10\.77\.0\.10 was live-migrated 6 times, with blackouts of 100 ms to 2\.59 s \(median 327 ms\)/,
  );
  const order = ['class="verdict"', '<caption>Events', ...[1, 2, 3, 4, 5, 6].map(n => `id="event-${n}"`)];
  const places = order.map(each => html.indexOf(each));
  assert.equal(
    places,
    [...places].sort((a, b) => a - b),
  );
  assert.ok(places.every(place => place > 0));
  assert.is(html.match(/href="#event-\d"/g)?.length, 6);
});

test('other recordings get other sentences: nothing, pauses, doubts', async () => {
  assert.match(await reported(['recordings/lan-quiet.jsonl']), /10\.77\.0\.10 was not migrated\./);
  assert.match(
    await reported(['recordings/lan-lookalikes.jsonl']),
    /<p class="verdict">[^<]+ were not migrations\./,
  );
  assert.match(await reported(['recordings/causes/ghost.jsonl']), /A stale copy of the guest answered/);
});

test('the band is the blackout, where the hypervisor really stopped the guest', async () => {
  const { events } = await surveyOf(HELD);
  const truth = readTruth(TRUTH);
  assert.is(events.length, truth.length);
  for (const [index, { event, detail }] of events.entries()) {
    const { from, to, errorMs } = blackoutOf(event, detail!.excerpt)!;
    assert.ok(Math.abs(to - from - event.blackoutMs!.estimate) < 0.01);
    // The reply travels for a while, and the labels are taken by another process.
    const slack = errorMs + 5;
    assert.ok(Math.abs(from - truth[index]!.stop! * 1000) < slack, `STOP of ${event.id}`);
    assert.ok(Math.abs(to - truth[index]!.resume! * 1000) < slack, `RESUME of ${event.id}`);
  }
});

test('labels appear as STOP and RESUME', async () => {
  const html = await reported([HELD, '--truth', TRUTH]);
  assert.is(html.match(/>STOP \(label\)</g)?.length, 6);
  assert.is(html.match(/>RESUME \(label\)</g)?.length, 6);
});

test('a figure for a paper: a column wide, says what is seen, and shows every sample of its time', async () => {
  const svg = await reported([HELD, '--figure', '3', '--svg']);
  assert.match(svg, /<svg [^>]*width="3\.5in" viewBox="0 0 385 /);
  assert.match(svg, /<title id="title">migration of 10\.77\.0\.10, 21 Nov 2026 00:24:56\.671 UTC<\/title>/);
  assert.match(
    svg,
    /<desc id="desc">[^<]*6 probes[^<]*The guest clock falls behind by 327 ms\. 10 unasked announcements follow\./,
  );
  const { events } = await surveyOf(HELD);
  const picture = events.find(({ number }) => number === '3')!;
  const [, zero, across] = /0 is ([\d:.]+) UTC, the first sign; ([\d.]+ s) across/.exec(svg)!;
  assert.equal([zero, across], ['00:24:56.671', '2 s']);
  const [, zeroAt] = /x="([\d.]+)"[^>]*>0</.exec(svg)!;
  const from = picture.event.startedAt - ((Number(zeroAt) - 66) / (385 - 66 - 12)) * 2000;
  const samples = readAll(HELD).samples.filter(({ at }) => at >= from && at <= from + 2000);
  const lost = samples.filter(({ outcome }) => outcome.kind === 'lost').length;
  assert.is(svg.match(/l5 5m0 -5l-5 5/g)?.length, lost);
  const replies = samples.filter(({ outcome }) => outcome.kind === 'reply').length;
  const dots = /class="rtt"[^>]*? d="([^"]*)"|d="([^"]*)"[^>]*?class="rtt"/.exec(svg)!;
  assert.is((dots[1] ?? dots[2])!.match(/h0/g)?.length, replies);
});

test('figures have one RTT scale', async () => {
  const html = await reported([HELD]);
  const figures = html.split('<section class="event"').slice(1);
  const scales = figures.map(figure =>
    figure
      .match(/>[\d.]+ (µs|ms|s)<\/text>/g)!
      .slice(0, 3)
      .join(),
  );
  const rttTicks = figures.map(figure => {
    const lane = figure.slice(0, figure.indexOf('>lost</text>'));
    return (lane.match(/text-anchor="end"[^>]*>[\d.]+ (?:µs|ms|s)</g) ?? [])
      .map(each => each.replace(/.*>/, ''))
      .join();
  });
  assert.is(scales.length, 6);
  assert.is(new Set(rttTicks).size, 1, rttTicks.join('\n'));
});

test('time without probes is hatched and said', async () => {
  const log = join(folder, 'gap.ping.log');
  const run = (start: number) =>
    Array.from(
      { length: 200 },
      (_, index) =>
        `[${(start + 0.1 * index).toFixed(6)}] 64 bytes from 10.0.0.7: icmp_seq=${index + 1} ttl=64 time=1 ms`,
    );
  writeFileSync(log, ['PING vm (10.0.0.7) 56(84) bytes of data.', ...run(1000), ...run(2000)].join('\n'));
  const path = join(folder, 'gap.jsonl');
  await shared(['import', log, '-o', path]);
  const html = await reported([path]);
  assert.match(html, /Only 3\.9\d? % of this time was probed\./);
  assert.match(html, /16\.\d min not observed, hatched/);
  assert.is(html.match(/class="hatch-ground"/g)?.length, 1);
  assert.not.match(await reported([HELD]), /class="hatch-ground"[^>]*width="[1-9]\d\d/);
});

test('--event makes the page of one event; contradictions and unknown numbers are refused', async () => {
  const html = await reported([HELD, '--event', '2']);
  assert.equal(html.match(/id="event-\d"/g), ['id="event-2"']);
  assert.not.match(html, /<caption>Events/);
  for (const [words, message] of [
    [['--event', '9'], /no such event: expected the number of one, from 1 to 6/],
    [['--figure', '2'], /add --svg/],
    [['--figure', '2', '--svg', '--event', '1'], /leave out --event/],
  ] as const) {
    const { code, stderr } = await shared(['report', HELD, ...words]);
    assert.is(code, 2);
    assert.match(stderr, message);
  }
});

test('what hypervisors reported is a table with median and p95, and their STOP and RESUME are lines', async () => {
  const [ping, virsh, path] = ['web.ping.log', 'web.virsh.log', 'web.jsonl'].map(name => join(folder, name));
  const began = Date.UTC(2026, 10, 21, 22, 57);
  const echoes = Array.from({ length: 1200 }, (_, seq) => seq)
    .filter(seq => seq < 400 || seq >= 408)
    .map(
      seq =>
        `[${((began + seq * 50) / 1000).toFixed(6)}] 64 bytes from 10.9.9.7: icmp_seq=${seq + 1} ttl=64 time=0.9 ms`,
    );
  writeFileSync(ping!, ['PING 10.9.9.7 (10.9.9.7) 56(84) bytes of data.', ...echoes, ''].join('\n'));
  const stamp = '2026-11-21 22:57:20';
  const lines = [
    `${stamp}.000+0000: event 'migration-iteration' for domain 'web': iteration: '1'`,
    `${stamp}.010+0000: event 'lifecycle' for domain 'web': Suspended Migrated`,
    `${stamp}.900+0000: event 'lifecycle' for domain 'web': Stopped Migrated`,
    `${stamp}.901+0000: event 'job-completed' for domain 'web':`,
    ...['\toperation: 5', '\ttime_elapsed: 6074', '\tdowntime: 53', '\tmemory_iteration: 2'],
  ];
  writeFileSync(virsh!, `${lines.join('\n')}\n`);
  const made = await shared([
    'import',
    '--interval',
    '50ms',
    '--start',
    '2026-11-21T22:57:00',
    '-o',
    path!,
    ping!,
    virsh!,
  ]);
  assert.is(made.code, 0, made.stderr);
  const html = await reported([path!]);
  assert.match(html, /<caption>Migrations, as seen and as reported/);
  assert.match(html, /p95 of 1<\/td>.*53 ms/);
  assert.match(html, />hypervisor<\/text>/);
});

test('no script, no style but ours, and nothing is loaded', async () => {
  const html = await reported([HELD]);
  assert.match(
    html,
    /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/,
  );
  assert.not.match(html, /<script|<link|<img|@import|url\(|src=|href="(?!#)| style="/);
});

test.run();
