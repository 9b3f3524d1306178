import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseScenario } from '../../src/lab/scenario.js';
import { SCENARIOS } from '../../src/lab/scenarios.js';

const test = suite('scenario');

test('reads every step', () => {
  const { lab, steps } = parseScenario(`
    guest dirty=48 accel=kvm   # busy
    link delay=10ms jitter=0.5ms tail=1%:30ms loss=0.3%
    wait 5s; migrate
    migrate hold=300ms
    pause 400ms; reboot
    cut target 1s; cut shared 1.5s
    contend 10s; ghost 5s`);
  assert.equal([lab.dirty, lab.accel, lab.link !== undefined], [48, 'kvm', true]);
  assert.equal(steps, [
    { do: 'link', settings: { delayMs: 10, jitterMs: 0.5, tailPercent: 1, tailMs: 30, lossPercent: 0.3 } },
    { do: 'wait', ms: 5000 },
    { do: 'migrate', holdMs: 0 },
    { do: 'migrate', holdMs: 300 },
    { do: 'pause', ms: 400 },
    { do: 'reboot' },
    { do: 'cut', what: 'target', ms: 1000 },
    { do: 'cut', what: 'shared', ms: 1500 },
    { do: 'contend', ms: 10_000 },
    { do: 'ghost', ms: 5000 },
  ]);
});

test('reads what happens in the wild', () => {
  const { lab, steps } = parseScenario(`guest count=3 dirty=48
    cut target 1s announce=switch; steal 300ms; date -3s; save 2s
    migrate late=6s; migrate hold=250ms set=500ms; migrate mode=postcopy bandwidth=30
    away; migrate; wait 1s; back
    takeover 5s; takeover 8s rivals=3 vm=stays
    link stamps=dropped; reroute target 3ms; police 15 10s`);
  assert.equal([lab.vms, lab.dirty, lab.link !== undefined], [3, 48, true]);
  assert.equal(steps, [
    { do: 'cut', what: 'target', ms: 1000, announcer: 'switch' },
    { do: 'steal', ms: 300 },
    { do: 'date', ms: -3000 },
    { do: 'save', ms: 2000 },
    { do: 'migrate', holdMs: 0, lateMs: 6000 },
    { do: 'migrate', holdMs: 250, setMs: 500 },
    { do: 'migrate', holdMs: 0, mode: 'postcopy', bandwidthMB: 30 },
    { do: 'away' },
    { do: 'migrate', holdMs: 0 },
    { do: 'wait', ms: 1000 },
    { do: 'back' },
    { do: 'takeover', ms: 5000, rivals: 1, vm: 'gone' },
    { do: 'takeover', ms: 8000, rivals: 3, vm: 'stays' },
    { do: 'link', settings: { dropsStamps: true } },
    { do: 'reroute', what: 'target', delayMs: 3 },
    { do: 'police', perSecond: 15, ms: 10_000 },
  ]);
});

test('a link is laid for every step that needs one', () => {
  for (const step of ['link loss=1%', 'reroute shared 5ms', 'police 10 5s'])
    assert.ok(parseScenario(step).lab.link, step);
});

test('reads the observers, the notes and the claims', () => {
  const { lab, steps } = parseScenario(`viewer buffer=6s; observe hypervisor; hosts 1
    say It moves.  # to B
    migrate; expect migration plays
    cut target 1s; expect outage stalls`);
  assert.equal([lab.viewer, lab.insider, lab.hosts], [{ bufferMs: 6000 }, true, 1]);
  assert.equal(steps, [
    { do: 'say', text: 'It moves.' },
    { do: 'migrate', holdMs: 0 },
    { do: 'expect', kind: 'migration', viewer: 'plays' },
    { do: 'cut', what: 'target', ms: 1000 },
    { do: 'expect', kind: 'outage', viewer: 'stalls' },
  ]);
  assert.equal(parseScenario('viewer; migrate').lab.viewer, { bufferMs: 10_000 });
});

test('the demonstration’s blackout is longer than the viewer’s buffer, and short enough for a migration', () => {
  const { lab, steps } = parseScenario(SCENARIOS.demo!.text);
  const lengths = steps.flatMap(step =>
    step.do === 'migrate' ? [step.holdMs] : step.do === 'cut' ? [step.ms] : [],
  );
  const { bufferMs } = lab.viewer!;
  assert.is(lengths[0], 0);
  assert.ok(lengths[1]! > bufferMs && lengths[1]! < 10_000);
  assert.ok(lengths[2]! > bufferMs);
});

test('the hypervisors of a scenario, and whether its migrations need certificates', () => {
  const { lab } = parseScenario('hypervisors libvirt; migrate via=p2p; migrate tls=on');
  assert.equal([lab.libvirt, lab.tls], [true, true]);
  const plain = parseScenario('hypervisors qemu; migrate tls=off').lab;
  assert.equal([plain.libvirt, plain.tls], [undefined, undefined]);
});

test('a scenario without a link makes no link', () => {
  assert.is(parseScenario('migrate').lab.link, undefined);
});

test('repetitions are written out, the inner ones too', () => {
  const { steps } = parseScenario('repeat 2; wait 1s; repeat 3; migrate; end; end');
  assert.equal(
    steps.map(step => step.do),
    ['wait', 'migrate', 'migrate', 'migrate', 'wait', 'migrate', 'migrate', 'migrate'],
  );
});

const REFUSED: Record<string, RegExp> = {
  'wait 1s\nmigrat': /line 2: unknown step "migrat".*Did you mean "migrate"\?/,
  '\n\nwait 400': /line 3: write wait TIME; expected "400" is not a duration/,
  'wait 1s 2s': /line 1: .*one duration such as 400ms, not "1s 2s"/,
  'migrate 300ms': /line 1: write migrate \[hold=TIME\].*; expected hold=… or late=….*, not "300ms"/,
  'cut cable 1s': /target or shared, not "cable"/,
  'link loss=0.3': /percentage such as 0.3%, not "0.3"/,
  'link loss=101%': /percentage/,
  'link speed=3': /delay=… or jitter=… or tail=… or loss=… or stamps=…, not "speed=3"/,
  'guest dirty=lots': /whole number of MB from 0 to 1000, not "lots"/,
  'guest accel=xen': /tcg or kvm, not "xen"/,
  'repeat 0; migrate; end': /whole number from 1, not "0"/,
  'repeat 2\nmigrate': /line 1: this repeat has no end/,
  'migrate; end': /a repeat above it/,
  'repeat 1000; repeat 1000; migrate; end; end': /at most 100000 steps/,
  'reboot now': /nothing after it, not "now"/,
  'hosts 4': /whole number from 0 to 3, not "4"/,
  'viewer size=3': /buffer=…, not "size=3"/,
  'observe switch': /hypervisor, not "switch"/,
  say: /expected a text/,
  'expect ghost plays': /migration or pause or reboot or outage, not "ghost"/,
  'expect migration sleeps': /plays or stalls, not "sleeps"/,
  'cut shared 1s announce=qemu': /expected nothing after it, not "announce=qemu"/,
  'cut target 1s announce=vmware': /qemu or switch, not "vmware"/,
  'cut target': /one duration such as 400ms, not ""/,
  'migrate mode=live': /precopy or postcopy or converge, not "live"/,
  'migrate mode=postcopy hold=1s': /not both/,
  'date 3s': /a sign and a duration, such as -3s, not "3s"/,
  'date +1500ms': /whole seconds, not "1500ms"/,
  'takeover 5s rivals=9': /whole number from 1 to 3, not "9"/,
  'link stamps=maybe': /pass or dropped, not "maybe"/,
  'reroute vm 3ms': /target or shared, not "vm"/,
  'migrate via=ssh': /native or p2p or tunnel, not "ssh"/,
  'migrate tls=yes': /on or off, not "yes"/,
  'migrate via=p2p': /via=p2p is a way of libvirt: write hypervisors libvirt/,
  'hypervisors xen': /qemu or libvirt, not "xen"/,
  'hypervisors libvirt; ghost 3s': /ghost needs the old copy of the VM, which libvirt ends/,
  'hypervisors libvirt; monitors hidden; migrate': /libvirtd reports it: leave one out/,
  'police 0 3s': /whole number from 1 to 10000, not "0"/,
  'away; migrate': /this away has no back/,
  'migrate; back': /back: write away first/,
  'away; reboot; back': /reboot between away and back: expected wait or migrate or pause/,
  'stael 300ms': /unknown step "stael".*Did you mean "steal"\?/,
  toString: /unknown step "toString"/,
  '# nothing': /no step/,
};
for (const [text, error] of Object.entries(REFUSED))
  test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseScenario(text), error));

for (const [name, { text }] of Object.entries(SCENARIOS))
  test(`the scenario ${name} that ships reads`, () => assert.ok(parseScenario(text).steps.length > 0));

test.run();
